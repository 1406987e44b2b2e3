-- Days and branches whose load was repeated: half of their documents or more, and at least ten, are booked more than once in the same cost
-- centre, category and account. Returns a row for each load (the day on which it came) that brought ten or more of these entries again, with
-- the first and the last day on which they had first come. Where ten or more are there twice in the load that first brought them, or no load
-- brought that many, the row names no load.
-- apontadas: how many entries of each day are suspects, where that is known; a day on which fewer than a quarter are is not looked at. Reads dw.lancamentos; changes nothing. Called by regra_validacao_valores.duplicidades and diferencas.
create or replace function regra_validacao_valores.dias_repetidos(dias date[], apontadas bigint[])
returns table (dia date, filial text, carga date, de date, ate date)
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_dias date[] := dias;
begin
  if apontadas is not null and dias <> '{}' then
    v_dias := array(
      select l.data_lancamento
      from dw.lancamentos l
      where l.data_lancamento = any (dias) and l.valor <> 0 and l.documento <> ''
      group by l.data_lancamento
      having count(*) <= 4 * apontadas[array_position(dias, l.data_lancamento)]);
  end if;
  if v_dias = '{}' then
    return;
  end if;
  return query
  with igual as materialized (
    select x.data_lancamento, x.filial, x.codigo, x.nome, x.documento, sum(x.vezes) > 1 as repetido, min(x.carga) as primeira,
      array_agg(x.carga) as cargas, array_agg(x.vezes) as vezes
    from (
      select l.data_lancamento::date as data_lancamento, l.filial::text as filial, l.fornecedor_id::text as codigo, l.fornecedor::text as nome,
        l.documento::text as documento, l.valor, l.centro_custo::text as centro, l.categoria::text as categoria, l.conta_contabil::text as conta,
        (l.carregado_em::timestamptz at time zone 'UTC')::date as carga, count(*) as vezes
      from dw.lancamentos l
      where l.data_lancamento = any (v_dias) and l.valor <> 0 and l.documento <> ''
      group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    ) x
    group by x.data_lancamento, x.filial, x.codigo, x.nome, x.documento, x.valor, x.centro, x.categoria, x.conta
  ), repetido as (
    select d.data_lancamento, d.filial
    from (
      select i.data_lancamento, i.filial, bool_or(i.repetido) as repetido
      from igual i
      group by i.data_lancamento, i.filial, i.codigo, i.nome, i.documento
    ) d
    group by d.data_lancamento, d.filial
    having count(*) filter (where d.repetido) >= greatest(10, 0.5 * count(*))
  ), trazida as (
    select i.data_lancamento, i.filial, nullif(c.carga, i.primeira) as carga, min(i.primeira) as de, max(i.primeira) as ate
    from igual i
    cross join lateral unnest(i.cargas, i.vezes) c (carga, vezes)
    where i.repetido and (c.carga is distinct from i.primeira or c.vezes > 1)
    group by 1, 2, 3
    having count(*) >= 10
  )
  select r.data_lancamento, r.filial, t.carga, t.de, t.ate
  from repetido r
  left join trazida t on t.data_lancamento = r.data_lancamento and t.filial is not distinct from r.filial;
end
$$;

comment on function regra_validacao_valores.dias_repetidos(date[], bigint[]) is
  'Days and branches of which half the documents, and ten at least, are there more than once, and the loads that brought them again.';
revoke execute on function regra_validacao_valores.dias_repetidos(date[], bigint[]) from public;

