-- SQL that keeps a column of the row t between the smallest and the largest of some keys, or nothing where their order is unreliable. The
-- keys of a batch mostly lie together, so only that part of the table is read, and only those partitions. Texts are left out: the column
-- may have its own sort order.
create or replace function audit_interno.limite_chaves(relacao regclass, coluna text, chaves text[])
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tipo text := audit_interno.tipo_coluna(relacao, coluna);
  v_de text;
  v_ate text;
begin
  if not exists (
    select from pg_attribute a
    join pg_opclass o on o.opcintype = a.atttypid and o.opcdefault and a.attcollation = 0
    join pg_am m on m.oid = o.opcmethod and m.amname = 'btree'
    where a.attrelid = limite_chaves.relacao and a.attname = limite_chaves.coluna and a.attnum > 0)
  then
    return '';
  end if;
  select x.de, x.ate into v_de, v_ate
  from audit_interno.ler(format(
    'select (select k.c::text from unnest($2::%1$s[]) as k (c) where k.c is not null order by k.c limit 1), (select k.c::text from unnest($2::%1$s[]) as k (c) where k.c is not null order by k.c desc limit 1)', v_tipo),
    null, limite_chaves.chaves) as x (de text, ate text);
  if v_de is null then
    return '';
  end if;
  return format(' and t.%1$I between %2$L::%4$s and %3$L::%4$s', limite_chaves.coluna, v_de, v_ate, v_tipo);
end
$$;
comment on function audit_interno.limite_chaves(regclass, text, text[]) is 'SQL text for: column of t lies within the bounds of the keys; empty when there is no such condition.';
