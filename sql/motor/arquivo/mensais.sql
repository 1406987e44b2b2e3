-- Tables of facts that are partitioned by month. The partitions are in audit_interno, so nobody reads them except through their table.
create or replace function audit_interno.mensais()
returns table (tabela text, nome text)
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select t.tabela, split_part(t.tabela, '.', 2)
  from unnest(array['audit.deteccoes', 'audit.alteracoes', 'audit.correcoes_desfeitas', 'audit_interno.estados']) as t (tabela)
$$;
comment on function audit_interno.mensais() is 'Tables of facts that are partitioned by month, and how the names of their partitions begin.';
