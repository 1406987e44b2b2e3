-- Second step of looking for documents booked twice: entries of a document that has another booking already, each with that booking (gemeo).
-- If only one of two entries says whose it is, or which number, part or period it is, that holds for both. Each reversal takes back the latest
-- booking before it. Of the bookings that are left of a document, the second and all later ones are returned. Entries in different cost
-- centres, categories or accounts (reparte) are shares of one document, unless one of them is the whole.
--   momento   the day, with a place in it
--   carga, primeira_carga   the days (UTC) on which the entry, and the first of its document and day, were loaded
--   recarregada     it has its twin's day, and did not come with the first load
--   de_outra_carga  it came with a later load than its twin
--   vinda_depois    it has its twin's day, and was loaded after it
--   do_documento, ultima    how many are returned of its document, and its place among them, counted from the last
--
-- HAZARD: a flood is one partition of these windows. An aggregate over neighbouring days must be able to remove rows as its frame moves
-- (sums and counts can, least and greatest cannot), or the cost is quadratic.
--
-- Entries outside the window are among them (dentro). Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.duplicidades_juntas.
create or replace function regra_validacao_valores.lancados_em_dobro(
  janela audit.janela, proximidade int, absoluta numeric, relativa numeric, digitos int
) returns table (
  id text, ordem bigint, dentro boolean, data_lancamento date, carregado_em timestamptz, momento timestamp, filial text, documento text,
  valor numeric, descricao text, parte boolean, fornecedor text, numero text, parcela text, citado text, raiz text, nome text, montante numeric,
  reparte text, gemeo_id text, gemeo_data date, gemeo_filial text, gemeo_documento text, gemeo_descricao text, gemeo_reparte text,
  carga date, primeira_carga date, recarregada boolean, de_outra_carga boolean, vinda_depois boolean, do_documento bigint, ultima bigint
)
language plpgsql stable rows 1000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off -- as in regra_validacao_valores.lancamentos_comparaveis
set enable_mergejoin = off
as $$
declare
  -- to the end of the last day, for within a day entries have places of their own
  v_perto interval := make_interval(days => proximidade, hours => 23);
  v_longe interval := make_interval(days => 2 * proximidade, hours => 23);
