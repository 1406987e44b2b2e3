-- What defines a function, view, type or operator, as text: from catalog columns where there are any, rather than as the server would print
-- it. Called by hash_regra.
create or replace function audit_interno.codigo_definicao(objetos jsonb)
returns table (chave text, texto text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with pedido as (
    select k.chave, left(k.chave, 1) as tipo, substr(k.chave, 3)::oid as oid from jsonb_object_keys(codigo_definicao.objetos) as k (chave)
  )
  select q.chave, concat_ws(E'\n', p.oid::regprocedure, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), p.prokind, l.lanname,
    p.provolatile, p.prosecdef, p.proisstrict, p.proleakproof, case when p.prosecdef then p.proowner::regrole end, array_to_string(p.proconfig, E'\n'),
    p.probin, p.prosrc, pg_get_function_sqlbody(p.oid),
    a.aggtransfn || ' ' || a.aggfinalfn || ' ' || a.aggcombinefn || ' ' || coalesce(a.agginitval, ''))
  from pedido q
  join pg_proc p on p.oid = q.oid
  join pg_language l on l.oid = p.prolang
  left join pg_aggregate a on a.aggfnoid = p.oid
  where q.tipo = 'f'
  union all
  select q.chave, concat_ws(E'\n', c.oid::regclass, c.relowner::regrole, array_to_string(c.reloptions, ' '), pg_get_viewdef(c.oid))
  from pedido q
  join pg_class c on c.oid = q.oid
  where q.tipo = 'v'
  union all
  -- user-made composite types, enums, domains and ranges, with the casts from and to them; types of tables and arrays follow from others
  select q.chave, concat_ws(E'\n', t.oid::regtype, t.typtype, (
      select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
      from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), (
      select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
    format_type(nullif(t.typbasetype, 0), t.typtypmod), t.typnotnull, t.typdefault, (
      select string_agg(pg_get_constraintdef(k.oid), ' ' order by k.conname) from pg_constraint k where k.contypid = t.oid), (
      select string_agg(concat_ws(' ', k.castsource::regtype, k.casttarget::regtype, k.castfunc::regprocedure, k.castcontext, k.castmethod), ', '
        order by k.castsource::regtype::text, k.casttarget::regtype::text)
      from pg_cast k where t.oid in (k.castsource, k.casttarget)))
  from pedido q
  join pg_type t on t.oid = q.oid
  left join pg_class c on c.oid = t.typrelid
  where q.tipo = 't' and (t.typtype in ('e', 'd', 'r') or c.relkind = 'c')
  union all
  select q.chave, concat_ws(E'\n', o.oid::regoperator, o.oprcode)
  from pedido q
  join pg_operator o on o.oid = q.oid
  where q.tipo = 'o'
$$;
comment on function audit_interno.codigo_definicao(jsonb) is 'Definition of each function (f), view (v), type (t) or operator (o) given as keys "f 16401"; none for what is gone or is not code.';
