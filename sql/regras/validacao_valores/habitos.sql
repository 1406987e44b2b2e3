-- Whether an entry itself says that it takes something back: a reversal, a return, a cancellation, a credit note. "Crédito" alone does not,
-- because a card is one too. Touches nothing; inlined by the planner, and so without concat_ws, which is only stable. Called by
-- regra_validacao_valores.sinais and diferencas for negative amounts with a positive document.
create or replace function regra_validacao_valores.diz_credito(documento text, descricao text, categoria text) returns boolean
language sql immutable parallel safe
return audit_interno.dobrar(coalesce(pg_catalog.left(documento, 200) || ' / ', '') || coalesce(pg_catalog.left(descricao, 500) || ' / ', '')
    || coalesce(pg_catalog.left(categoria, 200), ''))
  ~ '(estorn|devolu|devolvi|cancela|abatimento|notas? ?(?:de |- ?)?credito|credito (?:ref|d[aeo]s? (?:nf|nota|fornec|compra))|credit (?:note|memo)|refund|(?:^|[^a-z])n[.]?c[.]?[a-z]?[ :./-]*[0-9])';

comment on function regra_validacao_valores.diz_credito(text, text, text) is
  'Whether document, text or category of an entry say that it takes something back.';
revoke execute on function regra_validacao_valores.diz_credito(text, text, text) from public;

-- What entries with the same sign of document have in common: the letters before the number, the beginning of the text, category, account,
-- supplier (company, or name), each as a number that also says which of these it is; null where there is none. Touches nothing; inlined by
-- the planner. Called by regra_validacao_valores.sinais.
create or replace function regra_validacao_valores.chaves_sinal(
  documento text, descricao text, categoria text, conta text, fornecedor_id text, fornecedor text
) returns bigint[]
language sql immutable parallel safe
return array[
  pg_catalog.hashtextextended(nullif(pg_catalog.lower(pg_catalog.rtrim(pg_catalog.left(pg_catalog.btrim(documento), 6), '0123456789 ./_-')), ''), 1),
  pg_catalog.hashtextextended(nullif(pg_catalog.translate(pg_catalog.left(descricao, 15), '0123456789', ''), ''), 2),
  pg_catalog.hashtextextended(nullif(categoria, ''), 3),
  pg_catalog.hashtextextended(nullif(conta, ''), 4),
  pg_catalog.hashtextextended(coalesce(nullif(regras.inicio_fornecedor(fornecedor_id), ''), nullif(fornecedor, '')), 5)];

comment on function regra_validacao_valores.chaves_sinal(text, text, text, text, text, text) is
  'Hashes of what entries may have in common: letters of the number, begin of the text, category, account, supplier.';
revoke execute on function regra_validacao_valores.chaves_sinal(text, text, text, text, text, text) from public;

-- The range of days that holds up to so many entries (limite) on each side of a stretch [inicio, fim), no further than a year away. On Citus
-- entries are counted by the day, or each of them would be sent to the coordinator for its date. Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.sinais and ultimo_ano.
create or replace function regra_validacao_valores.dias_em_volta(inicio date, fim date, limite int, out de date, out ate date)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
  if audit_interno.distribuida('dw.lancamentos') then
    select max(x.dia) filter (where x.dia < inicio and x.antes > limite), min(x.dia) filter (where x.dia >= fim and x.depois > limite)
    into de, ate
    from (
      select g.dia, sum(g.n) filter (where g.dia < inicio) over (order by g.dia desc) as antes,
        sum(g.n) filter (where g.dia >= fim) over (order by g.dia) as depois
      from (
        select l.data_lancamento::date as dia, count(*) as n
        from dw.lancamentos l
        where l.data_lancamento >= inicio - 366 and l.data_lancamento < inicio or l.data_lancamento >= fim and l.data_lancamento < fim + 366
        group by 1
      ) g
    ) x;
  else
    de := (select l.data_lancamento from dw.lancamentos l where l.data_lancamento < inicio order by l.data_lancamento desc offset limite limit 1);
    ate := (select l.data_lancamento from dw.lancamentos l where l.data_lancamento >= fim order by l.data_lancamento offset limite limit 1);
  end if;
  de := greatest(inicio - 366, de);
  ate := least(fim + 366, ate);