begin
  return query
  with de_quem as (
    -- an entry without a code belongs to the company with its name, if there is only one
    select c.*, coalesce(c.raiz, case when c.nome is not null and min(c.raiz) over nome = max(c.raiz) over nome then min(c.raiz) over nome end,
      '=' || c.nome) as fornecedor
    from regra_validacao_valores.lancamentos_comparaveis(janela, proximidade, absoluta, relativa, digitos) c
    window nome as (partition by c.so_numero, c.montante, c.nome)
  ), identificada as (
    select d.*,
      -- a text alone says so only where there would otherwise be one booking more
      d.estorno or d.estorno_dito and sign(d.valor) = sign(sum(case when d.estorno or d.estorno_dito then 0 else sign(d.valor) end) over numero) as estorna,
      concat_ws(chr(31), d.so_numero,
        coalesce(d.especie, case when min(d.especie) over numero = max(d.especie) over numero then min(d.especie) over numero end, ''),
        -- 123/1 is of series 1 where another entry says that there is one, and otherwise what only its like is
        case when d.barra is null then coalesce(d.serie, case when min(d.serie) over numero = max(d.serie) over numero then min(d.serie) over numero end, '')
          when count(d.serie) over na_serie > 0 then d.barra else '/' || d.barra end,
        coalesce(d.acesso, case when min(d.acesso) over numero = max(d.acesso) over numero then min(d.acesso) over numero end, ''),
        coalesce(d.ano, case when min(d.ano) over no_ano = max(d.ano) over no_ano and min(d.ano) over no_ano = extract(year from d.data_lancamento)
          then min(d.ano) over no_ano end),
        -- what it is about, where two say it
        'o' || coalesce(d.objeto, case when min(d.objeto) over numero = max(d.objeto) over numero then min(d.objeto) over numero end),
        -- periods: of the only one, or of the only one booked in that month
        'm' || coalesce(d.mes_dito, case when min(d.mes_dito) over numero = max(d.mes_dito) over numero then min(d.mes_dito) over numero end,
          case when min(d.mes_dito) over no_mes = max(d.mes_dito) over no_mes then min(d.mes_dito) over no_mes end),
        'a' || coalesce(d.ano_dito, case when min(d.ano_dito) over numero = max(d.ano_dito) over numero then min(d.ano_dito) over numero end,
          case when min(d.ano_dito) over no_mes = max(d.ano_dito) over no_mes then min(d.ano_dito) over no_mes end)) as numero,
      -- a reversal need not name its instalment, if there is only one
      case when d.dita = '' and (d.valor < 0 or d.estorno) and min(nullif(d.dita, '')) over numero = max(d.dita) over numero
        then max(d.dita) over numero else d.dita end as parcela,
      sign(sum(case when d.estorno then 0 else sign(d.valor) end) over numero) as lado, sign(sum(case when d.estorno or d.estorno_dito then 0 else sign(d.valor) end) over numero) as lado_dito
    from de_quem d
    where d.fornecedor is not null
    window numero as (partition by d.fornecedor, d.so_numero, d.montante),
      na_serie as (partition by d.fornecedor, d.so_numero, d.montante, coalesce(d.serie, d.barra)),
      no_mes as (partition by d.fornecedor, d.so_numero, d.montante, date_trunc('month', d.data_lancamento)),
      no_ano as (partition by d.fornecedor, d.so_numero, d.montante, extract(year from d.data_lancamento))
  ), situada as (
    select c.*, c.documentada and not c.parte as inteira,
      -- a reversal booked with its document's sign is recognised by the word
      case when c.estorno then coalesce(-nullif(c.lado, 0), sign(c.valor)) when c.estorna then -c.lado_dito else sign(c.valor) end::int as sinal,
      -- and goes with the existing booking
      concat(c.centro, chr(31), coalesce(c.conta, max(c.conta) over (no_centro order by c.data_lancamento range current row), max(c.conta) over no_centro)) as destino
    from identificada c
    window no_centro as (partition by c.fornecedor, c.numero, c.parcela, c.montante, c.centro)
  ), movimento as (
    select c.*,
      case when c.inteira then '' else c.destino end as reparte,
      -- one place for each entry, so that a day's own order counts within the days
      c.data_lancamento + row_number() over documento * interval '1 microsecond' as momento,
      sum(c.sinal) over documento as saldo
    from situada c
    window documento as (
      partition by c.fornecedor, c.numero, c.parcela, c.montante order by c.data_lancamento, c.carregado_em, c.ordem
      rows unbounded preceding)
  ), liquida as (
    select m.*,
      -- bookings less reversals up to this one: one booking, its reversal and the new booking leave one. Over the longer time a
      -- reversal meets its booking, over the shorter one nothing old is left to meet
      greatest(m.sinal * sum(m.sinal) over antes, m.sinal * sum(m.sinal) over muito_antes) as liquido,
      -- what was booked last is taken back first. The balance goes up and down by one, so this entry is taken back by the next one that brings
      -- the balance back across the same level
      coalesce(lead(m.momento) over (
        partition by m.fornecedor, m.numero, m.parcela, m.montante, least(m.saldo, m.saldo - m.sinal) order by m.momento)
        <= m.momento + v_perto, false) as estornada
    from movimento m
    window documento as (partition by m.fornecedor, m.numero, m.parcela, m.montante order by m.momento),
      antes as (documento range between v_perto preceding and current row),
      muito_antes as (documento range between v_longe preceding and current row)
  ), lugar as (
    select l.*, row_number() over (partition by l.fornecedor, l.numero, l.parcela, l.montante, l.sinal order by l.momento) as lugar
    from liquida l
    where not l.estornada
  ), par as (
    select l.*,
      -- the last before it in the same cost centre, category and account; of whole documents the last of all; otherwise the last whole one
      case when l.inteira then nullif(l.lugar - 1, 0)
        when lag(l.data_lancamento) over igual >= l.data_lancamento - proximidade then lag(l.lugar) over igual
        else max(l.lugar) filter (where l.inteira) over ate_aqui end as gemeo_lugar,
      -- loads are told apart by the day on which they came
      (l.carregado_em at time zone 'UTC')::date as carga,
      min((l.carregado_em at time zone 'UTC')::date) over (documento order by l.data_lancamento range current row) as primeira_carga
    from lugar l
    window documento as (partition by l.fornecedor, l.numero, l.parcela, l.montante, l.sinal),
      igual as (partition by l.fornecedor, l.numero, l.parcela, l.montante, l.sinal, l.reparte order by l.momento),
      ate_aqui as (documento order by l.momento rows between unbounded preceding and 1 preceding)
  )
  select p.id, p.ordem, p.dentro, p.data_lancamento, p.carregado_em, p.momento, p.filial, p.documento, p.valor, p.descricao, p.parte,
    p.fornecedor, p.numero, p.parcela, p.citado, p.raiz, p.nome, p.montante, p.reparte,
    g.id, g.data_lancamento, g.filial, g.documento, g.descricao, g.reparte,
    p.carga, p.primeira_carga, g.data_lancamento = p.data_lancamento and p.carga <> p.primeira_carga, p.carga > g.carga,
    g.data_lancamento = p.data_lancamento and p.carregado_em > g.carregado_em,
    count(*) over (partition by p.fornecedor, p.numero, p.parcela, p.montante, p.sinal),
    row_number() over (partition by p.fornecedor, p.numero, p.parcela, p.montante, p.sinal order by p.momento desc)
  from par p
  join par g on g.fornecedor = p.fornecedor and g.numero = p.numero and g.parcela = p.parcela and g.montante = p.montante and g.sinal = p.sinal
    and g.lugar = p.gemeo_lugar
  where g.data_lancamento >= p.data_lancamento - proximidade and p.liquido > 1 and not p.estorna
    -- a supplier who starts numbering again in January does not reach ten thousand in the first days
    and (extract(year from g.data_lancamento) = extract(year from p.data_lancamento) or g.ano = p.ano or p.so_numero ~ '[0-9]{5}');
end
$$;

comment on function regra_validacao_valores.lancados_em_dobro(audit.janela, int, numeric, numeric, int) is
  'Entries of documents that are booked already, each with the booking before it.';
revoke execute on function regra_validacao_valores.lancados_em_dobro(audit.janela, int, numeric, numeric, int) from public;
