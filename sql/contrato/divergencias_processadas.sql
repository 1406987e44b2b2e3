-- No foreign keys to sessions and rules here, nor on deteccoes, alteracoes and decisoes: each costs as much as the row itself (a rollback
-- writes a decision for each row). What they name cannot disappear: audit facts refuse deletion, and a session or rule with findings has
-- execucoes_regra and operacoes.
create table audit.divergencias_processadas (
  id bigint generated always as identity primary key,
  sessao_id bigint not null,
  sessao_ultima_id bigint not null,
  regra text not null,
  hash_regra text not null,
  tabela text not null,
  registro_id text not null,
  entrada jsonb not null default '{}',
  valores_originais jsonb not null,
  valores_propostos jsonb not null,
  valores_digitados jsonb,
  confianca numeric(5, 4) not null check (confianca between 0 and 1),
  evidencia jsonb not null,
  justificativa text not null,
  valor_em_risco numeric not null check (valor_em_risco >= 0),
  valor_decisao numeric check (valor_decisao >= 0),
  status text not null default 'aberta' check (status in (
    'aberta', 'aguardando_segunda_aprovacao', 'corrigida', 'rejeitada', 'revertida', 'obsoleta', 'resolvida', 'falha')),
  detectada_em timestamptz not null,
  ultima_deteccao timestamptz not null,
  vezes_detectada integer not null default 1,
  vezes_desfeita integer not null default 0,
  proposta_por text,
  decidida_em timestamptz,
  decidida_por text,
  motivo text,
  adiada_ate date,
  encaminhada_para text,
  mes date,
  filial text,
  identidade bytea not null,
  impressao bytea not null,
  especie text generated always as (evidencia ->> 'tipo') stored,
  mudanca text generated always as (audit_interno.mudanca(valores_originais, coalesce(valores_digitados, valores_propostos))) stored,
  unique (registro_id, identidade), -- in the order of the keys: by the digest first, neighbours would lie all over the index
  -- what is quick first: nearly every correction has no proposer
  check (status <> 'corrigida' or proposta_por is null or audit_interno.chave_pessoa(proposta_por) <> audit_interno.chave_pessoa(decidida_por))
) with (fillfactor = 80);
-- The other live findings of a row: few, however long its history.
create index divergencias_processadas_vivas on audit.divergencias_processadas (registro_id)
  where status in ('aberta', 'aguardando_segunda_aprovacao', 'falha') or valores_digitados is not null;
create index divergencias_processadas_pendentes on audit.divergencias_processadas (regra, sessao_ultima_id, id)
  where status in ('aberta', 'aguardando_segunda_aprovacao', 'falha');
-- What waits, most at stake first, as people look at it.
create index divergencias_processadas_valor on audit.divergencias_processadas (valor_em_risco, id)
  where status in ('aberta', 'aguardando_segunda_aprovacao', 'falha');
-- Few rows, counted whenever somebody looks.
create index divergencias_processadas_adiadas on audit.divergencias_processadas (adiada_ate) where adiada_ate is not null;
create index divergencias_processadas_encaminhadas on audit.divergencias_processadas (encaminhada_para) where encaminhada_para is not null;
-- How many groups the waiting findings form (audit.vw_grupos_abertos): without this the planner expects a hundred times as many, and sorts
-- every waiting finding.
create statistics audit.divergencias_processadas_grupos (ndistinct) on regra, especie, mudanca, status, encaminhada_para,
  (case when confianca <= 0.1 then 1 when confianca < 0.5 then 2 when confianca < 0.95 then 3 else 4 end),
  (case when mudanca is null then coalesce(nullif(entrada ->> 'fornecedor_id', ''), entrada ->> 'fornecedor') end) from audit.divergencias_processadas;
-- Filters by state, and covers what the metrics read.
create index divergencias_processadas_metricas on audit.divergencias_processadas (status, regra, detectada_em)
  include (valor_em_risco, confianca);