-- Days outside the window for which repeated loads brought entries too, so that a load is one finding whatever part of it a window holds. A
-- load seems repeated if at least half of what it brought into the window is copies. Nothing for a window of keys, whose findings are known,
-- and no day further than 400 days from the window. Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.duplicidades and diferencas with the loads (the days on which they came, UTC) and how many copies each brought.
create or replace function regra_validacao_valores.dias_fora(janela audit.janela, cargas date[], copias bigint[], de date, ate date)
returns date[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_desde timestamptz := (select min(c) from unnest(cargas) c)::timestamp at time zone 'UTC';
  v_ate timestamptz := ((select max(c) from unnest(cargas) c) + 1)::timestamp at time zone 'UTC';
begin
  if janela.chaves is not null or v_desde is null then
    return '{}'::date[];
  end if;
  return array(
    with trazida as (
      select (l.carregado_em::timestamptz at time zone 'UTC')::date as carga, l.data_lancamento::date as dia,
        audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id) as dentro
      from dw.lancamentos l
      where l.carregado_em >= v_desde and l.carregado_em < v_ate and l.valor <> 0 and l.documento <> ''
        and l.data_lancamento between de - 400 and ate + 400
        and (l.carregado_em::timestamptz at time zone 'UTC')::date = any (cargas)
    )
    select distinct x.dia
    from (
      select t.dia, t.dentro, count(*) filter (where t.dentro) over (partition by t.carga) as quantas, t.carga
      from trazida t
    ) x
    where not x.dentro and x.quantas <= 2 * copias[array_position(cargas, x.carga)]);
end
$$;

comment on function regra_validacao_valores.dias_fora(audit.janela, date[], bigint[], date, date) is
  'Days outside a window on which loads brought entries that, within it, are copies by half or more.';
revoke execute on function regra_validacao_valores.dias_fora(audit.janela, date[], bigint[], date, date) from public;

-- How many entries of each load (the day on which it came, UTC) an earlier load had already brought: with the same amount and end of the
-- number, booked no more than the given number of days away, in any branch and under any name. Of a load with a passo greater than one only
-- each passo-th entry is looked at, drawn by key. Looks at the days for which they booked, no further than 400 days from the given ones.
-- Reads dw.lancamentos; changes nothing. Called by regra_validacao_valores.cargas_repetidas.
create or replace function regra_validacao_valores.copias_das_cargas(cargas date[], passos bigint[], de date, ate date, proximidade int)
returns table (carga date, vistas bigint, copias bigint)
language plpgsql stable rows 10
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
  v_desde timestamptz := (select min(c) from unnest(cargas) c)::timestamp at time zone 'UTC';
  v_ate timestamptz := ((select max(c) from unnest(cargas) c) + 1)::timestamp at time zone 'UTC';
  v_chaves bigint[];
  v_dias date[];
  v_cargas date[];
begin
  select array_agg(regra_validacao_valores.chave_documento(l.valor, l.documento)), array_agg(l.data_lancamento),
    array_agg((l.carregado_em::timestamptz at time zone 'UTC')::date)
  into v_chaves, v_dias, v_cargas
  from dw.lancamentos l
  where l.carregado_em >= v_desde and l.carregado_em < v_ate and l.valor <> 0 and l.documento <> ''
    and l.data_lancamento between greatest(de, '0003-01-01') - 400 and least(copias_das_cargas.ate, '9990-12-31') + 400
    and hashtextextended(l.id::text, 5) % passos[array_position(cargas, (l.carregado_em::timestamptz at time zone 'UTC')::date)] = 0;
  if v_chaves is null then
    return;
  end if;
  return query
  with trazida as materialized (
    select row_number() over () as n, t.* from unnest(v_chaves, v_dias, v_cargas) t (chave, dia, carga)
  ), anterior as materialized (
    select distinct regra_validacao_valores.chave_documento(l.valor, l.documento) as chave, l.data_lancamento::date as dia,
      (l.carregado_em::timestamptz at time zone 'UTC')::date as carga
    from dw.lancamentos l
    where l.data_lancamento between (select min(t.dia) - proximidade from trazida t) and (select max(t.dia) + proximidade from trazida t)
      and hash_numeric(abs(l.valor)) in (select t.chave >> 32 from trazida t) and l.valor <> 0 and l.documento <> ''
  ), copia as (
    select distinct t.n
    from trazida t
    join anterior a on a.chave = t.chave
    where a.carga < t.carga and a.dia between t.dia - proximidade and t.dia + proximidade
  )
  select t.carga, count(*), count(c.n)
  from trazida t
  left join copia c on c.n = t.n
  group by t.carga;
