-- The index by which the planner finds a view's rows by a column; '' where partitions spare it most of the table, ' ' where the column is a
-- constant null, null where it must read everything. A view may rename, compute or join, so only the planner can tell: it is asked about an
-- existing value if there is one. operador is =, or >= for a window of one day or hour with both ends included. visao is quoted. Volatile,
-- because a stable function may not explain; writes nothing. Called by audit_interno.diagnosticar_indices through the reading door, so as
-- conferente_regra.
create or replace function audit_interno.indice_da_visao(visao text, coluna text, operador text) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
-- so that a small table shows its index too
set enable_seqscan = off
as $$
declare
  v_valor text;
  v_tudo json;
  v_plano json;
  v_nenhum boolean;
  v_linhas boolean;
begin
  if operador = '=' then
    execute format('select l.%1$I::text from %2$s l where l.%1$I is not null limit 1', coluna, visao) into v_valor;
  else
    -- windows are recent, so use the latest value: for most of the rows the planner rightly uses no index
    execute format('select max(l.%1$I)::text from %2$s l', coluna, visao) into v_valor;
  end if;
  v_nenhum := v_valor is null;
  v_valor := coalesce(v_valor, (
    select case t.typcategory when 'D' then '2000-01-01' when 'U' then '00000000-0000-0000-0000-000000000000' else '0' end
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    where a.attrelid = visao::regclass and a.attname = coluna));
  execute format('explain (verbose, format json) select from %s', visao) into v_tudo;
  execute format('explain (verbose, format json) select from %s l where l.%I %s %L%s', visao, coluna, operador, v_valor,
    case when operador = '>=' then format(' and l.%I <= %L', coluna, v_valor) end) into v_plano;

  if v_nenhum and not jsonb_path_exists(v_plano::jsonb, 'strict $.** ? (exists(@."Relation Name"))') then
    execute format('select exists (select from %s)', visao) into v_linhas;
    if v_linhas then
      return ' ';
    end if;
  end if;
  return (
    with no as (
      select n ->> 'Index Cond' as condicao, n ->> 'Index Name' as indice, n ? 'Relation Name' as leitura,
        -- the index of a bitmap scan is a separate node
        n ? 'Index Cond' or n ->> 'Node Type' = 'Bitmap Heap Scan' as por_indice, n ->> 'Filter' as filtro, n ->> 'Alias' as apelido,
        (select 1 + pg_relation_size(c.oid) from pg_class c
          where c.relname = n ->> 'Relation Name' and c.relnamespace = (select e.oid from pg_namespace e where e.nspname = n ->> 'Schema')) as bytes
      from jsonb_path_query(v_plano::jsonb, 'strict $.** ? (exists(@."Relation Name") || exists(@."Index Cond"))') n
    ), dito as ( -- the value as the planner prints a number, or anything else
      select array[operador || ' ' || v_valor || ')', operador || ' ''' || replace(v_valor, '''', '''''') || ''''] as valor
    ), usado as (
      select min(n.indice) as indice
      from no n
      cross join dito v
      where position(v.valor[1] in n.condicao) > 0 or position(v.valor[2] in n.condicao) > 0
        -- a small dimension is read whole, and the facts by an index on their key to it
        or exists (select from no d
          where (position(v.valor[1] in d.filtro) > 0 or position(v.valor[2] in d.filtro) > 0) and position('= ' || quote_ident(d.apelido) || '.' in n.condicao) > 0
            and d.bytes * 10 < (select max(f.bytes) from no f where f.por_indice))
    )
    select case
      -- an index on a dimension does not help if all facts are then read
      when coalesce(sum(n.bytes) filter (where not n.por_indice), 0) < sum(n.bytes) filter (where n.por_indice) and u.indice is not null
        -- for a partition's index, the partitioned one
        then coalesce((
          select min(p.relname) from pg_class c join pg_class p on p.oid = pg_partition_root(c.oid) where c.relname = u.indice), u.indice)
      when count(*) filter (where n.leitura) < (
        select count(*) from jsonb_path_query(v_tudo::jsonb, 'strict $.** ? (exists(@."Relation Name"))'))
        then '' end
    from usado u
    left join no n on true
    group by u.indice);
end
$$;
comment on function audit_interno.indice_da_visao(text, text, text) is
  'Index that the planner uses to find a view''s rows by a column; empty if partitions spare it most of the table, a blank if the column is always null, null if it must read everything.';
revoke execute on function audit_interno.indice_da_visao(text, text, text) from public;
grant execute on function audit_interno.indice_da_visao(text, text, text) to conferente_regra;