-- What a session was the first to find: few distinct values, in the order of writing, so it is small and cheap.
create index on audit.divergencias_processadas (sessao_id);
comment on table audit.divergencias_processadas is 'Findings: this rule says this row should be different, with this confidence and this evidence. One row for each finding, however often it is found again.';
comment on column audit.divergencias_processadas.id is 'Key.';
comment on column audit.divergencias_processadas.sessao_id is 'Session that found it first.';
comment on column audit.divergencias_processadas.sessao_ultima_id is 'Session that found it last.';
comment on column audit.divergencias_processadas.regra is 'Rule that found it.';
comment on column audit.divergencias_processadas.hash_regra is 'SHA-256 of all the code of the rule that found it last, hexadecimal.';
comment on column audit.divergencias_processadas.tabela is 'Table of the row, schema-qualified.';
comment on column audit.divergencias_processadas.registro_id is 'Key of the row as text.';
comment on column audit.divergencias_processadas.entrada is 'Column to value that identified the entry when it was found (audit.regras.colunas_identidade): corrections, rollbacks and approvals apply only while the key still belongs to this entry.';
comment on column audit.divergencias_processadas.mes is 'First day of the month in which the row was booked when it was last found; null where the rule registers no booking date.';
comment on column audit.divergencias_processadas.filial is 'Branch of the row when it was last found; null where the rule registers none.';
comment on column audit.divergencias_processadas.valores_originais is 'Column to value that the row held when found: the columns to be changed, or all that the rule decides by when it only flags.';
comment on column audit.divergencias_processadas.valores_propostos is 'Column to value that the rule proposes; {} when it only flags.';
comment on column audit.divergencias_processadas.valores_digitados is 'Column to value that a person typed instead; always needs a second person. Cleared once the finding is closed or open again.';
comment on column audit.divergencias_processadas.confianca is 'Probability, 0 to 1, that the proposed correction is right, as of the last detection.';
comment on column audit.divergencias_processadas.evidencia is 'Facts that the finding is based on, as of the last detection.';
comment on column audit.divergencias_processadas.justificativa is 'The finding in one sentence.';
comment on column audit.divergencias_processadas.valor_em_risco is 'Amount at stake in BRL, as the rule states it.';
comment on column audit.divergencias_processadas.valor_decisao is 'Amount in BRL that decides whether two people are needed: the largest of what the rule says, what the row''s amount is, and by how much it would change. Null, and two people, where neither the rule nor the row has an amount.';
comment on column audit.divergencias_processadas.status is 'aberta, aguardando_segunda_aprovacao, corrigida, rejeitada, revertida, obsoleta (the row changed meanwhile), resolvida (fixed elsewhere) or falha (the correction was refused or undone).';
comment on column audit.divergencias_processadas.detectada_em is 'When it was first found.';
comment on column audit.divergencias_processadas.ultima_deteccao is 'When it was last found.';
comment on column audit.divergencias_processadas.vezes_detectada is 'How many sessions found it.';
comment on column audit.divergencias_processadas.vezes_desfeita is 'How many sessions saw its correction undone from outside; once that reaches the setting sessao.desfeitas_maximo, auto leaves it to people.';
comment on column audit.divergencias_processadas.proposta_por is 'First of two people, while and after a second approval is needed.';
comment on column audit.divergencias_processadas.decidida_em is 'When its status was last decided, by a person or by the system.';
comment on column audit.divergencias_processadas.decidida_por is 'Who decided: a person, or conferente for the system itself.';
comment on column audit.divergencias_processadas.motivo is 'Reason of the last decision or of the failure.';
comment on column audit.divergencias_processadas.adiada_ate is 'Until when a person postponed it: out of the queue until that day; infinity until the row changes. Cleared once its status changes.';
comment on column audit.divergencias_processadas.encaminhada_para is 'Whom a person forwarded it to: a name, or one of the roles revisor and administrador. Cleared once its status changes.';
comment on column audit.divergencias_processadas.identidade is 'SHA-256 over rule, table, key, proposed values, the entry and the values it was based on.';
comment on column audit.divergencias_processadas.especie is 'Kind that the rule names in its evidence (member tipo), such as fator_100; null if it names none.';
comment on column audit.divergencias_processadas.mudanca is 'What would change, the same text for findings that one decision may take together: "categoria → Trade Marketing", "valor diminui"; null where nothing is proposed.';
comment on column audit.divergencias_processadas.impressao is 'First 16 bytes of SHA-256 over the columns that the rule decides by, as the row held them.';