end
$$;

comment on function regra_validacao_valores.copias_das_cargas(date[], bigint[], date, date, int) is
  'For each load: entries looked at, and those of them that an earlier load had brought.';
revoke execute on function regra_validacao_valores.copias_das_cargas(date[], bigint[], date, date, int) from public;

-- Repeated loads (the days on which they came, UTC), however few entries each of their days has: an earlier load had already brought half of
-- their entries or more, and ten at least (regra_validacao_valores.copias_das_cargas). Of a large load some three hundred entries are
-- looked at first: where fewer than a quarter of them are copies, half of all are not. Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.duplicidades_juntas and diferencas with loads of which something is there already.
create or replace function regra_validacao_valores.cargas_repetidas(cargas date[], de date, ate date, proximidade int) returns setof date
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_desde timestamptz := (select min(c) from unnest(cargas) c)::timestamp at time zone 'UTC';
  v_ate timestamptz := ((select max(c) from unnest(cargas) c) + 1)::timestamp at time zone 'UTC';
  v_cargas date[];
  v_passos bigint[];
begin
  select array_agg(x.carga), array_agg(greatest(1, x.vindas / 300)) into v_cargas, v_passos
  from (
    select (l.carregado_em::timestamptz at time zone 'UTC')::date as carga, count(*) as vindas
    from dw.lancamentos l
    where l.carregado_em >= v_desde and l.carregado_em < v_ate and l.valor <> 0 and l.documento <> ''
      and l.data_lancamento between greatest(de, '0003-01-01') - 400 and least(ate, '9990-12-31') + 400
    group by 1
  ) x
  where x.carga = any (cargas) and x.vindas >= 10;
  if v_cargas is null then
    return;
  end if;
  return query
  with amostra as materialized (
    select k.carga, k.vistas, k.copias, v_passos[array_position(v_cargas, k.carga)] as passo
    from regra_validacao_valores.copias_das_cargas(v_cargas, v_passos, de, ate, proximidade) k
  ), inteira as (
    select k.carga, k.vistas, k.copias from amostra k where k.passo = 1
    union all
    select k.carga, k.vistas, k.copias
    from (select array_agg(a.carga) as cargas from amostra a where a.passo > 1 and a.copias >= 0.25 * a.vistas) g
    cross join lateral regra_validacao_valores.copias_das_cargas(g.cargas, array_fill(1::bigint, array[cardinality(g.cargas)]), de, ate, proximidade) k
    where g.cargas is not null
  )
  select i.carga from inteira i where i.copias >= greatest(10, 0.5 * i.vistas);
end
$$;

comment on function regra_validacao_valores.cargas_repetidas(date[], date, date, int) is
  'Loads of which half the entries, and ten at least, an earlier load had brought.';
revoke execute on function regra_validacao_valores.cargas_repetidas(date[], date, date, int) from public;

-- Small repeated loads: three to ninety-nine entries that came on one day (UTC) or at one moment, each of which an earlier load had already
-- brought with the same day, amount, supplier and end of the number (or the same text, where there is no number). Larger loads are recognised
-- by half of their entries (regra_validacao_valores.cargas_repetidas). dias and momentos: when they came. Looks no further than 400 days from
-- the given ones. Returns the stretch of time in which each load came. Reads dw.lancamentos;
-- changes nothing. Called by regra_validacao_valores.duplicidades and diferencas with loads of which something is there already.
create or replace function regra_validacao_valores.cargas_pequenas(dias date[], momentos timestamptz[], de date, ate date)
returns table (carga date, desde timestamptz, antes_de timestamptz)
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
  v_inicios timestamptz[] := array(select d::timestamp at time zone 'UTC' from unnest(dias) d order by d);
  v_fim timestamptz := v_inicios[cardinality(v_inicios)] + interval '24 hours';
  v_de date := greatest(de, '0003-01-01') - 400;
  v_ate date := least(cargas_pequenas.ate, '9990-12-31') + 400;
  v_cargas tstzrange[];
  v_vindas bigint[];
  v_ids text[];
  v_lancados date[];
  v_valores int[];
