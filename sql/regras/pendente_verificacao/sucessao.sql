-- What became of each category that people said has ended (regras.sucessoes), by the numbers of the statistics and by the month of the
-- entry in question (mes): of is a category, para one that stands in its place that month, quantas how many do; desde: the month from which
-- para is booked. renasce: from this month on what is booked under the old name is something else's. Where the successor was never
-- booked, it has a number all the same (regra_pendente_verificacao.conhecer_sucessoras). Reads estatistica_categoria. Called by whoever
-- asks the statistics.
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
      -- as people wrote it, or as the ledger does
      select p.id from categoria p where p.dobrada = s.para order by p.categoria <> s.para_escrita, p.id limit 1),
    count(*) over (partition by m.mes, c.id)::int, s.desde, s.renasce
  from (select distinct unnest(sucessoes_em.meses) as mes) m
  join sucessao s on s.desde <= m.mes and (s.ate is null or s.ate > m.mes)
  join categoria c on c.dobrada = s.de
  where s.para <> s.de and exists (select from categoria p where p.dobrada = s.para)
$$;

comment on function regra_pendente_verificacao.sucessoes_em(int[]) is 'Successors of categories in each of the given months, by their numbers.';
revoke execute on function regra_pendente_verificacao.sucessoes_em(int[]) from public;

-- Gives a number to successors that were never booked. Reads audit.sucessoras_categoria; writes estatistica_categoria. Called by
-- regra_pendente_verificacao.preparar.
create or replace function regra_pendente_verificacao.conhecer_sucessoras() returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into regra_pendente_verificacao.estatistica_categoria (categoria)
  select min(s.para_escrita)
  from regras.sucessoes() s
  where not exists (select from regra_pendente_verificacao.estatistica_categoria k where audit_interno.dobrar_categoria(k.categoria) = s.para)
  group by s.para
$$;

comment on function regra_pendente_verificacao.conhecer_sucessoras() is 'Numbers for successors of categories that were never booked.';
revoke execute on function regra_pendente_verificacao.conhecer_sucessoras() from public;

