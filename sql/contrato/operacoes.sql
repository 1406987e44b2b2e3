create table audit.operacoes (
  id bigint generated always as identity primary key,
  tipo text not null check (tipo in (
    'deteccao', 'correcao', 'autoverificacao', 'aprovacao', 'rejeicao', 'correcao_manual', 'confirmacao', 'adiamento',
    'encaminhamento', 'comentario', 'reabertura', 'desfazimento', 'reversao', 'excecao', 'certificacao', 'configuracao', 'regra', 'padrao', 'retencao', 'sucessora', 'periodo', 'canal', 'notas', 'sessao', 'acesso', 'instalacao', 'registro', 'exportacao', 'externa', 'carimbo', 'arquivamento', 'esquecimento')),
  status text not null default 'em_andamento' check (status in ('em_andamento', 'concluida', 'falhou')),
  sessao_id bigint references audit.sessoes_processamento,
  regra text references audit.regras,
  ator text not null,
  motivo text,
  iniciada_em timestamptz not null default clock_timestamp(),
  finalizada_em timestamptz,
  linhas bigint not null default 0,
  detalhes jsonb not null default '{}',
  elo bigint unique,
  resumo bytea,
  selo_anterior bytea,
  selo bytea,
  check ((status = 'em_andamento') = (finalizada_em is null)),
  check ((selo is null) = (elo is null) and (selo is null) = (resumo is null))
);
create index on audit.operacoes (sessao_id);
create index on audit.operacoes (tipo, iniciada_em desc);
create index on audit.operacoes (iniciada_em desc);
comment on table audit.operacoes is 'Every audited act, append-only. Its digest is taken when its transaction commits; it is sealed then, or by the engine''s next transaction: selo = SHA-256(selo_anterior || elo || resumo).';
comment on column audit.operacoes.id is 'Key.';
comment on column audit.operacoes.tipo is 'Kind of act. instalacao: a migration ended, and its schema was recorded. registro: rows changed outside any other act (sessions that begin or end, messages, the schedule, direct changes); detalhes says how many of which tables. externa and exportacao may be recorded by users through audit.registrar_operacao.';
comment on column audit.operacoes.status is 'em_andamento, concluida or falhou.';
comment on column audit.operacoes.sessao_id is 'Session it belongs to, if any.';
comment on column audit.operacoes.regra is 'Rule it belongs to, if any.';
comment on column audit.operacoes.ator is 'Who did it.';
comment on column audit.operacoes.motivo is 'Reason given.';
comment on column audit.operacoes.iniciada_em is 'When it began.';
comment on column audit.operacoes.finalizada_em is 'When it ended; null while under way.';
comment on column audit.operacoes.linhas is 'Rows that it found, changed or decided.';
comment on column audit.operacoes.detalhes is 'Further facts: before and after of a setting, window of a detection, ….';
comment on column audit.operacoes.elo is 'Position in the audit chain, from 1, without gaps; null until sealed.';
comment on column audit.operacoes.resumo is 'SHA-256 of the operation and of all facts that carry its id.';
comment on column audit.operacoes.selo_anterior is 'Seal of the operation before it in the chain.';
comment on column audit.operacoes.selo is 'SHA-256(selo_anterior || elo as 8 bytes || resumo).';

-- Head of the chain. Updating this one row puts operations into one order; under repeatable read a stale head raises 40001 instead of
-- forking the chain. Only a transaction of the engine takes it (audit_interno.selar): anybody else could hold it for as long as their
-- transaction lasts.
create table audit_interno.cadeia (
  unica boolean primary key default true check (unica),
  elo bigint not null,
  selo bytea not null
);
comment on table audit_interno.cadeia is 'Head of the audit chain: position and seal of the last sealed operation.';
insert into audit_interno.cadeia (elo, selo) values (0, sha256('conferente'));

-- Operations that have ended and wait for their place in the chain. Each transaction writes its own rows and reads nobody else's, so none
-- waits for another here. The order is that of the digests: whoever counts or decides a finding again has waited for the commit of whoever
-- did so before.
create table audit_interno.fila_selos (
  ordem bigint generated always as identity primary key,
  operacao_id bigint not null unique references audit.operacoes,
  resumo bytea not null,
  carimbada_em timestamptz not null default clock_timestamp()
);
comment on table audit_interno.fila_selos is 'Operations that have ended and are not sealed yet, with the digest taken when their transaction committed.';
