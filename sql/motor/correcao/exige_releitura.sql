-- The relation, its partitions, and the tables below a view with theirs. Called where everything that a write may touch is looked up.
create or replace function audit_interno.relacoes_abaixo(relacao regclass)
returns setof oid
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with recursive base (id) as (
    select relacoes_abaixo.relacao::oid
    union
    select x.id
    from base b
    cross join lateral (
      select d.refobjid as id
      from pg_rewrite w
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
      where w.ev_class = b.id
      union all
      select h.inhrelid from pg_inherits h where h.inhparent = b.id
    ) as x
  )
  select b.id from base b
$$;
comment on function audit_interno.relacoes_abaixo(regclass) is 'The relation and all that lies below it: partitions, and tables under a view.';

-- Whether a view only shows a table: each of its columns is another of the table's, and it leaves no row out. PostgreSQL then writes through it
-- as if it were the table. Reads the catalogue alone; where in doubt, no. Called by exige_releitura, which looks at triggers and rules.
create or replace function audit_interno.so_mostra(visao regclass)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select pg_relation_is_updatable(visao, false) & 4 <> 0
    and not exists (
      select from pg_attribute a where a.attrelid = visao and a.attnum > 0 and not pg_column_is_updatable(visao, a.attnum, false))
    and position('where' in lower(pg_get_viewdef(visao))) = 0
    -- a column that is shown twice moves twice
    and (select count(*) from pg_attribute a where a.attrelid = visao and a.attnum > 0 and not a.attisdropped) = (
      select count(distinct d.refobjsubid)
      from pg_rewrite w
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
      where w.ev_class = visao and d.refobjid <> visao and d.refobjsubid > 0)
$$;
comment on function audit_interno.so_mostra(regclass) is 'True for a view whose columns are those of one table, of which it shows every row.';

-- Whether a row may hold something else after an update than the update says. Causes: a trigger on update (before, after or instead of), or
-- on the delete and insert of a move between partitions; an update rule; a view that computes or filters; a foreign table; foreign keys
-- whose update action leads back to the relation. It looks at the relation and at what lies below. Where true, each row is read again
-- after it was written.
create or replace function audit_interno.exige_releitura(relacao regclass)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
      select from pg_trigger g
      where g.tgrelid in (select audit_interno.relacoes_abaixo(relacao))
        and not g.tgisinternal and g.tgtype & 28 <> 0 and g.tgenabled <> 'D')
    or exists (select from pg_rewrite w where w.ev_class in (select audit_interno.relacoes_abaixo(relacao)) and w.ev_type = '2')
    or exists (select from pg_class c where c.oid in (select audit_interno.relacoes_abaixo(relacao))
      and (c.relkind = 'f' or c.relkind = 'v' and not audit_interno.so_mostra(c.oid::regclass)))
    or exists (select from pg_constraint k where k.confrelid in (select audit_interno.relacoes_abaixo(relacao)) and k.contype = 'f' and k.confupdtype in ('c', 'n', 'd'))
      and exists (select from pg_constraint k where k.conrelid in (select audit_interno.relacoes_abaixo(relacao)) and k.contype = 'f' and k.confupdtype in ('c', 'n', 'd'))
$$;
comment on function audit_interno.exige_releitura(regclass) is 'True when a row must be read again after an update to know what it holds.';
