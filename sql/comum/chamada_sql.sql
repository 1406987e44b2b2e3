-- The name of a rule's function as SQL text that is safe to paste before a parenthesis.
create or replace function audit_interno.chamada_sql(funcao text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('%I.%I', n.nspname, p.proname)
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.oid = audit_interno.funcao_da_janela(chamada_sql.funcao)
$$;
comment on function audit_interno.chamada_sql(text) is 'Quoted, schema-qualified name of a function of one audit.janela; null when there is none.';
