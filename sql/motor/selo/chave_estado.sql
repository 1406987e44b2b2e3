-- Key by which audit_interno.estados names a row.
create or replace function audit_interno.chave_estado(linha jsonb, chave text[])
returns text
language sql
immutable
as $$
  select pg_catalog.string_agg(linha ->> k.coluna, '/' order by k.n) from pg_catalog.unnest(chave) with ordinality as k (coluna, n)
$$;
comment on function audit_interno.chave_estado(jsonb, text[]) is 'The columns of the key, joined by /.';
