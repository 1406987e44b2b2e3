-- All the code that a rule runs, as one text. Code means the functions, aggregates, operators, views and types in the schemas of the rule's
-- function and of its preparation; what the rule declares (audit.regras.dependencias: schemas, functions or views); and whatever of these
-- kinds that code names in turn, outside the server's own catalog. Names are followed as written in bodies and definitions; names without a
-- schema are looked up in the search_paths that this code pins. A name in a comment or a string counts too: rather too much than too
-- little. A table is data and does not count, nor does the relation that the rule looks at, even if it is a view. The catalog counts, not
-- the source files: a view is taken as the server prints it, which may differ in another major version. Called by hash_regra, and by
-- guardar_codigo, which keeps the text.
create or replace function audit_interno.codigo_regra(regra audit.regras)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
set quote_all_identifiers = off
as $$
declare
  v_pedidos text[] := array_remove(array[regra.funcao, regra.preparacao], null) || coalesce(regra.dependencias, '{}');
  v_relacao text := 'v ' || coalesce(audit_interno.relacao(regra.tabela)::oid::text, ''); -- the rule's relation is data, even if it is a view
  v_esquemas oid[];
  v_caminhos oid[] := array[]::oid[];
  v_novos jsonb;
  v_textos jsonb := jsonb_build_object(); -- definition by kind and oid, as "f 16401"
  v_novos_textos jsonb;
begin
  if audit_interno.funcao_da_janela(regra.funcao) is null then
    return null;
  end if;
  -- whole schemas count: those declared by name, and those of the rule's functions
  select array_agg(distinct n.oid) into v_esquemas
  from unnest(v_pedidos) with ordinality as d (nome, n_ordem)
  join pg_namespace n on n.oid = case when d.n_ordem <= num_nonnulls(regra.funcao, regra.preparacao)
      then audit_interno.esquema(quote_ident((parse_ident(d.nome))[1])) else audit_interno.esquema(d.nome) end
  where n.nspname not in ('pg_catalog', 'information_schema');
  select jsonb_object_agg(o.chave, true) into v_novos
  from (
    select 'f ' || p.oid as chave from pg_proc p where p.oid >= 16384 and p.pronamespace = any (v_esquemas)
    union
    select 'v ' || c.oid from pg_class c where c.oid >= 16384 and c.relnamespace = any (v_esquemas) and c.relkind in ('v', 'm')
    union
    select 't ' || t.oid from pg_type t where t.oid >= 16384 and t.typnamespace = any (v_esquemas)
    union
    select 'o ' || o.oid from pg_operator o where o.oid >= 16384 and o.oprnamespace = any (v_esquemas)
    union
    select c.chave from audit_interno.codigo_nomeado(array_to_string(v_pedidos, ' '), '{}') c
  ) as o
  where o.chave <> v_relacao;

  while v_novos is not null loop -- one turn for each step away from the rule, not for each object
    select jsonb_object_agg(d.chave, d.texto) into v_novos_textos from audit_interno.codigo_definicao(v_novos) d;
    exit when v_novos_textos is null;
    v_textos := v_textos || v_novos_textos;
    -- names without a schema are looked up where the code looks them up
    select array_agg(distinct x.oid) into v_caminhos
    from (
      select unnest(v_caminhos) as oid
      union
      select audit_interno.esquema(btrim(s, ' '))
      from jsonb_object_keys(v_novos_textos) as k (chave)
      join pg_proc p on p.oid = split_part(k.chave, ' ', 2)::oid and k.chave like 'f %'
      cross join unnest(p.proconfig) as c (ajuste)
      cross join string_to_table(substr(c.ajuste, length('search_path=') + 1), ',') as s
      where c.ajuste like 'search_path=%' and btrim(s, ' ') !~ '^("?pg_catalog"?|"?pg_temp"?|"\$user"|"")$'
    ) as x
    where x.oid is not null;
    select jsonb_object_agg(c.chave, true) into v_novos
    from audit_interno.codigo_nomeado((select string_agg(t.value, E'\n') from jsonb_each_text(v_novos_textos) t), coalesce(v_caminhos, '{}')) c
    where not v_textos ? c.chave and c.chave <> v_relacao;
  end loop;
  return (
    select concat_ws(E'\n', regra.funcao, regra.preparacao, string_agg(t.texto, E'\n' order by t.texto collate "C"))
    from (select left(x.key, 1) || ' ' || x.value as texto from jsonb_each_text(v_textos) as x) as t);
end
$$;
comment on function audit_interno.codigo_regra(audit.regras) is 'All the code that the rule runs, as text; null when there is no such function.';
