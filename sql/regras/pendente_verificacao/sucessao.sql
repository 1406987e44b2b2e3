-- What became of each category that people said has ended (regras.sucessoes), by the numbers of the statistics and by the month of the
-- entry in question (mes). de is a category, para one that replaces it in that month, quantas how many do; desde is the month from which
-- para is booked; renasce the month from which the old name means something else. A successor that was never booked has a number too
-- (regra_pendente_verificacao.preparar). Reads estatistica_categoria. Called by everything that reads the statistics.
create or replace function regra_pendente_verificacao.sucessoes_em(meses int[])
returns table (mes int, de int, para int, quantas int, desde int, renasce int)
language sql stable rows 10
set search_path = pg_catalog, pg_temp
as $$
  with categoria as materialized (
    select k.id, audit_interno.dobrar_categoria(k.categoria) as dobrada, k.categoria from regra_pendente_verificacao.estatistica_categoria k
  ), sucessao as materialized (
    select s.de, s.para, s.para_escrita, regra_pendente_verificacao.mes_indice(s.desde) as desde, regra_pendente_verificacao.mes_indice(s.ate) as ate,
      regra_pendente_verificacao.mes_indice(s.renasce) as renasce
    from regras.sucessoes() s
  )
  select m.mes, c.id, (
      -- as people wrote it, else as the ledger does
      select p.id from categoria p where p.dobrada = s.para order by p.categoria <> s.para_escrita, p.id limit 1),
    count(*) over (partition by m.mes, c.id)::int, s.desde, s.renasce
  from (select distinct unnest(sucessoes_em.meses) as mes) m
  join sucessao s on s.desde <= m.mes and (s.ate is null or s.ate > m.mes)
  join categoria c on c.dobrada = s.de
  where s.para <> s.de and exists (select 1 from categoria p where p.dobrada = s.para)
$$;

comment on function regra_pendente_verificacao.sucessoes_em(int[]) is 'Successors of categories in each of the given months, by their numbers.';
revoke execute on function regra_pendente_verificacao.sucessoes_em(int[]) from public;

