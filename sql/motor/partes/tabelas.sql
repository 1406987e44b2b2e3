create table audit_interno.partes_sessao (
  sessao_id bigint not null references audit.sessoes_processamento,
  regra text not null references audit.regras,
  parte integer not null,
  janela audit.janela not null,
  status text not null default 'pendente' check (status in ('pendente', 'concluida')),
  operacao_id bigint,
  inicio timestamptz,
  fim timestamptz,
  primary key (sessao_id, regra, parte)
);
comment on table audit_interno.partes_sessao is 'The parts into which a session''s detection was divided, so that several workers share it. A part is under way while a transaction holds its row locked, and concluida when that transaction has committed: a worker that dies leaves nothing to clean up.';
comment on column audit_interno.partes_sessao.sessao_id is 'Session.';
comment on column audit_interno.partes_sessao.regra is 'Rule.';
comment on column audit_interno.partes_sessao.parte is 'Number within session and rule, from 1.';
comment on column audit_interno.partes_sessao.janela is 'Its share of the rule''s window; together the shares make the whole window, and none overlap.';
comment on column audit_interno.partes_sessao.status is 'pendente or concluida.';
comment on column audit_interno.partes_sessao.operacao_id is 'Its detection, among the audited operations; null where it was the whole window.';
comment on column audit_interno.partes_sessao.inicio is 'When it began.';
comment on column audit_interno.partes_sessao.fim is 'When it was done.';