-- The categories that look dead in the given months, for want of entries: each by number, with the last month in which it was booked, the
-- month asked, and the one that seems to have taken its place (herdeira, and of how many entries of its suppliers). Dead is one that
-- has had no entry for more months than pendente.meses_sem_lancamento, and for longer than it ever paused before, and for so long that a
-- category booked in as many months as this one was in its last year would hardly be missing by chance (one in a hundred), for some
-- are booked once a year; those that were booked in less than half of its months, and about a year before, have their season; or, at once, one of whose suppliers most went to a category born since. A category with entries in the month asked or
-- later is alive. Spellings of one category are one. Reads the statistics and the settings. Called by
-- regra_pendente_verificacao.sugerir_pendencias and by the diagnosis.
create or replace function regra_pendente_verificacao.categorias_paradas(meses int[])
returns table (mes int, categoria int, ultima int, herdeira int, herdados bigint)
language plpgsql stable rows 10
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_parada int := (audit_interno.configuracao('pendente.meses_sem_lancamento') #>> '{}')::int;
  -- of fewer nothing is said
  v_minimo constant int := 5;
  v_nascidas int[];
  v_primeira int := (select min(m.mes) from regra_pendente_verificacao.estatistica_mes m);
  v_paradas jsonb;
begin
  -- few categories, few months: all that is booked of each
  v_paradas := (
    with categoria as (
      select k.id, min(k.id) over (partition by audit_interno.dobrar_categoria(k.categoria)) as uma from regra_pendente_verificacao.estatistica_categoria k
    ), uso as materialized (
      select k.uma, c.mes, sum(c.linhas) as linhas
      from regra_pendente_verificacao.estatistica_contagem c
      join categoria k on k.id = c.categoria
      where c.nivel = 0 and c.chave = 0
      group by 1, 2
    ), historia as materialized (
      select m.mes, row_number() over (order by m.mes) as n from regra_pendente_verificacao.estatistica_mes m
    ), vida as (
      select u.uma, max(u.mes) as ultima, min(u.mes) as primeira, max(u.n) as n, max(u.pausa) as pausa
      from (
        select u.uma, u.mes, h.n, h.n - lag(h.n, 1, h.n - 1) over (partition by u.uma order by h.n) - 1 as pausa
        from uso u join historia h on h.mes = u.mes
      ) u
      group by u.uma
    )
    select jsonb_agg(jsonb_build_object('uma', v.uma, 'primeira', v.primeira, 'ultima', v.ultima, 'pausa', v.pausa, 'mes', a.mes,
      'meses', (select count(*) from historia h where h.mes > v.ultima and h.mes < a.mes),
      'ha_um_ano', exists (select from uso u where u.uma = v.uma and u.mes between a.mes - 14 and a.mes - 10),
      'vazios', (
        select count(*) filter (where u.mes is null)::double precision / count(*)
        from historia h left join uso u on u.uma = v.uma and u.mes = h.mes
        where h.mes > v.ultima - 12 and h.mes <= v.ultima)))
    from vida v
    left join (select distinct unnest(categorias_paradas.meses) as mes) a on v.ultima < a.mes
    where a.mes is not null or v.primeira > v_primeira
  );

  if not coalesce(v_paradas @? '$[*] ? (@.mes != null)', false) then
    return;
  end if;
  -- born since another was last booked: where its suppliers were before
  v_nascidas := array(
    select distinct (n.p ->> 'uma')::int
    from jsonb_array_elements(v_paradas) n (p)
    join jsonb_array_elements(v_paradas) m (p) on m.p ->> 'mes' is not null and (m.p ->> 'ultima')::int < (n.p ->> 'primeira')::int
    -- births of long ago took nobody's place of late
    where (n.p ->> 'primeira')::int > (m.p ->> 'ultima')::int and (n.p ->> 'primeira')::int <= (m.p ->> 'ultima')::int + 3);

  return query
  with parada as materialized (
    select x.* from jsonb_to_recordset(v_paradas) x (uma int, primeira int, ultima int, pausa int, mes int, meses int, ha_um_ano boolean, vazios double precision)
  ), categoria as materialized (
    select k.id, min(k.id) over (partition by audit_interno.dobrar_categoria(k.categoria)) as uma from regra_pendente_verificacao.estatistica_categoria k
  ), fornecedor as materialized (
    -- of suppliers by name: what they have in the newborn, and in what ended
    select c.chave, k.uma, sum(c.linhas)::bigint as linhas, min(c.mes) as primeira
    from regra_pendente_verificacao.estatistica_contagem c
    join categoria k on k.id = c.categoria
    where v_nascidas <> '{}' and c.nivel = 5
      and (k.uma = any (v_nascidas) or k.uma in (select p.uma from parada p where p.mes is not null))
    group by 1, 2
  ), heranca as materialized (
    select p.uma, n.uma as herdeira, sum(n.linhas)::bigint as herdados, count(*) as fornecedores
    from (select distinct p.uma, p.ultima from parada p where p.mes is not null) p
    join fornecedor v on v.uma = p.uma
    join fornecedor n on n.chave = v.chave and n.uma = any (v_nascidas) and n.uma <> p.uma and n.primeira > p.ultima
    group by 1, 2
  ), herdeira as (
    select distinct on (h.uma) h.uma, h.herdeira, h.herdados
    from heranca h
    -- most of what the newborn has comes from there
    where h.herdados >= v_minimo and h.herdados >= 0.5 * (
      select sum(f.linhas) from fornecedor f where f.uma = h.herdeira)
    order by h.uma, h.herdados desc, h.herdeira
  )
  select p.mes, k.id, p.ultima, h.herdeira, h.herdados
  from parada p
  join categoria k on k.uma = p.uma
  left join herdeira h on h.uma = p.uma
  where p.mes is not null and (p.meses > greatest(v_parada, p.pausa) and power(p.vazios, p.meses) < 0.01 and not (p.ha_um_ano and p.vazios > 0.5)
      or h.herdeira is not null);
end
$$;

comment on function regra_pendente_verificacao.categorias_paradas(int[]) is
  'Categories that look dead in each of the given months: their last month, and the category that seems to have taken their place.';
revoke execute on function regra_pendente_verificacao.categorias_paradas(int[]) from public;

-- The categories that look dead as the last month of history has it and of which nobody has said anything, the largest first, at most
-- twenty; and successors that were never booked. As lines of the diagnosis. A category that nobody missed (fewer entries than
-- pendente.conta_lancamentos in its last year) is left out, unless another seems to have taken its place. Reads the statistics, the
-- settings and audit.sucessoras_categoria. Called by audit_interno.diagnosticar_categorias.
create or replace function regra_pendente_verificacao.diagnosticar_categorias()
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql stable rows 5
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  -- as an entry of the month after the last one would be asked
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
    where k.dobrada <> all (v_pendentes) and not exists (select from regras.sucessoes() s where s.de = k.dobrada)
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
  where s.ate is null and s.desde <= current_date and exists (select from regra_pendente_verificacao.estatistica_mes m)
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