-- Beside the finding and not in it: a reader sees whole findings, but not every column of the row is a reader's to see.
create table audit_interno.resumos_divergencias (
  divergencia_id bigint primary key,
  resumo jsonb not null
);
comment on table audit_interno.resumos_divergencias is 'For each finding, the columns by which a person recognises the entry (audit.regras.colunas_resumo), as the row held them when it was last found. Shown by audit.vw_resumos.';

-- Facts that grow with every session are partitioned by month, so a whole month can be archived (motor/arquivo). What a person said, what
-- was done and what was found stay: they are few, and later sessions go by them.
create table audit.deteccoes (
  operacao_id bigint not null,
  divergencia_id bigint not null,
  confianca numeric(5, 4) not null,
  resumo bytea not null,
  mes date not null default date_trunc('month', now() at time zone 'UTC')::date,
  primary key (divergencia_id, operacao_id, mes)
) partition by list (mes);
create index on audit.deteccoes (operacao_id); -- many rows for each operation: a few bytes each
comment on table audit.deteccoes is 'Each time a finding was found, append-only.';
comment on column audit.deteccoes.operacao_id is 'The detection, an operation of one session and one rule.';
comment on column audit.deteccoes.divergencia_id is 'The finding.';
comment on column audit.deteccoes.confianca is 'Confidence at that time.';
comment on column audit.deteccoes.resumo is 'SHA-256 over identity, confidence, evidence, sentence, both amounts and the rule''s hash at that time, and over the original values and the time when it was first found.';
comment on column audit.deteccoes.mes is 'First day of the month (UTC) in which it was written: its partition, which audit.arquivar_meses detaches once it is old.';

create table audit.alteracoes (
  operacao_id bigint not null,
  divergencia_id bigint not null,
  reverte_operacao_id bigint,
  antes jsonb not null,
  depois jsonb not null,
  mes date not null default date_trunc('month', now() at time zone 'UTC')::date,
  primary key (divergencia_id, operacao_id, mes)
) partition by list (mes);
create index on audit.alteracoes (operacao_id);
comment on table audit.alteracoes is 'Before and after image of each row that was really changed, changed columns only, append-only.';
comment on column audit.alteracoes.operacao_id is 'The operation that changed the row.';
comment on column audit.alteracoes.divergencia_id is 'The finding for which it was changed; it names table and key.';
comment on column audit.alteracoes.reverte_operacao_id is 'The operation whose change this one rolled back; null for a correction.';
comment on column audit.alteracoes.antes is 'Column to value before.';
comment on column audit.alteracoes.depois is 'Column to value after, as the row really held it.';
comment on column audit.alteracoes.mes is 'First day of the month (UTC) in which it was written: its partition, which audit.arquivar_meses detaches once it is old.';

create table audit.correcoes_desfeitas (
  operacao_id bigint not null,
  divergencia_id bigint not null,
  correcao_operacao_id bigint not null,
  situacao text not null check (situacao in ('valor_anterior', 'outro_valor', 'ausente')),
  esperado jsonb not null,
  agora jsonb,
  carregado_em timestamptz,
  mes date not null default date_trunc('month', now() at time zone 'UTC')::date,
  primary key (divergencia_id, operacao_id, mes),
  check ((agora is null) = (situacao = 'ausente'))
) partition by list (mes);
create index on audit.correcoes_desfeitas (operacao_id);
comment on table audit.correcoes_desfeitas is 'Each time a session saw that the warehouse no longer holds a correction that nobody rolled back, append-only. For the owner of the source: audit.vw_correcoes_desfeitas.';
comment on column audit.correcoes_desfeitas.operacao_id is 'The detection that saw it, an operation of one session and one rule.';
comment on column audit.correcoes_desfeitas.divergencia_id is 'The finding whose correction is gone; it names table and key.';
comment on column audit.correcoes_desfeitas.correcao_operacao_id is 'The operation that had made the correction.';
comment on column audit.correcoes_desfeitas.situacao is 'valor_anterior (the row holds again what it held before the correction), outro_valor (it holds something else) or ausente (the row is gone).';
comment on column audit.correcoes_desfeitas.esperado is 'Column to value that was written.';
comment on column audit.correcoes_desfeitas.agora is 'Column to value that the row held when the session looked; null when it is gone.';
comment on column audit.correcoes_desfeitas.carregado_em is 'Load time of the row when the session looked, if it is later than the correction: the load that undid it. Null otherwise, or when the rule has no load time.';
comment on column audit.correcoes_desfeitas.mes is 'First day of the month (UTC) in which it was written: its partition, which audit.arquivar_meses detaches once it is old.';

