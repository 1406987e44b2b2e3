-- Whether an update's own "returning" may differ from what the row holds afterwards: a trigger after the update, or instead of
-- it, or an update rule, on the relation, its partitions, or the tables below a view.
create or replace function audit_interno.exige_releitura(relacao regclass)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with recursive base (id) as (
    select exige_releitura.relacao::oid
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
  select exists (
      select from pg_trigger g
      where g.tgrelid in (select b.id from base b)
        and not g.tgisinternal and g.tgtype & 2 = 0 and g.tgtype & 16 = 16 and g.tgenabled <> 'D')
    or exists (select from pg_rewrite w where w.ev_class in (select b.id from base b) and w.ev_type = '2')
$$;
comment on function audit_interno.exige_releitura(regclass) is 'True when a row must be read again after an update to know what it holds.';