end
$$;

comment on function regra_validacao_valores.dias_em_volta(date, date, int) is 'First day, and the day after the last, of so many entries before and after a stretch, no further than a year.';
revoke execute on function regra_validacao_valores.dias_em_volta(date, date, int) from public;

-- Judges the entries of some days whose amount has the other sign than their document. It may be how such entries are kept here: a credit
-- note whose document is positive, a ledger of negative expenses. Or it is an error. Like entries give the answer, so that it does not
-- depend on how many others the ledger has. como is one of:
--   'costume'  It is the habit. Either the entry says that it takes something back, or a group to which it belongs shows it. Groups are the
--              letters before the number, the beginning of the text, the category, the account and the supplier.
--   'junto'    Nobody can tell: ten or more within a year that nothing explains, in a ledger that shows no other credit notes. They are one
--              finding, on the first entry of the calendar year (primeiro).
--   'erro'     Everything else, judged one by one. So is what takes back an entry of the same document and supplier, and a month that has
--              many turned entries where the months around it have few.
-- A group shows the habit in one of three ways, counted over the year around without the entry's own month:
--   half of its entries or more have this form, and at least three (five for a supplier). The three months before, or after, may show it too,
--   because a habit may change;
--   of the entries that no such group explains, this group or the whole ledger has more than anybody turns by error: 5% and three standard
--   deviations;
--   the group exists in this month alone, has hardly any other entries, and the rest of the month is as usual.
-- It shows no habit where most of its negative entries have a negative document.
-- lado: the sign of the amount. casada: amount and document agree but for the sign. Entries before and after the days are read up to this
-- many (limite) and no further than a year. Reads dw.lancamentos; changes nothing. Called by regra_validacao_valores.diferencas and
-- audit_interno.diagnosticar_sinais.
create or replace function regra_validacao_valores.sinais(desde date, ate date, limite int default 100000)
returns table (id text, data_lancamento date, valor numeric, documento text, lado int, casada boolean, como text, primeiro text)
language plpgsql stable rows 1000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
-- the planner knows nothing about the results of these steps
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
  v_inicio date := date_trunc('month', greatest(desde, '0003-01-01'))::date;
  v_fim date := (date_trunc('month', least(ate, '9990-12-31')) + interval '1 month')::date;
  v_de date;
  v_ate date;
  v_assinados boolean;
  v_nos boolean := audit_interno.distribuida('dw.lancamentos');
