-- Whether one of two amounts may be the other in a foreign currency: their ratio, either way, lies between two bounds and is not a whole
-- number. A whole number is more likely a quantity or a number of instalments. Touches nothing; inlined by the planner. Called by
-- regra_validacao_valores.tipo_diferenca and taxas_dos_dias.
create or replace function regra_validacao_valores.razao_possivel(valor numeric, esperado numeric, minimo numeric, maximo numeric) returns boolean
language sql immutable parallel safe
return case when valor * esperado > 0 then
  (valor / esperado between minimo and maximo or esperado / valor between minimo and maximo)
    and pg_catalog.abs(valor / esperado - pg_catalog.round(valor / esperado)) > 0.0005
    and pg_catalog.abs(esperado / valor - pg_catalog.round(esperado / valor)) > 0.0005
  else false end;

comment on function regra_validacao_valores.razao_possivel(numeric, numeric, numeric, numeric) is
  'Whether the ratio of two amounts could be a rate of exchange.';
revoke execute on function regra_validacao_valores.razao_possivel(numeric, numeric, numeric, numeric) from public;

-- The ratio of an amount to what was expected as a step of half a per cent; null where it is a share (a whole percentage of the
-- document), or where the two have no ratio. Touches nothing. Called by regra_validacao_valores.taxas_dos_dias and detectar.
create or replace function regra_validacao_valores.degrau_taxa(valor numeric, esperado numeric) returns int
language sql immutable parallel safe
return case
  when valor * esperado <= 0 then null
  when pg_catalog.abs(valor) > pg_catalog.abs(esperado)
    or pg_catalog.abs(valor - pg_catalog.round(esperado * pg_catalog.round(100 * valor / esperado) / 100, 2)) > 0.01
  then pg_catalog.round(200 * pg_catalog.abs(pg_catalog.ln((valor / esperado)::float8)))::int
end;

comment on function regra_validacao_valores.degrau_taxa(numeric, numeric) is
  'Ratio of two amounts in steps of half a per cent, whichever is larger; null for a whole percentage.';
revoke execute on function regra_validacao_valores.degrau_taxa(numeric, numeric) from public;

-- Entries of some days whose ratio to what was expected could be a rate of exchange. Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.taxas_dos_dias.
create or replace function regra_validacao_valores.razoes_dos_dias(dias date[], absoluta numeric, cambio_minimo numeric, cambio_maximo numeric)
returns table (dia date, fornecedor text, degrau int, descricao text)
language plpgsql stable rows 100
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if dias = '{}' then
    return;
  end if;
  return query
  select x.*
  from (
    select l.data_lancamento::date, coalesce(regras.raiz_fornecedor(l.fornecedor_id), '=' || regras.nome_canonico(l.fornecedor)),
      regra_validacao_valores.degrau_taxa(l.valor, l.valor_documento - coalesce(l.valor_desconto, 0)), l.descricao::text
    from dw.lancamentos l
    where l.data_lancamento = any (dias)
      and abs(l.valor - (l.valor_documento - coalesce(l.valor_desconto, 0))) > absoluta
      and abs(l.valor) < 1e30 and abs(l.valor_documento) < 1e30 and abs(coalesce(l.valor_desconto, 0)) < 1e30
      and regra_validacao_valores.razao_possivel(l.valor, l.valor_documento - coalesce(l.valor_desconto, 0), cambio_minimo, cambio_maximo)
    offset 0
  ) x (dia, fornecedor, degrau, descricao)
  where x.degrau is not null;
end
$$;

comment on function regra_validacao_valores.razoes_dos_dias(date[], numeric, numeric, numeric) is
  'Entries of some days whose ratio to their document could be a rate of exchange.';
revoke execute on function regra_validacao_valores.razoes_dos_dias(date[], numeric, numeric, numeric) from public;

-- Whether a text names a foreign currency. Not "câmbio" by itself, which is also a car's gearbox. Touches nothing; inlined by the planner.
-- Called by regra_validacao_valores.taxas_dos_dias.
create or replace function regra_validacao_valores.diz_moeda(texto text) returns boolean
language sql immutable parallel safe
return audit_interno.dobrar(pg_catalog.left(texto, 500))
  ~ '((?:^|[^a-z])(usd|eur|gbp|chf|ptax|dolar|dolares|euros?|libras? esterlinas?|moeda estrangeira|(taxa|contrato|fechamento) de cambio)(?![a-z])|us?[$]s?|[€£])';

comment on function regra_validacao_valores.diz_moeda(text) is 'Whether a text names a foreign currency.';
revoke execute on function regra_validacao_valores.diz_moeda(text) from public;

-- The rates of exchange that the ledger shows on some days. A rate is a ratio that entries of three suppliers or more have on one day, to
-- half a per cent. Three suppliers who were paid the same part of a document on one day have a common ratio too, so the ledger must also
-- show that it deals in another currency. Either the texts of two of them name one; or the ratio recurs and moves: within two months, on
-- three days or more, entries of two suppliers a day and five in all have a ratio within a tenth of it. Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.diferencas.
create or replace function regra_validacao_valores.taxas_dos_dias(dias date[], absoluta numeric, cambio_minimo numeric, cambio_maximo numeric)
returns table (dia date, degrau int)
language plpgsql stable rows 10
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_dias date[];
  v_degraus int[];
  v_ditas boolean[];
  v_em_volta date[];
begin
  if dias = '{}' then
    return;
  end if;
  select array_agg(t.dia), array_agg(t.degrau), array_agg(t.dita) into v_dias, v_degraus, v_ditas
  from (
    select x.dia, x.degrau + v.vizinho as degrau, count(distinct x.fornecedor) filter (where regra_validacao_valores.diz_moeda(x.descricao)) >= 2 as dita
    from regra_validacao_valores.razoes_dos_dias(taxas_dos_dias.dias, absoluta, cambio_minimo, cambio_maximo) x
    cross join (values (-1), (0), (1)) v (vizinho)
    group by x.dia, x.degrau + v.vizinho
    having count(distinct x.fornecedor) >= 3
  ) t;
  if v_dias is null then
    return;
  end if;
  v_em_volta := array(
    select distinct d + g
    from unnest(v_dias, v_ditas) t (d, dita) cross join generate_series(-60, 60) g
    where not dita);
  return query
  with vista as materialized (
    select x.dia, x.degrau, x.fornecedor from regra_validacao_valores.razoes_dos_dias(v_em_volta, absoluta, cambio_minimo, cambio_maximo) x
  ), comum as materialized (
    select v.dia, v.degrau, array_agg(distinct o.fornecedor) as fornecedores
    from vista v
    join vista o on o.dia = v.dia and o.degrau between v.degrau - 1 and v.degrau + 1
    group by v.dia, v.degrau
    having count(distinct o.fornecedor) >= 2
  )
  select t.dia, t.degrau
  from unnest(v_dias, v_degraus, v_ditas) t (dia, degrau, dita)
  where t.dita or (
    select count(distinct c.dia) >= 3 and count(distinct f) >= 5 and max(c.degrau) - min(c.degrau) >= 2
    from comum c cross join lateral unnest(c.fornecedores) f
    where c.dia <> t.dia and c.dia between t.dia - 60 and t.dia + 60 and c.degrau between t.degrau - 20 and t.degrau + 20);
end
$$;

comment on function regra_validacao_valores.taxas_dos_dias(date[], numeric, numeric, numeric) is
  'Days and ratios that entries of three suppliers or more share, in a ledger that shows another currency: rates of exchange.';
revoke execute on function regra_validacao_valores.taxas_dos_dias(date[], numeric, numeric, numeric) from public;
