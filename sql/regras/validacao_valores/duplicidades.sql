-- Finds documents that were booked twice: same supplier (company root; name if one of the two has no code), same document, same amount,
-- exactly alike or within valores.dias_duplicidade days and across branches. Flags only the later entry and never proposes a correction.
--
-- What an entry does not say about its document (kind, series, year, access key) it shares with the others of its number and amount that
-- do, unless these differ. A number of fewer than five digits without a year is another number in another year. These are no duplicates: an
-- entry that was reversed and booked again; one that was reversed within those days afterwards, whole, in parts, together with others or
-- only in words; named instalments; documents without a number; entries that name another part or period of the document
-- (regra_validacao_valores.marcas). A reversal takes back the latest booking before it. Entries of other cost centres, categories or
-- accounts are shares of one document, unless one of them is the whole; regra_validacao_valores.rateios judges shares of a known document.
--
-- A repeated load is one finding, and so are more than ten of one document and amount, each within those days of the one before. The window
-- restricts what is flagged; twins and reversals may lie outside.
--
-- HAZARD: a flood is one partition of these windows. An aggregate over neighbouring days must be able to remove rows as its frame moves
-- (sums and counts can, least and greatest cannot), or the cost is quadratic.
--
-- One row for each finding, with the kind of set that it stands for and the load that brought it again. Reads dw.lancamentos; changes
-- nothing. Called by regra_validacao_valores.duplicidades.
create or replace function regra_validacao_valores.duplicidades_da_janela(
  janela audit.janela, confianca_base numeric, absoluta numeric, relativa numeric, digitos int
) returns table (registro_id text, confianca numeric, evidencia jsonb, justificativa text, valor_em_risco numeric, conjunto text, carga date,
  quantos bigint, dia date, carregado_em timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
-- the planner knows nothing about these windows' output: nested loops or merges would search a whole flood for twins
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
  v_dias int := coalesce((audit_interno.configuracao('valores.dias_duplicidade') #>> '{}')::int, 10);
  -- to the end of the last day, for within a day entries have places of their own
  v_perto interval := make_interval(days => v_dias, hours => 23);
  v_longe interval := make_interval(days => 2 * v_dias, hours => 23);
  v_inicio date := greatest(janela.data_inicio, '0001-02-01');
  v_fim date := least(janela.data_fim, '9999-12-31');
  -- twice the days before: a reversal between a booking too long ago and its twin is that booking's
  v_de date := greatest(v_inicio - 2 * v_dias, '0001-02-01');
  v_ate date := least(v_fim + v_dias, '9999-12-31');
  v_por_data boolean := janela.carregado_desde is null and janela.carregado_ate is null and janela.chaves is null;
  v_poucas boolean := not v_por_data or v_fim - v_inicio < v_dias;
  v_pendentes text[] := regras.rotulos_pendentes();
  v_datas date[];
  v_quantas int;
  v_suspeitas bigint[];
begin
  -- Twins and reversals are looked for on the flagged rows' own dates and the days around, so that a day's window reads days,
  -- not the table. What was loaded of late is mostly booked of late: then only its own dates are read, unless they are too many.
  if not v_por_data then
    select array_agg(distinct d.data + g.dias), count(distinct d.data) into v_datas, v_quantas
    from (
      select distinct l.data_lancamento as data
      from dw.lancamentos l
      where l.valor <> 0 and l.documento <> ''
        and l.data_lancamento between '0001-02-01' and '9999-12-31'
        and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id)
      limit 401
    ) d
    cross join generate_series(-2 * v_dias, v_dias) g (dias);
    if v_datas is null then
      return;
    end if;
    if v_quantas > 400 then
      v_datas := null;
    end if;
  end if;

  v_suspeitas := array(
    select s.chave
    from regra_validacao_valores.chaves_suspeitas(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, case when v_poucas then v_inicio else v_de end,
      case when v_poucas then v_fim else v_ate end, v_poucas) s (chave));
  if v_suspeitas = '{}' then
    return;
  end if;

  return query
  with lida as (
    select e.*, regras.raiz_fornecedor(e.fornecedor_id) as raiz
    from (
      -- by name: a warehouse may have further columns, called anything
      select l.id, l.data_lancamento::date as data_lancamento, l.carregado_em::timestamptz as carregado_em, l.filial, l.centro_custo,
        l.conta_contabil, l.categoria, l.fornecedor_id, l.fornecedor, l.documento::text as documento, l.valor, l.valor_documento, l.valor_desconto, l.descricao::text as descricao,
        regra_validacao_valores.chave_documento(l.valor, l.documento::text) as parecida
      from dw.lancamentos l
      -- The amount first, which is cheap. Hashed: the planner would estimate each member of a literal array, in every partition.
      where hash_numeric(abs(l.valor)) in (select s >> 32 from unnest(v_suspeitas) s) and l.valor <> 0 and l.documento <> ''
        and l.data_lancamento between v_de and v_ate
        and (v_datas is null or l.data_lancamento = any (v_datas))
      offset 0 -- or the document would be read for the join, and again
    ) e
    where e.parecida in (select s from unnest(v_suspeitas) s)
    offset 0
  ), acompanhada as (
    -- then the supplier; any supplier may match an entry without a code
    select l.*
    from (
      select l.*, count(*) over (partition by l.parecida) as companhia, count(l.raiz) over (partition by l.parecida) as com_codigo,
        count(*) over (partition by l.parecida, l.raiz) as da_empresa
      from lida l
    ) l
    where l.companhia > 1 and (l.da_empresa > 1 or l.com_codigo < l.companhia)
  ), escrita as materialized (
    -- each spelling once, here and for the texts: a flood has few
    select a.documento, d.*
    from (select distinct x.documento from acompanhada x) a
    cross join lateral regra_validacao_valores.ler_documento(a.documento) d
    offset 0
  ), numerada as (
    select l.*, count(*) over (partition by l.parecida, e.base) as iguais, e.base as so_numero, e.numero as citado, e.barra, e.parte as parte_escrita,
      e.especie, e.serie, e.ano, e.chave as acesso, e.estorno
    from acompanhada l
    join escrita e on e.documento = l.documento
    where e.numero is not null
  ), dita as materialized (
    select d.descricao, m.*
    from (select distinct n.descricao from numerada n where n.iguais > 1 and n.descricao is not null) d
    cross join lateral regra_validacao_valores.marcas_texto(d.descricao) m
    offset 0
  ), comparavel as (
    select l.id, l.data_lancamento, l.carregado_em, l.filial, l.documento, l.valor, l.descricao, l.so_numero, l.citado, l.barra, l.especie, l.serie, l.ano, l.acesso, l.estorno,
      abs(l.valor) as montante, l.raiz,
      -- another full stop or legal form does not make another supplier
      regras.nome_canonico(l.fornecedor) as nome,
      -- the part that text or document name, or both
      concat_ws(' ', nullif(d.parte, ''), case when l.parte_escrita is distinct from nullif(d.parte, '') then l.parte_escrita end) as dita, d.objeto,
      -- who counts to ten thousand gives no number to two months; unless the text says of which it is, with its year or a word, a month in it
      -- may be that of the booking
      case when d.anunciado or l.so_numero !~ '[0-9]{5}' then d.mes end as mes_dito, case when d.anunciado or l.so_numero !~ '[0-9]{5}' then d.ano end as ano_dito,
      coalesce(d.estorno, false) as estorno_dito,
      regra_validacao_valores.difere(l.valor, l.valor_documento, l.valor_desconto, absoluta, relativa, digitos) as parte,
      l.valor_documento is not null as documentada,
      coalesce(audit_interno.dobrar_categoria(l.centro_custo::text), '') as centro,
      -- a parked entry has no category yet, and its account means nothing
      case when coalesce(audit_interno.dobrar_categoria(l.categoria::text), '') <> all (v_pendentes)
        then concat(audit_interno.dobrar_categoria(l.categoria::text), chr(31), l.conta_contabil) end as conta
    from numerada l
    left join dita d on d.descricao = l.descricao
    where l.iguais > 1
    offset 0
  ), de_quem as (
    -- an entry without a code belongs to the company with its name, if there is only one
    select c.*, coalesce(c.raiz, case when c.nome is not null and min(c.raiz) over nome = max(c.raiz) over nome then min(c.raiz) over nome end,
      '=' || c.nome) as fornecedor
    from comparavel c
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
      partition by c.fornecedor, c.numero, c.parcela, c.montante order by c.data_lancamento, c.carregado_em, c.id
      rows unbounded preceding)
  ), liquida as (
    select m.*,
      -- bookings less reversals up to this one: one booking, its reversal and the new booking leave one. Over the longer time a
      -- reversal meets its booking, over the shorter one nothing old is left to meet
      greatest(m.sinal * sum(m.sinal) over antes, m.sinal * sum(m.sinal) over muito_antes) as liquido,
      -- what was booked last is taken back first. The balance goes up and down by one, so whatever next steps over the level that this
      -- entry stepped over takes it back
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
        when lag(l.data_lancamento) over igual >= l.data_lancamento - v_dias then lag(l.lugar) over igual
        else max(l.lugar) filter (where l.inteira) over ate_aqui end as gemeo_lugar,
      -- loads are told apart by the day on which they came
      (l.carregado_em at time zone 'UTC')::date as carga,
      min((l.carregado_em at time zone 'UTC')::date) over (documento order by l.data_lancamento range current row) as primeira_carga
    from lugar l
    window documento as (partition by l.fornecedor, l.numero, l.parcela, l.montante, l.sinal),
      igual as (partition by l.fornecedor, l.numero, l.parcela, l.montante, l.sinal, l.reparte order by l.momento),
      ate_aqui as (documento order by l.momento rows between unbounded preceding and 1 preceding)
  ), apontada as materialized (
    select p.id, p.data_lancamento, p.carregado_em, p.filial::text as filial, p.documento, p.valor, p.parte, p.momento, p.fornecedor, p.numero, p.parcela,
      p.descricao, p.reparte, p.so_numero, p.citado, p.montante, p.sinal, p.raiz, p.nome, g.id as gemeo_id, g.data_lancamento as gemeo_data, g.filial::text as gemeo_filial, g.documento as gemeo_documento,
      g.descricao as gemeo_descricao, g.reparte as gemeo_reparte,
      p.carga, p.primeira_carga, g.data_lancamento = p.data_lancamento and p.carga <> p.primeira_carga as recarregada, p.carga > g.carga as de_outra_carga,
      g.data_lancamento = p.data_lancamento and p.carregado_em > g.carregado_em as vinda_depois,
      count(*) over (partition by p.fornecedor, p.numero, p.parcela, p.montante, p.sinal) as do_documento,
      row_number() over (partition by p.fornecedor, p.numero, p.parcela, p.montante, p.sinal order by p.momento desc) as ultima
    from par p
    join par g on g.fornecedor = p.fornecedor and g.numero = p.numero and g.parcela = p.parcela and g.montante = p.montante and g.sinal = p.sinal
      and g.lugar = p.gemeo_lugar
    where g.data_lancamento >= p.data_lancamento - v_dias and p.liquido > 1 and not p.estorna
      -- a supplier who starts numbering again in January does not reach ten thousand in the first days
      and (extract(year from g.data_lancamento) = extract(year from p.data_lancamento) or g.ano = p.ano or p.so_numero ~ '[0-9]{5}')
  ), devolvida as (
    select e.numero, e.raiz, e.nome, e.montante, e.credito
    from (
      select array_agg(d.raiz order by d.n) as raizes, array_agg(d.nome order by d.n) as nomes, array_agg(d.citado order by d.n) as numeros,
        array_agg(d.montante order by d.n) as montantes, array_agg(d.de order by d.n) as desde, array_agg(d.ate order by d.n) as ate
      from (
        select a.raiz, a.nome, a.citado, a.valor as montante, min(a.gemeo_data) as de, max(a.data_lancamento) + v_dias as ate, row_number() over () as n
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
    -- what these days prove of a load holds on its thinner days
    select r.carga, min(r.de) as de, max(r.ate) as ate
    from repetido r
    where r.carga is not null
    group by r.carga
  ), inteira as materialized (
    -- or the whole of it, where no day is thick enough
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
    cross join lateral regra_validacao_valores.cargas_repetidas(x.cargas, x.de, x.ate, v_dias) k (carga)
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
  ), agrupada as (
    select a.*, p.dia is not null as provada,
      case when p.dia is not null or c.carga is not null or i.carga is not null or q.carga is not null then 'carga_repetida'
        -- judged by regra_validacao_valores.rateios; here it may speak for a load
        when a.parte and r.dia is null then 'parte' when a.do_documento > 10 then 'repeticao_em_massa' end as conjunto,
      case
        -- or the one load that has its entries twice
        when p.dia is not null or c.carga is not null or i.carga is not null then coalesce(p.carga::text, c.carga::text, a.carga::text, '')
        when q.carga is not null then q.desde::text
        when a.do_documento > 10 and (r.dia is not null or not a.parte) then jsonb_build_array(a.fornecedor, a.numero, a.parcela, a.valor)::text
        else a.id::text end as chave
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
    where a.ultima > coalesce(div(e.credito, a.montante), 0) and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, a.data_lancamento, a.carregado_em, a.id)
  ), contada as (
    select a.*, count(*) over junta as quantos, sum(abs(a.valor)) over junta as soma, sum(a.valor) over junta as saldo, min(a.data_lancamento) over junta as de,
      max(a.data_lancamento) over junta as ate,
      -- on a day that proves the load, so that its key finds it again
      row_number() over (partition by a.conjunto, a.chave order by a.provada desc, a.momento desc, a.id desc) as do_fim
    from agrupada a
    window junta as (partition by a.conjunto, a.chave)
  ), listada as (
    select c.conjunto, c.chave, jsonb_agg(jsonb_build_object('id', c.id::text, 'data_lancamento', c.data_lancamento, 'documento', left(c.documento, 60),
      'valor', c.valor, 'ja_em', c.gemeo_id::text) order by c.do_fim) as linhas
    from contada c
    where c.conjunto is not null and c.do_fim <= 20
    group by c.conjunto, c.chave
  )
  select
    p.id::text,
    trunc(greatest(0.05, least(0.99, confianca_base + t.ajuste)), 4),
    case when p.conjunto is null then jsonb_build_object(
        'tipo', t.tipo, 'valor', p.valor, 'documento', p.documento, 'filial', p.filial, 'data_lancamento', p.data_lancamento,
        'mesma_descricao', t.mesma_descricao, 'ajuste', -p.valor,
        'gemeo', jsonb_build_object('id', p.gemeo_id::text, 'data_lancamento', p.gemeo_data, 'filial', p.gemeo_filial, 'documento', p.gemeo_documento))
        || case when t.outro_destino then '{"outro_destino": true}' else '{}' end::jsonb
      else jsonb_build_object('tipo', t.tipo, 'lancamentos', p.quantos, 'soma', p.soma, 'de', p.de, 'ate', p.ate, 'carregado_em', p.carregado_em,
        'ajuste', -p.saldo, 'linhas', x.linhas) end,
    case p.conjunto
      when 'carga_repetida' then
        p.quantos || ' lançamentos de ' || to_char(p.de, 'DD/MM/YYYY') || ' a ' || to_char(p.ate, 'DD/MM/YYYY') || ', que somam '
          || regra_validacao_valores.reais(p.soma) || ', já tinham sido lançados: a mesma carga parece ter entrado de novo. O último é o documento '
          || left(p.documento, 60) || ', que já está no lançamento ' || p.gemeo_id::text || '.'
      when 'repeticao_em_massa' then
        'O documento ' || left(p.documento, 60) || ' de ' || regra_validacao_valores.reais(p.valor) || ' está em ' || p.quantos
          || ' lançamentos de ' || to_char(p.de, 'DD/MM/YYYY') || case when p.ate > p.de then ' a ' || to_char(p.ate, 'DD/MM/YYYY') else '' end || ' além do primeiro, e somam ' || regra_validacao_valores.reais(p.soma) || '.'
      else
        'O documento ' || left(p.documento, 60) || ' de ' || regra_validacao_valores.reais(p.valor) || ' já está no lançamento '
          || p.gemeo_id::text || ' de ' || to_char(p.gemeo_data, 'DD/MM/YYYY')
          || case when p.filial is distinct from p.gemeo_filial then ', filial ' || coalesce(p.gemeo_filial, '(sem filial)') else '' end
          || case when t.outro_destino then ', com outro centro de custo, categoria ou conta' else '' end
          || '; este seria a segunda vez.'
    end,
    case when p.conjunto is null then abs(p.valor) else p.soma end,
    p.conjunto,
    case when p.recarregada or p.conjunto = 'carga_repetida' then p.carga end,
    case when p.conjunto is null then 1 else p.quantos end,
    p.data_lancamento,
    p.carregado_em
  from contada p
  left join listada x on x.conjunto = p.conjunto and x.chave = p.chave
  cross join lateral (
    select
      coalesce(p.conjunto, case when p.data_lancamento = p.gemeo_data and p.filial is not distinct from p.gemeo_filial
        then 'duplicidade' else 'duplicidade_proxima' end) as tipo,
      audit_interno.dobrar(coalesce(p.descricao, '')) = audit_interno.dobrar(coalesce(p.gemeo_descricao, '')) as mesma_descricao,
      p.reparte <> p.gemeo_reparte as outro_destino,
      case p.conjunto when 'carga_repetida' then 0.15 when 'repeticao_em_massa' then -0.20 else
        case when p.data_lancamento = p.gemeo_data and p.filial is not distinct from p.gemeo_filial then 0.10 else 0 end
          + case when audit_interno.dobrar(coalesce(p.descricao, '')) = audit_interno.dobrar(coalesce(p.gemeo_descricao, ''))
              then 0.05 else -0.15 end
          + case when p.reparte <> p.gemeo_reparte then -0.15 else 0 end
      end as ajuste
  ) t
  where p.conjunto is null or p.do_fim = 1;
end
$$;

comment on function regra_validacao_valores.duplicidades_da_janela(audit.janela, numeric, numeric, numeric, int) is
  'Documents booked twice, as far as the window holds them.';
revoke execute on function regra_validacao_valores.duplicidades_da_janela(audit.janela, numeric, numeric, numeric, int) from public;

-- The same, but a load that came in again is seen whole: where the window cuts one off, it is looked for again on all the load's days, and
-- every window that holds a part of it has the same finding, on the same entry. Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.detectar.
create or replace function regra_validacao_valores.duplicidades(
  janela audit.janela, confianca_base numeric, absoluta numeric, relativa numeric, digitos int
) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
  return query
  with vista as materialized (
    select * from regra_validacao_valores.duplicidades_da_janela(janela, confianca_base, absoluta, relativa, digitos)
  ), fora as materialized (
    select f.dias, c.cargas, least(c.de, f.de) as de, greatest(c.ate, f.ate) as ate
    from (
      select array_agg(x.carga) as cargas, array_agg(x.copias) as copias, min(x.de) as de, max(x.ate) as ate, bool_or(x.provada) as provada
      from (
        select v.carga, case when bool_or(v.conjunto = 'carga_repetida') then 1e9::bigint else sum(v.quantos)::bigint end as copias, min(v.dia) as de,
          max(v.dia) as ate, bool_or(v.conjunto = 'carga_repetida') as provada
        from vista v
        where v.carga is not null
        group by v.carga
      ) x
      offset 0
    ) c
    cross join lateral (
      select array_agg(d order by d) as dias, min(d) as de, max(d) as ate
      from unnest(regra_validacao_valores.dias_fora(janela, c.cargas, c.copias, c.de, c.ate)) d
      offset 0
    ) f
    -- proved here, or there
    where f.dias is not null and (c.provada or exists (
      select 1 from regra_validacao_valores.dias_repetidos(f.dias, null) r where r.carga is null or r.carga = any (c.cargas)))
  ), inteira as materialized (
    select d.*, f.cargas
    from fora f
    cross join lateral regra_validacao_valores.duplicidades_da_janela(
      row(least(f.de, janela.data_inicio), greatest(f.ate, janela.data_fim), null, null, null)::audit.janela,
      confianca_base, absoluta, relativa, digitos) d
  )
  select null::text, a.registro_id, '{}'::jsonb, a.confianca, a.evidencia, a.justificativa, a.valor_em_risco
  from (
    select v.* from vista v where not exists (select 1 from fora)
    union all
    select i.registro_id, i.confianca, i.evidencia, i.justificativa, i.valor_em_risco, i.conjunto, i.carga, i.quantos, i.dia, i.carregado_em
    from inteira i
    where case when i.conjunto = 'carga_repetida' then i.carga = any (i.cargas)
      else audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, i.dia, i.carregado_em, i.registro_id) end
  ) a
  where a.conjunto is distinct from 'parte';
end
$$;

comment on function regra_validacao_valores.duplicidades(audit.janela, numeric, numeric, numeric, int) is
  'Documents booked twice: flags the later entry, names its twin, proposes nothing; a repeated load and a flood are one finding each.';
revoke execute on function regra_validacao_valores.duplicidades(audit.janela, numeric, numeric, numeric, int) from public;
