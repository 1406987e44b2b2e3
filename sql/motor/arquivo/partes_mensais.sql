-- Partitions of facts, up to a month.
create or replace function audit_interno.partes_mensais(ate date)
returns table (tabela text, nome text, mes date)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select p.tabela, p.nome, to_date(right(p.nome, 7), 'YYYY_MM')
  from (
    select t.tabela, c.relname as nome
    from audit_interno.mensais() t
    join pg_inherits i on i.inhparent = t.tabela::regclass
    join pg_class c on c.oid = i.inhrelid
    offset 0 -- other names hold no month
  ) as p
  where to_date(right(p.nome, 7), 'YYYY_MM') <= partes_mensais.ate
$$;
comment on function audit_interno.partes_mensais(date) is 'Table, partition and its month.';
