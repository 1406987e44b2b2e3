-- Third step: which of the entries booked twice are one finding together. conjunto is one of:
--   carga_repetida       a load came in again; cargas.sql says what proves it
--   repeticao_em_massa   more than ten bookings of one document
--   parte                a share, judged by regra_validacao_valores.rateios
--   null                 a finding of its own
-- chave is the same for all entries of one finding. provada: whether the entry's own day proves the load. Entries that were taken back in
-- other amounts, or in words, are left out.
-- Reads dw.lancamentos; changes nothing. Called by regra_validacao_valores.duplicidades_da_janela.
create or replace function regra_validacao_valores.duplicidades_juntas(
  janela audit.janela, proximidade int, absoluta numeric, relativa numeric, digitos int
) returns table (
  id text, ordem bigint, data_lancamento date, carregado_em timestamptz, momento timestamp, filial text, documento text, valor numeric,
  descricao text, reparte text, gemeo_id text, gemeo_data date, gemeo_filial text, gemeo_documento text, gemeo_descricao text,
  gemeo_reparte text, carga date, recarregada boolean, provada boolean, conjunto text, chave text
)
language plpgsql stable rows 1000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off -- as in regra_validacao_valores.lancamentos_comparaveis
set enable_mergejoin = off
as $$
begin
  return query
  with apontada as materialized (
    select * from regra_validacao_valores.lancados_em_dobro(janela, proximidade, absoluta, relativa, digitos)
  ), devolvida as (
    select e.numero, e.raiz, e.nome, e.montante, e.credito
    from (
      select array_agg(d.raiz order by d.n) as raizes, array_agg(d.nome order by d.n) as nomes, array_agg(d.citado order by d.n) as numeros,
        array_agg(d.montante order by d.n) as montantes, array_agg(d.de order by d.n) as desde, array_agg(d.ate order by d.n) as ate
      from (
        select a.raiz, a.nome, a.citado, a.valor as montante, min(a.gemeo_data) as de, max(a.data_lancamento) + proximidade as ate, row_number() over () as n
        from apontada a
        group by a.raiz, a.nome, a.citado, a.valor
      ) d
      offset 0
    ) a
    cross join lateral regra_validacao_valores.estornos_avulsos(a.raizes, a.nomes, a.numeros, a.montantes, a.desde, a.ate) e
    where a.raizes is not null
  ), repetido as materialized (
    select r.*
    from (
      select array_agg(a.data_lancamento) as dias, array_agg(a.apontadas) as apontadas
      from (select x.data_lancamento, count(*) as apontadas from apontada x where x.gemeo_data = x.data_lancamento group by x.data_lancamento
        having count(*) >= case when janela.chaves is null then 10 else 1 end) a
      offset 0
    ) a
    cross join lateral regra_validacao_valores.dias_repetidos(a.dias, case when janela.chaves is null then a.apontadas end) r
    where a.dias is not null
  ), recarga as (
    -- what these days prove about a load holds for its days with fewer entries too
    select r.carga, min(r.de) as de, max(r.ate) as ate
    from repetido r
    where r.carga is not null
    group by r.carga
  ), inteira as materialized (
    -- or the whole load, if no single day has enough entries
    select k.carga
    from (
      select array_agg(x.carga) as cargas, min(x.de) as de, max(x.ate) as ate
      from (
        select a.carga, min(a.data_lancamento) as de, max(a.data_lancamento) as ate
        from apontada a
        where a.de_outra_carga and a.carga not in (select r.carga from repetido r where r.carga is not null)
        group by a.carga
        having count(*) >= case when janela.chaves is null then 3 else 1 end
      ) x
      offset 0
    ) x
    cross join lateral regra_validacao_valores.cargas_repetidas(x.cargas, x.de, x.ate, proximidade) k (carga)
    where x.cargas is not null
  ), pequena as materialized (
    -- or all that a small one brought
    select k.*
    from (
      select array_agg(distinct a.carga) as cargas, array_agg(distinct a.carregado_em) as momentos, min(a.data_lancamento) as de, max(a.data_lancamento) as ate
      from apontada a
      where a.vinda_depois
    ) x
    cross join lateral regra_validacao_valores.cargas_pequenas(x.cargas, x.momentos, x.de, x.ate) k
    where x.cargas is not null
  )
  select a.id, a.ordem, a.data_lancamento, a.carregado_em, a.momento, a.filial, a.documento, a.valor, a.descricao, a.reparte,
    a.gemeo_id, a.gemeo_data, a.gemeo_filial, a.gemeo_documento, a.gemeo_descricao, a.gemeo_reparte, a.carga, a.recarregada, p.dia is not null,
    case when p.dia is not null or c.carga is not null or i.carga is not null or q.carga is not null then 'carga_repetida'
      -- judged by regra_validacao_valores.rateios; here it may speak for a load
      when a.parte and r.dia is null then 'parte' when a.do_documento > 10 then 'repeticao_em_massa' end,
    case
      -- or the one load that has its entries twice
      when p.dia is not null or c.carga is not null or i.carga is not null then coalesce(p.carga::text, c.carga::text, a.carga::text, '')
      when q.carga is not null then q.desde::text
      when a.do_documento > 10 and (r.dia is not null or not a.parte) then jsonb_build_array(a.fornecedor, a.numero, a.parcela, a.valor)::text
      else a.id end
  from apontada a
  left join (select distinct x.dia, x.filial from repetido x) r
    on r.dia = a.data_lancamento and r.filial is not distinct from a.filial and a.gemeo_data = a.data_lancamento
  left join repetido p on p.dia = a.data_lancamento and p.filial is not distinct from a.filial and a.gemeo_data = a.data_lancamento
    and p.carga is not distinct from case when a.recarregada then a.carga end
  left join recarga c on c.carga = a.carga and a.recarregada and a.primeira_carga between c.de and c.ate
  left join inteira i on i.carga = a.carga and a.de_outra_carga
  left join pequena q on q.carga = a.carga and a.vinda_depois and a.carregado_em >= q.desde and a.carregado_em < q.antes_de
  left join devolvida e on e.numero = a.citado and e.montante = a.valor and e.raiz is not distinct from a.raiz
    and e.nome is not distinct from a.nome
  where a.ultima > coalesce(div(e.credito, a.montante), 0) and a.dentro;
end
$$;

comment on function regra_validacao_valores.duplicidades_juntas(audit.janela, int, numeric, numeric, int) is
  'Entries booked twice, and which of them are one finding: of a load that came in again, or of one document.';
revoke execute on function regra_validacao_valores.duplicidades_juntas(audit.janela, int, numeric, numeric, int) from public;