begin
  select d.de, d.ate into v_de, v_ate from regra_validacao_valores.dias_em_volta(v_inicio, v_fim, limite) d;
  -- where negative documents are the rule, and were in every quarter, the groups have nothing to say and are not read
  select sum(q.proprios) >= 10 and 2 * sum(q.proprios) >= sum(q.n) and bool_and(q.n < 10 or 2 * q.proprios >= q.n) into v_assinados
  from (
    select count(*) as n, count(*) filter (where l.valor_documento < 0) as proprios
    from dw.lancamentos l
    where l.data_lancamento >= v_de and l.data_lancamento < v_ate and l.valor < 0 and l.valor_documento <> 0
    group by date_trunc('quarter', l.data_lancamento)
  ) q;
  if v_assinados then
    return query
    select l.id::text, l.data_lancamento::date, l.valor::numeric, l.documento::text, sign(l.valor)::int,
      not regra_validacao_valores.difere(l.valor, l.valor_documento, l.valor_desconto, 0.05, 0, 0),
      case when l.valor < 0 and regra_validacao_valores.diz_credito(l.documento, l.descricao, l.categoria) then 'costume' else 'erro' end, null::text
    from dw.lancamentos l
    where l.data_lancamento >= v_de and l.data_lancamento < v_ate and (l.valor < 0 and l.valor_documento > 0 or l.valor > 0 and l.valor_documento < 0);
    return;
  end if;
  return query
  with avessa as materialized (
    select l.id::text as id, l.data_lancamento::date as data_lancamento, date_trunc('month', l.data_lancamento)::date as mes, l.valor::numeric as valor,
      sign(l.valor)::int as lado, l.documento::text as documento, l.descricao::text as descricao, l.categoria::text as categoria,
      coalesce(nullif(regras.inicio_fornecedor(l.fornecedor_id), ''), l.fornecedor::text) as fornecedor,
      not regra_validacao_valores.difere(l.valor, l.valor_documento, l.valor_desconto, 0.05, 0, 0) as casada,
      regra_validacao_valores.chaves_sinal(l.documento, l.descricao, l.categoria, l.conta_contabil, l.fornecedor_id, l.fornecedor) as chaves
    from dw.lancamentos l
    where l.data_lancamento >= v_de and l.data_lancamento < v_ate and (l.valor < 0 and l.valor_documento > 0 or l.valor > 0 and l.valor_documento < 0)
  ), chave as materialized (
    select distinct unnest(a.chaves) as chave from avessa a
  ), lida as (
    -- once over the entries, and only what an entry of turned sign has too
    select x.mes, x.neg, x.casada, case when x.c[1] in (select k.chave from chave k) then x.c[1] end as c1,
      case when x.c[2] in (select k.chave from chave k) then x.c[2] end as c2, case when x.c[3] in (select k.chave from chave k) then x.c[3] end as c3,
      case when x.c[4] in (select k.chave from chave k) then x.c[4] end as c4, case when x.c[5] in (select k.chave from chave k) then x.c[5] end as c5
    from (
      select date_trunc('month', l.data_lancamento)::date as mes, case when l.valor < 0 then 1 else 0 end + case when l.valor_documento < 0 then 2 else 0 end as neg,
        abs(abs(l.valor) - abs(l.valor_documento - coalesce(l.valor_desconto, 0))) <= 0.05 as casada,
        regra_validacao_valores.chaves_sinal(l.documento, l.descricao, l.categoria, l.conta_contabil, l.fornecedor_id, l.fornecedor) as c
      from dw.lancamentos l
      where not v_nos and exists (select 1 from avessa) and l.data_lancamento >= v_de and l.data_lancamento < v_ate and l.valor <> 0 and l.valor_documento <> 0
      offset 0
    ) x
  ), contada as (
    select coalesce(l.c1, l.c2, l.c3, l.c4, l.c5, 0) as chave, l.mes, count(*) as n, count(*) filter (where l.neg = 1 and l.casada) as contrarios,
      count(*) filter (where l.neg = 2 and l.casada) as contrarios_mais, count(*) filter (where l.neg = 3 and l.casada) as proprios
    from lida l
    group by grouping sets ((l.mes, l.c1), (l.mes, l.c2), (l.mes, l.c3), (l.mes, l.c4), (l.mes, l.c5), (l.mes))
    -- rows without a key: only those of the last set, which groups by month alone
    having coalesce(l.c1, l.c2, l.c3, l.c4, l.c5) is not null or grouping(l.c1, l.c2, l.c3, l.c4, l.c5) = 31
    union all
    -- the same on Citus, where grouping sets would bring every entry: the nodes count
    select k.chave, x.mes, count(*), count(*) filter (where x.neg = 1 and x.casada), count(*) filter (where x.neg = 2 and x.casada),
      count(*) filter (where x.neg = 3 and x.casada)
    from (
      select date_trunc('month', l.data_lancamento)::date as mes, case when l.valor < 0 then 1 else 0 end + case when l.valor_documento < 0 then 2 else 0 end as neg,
        abs(abs(l.valor) - abs(l.valor_documento - coalesce(l.valor_desconto, 0))) <= 0.05 as casada,
        regra_validacao_valores.chaves_sinal(l.documento, l.descricao, l.categoria, l.conta_contabil, l.fornecedor_id, l.fornecedor) || 0::bigint as c
      from dw.lancamentos l
      where v_nos and exists (select 1 from avessa) and l.data_lancamento >= v_de and l.data_lancamento < v_ate and l.valor <> 0 and l.valor_documento <> 0
    ) x
    cross join lateral unnest(x.c) k (chave)
    where k.chave = 0 or k.chave in (select t.chave from chave t)
    group by 1, 2
  ), em_volta as (
    select c.chave, c.mes, l.lado, c.n as n_no_mes, v.vezes as no_mes,
      sum(c.n) over ano - c.n as n, sum(v.vezes) over ano - v.vezes as avessas, sum(v.proprios) over ano - v.proprios as proprios,
      c.proprios as proprios_no_mes,
      -- a habit may change: that of the months just before, or just after
      sum(c.n) over antes as n_antes, sum(v.vezes) over antes as avessas_antes, sum(sign(v.vezes)) over antes as meses_antes,
      sum(v.proprios) over antes as proprios_antes,
      sum(c.n) over depois as n_depois, sum(v.vezes) over depois as avessas_depois, sum(sign(v.vezes)) over depois as meses_depois,
      sum(v.proprios) over depois as proprios_depois
    from contada c
    cross join (values (-1), (1)) l (lado)
    cross join lateral (select case when l.lado < 0 then c.contrarios else c.contrarios_mais end as vezes, case when l.lado < 0 then c.proprios else 0 end as proprios) v
    window ano as (partition by c.chave, l.lado order by c.mes range between interval '12 months' preceding and interval '12 months' following),
      antes as (partition by c.chave, l.lado order by c.mes range between interval '3 months' preceding and interval '1 month' preceding),
      depois as (partition by c.chave, l.lado order by c.mes range between interval '1 month' following and interval '3 months' following)
  ), grupo as materialized (
    select e.*, t.no_mes >= 0.5 * t.n_no_mes as mes_virado, t.no_mes >= 0.5 * t.n_no_mes and t.n > 0 and t.avessas < 0.1 * t.n as mes_errado,
      e.proprios >= 3 and e.proprios > e.avessas as contra
    from em_volta e
    join em_volta t on t.chave = 0 and t.mes = e.mes and t.lado = e.lado
  ), avaliado as materialized (
    select g.*, g.avessas >= 3 and g.avessas >= 0.5 * g.n and g.avessas >= 9 * g.proprios
      or g.chave <> 0 and g.meses_antes >= 2 and g.avessas_antes >= 3 and g.avessas_antes >= 0.5 * g.n_antes and g.avessas_antes >= 9 * g.proprios_antes
      or g.chave <> 0 and g.meses_depois >= 2 and g.avessas_depois >= 3 and g.avessas_depois >= 0.5 * g.n_depois and g.avessas_depois >= 9 * g.proprios_depois
      or g.chave <> 0 and g.n = 0 and g.no_mes >= 3 and g.no_mes >= 0.9 * g.n_no_mes and not g.mes_virado as pura
    from grupo g
  ), explicada as materialized (
    -- the key of a supplier stands last
    select a.*, coalesce(u.de_grupo, false) as de_grupo, coalesce(u.de_fornecedor, false) as de_fornecedor, coalesce(u.contra, false) as contra,
      coalesce(u.mes_errado, false) as mes_errado
    from avessa a
    left join (
      select x.id, bool_or(g.pura and x.lugar <> 5) as de_grupo,
        bool_or(g.pura and x.lugar = 5 and g.avessas >= 5) as de_fornecedor, bool_or(g.contra and x.lugar < 6) as contra,
        bool_or(g.mes_errado) as mes_errado
      from (
        select a.id, a.mes, a.lado, k.chave, k.lugar from avessa a cross join lateral unnest(a.chaves || 0::bigint) with ordinality k (chave, lugar)
        offset 0
      ) x
      join avaliado g on g.chave = x.chave and g.mes = x.mes and g.lado = x.lado
      group by x.id
    ) u on u.id = a.id
  ), estornada as (
    -- what an ordinary entry of the same document says too
    select distinct e.id
    from explicada e
    join dw.lancamentos o on o.documento = e.documento and o.valor = -e.valor
    where e.lado < 0 and not e.de_grupo and e.documento <> '' and o.data_lancamento >= v_de and o.data_lancamento < v_ate
      and coalesce(nullif(regras.inicio_fornecedor(o.fornecedor_id), ''), o.fornecedor::text) = e.fornecedor
  ), sabida as materialized (
    select e.*, e.de_grupo or e.lado < 0 and regra_validacao_valores.diz_credito(e.documento, e.descricao, e.categoria) as dita,
      e.id in (select x.id from estornada x) as estorno
    from explicada e
  ), demais as (
    -- what is left over in each group
    select r.chave, r.lado, r.mes, sum(r.quantas) over (partition by r.chave, r.lado order by r.mes
      range between interval '12 months' preceding and interval '12 months' following) - r.quantas as avessas
    from (
      select k.chave, s.lado, s.mes, count(*) filter (where s.casada and not s.estorno) as quantas
      from sabida s cross join lateral unnest(s.chaves || 0::bigint) k (chave)
      where not s.dita and not s.de_fornecedor and not s.mes_errado
      group by 1, 2, 3
    ) r
  ), habitual as (
    select d.chave, d.lado, d.mes
    from demais d
    join grupo g on g.chave = d.chave and g.mes = d.mes and g.lado = d.lado
    where d.avessas >= 3 and d.avessas > 0.05 * g.n + 3 * sqrt(0.05 * 0.95 * g.n) and d.avessas >= 9 * g.proprios
  ), julgada as materialized (
    select s.*, s.dita or s.de_fornecedor or not s.contra and s.id in (
      select x.id
      from (select y.id, y.lado, y.mes, unnest(y.chaves || 0::bigint) as chave from sabida y where not y.dita and not y.de_fornecedor offset 0) x
      join habitual h on h.chave = x.chave and h.mes = x.mes and h.lado = x.lado) as costume
    from sabida s
  ), mes as (
    select m.mes, sum(m.conhecidas) over ano as conhecidas, sum(m.desconhecidas) over ano as desconhecidas
    from (
      select g.mes, g.proprios_no_mes + coalesce(j.ditas, 0) as conhecidas, coalesce(j.desconhecidas, 0) as desconhecidas
      from grupo g
      left join (
        select x.mes, count(*) filter (where x.casada and x.dita) as ditas, count(*) filter (where x.casada and not x.costume and not x.estorno) as desconhecidas
        from julgada x where x.lado < 0 group by x.mes
      ) j on j.mes = g.mes
      where g.chave = 0 and g.lado < 0
    ) m
    window ano as (order by m.mes range between interval '12 months' preceding and interval '12 months' following)
  ), dita as (
    select j.id, j.data_lancamento, j.valor, j.documento, j.lado, j.casada,
      case when j.costume then 'costume'
        when j.lado > 0 or not j.casada or j.estorno or j.mes_errado or m.conhecidas >= 10 or m.desconhecidas < 10 then 'erro'
        else 'junto' end as como
    from julgada j
    join mes m on m.mes = j.mes
  )
  select d.id, d.data_lancamento, d.valor, d.documento, d.lado, d.casada, d.como,
    case when d.como = 'junto' then first_value(d.id) over (partition by d.como, date_trunc('year', d.data_lancamento)
      order by d.data_lancamento, length(d.id), d.id collate "C") end
  from dita d;
end
$$;

comment on function regra_validacao_valores.sinais(date, date, int) is
  'Entries whose amount has the other sign than their document, in and around some days: habit, error, or together one question.';
revoke execute on function regra_validacao_valores.sinais(date, date, int) from public;

-- The year up to the last booking, or its last 200,000 entries. Reads dw.lancamentos; changes nothing. Called by
-- audit_interno.diagnosticar_sinais, whose statement is more than Citus can split.
create or replace function regra_validacao_valores.ultimo_ano(hoje date, out desde date, out ate date)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
  select max(l.data_lancamento)::date into ate from dw.lancamentos l where l.data_lancamento <= hoje;
  desde := greatest(ate - 365, (select d.de from regra_validacao_valores.dias_em_volta(ultimo_ano.ate + 1, ultimo_ano.ate + 1, 200000) d));
end
$$;

comment on function regra_validacao_valores.ultimo_ano(date) is 'First and last day of the year up to the last booking, or of its last 200,000 entries.';
revoke execute on function regra_validacao_valores.ultimo_ano(date) from public;
