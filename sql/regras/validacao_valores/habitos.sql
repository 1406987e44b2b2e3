-- How this ledger writes the amount of a credit note's document, counted in the year (dias) around a month without the month itself, in so many
-- entries with a document nearest before and after: credit notes (a negative amount that its document confirms) whose document
-- is positive, those whose document is negative too, and all entries counted. Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.habito_sinais and audit_interno.diagnosticar_sinais.
create or replace function regra_validacao_valores.sinais_creditos(mes date, limite int default 20000, dias int default 366)
returns table (contrarios bigint, proprios bigint, contados bigint)
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_inicio date := date_trunc('month', mes)::date;
  v_fim date := (date_trunc('month', mes) + interval '1 month')::date;
begin
  return query
  select count(*) filter (where x.valor < 0 and x.valor_documento > 0), count(*) filter (where x.valor < 0 and x.valor_documento < 0), count(*)
  from (
    (select l.valor::numeric as valor, l.valor_documento::numeric as valor_documento, l.valor_desconto::numeric as valor_desconto
      from dw.lancamentos l
      where l.data_lancamento >= v_inicio - dias and l.data_lancamento < v_inicio and l.valor_documento <> 0 and l.valor <> 0
      order by l.data_lancamento desc
      limit limite)
    union all
    (select l.valor::numeric as valor, l.valor_documento::numeric as valor_documento, l.valor_desconto::numeric as valor_desconto
      from dw.lancamentos l
      where l.data_lancamento >= v_fim and l.data_lancamento < v_fim + dias and l.valor_documento <> 0 and l.valor <> 0
      order by l.data_lancamento
      limit limite)
  ) x
  where not regra_validacao_valores.difere(x.valor, x.valor_documento, x.valor_desconto, 0.05, 0, 0);
end
$$;

comment on function regra_validacao_valores.sinais_creditos(date, int, int) is
  'Credit notes around a month whose document is positive (contrarios) and negative (proprios), and entries counted.';
revoke execute on function regra_validacao_valores.sinais_creditos(date, int, int) from public;

-- Whether credit notes of a month have a positive document by habit: twenty or more around it do, nine in ten of all, and more than one
-- entry in 500, for so many are no slips. Then the document follows the sign of the amount. Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.detectar for the months of its suspects.
create or replace function regra_validacao_valores.habito_sinais(mes date) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    -- where the nearest credit notes have negative documents there is nothing to count, and few partitions to plan for
    when (select p.proprios >= 3 and p.contrarios < 9 * p.proprios from regra_validacao_valores.sinais_creditos(habito_sinais.mes, 500, 62) p) then false
    else (
      select s.contrarios >= 20 and s.contrarios >= 9 * s.proprios and s.contrarios * 500 >= s.contados
      from regra_validacao_valores.sinais_creditos(habito_sinais.mes) s)
  end
$$;

comment on function regra_validacao_valores.habito_sinais(date) is
  'Whether credit notes of a month have a positive document by habit of the ledger.';
revoke execute on function regra_validacao_valores.habito_sinais(date) from public;

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

-- The rates of exchange that the ledger shows on some days: a ratio that the entries of three suppliers or more have on one day, to half
-- a per cent. One entry alone says nothing of another currency. Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.detectar.
create or replace function regra_validacao_valores.taxas_dos_dias(dias date[], absoluta numeric, cambio_minimo numeric, cambio_maximo numeric)
returns table (dia date, degrau int)
language plpgsql stable rows 10
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if dias = '{}' then
    return;
  end if;
  return query
  select x.data_lancamento::date, x.degrau + v.vizinho
  from (
    select l.data_lancamento, coalesce(regras.raiz_fornecedor(l.fornecedor_id), '=' || regras.nome_canonico(l.fornecedor)) as fornecedor,
      regra_validacao_valores.degrau_taxa(l.valor, l.valor_documento - coalesce(l.valor_desconto, 0)) as degrau
    from dw.lancamentos l
    where l.data_lancamento = any (dias)
      and abs(l.valor - (l.valor_documento - coalesce(l.valor_desconto, 0))) > absoluta
      and abs(l.valor) < 1e30 and abs(l.valor_documento) < 1e30 and abs(coalesce(l.valor_desconto, 0)) < 1e30
      and regra_validacao_valores.razao_possivel(l.valor, l.valor_documento - coalesce(l.valor_desconto, 0), cambio_minimo, cambio_maximo)
    offset 0
  ) x
  cross join (values (-1), (0), (1)) v (vizinho)
  where x.degrau is not null
  group by x.data_lancamento, x.degrau + v.vizinho
  having count(distinct x.fornecedor) >= 3;
end
$$;

comment on function regra_validacao_valores.taxas_dos_dias(date[], numeric, numeric, numeric) is
  'Days and ratios that entries of three suppliers or more share: rates of exchange.';
revoke execute on function regra_validacao_valores.taxas_dos_dias(date[], numeric, numeric, numeric) from public;