-- The categories that look dead in the given months, by what was known in each: the last month in which each was booked, the months of
-- history without it since (silencio), whether it is surely dead (morta), and the category that seems to have replaced it (herdeira, with
-- the number of its suppliers' entries there).
--
-- A category is judged by its own rhythm. It is silent if it has had no entry for at least two months and if, besides, this pause is two
-- months longer than any before, or so long that chance would hardly explain it (one in a hundred), given in how many months of its last
-- year it was booked. One that never paused, and had five entries a month or more, is silent after one month. It is dead after
-- pendente.meses_sem_lancamento such months. A category in its first year that was booked in less than half of it is not: it may be booked
-- once a year.
--
-- It is dead at once if a category born since, or up to a month before, has most of its entries from the suppliers of this one, or of this
-- one and others that ended with it, and hardly anything else is booked here any more. Only entries with the category's usual sign (positive
-- or negative) are a sign of life, because a credit note is about the past. A category with one successor lives on in it. Spellings of one
-- category count as one. Reads the statistics and the settings. Called by regra_pendente_verificacao.sugerir_pendencias and by the diagnosis.
create or replace function regra_pendente_verificacao.categorias_paradas(meses int[])
returns table (mes int, categoria int, ultima int, silencio int, morta boolean, herdeira int, herdados bigint)
language plpgsql stable rows 10
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- inputs of unknown size and in no order: hash joins
set enable_nestloop = off
as $$
declare
  v_parada int := (audit_interno.configuracao('pendente.meses_sem_lancamento') #>> '{}')::int;
  -- with fewer entries no heir is named
  v_minimo constant int := 5;
  -- where chance brings five entries a month, it brings none in one month of 150
  v_constante constant int := 60;
  v_sem_sucessoras boolean := not exists (select 1 from audit.sucessoras_categoria s where s.ativo);
  v_primeira int := (select min(m.mes) from regra_pendente_verificacao.estatistica_mes m);
  v_vidas jsonb;
  v_nascidas int[];
begin
  -- few categories, few months: the whole life of each
  v_vidas := (
    with categoria as materialized (
      select k.id, min(k.id) over (partition by audit_interno.dobrar_categoria(k.categoria)) as uma from regra_pendente_verificacao.estatistica_categoria k
    ), sucessao as materialized (
      select s.mes, d.uma as de, p.uma as para, s.renasce
      from regra_pendente_verificacao.sucessoes_em(categorias_paradas.meses) s
      join categoria d on d.id = s.de
      join categoria p on p.id = s.para
      where not v_sem_sucessoras and s.quantas = 1
    ), contado as (
      select k.uma, c.mes, coalesce(sum(c.linhas) filter (where c.nivel = 0), 0) as linhas,
        coalesce(sum(c.linhas) filter (where c.nivel = 23), 0) as negativas
      from regra_pendente_verificacao.estatistica_contagem c
      join categoria k on k.id = c.categoria
      where c.nivel in (0, 23) and c.chave = 0
      group by 1, 2
    ), habitual as materialized (
      select h.uma, h.mes, h.linhas
      from (
        select c.*, 2 * sum(c.negativas) over (partition by c.uma) > sum(c.linhas) over (partition by c.uma) as negativa from contado c
      ) h
      where case when h.negativa then h.negativas > 0 else h.linhas > h.negativas end
    ), historia as materialized (
      select m.mes, row_number() over (order by m.mes)::int as n from regra_pendente_verificacao.estatistica_mes m
    ), uso as materialized (
      select a.mes as pedido, coalesce(s.para, b.uma) as uma, b.mes, h.n, sum(b.linhas) as linhas
      from (select distinct unnest(categorias_paradas.meses) as mes) a
      join habitual b on b.mes <= a.mes
      join historia h on h.mes = b.mes
      left join sucessao s on s.mes = a.mes and s.de = b.uma and (s.renasce is null or b.mes < s.renasce)
      group by 1, 2, 3, 4
    ), vida as materialized (
      select u.pedido, u.uma, min(u.mes) as primeira, max(u.mes) as ultima, min(u.n) as n_primeira, max(u.n) as n_ultima, max(u.pausa) as pausa,
        count(*)::int as usos
      from (
        select u.*, u.n - lag(u.n, 1, u.n - 1) over (partition by u.pedido, u.uma order by u.n) - 1 as pausa from uso u
      ) u
      group by u.pedido, u.uma
    ), cheio as (
      -- the months of its last year in which it was booked, and how often
      select v.pedido, v.uma, count(*) as meses, sum(u.linhas) as linhas from vida v join uso u on u.pedido = v.pedido and u.uma = v.uma where u.mes > v.ultima - 12 group by 1, 2
    )
    select jsonb_agg(jsonb_build_object('mes', v.pedido, 'uma', v.uma, 'primeira', v.primeira, 'ultima', v.ultima, 'pausa', v.pausa, 'usos', v.usos,
      'constante', c.meses = 12 and c.linhas >= v_constante,
      'silencio', greatest(coalesce((select max(h.n) from historia h where h.mes < v.pedido), 0) - v.n_ultima, 0),
      'vazios', 1 - c.meses::double precision / (select count(*) from historia h where h.n between v.n_primeira and v.n_ultima and h.mes > v.ultima - 12)))
    from vida v
    join cheio c on c.pedido = v.pedido and c.uma = v.uma
  );
  -- born around the time another was last booked
  v_nascidas := array(
    select distinct n.uma
    from jsonb_to_recordset(v_vidas) n (mes int, uma int, primeira int)
    join jsonb_to_recordset(v_vidas) o (mes int, uma int, ultima int)
      on o.mes = n.mes and o.uma <> n.uma and n.primeira between o.ultima - 1 and o.ultima + 3
    where n.primeira > v_primeira);

  return query
  with vida as materialized (
    select x.* from jsonb_to_recordset(v_vidas) x (
      mes int, uma int, primeira int, ultima int, pausa int, usos int, constante boolean, silencio int, vazios double precision)
  ), categoria as materialized (
    select k.id, min(k.id) over (partition by audit_interno.dobrar_categoria(k.categoria)) as uma from regra_pendente_verificacao.estatistica_categoria k
  ), nova as materialized (
    -- the new categories' entries of each supplier, by name
    select n.mes, n.uma, n.primeira, c.chave, sum(c.linhas)::bigint as linhas
    from regra_pendente_verificacao.estatistica_contagem c
    join categoria k on k.id = c.categoria
    join vida n on n.uma = k.uma and c.mes <= n.mes and n.primeira > v_primeira
    where v_nascidas <> '{}' and c.nivel = 5 and k.uma = any (v_nascidas)
    group by 1, 2, 3, 4
  ), velha as materialized (
    select c.chave, k.uma, c.mes, sum(c.linhas)::bigint as linhas
    from regra_pendente_verificacao.estatistica_contagem c
    join categoria k on k.id = c.categoria
    where v_nascidas <> '{}' and c.nivel = 5 and c.chave in (select n.chave from nova n)
    group by 1, 2, 3
  ), vindo as (
    -- and whether each of these suppliers had the old one before
    select n.mes, v.uma, n.uma as herdeira, n.primeira, n.chave, n.linhas, bool_or(v.mes <= n.primeira) as antes
    from nova n
    join velha v on v.chave = n.chave and v.uma <> n.uma
    join vida o on o.mes = n.mes and o.uma = v.uma and n.primeira between o.ultima - 1 and o.ultima + 3
    group by 1, 2, 3, 4, 5, 6
  ), heranca as (
    -- entries that others still book in the old category count against the heir
    select h.*, (
        select coalesce(sum(c.linhas), 0) from regra_pendente_verificacao.estatistica_contagem c
        where c.nivel = 0 and c.chave = 0 and c.mes between h.primeira and h.mes and c.categoria in (select k.id from categoria k where k.uma = h.uma)
      ) as depois
    from (
      select v.mes, v.uma, v.herdeira, v.primeira, min(t.todas) as todas, sum(v.linhas) filter (where v.antes) as herdados
      from vindo v
      join (select n.mes, n.uma, sum(n.linhas) as todas from nova n group by 1, 2) t on t.mes = v.mes and t.uma = v.herdeira
      group by 1, 2, 3, 4
    ) h
  ), herdeira as (
    -- of several that were merged none need be the half, but those that nobody books any more are it together
    select distinct on (h.mes, h.uma) h.mes, h.uma, h.herdeira, h.herdados::bigint as herdados
    from (
      select h.*, sum(h.herdados) filter (where h.herdados >= h.depois) over (partition by h.mes, h.herdeira) as juntas
      from heranca h
      where h.herdados >= v_minimo and 2 * h.herdados >= h.depois
    ) h
    where h.herdados >= 0.5 * h.todas or h.herdados >= h.depois and h.juntas >= 0.5 * h.todas
    order by h.mes, h.uma, h.herdados desc, h.herdeira
  )
  select v.mes, k.id, v.ultima, v.silencio, h.herdeira is not null or v.silencio >= v_parada and not (v.primeira > v.mes - 15 and v.usos < 7),
    h.herdeira, h.herdados
  from vida v
  join categoria k on k.uma = v.uma
  left join herdeira h on h.mes = v.mes and h.uma = v.uma
  where h.herdeira is not null or v.silencio >= 2 and (v.silencio > v.pausa + 1 or power(v.vazios, v.silencio) < 0.01)
    or v.silencio = 1 and v.pausa = 0 and v.constante;
end
$$;

comment on function regra_pendente_verificacao.categorias_paradas(int[]) is
  'Categories that are silent or look dead in each of the given months: their last month, and the category that seems to have taken their place.';
revoke execute on function regra_pendente_verificacao.categorias_paradas(int[]) from public;

-- As lines of the diagnosis: at most twenty categories, the largest first, that look dead in the last month of history and have no
-- successor entered; and successors that were never booked. A category that nobody misses (fewer entries than pendente.conta_lancamentos in
-- its last year) is left out, unless another seems to have replaced it. Reads the statistics, the settings and audit.sucessoras_categoria.
-- Called by audit_interno.diagnosticar_categorias.
create or replace function regra_pendente_verificacao.diagnosticar_categorias()
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql stable rows 5
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  -- the month after the last one, as for a new entry
  v_mes int := regra_pendente_verificacao.ultimo_mes_conhecido(2147483647) + 1;
  v_minimo int := (audit_interno.configuracao('pendente.conta_lancamentos') #>> '{}')::int;
  v_pendentes text[] := regras.rotulos_pendentes();
begin
  return query
  with categoria as materialized (
    select k.id, k.categoria, audit_interno.dobrar_categoria(k.categoria) as dobrada from regra_pendente_verificacao.estatistica_categoria k
  ), parada as (
    select distinct on (k.dobrada) k.categoria, k.dobrada, to_char(make_date(p.ultima / 12, p.ultima % 12 + 1, 1), 'MM/YYYY') as ultima,
      h.categoria as herdeira, p.herdados, make_date((p.ultima + 1) / 12, (p.ultima + 1) % 12 + 1, 1) as desde, u.linhas
    from regra_pendente_verificacao.categorias_paradas(array[v_mes]) p
    join categoria k on k.id = p.categoria
    left join categoria h on h.id = p.herdeira
    cross join lateral (
      select sum(c.linhas)::bigint as linhas
      from regra_pendente_verificacao.estatistica_contagem c
      join categoria x on x.id = c.categoria
      where c.nivel = 0 and c.chave = 0 and x.dobrada = k.dobrada and c.mes > p.ultima - 12
    ) u
    where p.morta and k.dobrada <> all (v_pendentes) and not exists (select 1 from regras.sucessoes() s where s.de = k.dobrada)
      and (u.linhas >= v_minimo or h.id is not null)
    order by k.dobrada, k.id
  )
  (select format('categoria "%s"', p.categoria), 'aviso', format('sem lançamento desde %s', p.ultima)
      || case when p.herdeira is null then '' else format('; "%s" tem desde então %s lançamentos dos mesmos fornecedores', p.herdeira, p.herdados) end,
    case when p.herdeira is null then
      'Não é mais proposta com confiança. Se outra tomou seu lugar: conferente categorias suceder "'
        || p.categoria || '" "…" --desde ' || p.desde || ' --motivo "…".'
    else
      'Parece renomeada: conferente categorias suceder "' || p.categoria || '" "' || p.herdeira || '" --desde ' || p.desde || ' --motivo "…".'
    end
  from parada p
  order by p.herdeira is null, p.linhas desc, p.categoria
  limit 20)
  union all
  select format('categoria "%s"', min(s.para_escrita)), 'aviso', format('é a sucessora de "%s", e nenhum lançamento a tem', min(s.de)),
    'Confira como ela está escrita nos lançamentos: conferente categorias listar.'
  from regras.sucessoes() s
  where s.ate is null and s.desde <= current_date and exists (select 1 from regra_pendente_verificacao.estatistica_mes m)
    and not exists (
      select from categoria k
      join regra_pendente_verificacao.estatistica_contagem c on c.nivel = 0 and c.chave = 0 and c.categoria = k.id
      where k.dobrada = s.para)
  group by s.para;
end
$$;

comment on function regra_pendente_verificacao.diagnosticar_categorias() is
  'Lines of the diagnosis: categories that look dead or renamed, and successors that were never booked.';
revoke execute on function regra_pendente_verificacao.diagnosticar_categorias() from public;
