-- A row that may change has no digest of its own in the chain. Each change leaves a digest here instead, as a fact of the operation in
-- which it happened. One row covers all that one statement changed in one table (10,000 at most), so a batch costs no more than a row.
create table audit_interno.estados (
  id bigint generated always as identity,
  operacao_id bigint,
  tabela text not null,
  chaves text[] not null,
  resumos bytea[] not null,
  autor text,
  sal bytea,
  autoria bytea,
  mes date not null default date_trunc('month', now() at time zone 'UTC')::date,
  primary key (id, mes),
  check (cardinality(chaves) = cardinality(resumos))
) partition by list (mes);
create index on audit_interno.estados (operacao_id);
comment on table audit_interno.estados is 'Digests of rows of our tables after each change; append-only. For each row the last one must match what is there.';
comment on column audit_interno.estados.operacao_id is 'Operation in which they changed: the one under way, or one of the kind registro. Null only within the transaction.';
comment on column audit_interno.estados.tabela is 'Table, schema-qualified.';
comment on column audit_interno.estados.chaves is 'Keys of the rows as text, several columns joined by /.';
comment on column audit_interno.estados.resumos is 'SHA-256 over sal and the SHA-256 of each row as JSON, for a finding only of its state; null where the row is gone.';
comment on column audit_interno.estados.autor is 'Role that changed them bypassing Conferente''s functions; null where a function did.';
comment on column audit_interno.estados.sal is 'Drawn by chance, so that nobody guesses from a digest what a row held; null once somebody was forgotten and a later fact says the state again.';
comment on column audit_interno.estados.autoria is 'SHA-256 over sal and autor: what the operation''s digest covers.';
comment on column audit_interno.estados.mes is 'First day of the month (UTC) in which it was written: its partition.';

-- The objects of a release, as they were when it was installed.
create table audit_interno.objetos (
  objeto text primary key,
  resumo bytea not null,
  definicao bytea,
  servidor integer not null
);
comment on table audit_interno.objetos is 'Functions, tables, constraints, triggers, rewrite rules, policies, types, schemas and roles of Conferente, as the last migration left them.';
comment on column audit_interno.objetos.objeto is 'Kind and name.';
comment on column audit_interno.objetos.resumo is 'SHA-256 over owner, grants and everything else that all versions of PostgreSQL write the same way.';
comment on column audit_interno.objetos.definicao is 'SHA-256 over what PostgreSQL prints of a parsed expression; compared only within the same major version. Null where there is none.';
comment on column audit_interno.objetos.servidor is 'Major version of PostgreSQL that wrote it.';
