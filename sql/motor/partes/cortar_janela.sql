-- Cuts a window into shares of about linhas rows each: whole months by booking date, or whole days by load time where it is incremental.
-- The first and the last share keep the window's own ends, open ones too, so that nothing booked meanwhile falls between. Reads the rule's
-- table. Called by repartir_regra.
create or replace function audit_interno.cortar_janela(regra audit.regras, janela audit.janela, linhas bigint)
returns setof audit.janela
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_por_carga boolean := janela.carregado_desde is not null or janela.carregado_ate is not null;
  v_coluna text := case when v_por_carga then regra.coluna_carga else regra.coluna_data end;
begin
  -- where the booking date has a time of day, a share would lose the hours of its last day
  if v_coluna is null or not v_por_carga and audit_interno.tipo_coluna(v_tabela, v_coluna) <> 'date' then
    return next janela;
    return;
  end if;
  return query select c.data_inicio, c.data_fim, c.carregado_desde, c.carregado_ate, null::text[]
  from audit_interno.ler(format(
    'with unidade as (
       select %1$s as inicio, count(*) as linhas from %2$s t where %3$s group by 1
     ), grupo as (
       select u.inicio, div(sum(u.linhas) over (order by u.inicio) - u.linhas, %5$s) as grupo from unidade u
     ), corte as (
       select row_number() over (order by g.grupo) as n, min(g.inicio) as inicio, lead(min(g.inicio)) over (order by g.grupo) as seguinte
       from grupo g group by g.grupo
     )
     select c.n, %4$s from corte c',
    case when v_por_carga then format('date_trunc(''day'', t.%I::timestamptz)', v_coluna)
      else format('date_trunc(''month'', greatest(least(t.%I, ''9999-12-31''), ''0001-01-01'')::timestamp)::date', v_coluna) end,
    audit_interno.nome_sql(v_tabela),
    audit_interno.condicao_janela(regra, janela),
    case when v_por_carga then
      '$1, $3, case when c.n = 1 then $4 else c.inicio end, coalesce(c.seguinte, $5)'
    else
      'case when c.n = 1 then $1 else c.inicio end, coalesce(c.seguinte - 1, $3), $4, $5'
    end, cortar_janela.linhas), janela) as c (n bigint, data_inicio date, data_fim date, carregado_desde timestamptz, carregado_ate timestamptz)
  order by c.n;
end
$$;
comment on function audit_interno.cortar_janela(audit.regras, audit.janela, bigint) is
  'Shares of a window, in order, of about this many rows each. One share if the table has no column to divide by; none if the window has no rows.';
