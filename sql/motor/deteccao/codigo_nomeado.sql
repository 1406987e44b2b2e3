-- The functions, views and types that a text names as schema.name; those of the given schemas that it names at all; and the operators of
-- either whose sign it contains. Nothing of the server's own. Case is ignored: rather too much than too little. The text is split at each
-- schema's name: one expression for all names takes thirty times as long. Called by hash_regra.
create or replace function audit_interno.codigo_nomeado(texto text, caminhos oid[])
returns table (chave text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with texto as materialized (
    select lower(codigo_nomeado.texto) as texto
  ), nome as materialized (
    select distinct n.oid as esquema, btrim(substring(left(p.parte, 130) from '^(?:"[^"]+"|[[:alnum:]_$]+)'), '"') as nome
    from pg_namespace n
    cross join lateral (values (lower(n.nspname)), ('"' || lower(n.nspname) || '"')) as e (escrito)
    cross join texto t
    cross join lateral string_to_table(t.texto, e.escrito || '.') with ordinality as p (parte, posicao)
    where p.posicao > 1 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  ), esquema as materialized (
    select unnest(codigo_nomeado.caminhos) as oid union select n.esquema from nome n
  ), objeto as materialized (
    -- only what lies in a schema in question: of all the others nothing is read but that
    select 'f ' || p.oid as chave, p.pronamespace as esquema, lower(p.proname) as nome
    from pg_proc p where p.oid >= 16384 and p.pronamespace in (select e.oid from esquema e)
    union all
    select 'v ' || c.oid, c.relnamespace, lower(c.relname)
    from pg_class c where c.relkind in ('v', 'm') and c.oid >= 16384 and c.relnamespace in (select e.oid from esquema e)
    union all
    select 't ' || y.oid, y.typnamespace, lower(y.typname)
    from pg_type y
    where y.oid >= 16384 and y.typnamespace in (select e.oid from esquema e)
      and (y.typtype in ('e', 'd', 'r') or y.typtype = 'c' and (select c.relkind from pg_class c where c.oid = y.typrelid) = 'c')
  )
  select o.chave from objeto o join nome n on n.esquema = o.esquema and n.nome = o.nome
  union
  select o.chave from objeto o cross join texto t where o.esquema = any (codigo_nomeado.caminhos) and strpos(t.texto, o.nome) > 0
  union
  select 'o ' || o.oid
  from pg_operator o cross join texto t
  where o.oid >= 16384 and strpos(t.texto, lower(o.oprname)) > 0
    and (o.oprnamespace = any (codigo_nomeado.caminhos) or o.oprnamespace in (select n.esquema from nome n))
$$;
comment on function audit_interno.codigo_nomeado(text, oid[]) is 'Code that a text names, as keys for audit_interno.codigo_definicao.';
