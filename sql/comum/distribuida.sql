-- Where a relation is distributed over several servers by Citus, an update may call only immutable functions: anything else might differ
-- from server to server. What we call is declared stable by PostgreSQL because of settings and types that cannot matter here, so for such a
-- relation it stands behind functions that say what is true of them. They give the same bytes, and cost a little more; other relations do
-- without them. Asked by the functions that write SQL (expressao_*).
create or replace function audit_interno.distribuida(relacao regclass)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sim boolean := false;
begin
  if to_regclass('pg_catalog.pg_dist_partition') is not null then
    execute 'select exists (select 1 from pg_catalog.pg_dist_partition p where p.logicalrelid = $1)' into v_sim using relacao;
  end if;
  return v_sim;
end
$$;
comment on function audit_interno.distribuida(regclass) is 'Whether Citus keeps the rows of the relation, on one node or several.';
grant execute on function audit_interno.distribuida(regclass) to conferente_regra;

-- SQL for a relation in a left join to rows of ours, by its key. A distributed one is joined to the keys first, on the nodes, or Citus would
-- bring the whole table to the coordinator; with the columns that may be read there. chaves: a query for the keys as text.
create or replace function audit_interno.fonte_linhas(relacao regclass, coluna_chave text, chaves text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case when audit_interno.distribuida(relacao)
    then format('(select %5$s from (select distinct x.c::%3$s as c from (%4$s) as x (c)) as k join %1$s as d on d.%2$I = k.c)',
      audit_interno.nome_sql(relacao), coluna_chave, audit_interno.tipo_coluna(relacao, coluna_chave), chaves, (
        select string_agg(format('d.%I', a.attname), ', ' order by a.attnum) from pg_attribute a
        where a.attrelid = relacao and a.attnum > 0 and not a.attisdropped
          and has_column_privilege('conferente_escrita', relacao, a.attnum, 'select')))
    else audit_interno.nome_sql(relacao) end
$$;
comment on function audit_interno.fonte_linhas(regclass, text, text) is 'SQL text: the relation, or those of its rows that have one of the keys.';

-- jsonb_build_object for names and values already in jsonb; a null value is a JSON null.
create or replace function audit_interno.objeto(nomes text[], valores jsonb[])
returns jsonb
language sql
immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(x.nome, x.valor), '{}') from unnest(nomes, valores) as x (nome, valor)
$$;
comment on function audit_interno.objeto(text[], jsonb[]) is 'A jsonb object of names and values.';
grant execute on function audit_interno.objeto(text[], jsonb[]) to conferente_regra, conferente_escrita;

-- The digest of a row of canonical texts (audit_interno.expressao_canonica).
create or replace function audit_interno.impressao_linha(linha anyelement)
returns bytea
language sql
immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select substr(sha256(convert_to(linha::text, 'UTF8')), 1, 16)
$$;
comment on function audit_interno.impressao_linha(anyelement) is 'First 16 bytes of SHA-256 over the row as text.';
grant execute on function audit_interno.impressao_linha(anyelement) to conferente_regra, conferente_escrita;

-- A text in the type of the model. It reads what audit_interno.expressao_imagem wrote, under any setting: dates and times in ISO, zones as
-- offsets.
create or replace function audit_interno.valor_como(texto text, modelo anyelement)
returns anyelement
language plpgsql
immutable parallel safe
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set timezone = 'UTC'
as $$
begin
  $0 := texto;
  return $0;
end
$$;
comment on function audit_interno.valor_como(text, anyelement) is 'The text in the type of the model. 22007 or 22P02 when it cannot be read as that type.';
grant execute on function audit_interno.valor_como(text, anyelement) to conferente_regra, conferente_escrita;
