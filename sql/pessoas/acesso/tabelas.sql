-- Whom `conferente token` let in, and who was shut out. Both append-only; the token itself is never kept.
create table audit.tokens (
  id text primary key check (length(id) between 1 and 255),
  operacao_id bigint not null references audit.operacoes,
  nome text not null check (length(nome) between 1 and 200),
  papel text not null check (papel in ('conferente_leitor', 'conferente_revisor', 'conferente_operador', 'conferente_administrador')),
  emitido_em timestamptz not null default clock_timestamp(),
  emitido_por text not null,
  expira_em timestamptz not null,
  check (expira_em > emitido_em)
);
create index on audit.tokens (operacao_id);
create index on audit.tokens (nome);
comment on table audit.tokens is 'Tokens that were issued for the API: to whom, as what, until when. The token itself is never kept.';
comment on column audit.tokens.id is 'Identifier of the token (claim jti).';
comment on column audit.tokens.operacao_id is 'Operation that issued it.';
comment on column audit.tokens.nome is 'Person or tool that acts by it (claim sub).';
comment on column audit.tokens.papel is 'Role that it gives: conferente_leitor, conferente_revisor, conferente_operador or conferente_administrador.';
comment on column audit.tokens.emitido_em is 'When it was issued.';
comment on column audit.tokens.emitido_por is 'Who issued it.';
comment on column audit.tokens.expira_em is 'When it ends by itself.';

create table audit.revogacoes (
  id bigint generated always as identity primary key,
  operacao_id bigint not null references audit.operacoes,
  token_id text check (length(token_id) between 1 and 255),
  nome text check (length(nome) between 1 and 200),
  motivo text not null,
  revogado_em timestamptz not null default clock_timestamp(),
  revogado_por text not null,
  check (num_nonnulls(token_id, nome) = 1)
);
create index on audit.revogacoes (operacao_id);
create index on audit.revogacoes (token_id) where token_id is not null;
create index on audit.revogacoes (nome, revogado_em desc) where nome is not null;
comment on table audit.revogacoes is 'Tokens that are refused from then on: one by its identifier, or all that a person was given until then.';
comment on column audit.revogacoes.id is 'Key.';
comment on column audit.revogacoes.operacao_id is 'Operation that revoked.';
comment on column audit.revogacoes.token_id is 'Identifier of the token (claim jti), of ours or of single sign-on; null when all of a person are meant.';
comment on column audit.revogacoes.nome is 'Person all of whose tokens issued until then are refused; null when one token is meant.';
comment on column audit.revogacoes.motivo is 'Reason given.';
comment on column audit.revogacoes.revogado_em is 'When.';
comment on column audit.revogacoes.revogado_por is 'Who revoked.';
