-- Who was let in, who may ask to be, and who was shut out. All append-only; no token and no secret of a link is ever kept.
create table audit.pessoas (
  id bigint generated always as identity primary key,
  operacao_id bigint not null references audit.operacoes,
  nome text not null check (length(nome) between 1 and 200),
  papel text check (papel in ('conferente_leitor', 'conferente_revisor', 'conferente_operador', 'conferente_administrador')),
  endereco text check (length(endereco) <= 254),
  registrada_em timestamptz not null default clock_timestamp(),
  registrada_por text not null
);
create index on audit.pessoas (operacao_id);
create index on audit.pessoas (nome, id desc);
comment on table audit.pessoas is 'What administrators have registered about people who sign in: for each person the last row is in force, see audit.vw_pessoas. Write with audit.registrar_pessoa and audit.remover_pessoa.';
comment on column audit.pessoas.id is 'Key.';
comment on column audit.pessoas.operacao_id is 'Operation that registered it.';
comment on column audit.pessoas.nome is 'Person, in the one spelling by which decisions record people.';
comment on column audit.pessoas.papel is 'Role that signing in gives: conferente_leitor, conferente_revisor, conferente_operador or conferente_administrador; null for a person who was removed.';
comment on column audit.pessoas.endereco is 'Mail address to which a one-time link may be sent; null when none.';
comment on column audit.pessoas.registrada_em is 'When it was registered.';
comment on column audit.pessoas.registrada_por is 'Who registered it.';

-- One person under several names: a login in psql, and an address in a token.
create table audit.identidades (
  id bigint generated always as identity primary key,
  operacao_id bigint not null references audit.operacoes,
  nome text not null check (length(nome) between 1 and 200),
  pessoa text check (length(pessoa) between 1 and 200),
  registrada_em timestamptz not null default clock_timestamp(),
  registrada_por text not null
);
create index on audit.identidades (operacao_id);
create index on audit.identidades (audit_interno.chave_pessoa(nome), id desc);
comment on table audit.identidades is 'Which logins and token subjects belong to whom, as registered by administrators: for each name the last row is in force, see audit.vw_identidades. Write with audit.ligar_identidade and audit.desligar_identidade.';
comment on column audit.identidades.id is 'Key.';
comment on column audit.identidades.operacao_id is 'Operation that registered it.';
comment on column audit.identidades.nome is 'Login, or subject of a token, in the one spelling by which decisions record people.';
comment on column audit.identidades.pessoa is 'Person to whom the name belongs too; null if the tie was undone.';
comment on column audit.identidades.registrada_em is 'When it was registered.';
comment on column audit.identidades.registrada_por is 'Who registered it.';

create table audit.convites (
  id bigint generated always as identity primary key,
  operacao_id bigint not null references audit.operacoes,
  nome text not null check (length(nome) between 1 and 200),
  papel text not null check (papel in ('conferente_leitor', 'conferente_revisor', 'conferente_operador', 'conferente_administrador')),
  resumo bytea not null unique check (length(resumo) = 32),
  endereco text check (length(endereco) <= 254),
  emitido_em timestamptz not null default clock_timestamp(),
  emitido_por text not null,
  expira_em timestamptz not null,
  check (expira_em > emitido_em and expira_em <= emitido_em + interval '10 minutes')
);
create index on audit.convites (operacao_id);
create index on audit.convites (nome, emitido_em desc);
comment on table audit.convites is 'One-time links for signing in: for whom, in which role, until when. The secret in the link is never kept, only its digest. A link was used where a row of audit.tokens names it.';
comment on column audit.convites.id is 'Key.';
comment on column audit.convites.operacao_id is 'Operation that made it.';
comment on column audit.convites.nome is 'Person who signs in with it.';
comment on column audit.convites.papel is 'Role that it gives: conferente_leitor, conferente_revisor, conferente_operador or conferente_administrador.';
comment on column audit.convites.resumo is 'SHA-256 of the secret in the link.';
comment on column audit.convites.endereco is 'Mail address to which it was to be sent; null if it was handed over in another way.';
comment on column audit.convites.emitido_em is 'When it was made.';
comment on column audit.convites.emitido_por is 'Who made it; the login of the API if somebody requested it with a registered address.';
comment on column audit.convites.expira_em is 'When it expires, ten minutes later at most.';

create table audit.tokens (
  id text primary key check (length(id) between 1 and 255),
  operacao_id bigint not null references audit.operacoes,
  nome text not null check (length(nome) between 1 and 200),
  papel text not null check (papel in ('conferente_leitor', 'conferente_revisor', 'conferente_operador', 'conferente_administrador')),
  emitido_em timestamptz not null default clock_timestamp(),
  emitido_por text not null,
  expira_em timestamptz not null,
  convite_id bigint unique references audit.convites, -- no link lets anybody in twice
  check (expira_em > emitido_em)
);
create index on audit.tokens (operacao_id);
create index on audit.tokens (nome);
comment on table audit.tokens is 'Tokens that were issued for the API, and sessions of people who signed in: to whom, in which role, until when. The token itself is never kept.';
comment on column audit.tokens.id is 'Identifier of the token (claim jti).';
comment on column audit.tokens.operacao_id is 'Operation that issued it.';
comment on column audit.tokens.nome is 'Person or tool that uses it (claim sub).';
comment on column audit.tokens.papel is 'Role that it gives: conferente_leitor, conferente_revisor, conferente_operador or conferente_administrador.';
comment on column audit.tokens.emitido_em is 'When it was issued.';
comment on column audit.tokens.emitido_por is 'Who issued it.';
comment on column audit.tokens.expira_em is 'When it expires.';
comment on column audit.tokens.convite_id is 'One-time link by which the person signed in; null for a token of a program and for single sign-on.';

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
comment on table audit.revogacoes is 'Tokens that are refused from then on: one by its identifier, or all that a person had been given by then.';
comment on column audit.revogacoes.id is 'Key.';
comment on column audit.revogacoes.operacao_id is 'Operation that revoked.';
comment on column audit.revogacoes.token_id is 'Identifier of the token (claim jti), of ours or of single sign-on; null if all tokens of a person are meant.';
comment on column audit.revogacoes.nome is 'Person whose tokens issued by then are all refused; null if one token is meant.';
comment on column audit.revogacoes.motivo is 'Reason given.';
comment on column audit.revogacoes.revogado_em is 'When.';
comment on column audit.revogacoes.revogado_por is 'Who revoked.';

-- Answers of the last day, for requests that are sent again. No audit fact: audit.operacoes says what was done.
create table audit_interno.pedidos (
  autor text not null,
  chave text not null,
  parte text not null,
  pedido bytea not null,
  resposta text,
  criado_em timestamptz not null default now(),
  primary key (autor, chave, parte)
);
comment on table audit_interno.pedidos is 'Requests to the API whose senders gave a key, and their answers. Read with audit.repetir_pedido.';
comment on column audit_interno.pedidos.autor is 'Person whose request it is.';
comment on column audit_interno.pedidos.chave is 'Key that the sender chose.';
comment on column audit_interno.pedidos.parte is 'Which of several answers within the request.';
comment on column audit_interno.pedidos.pedido is 'SHA-256 of everything that makes it the same request.';
comment on column audit_interno.pedidos.resposta is 'The answer; null while it is being carried out.';
comment on column audit_interno.pedidos.criado_em is 'When it was first sent; forgotten 24 hours later.';