create table audit.decisoes (
  id bigint generated always as identity primary key,
  operacao_id bigint not null,
  divergencia_id bigint not null,
  tipo text not null check (tipo in (
    'aprovacao', 'segunda_aprovacao', 'rejeicao', 'correcao_manual', 'confirmacao', 'reabertura', 'reversao', 'reversao_por_erro',
    'desfazimento', 'excecao', 'certificacao_certa', 'certificacao_errada', 'adiamento', 'encaminhamento', 'comentario', 'retirada')),
  ator text not null,
  motivo text not null,
  valores jsonb,
  ate date,
  para text,
  antes jsonb,
  confianca numeric(5, 4),
  decidida_em timestamptz not null default clock_timestamp()
);
create index on audit.decisoes (divergencia_id);
create index on audit.decisoes (operacao_id);
comment on table audit.decisoes is 'One person''s decision on a finding, append-only.';
comment on column audit.decisoes.id is 'Key.';
comment on column audit.decisoes.operacao_id is 'The operation of which it is part.';
comment on column audit.decisoes.divergencia_id is 'The finding.';
comment on column audit.decisoes.tipo is 'aprovacao, segunda_aprovacao, rejeicao, correcao_manual, confirmacao (real, dealt with elsewhere), reabertura, reversao, reversao_por_erro (rolled back because the correction was wrong), desfazimento (a person''s own act undone) or excecao; certificacao_certa and certificacao_errada (an automatic correction in the sample was checked); and, deciding nothing, adiamento (postponed), encaminhamento (forwarded), comentario and retirada (one of those undone).';
comment on column audit.decisoes.ator is 'The person.';
comment on column audit.decisoes.motivo is 'The reason given; for a comentario the comment.';
comment on column audit.decisoes.valores is 'Column to value that the person typed, if any.';
comment on column audit.decisoes.ate is 'Until when the finding was postponed after an adiamento, an encaminhamento or a retirada; infinity: until its row changes.';
comment on column audit.decisoes.para is 'Whom the finding was forwarded to after an adiamento, an encaminhamento or a retirada.';
comment on column audit.decisoes.antes is 'What adiada_ate and encaminhada_para of the finding were before it, for audit.desfazer.';
comment on column audit.decisoes.confianca is 'Confidence of the proposal when the person decided.';
comment on column audit.decisoes.decidida_em is 'When.';

create table audit.excecoes (
  id bigint generated always as identity primary key,
  operacao_id bigint not null references audit.operacoes,
  regra text not null references audit.regras,
  tabela text not null,
  registro_id text not null,
  entrada jsonb not null default '{}',
  motivo text not null,
  autor text not null,
  criada_em timestamptz not null default clock_timestamp(),
  expira_em timestamptz not null,
  revogada_em timestamptz,
  revogada_por text,
  check (expira_em > criada_em),
  check ((revogada_em is null) = (revogada_por is null))
);
create index on audit.excecoes (tabela, registro_id);
comment on table audit.excecoes is 'Rows that a person declared right for a rule, with reason, author and expiry. Until then the rule''s findings on them are withheld and counted.';
comment on column audit.excecoes.id is 'Key.';
comment on column audit.excecoes.operacao_id is 'The operation that declared it.';
comment on column audit.excecoes.regra is 'Rule that must not flag the row.';
comment on column audit.excecoes.tabela is 'Table of the row.';
comment on column audit.excecoes.registro_id is 'Key of the row as text.';
comment on column audit.excecoes.entrada is 'Column to value that identified the entry: the exception holds only for this entry, not for another that gets the same key.';
comment on column audit.excecoes.motivo is 'Why the row is right.';
comment on column audit.excecoes.autor is 'Who declared it.';
comment on column audit.excecoes.criada_em is 'When.';
comment on column audit.excecoes.expira_em is 'Until when it holds.';
comment on column audit.excecoes.revogada_em is 'When it was revoked, if it was.';
comment on column audit.excecoes.revogada_por is 'Who revoked it.';
