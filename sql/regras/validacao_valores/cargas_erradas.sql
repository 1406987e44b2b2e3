-- Loads, or days of booking, that are wrong as a whole: of the entries with a document, nine in ten and at least ten have the opposite sign,
-- or are too large or too small by the same factor of ten, a hundred or a thousand. Such an error is one of the load, not of each entry. A
-- credit note, by habit (creditos, regra_validacao_valores.sinais) or by its own words, does not count as turned. cargas and dias: the days
-- (UTC) on which entries with such an error came or are booked. Returns for each its entries and what they are off by; ultimo is the last
-- entry. A day of booking is returned only if its load is not wrong as a whole. Reads dw.lancamentos; changes nothing. Called by regra_validacao_valores.diferencas.
create or replace function regra_validacao_valores.cargas_erradas(
  cargas date[], dias date[], creditos text[], absoluta numeric, relativa numeric
)
returns table (carga date, dia date, tipo text, maior boolean, quantos bigint, de_quantos bigint, soma numeric, diferenca numeric, de date, ate date,
  ultimo text, linhas jsonb)
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set enable_nestloop = off
as $$
declare
  v_inicios timestamptz[] := array(select d::timestamp at time zone 'UTC' from unnest(cargas) d order by d);
  v_fim timestamptz := v_inicios[cardinality(v_inicios)] + interval '24 hours';
  v_dias date[];
begin
  -- counted first, for most have few
  v_inicios := array(
    select x.inicio
    from (
      select date_bin('24 hours', l.carregado_em::timestamptz, '2000-01-01 00:00:00+00') as inicio, count(*) as todos,
        count(*) filter (where abs(l.valor - (l.valor_documento - coalesce(l.valor_desconto, 0))) > absoluta) as errados
      from dw.lancamentos l
      where l.carregado_em >= v_inicios[1] and l.carregado_em < v_fim and l.valor <> 0 and l.valor_documento <> 0
      group by 1
    ) x
    where x.inicio = any (v_inicios) and x.errados >= greatest(10, 0.9 * x.todos));
  v_dias := array(
    select l.data_lancamento
    from dw.lancamentos l
    where dias <> '{}' and l.data_lancamento = any (dias) and l.valor <> 0 and l.valor_documento <> 0
    group by l.data_lancamento
    having count(*) filter (where abs(l.valor - (l.valor_documento - coalesce(l.valor_desconto, 0))) > absoluta) >= greatest(10, 0.9 * count(*)));
  if v_inicios = '{}' and v_dias = '{}' then
    return;
  end if;
  return query
  with lida as materialized (
    select z.*, z.tipo <> 'sinal_trocado' and abs(z.valor) > abs(z.certo) as maior
    from (
      select y.*, case when y.contrario and y.credito then 'credito'
        else regra_validacao_valores.tipo_diferenca(y.valor, y.documento, y.desconto, greatest(absoluta, relativa * abs(y.certo)), 2, 3) end as tipo
      from (
      select l.id::text as id, l.data_lancamento::date as data_lancamento, l.valor::numeric as valor, l.valor_documento::numeric as documento,
        l.valor_desconto::numeric as desconto, left(l.documento::text, 60) as numero, l.valor_documento - coalesce(l.valor_desconto, 0) as certo,
        date_bin('24 hours', l.carregado_em::timestamptz, '2000-01-01 00:00:00+00') as inicio,
        l.valor * (l.valor_documento - coalesce(l.valor_desconto, 0)) < 0 as contrario,
        l.valor < 0 and (l.id::text in (select c from unnest(creditos) c)
          or l.valor_documento > 0 and regra_validacao_valores.diz_credito(l.documento, l.descricao, l.categoria)) as credito
      from dw.lancamentos l
      where (l.carregado_em >= v_inicios[1] and l.carregado_em < v_inicios[cardinality(v_inicios)] + interval '24 hours'
          and date_bin('24 hours', l.carregado_em::timestamptz, '2000-01-01 00:00:00+00') = any (v_inicios)
        or l.data_lancamento = any (v_dias))
        and l.valor <> 0 and l.valor_documento <> 0
        and abs(l.valor) < 1e30 and abs(l.valor_documento) < 1e30 and abs(coalesce(l.valor_desconto, 0)) < 1e30
      offset 0
      ) y
      offset 0
    ) z
  ), da_carga as materialized (
    select l.*, count(*) over (partition by l.inicio) as todos, count(*) over (partition by l.inicio, l.tipo, l.maior) as iguais
    from lida l
    where l.inicio = any (v_inicios)
  ), do_dia as (
    select l.*, count(*) over (partition by l.data_lancamento) as todos, count(*) over (partition by l.data_lancamento, l.tipo, l.maior) as iguais
    from lida l
    where l.data_lancamento = any (v_dias)
      and l.id not in (select c.id from da_carga c where c.iguais >= greatest(10, 0.9 * c.todos))
  ), errada as (
    select (c.inicio at time zone 'UTC')::date as carga, null::date as dia, c.* from da_carga c
    union all
    select null, d.data_lancamento, d.* from do_dia d
  ), numerada as (
    select e.*, row_number() over (partition by e.carga, e.dia, e.tipo, e.maior order by e.data_lancamento desc, length(e.id) desc, e.id collate "C" desc) as do_fim
    from errada e
    where e.tipo in ('sinal_trocado', 'fator_10', 'fator_100', 'fator_1000') and e.iguais >= greatest(10, 0.9 * e.todos)
  )
  select n.carga, n.dia, n.tipo, n.maior, count(*), max(n.todos), sum(abs(n.valor)), sum(abs(n.valor - n.certo)), min(n.data_lancamento), max(n.data_lancamento),
    max(n.id) filter (where n.do_fim = 1),
    jsonb_agg(jsonb_build_object('id', n.id, 'data_lancamento', n.data_lancamento, 'documento', n.numero, 'valor', n.valor, 'esperado', n.certo)
      order by n.do_fim) filter (where n.do_fim <= 20)
  from numerada n
  group by n.carga, n.dia, n.tipo, n.maior;
end
$$;

comment on function regra_validacao_valores.cargas_erradas(date[], date[], text[], numeric, numeric) is
  'Loads and days of booking of which nine in ten amounts, and ten at least, have a turned sign or one and the same factor.';
revoke execute on function regra_validacao_valores.cargas_erradas(date[], date[], text[], numeric, numeric) from public;
