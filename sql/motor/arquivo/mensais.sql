-- Tables of facts that are kept by the month. Partitions stand in audit_interno, where nobody may read them but through their table.
create or replace function audit_interno.mensais()
returns table (tabela text, nome text)
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select t.tabela, split_part(t.tabela, '.', 2)
  from unnest(array['audit.deteccoes', 'audit.alteracoes', 'audit.correcoes_desfeitas', 'audit_interno.estados']) as t (tabela)
$$;
comment on function audit_interno.mensais() is 'Tables of facts that are partitioned by month, and what the name of each partition begins with.';
