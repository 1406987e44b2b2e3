create table audit.notificacoes (
  id bigint generated always as identity primary key,
  tipo text not null check (tipo in ('divergencias', 'resumo', 'falha', 'limite', 'ausencia')),
  sessao_id bigint references audit.sessoes_processamento,
  status text not null default 'pendente' check (status in ('pendente', 'enviada', 'falhou')),
  destinatarios text[] not null default '{}',
  assunto text,
  identificador text unique,
  tentativas integer not null default 0,
  ultimo_erro text,
  criada_em timestamptz not null default clock_timestamp(),
  enviada_em timestamptz,
  unique (tipo, sessao_id)
);
create index on audit.notificacoes (status) where status <> 'enviada';
comment on table audit.notificacoes is 'What was, or is to be, mailed to whom.';
comment on column audit.notificacoes.id is 'Key.';
comment on column audit.notificacoes.tipo is 'divergencias, resumo (daily digest), falha, limite or ausencia (no session ended in time).';
comment on column audit.notificacoes.sessao_id is 'Session it tells of.';
comment on column audit.notificacoes.status is 'pendente, enviada or falhou.';
comment on column audit.notificacoes.destinatarios is 'Addresses.';
comment on column audit.notificacoes.assunto is 'Subject.';
comment on column audit.notificacoes.identificador is 'Message-ID, the same for every attempt.';
comment on column audit.notificacoes.tentativas is 'Attempts so far.';
comment on column audit.notificacoes.ultimo_erro is 'Answer of the mail server to the last failed attempt.';
comment on column audit.notificacoes.criada_em is 'When it was queued.';
comment on column audit.notificacoes.enviada_em is 'When the mail server took it.';