begin
  if v_inicios = '{}' then
    return;
  end if;
  -- how many each brought is counted first: most bring more
  select array_agg(c.carga), array_agg(c.vindas) into v_cargas, v_vindas
  from (
    select tstzrange(x.inicio, x.inicio + interval '24 hours') as carga, x.vindas
    from (
      select date_bin('24 hours', l.carregado_em::timestamptz, '2000-01-01 00:00:00+00') as inicio, count(*) as vindas
      from dw.lancamentos l
      where l.carregado_em >= v_inicios[1] and l.carregado_em < v_fim
      group by 1
    ) x
    where x.vindas between 3 and 99 and x.inicio = any (v_inicios)
    union all
    select tstzrange(l.carregado_em, l.carregado_em, '[]'), count(*)
    from dw.lancamentos l
    where l.carregado_em in (select m from unnest(momentos) m) and l.carregado_em >= v_inicios[1] and l.carregado_em < v_fim
    group by l.carregado_em
    having count(*) between 3 and 99
  ) c;
  if v_cargas is null then
    return;
  end if;
  select array_agg(l.id::text), array_agg(distinct l.data_lancamento), array_agg(distinct hash_numeric(abs(l.valor))) into v_ids, v_lancados, v_valores
  from dw.lancamentos l
  where l.carregado_em >= v_inicios[1] and l.carregado_em < v_fim and l.data_lancamento between v_de and v_ate
    and l.carregado_em::timestamptz <@ (select range_agg(c) from unnest(v_cargas) c);
  return query
  with lida as materialized (
    select l.id::text as id, l.data_lancamento::date as dia, l.carregado_em::timestamptz as momento,
      coalesce(regra_validacao_valores.chave_documento(l.valor, nullif(l.documento, '')), hash_numeric(abs(l.valor))) as chave,
      case when l.documento <> '' then '' else audit_interno.dobrar(coalesce(l.descricao, '')) end as texto,
      regras.raiz_fornecedor(l.fornecedor_id) as raiz, regras.nome_canonico(l.fornecedor) as nome
    from dw.lancamentos l
    where l.data_lancamento in (select d from unnest(v_lancados) d) and hash_numeric(abs(l.valor)) in (select v from unnest(v_valores) v)
  ), repetida as materialized (
    select t.id, t.momento, min(a.momento) as primeiro
    from lida t
    left join lida a on a.dia = t.dia and a.chave = t.chave and a.texto = t.texto
      and (a.raiz = t.raiz or (a.raiz is null or t.raiz is null) and a.nome = t.nome)
    where t.id in (select i from unnest(v_ids) i)
    group by t.id, t.momento
  ), inteira as (
    select c.carga, upper_inc(c.carga) as de_momento
    from unnest(v_cargas, v_vindas) c (carga, vindas)
    join repetida r on r.momento <@ c.carga
    group by c.carga, c.vindas
    having count(*) = c.vindas and bool_and(r.primeiro < lower(c.carga))
  )
  select (lower(i.carga) at time zone 'UTC')::date, lower(i.carga), case when i.de_momento then lower(i.carga) + interval '1 microsecond' else upper(i.carga) end
  from inteira i
  where not i.de_momento or not exists (select 1 from inteira d where not d.de_momento and d.carga @> i.carga);
end
$$;

comment on function regra_validacao_valores.cargas_pequenas(date[], timestamptz[], date, date) is
  'Loads of three to ninety-nine entries, each of which an earlier load had brought: the stretch of time in which each came.';
revoke execute on function regra_validacao_valores.cargas_pequenas(date[], timestamptz[], date, date) from public;
