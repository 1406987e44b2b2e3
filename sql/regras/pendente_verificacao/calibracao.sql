-- The back-test's questions with what is known of each category, in two processes where regra_pendente_verificacao.em_metades allows it,
-- each for half of the suppliers. Return query, because insert never runs in parallel. Reads what pontuar_pendencias reads; changes
-- nothing. Called by regra_pendente_verificacao.calibrar_historia.
create or replace function regra_pendente_verificacao.perguntar_retroteste(retroteste int4range, amostra int, provas boolean)
returns setof regra_pendente_verificacao.estatistica_pergunta
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_metades boolean := regra_pendente_verificacao.em_metades();
begin
  return query
  select u.id, p.com_conta, p.grupo, coalesce(array_position(p.categorias, u.certa), cardinality(p.bases)), p.bases, p.amplas, p.palavras, p.recentes,
    p.niveis, p.lancamentos, p.iguais
  from (
    select x.* from regra_pendente_verificacao.pontuar_pendencias(null, retroteste, amostra, provas) x where not v_metades
    union all
    select x.* from regra_pendente_verificacao.pontuar_pendencias(null, retroteste, amostra, provas, 0) x where v_metades
    union all
    select x.* from regra_pendente_verificacao.pontuar_pendencias(null, retroteste, amostra, provas, 1) x where v_metades
  ) p
  cross join lateral unnest(p.ids, p.certas) u (id, certa);
end
$$;

comment on function regra_pendente_verificacao.perguntar_retroteste(int4range, int, boolean) is
  'Questions of the back-test, as estatistica_pergunta keeps them: a sample of some months'' entries.';
revoke execute on function regra_pendente_verificacao.perguntar_retroteste(int4range, int, boolean) from public;

-- Fits the weight of the words, then how strongly each level is shrunk towards the wider one, by maximum likelihood on the back-test: level
-- after level, the strength under which the true categories were most probable, or (1e9) one that ignores a level which only misleads. A
-- supplier with one entry proves little in one ledger and much in another, and here the rule learns which. What is seen in fewer than a
-- hundred entries keeps its default. Reads estatistica_pergunta, writes estatistica_peso. Called by
-- regra_pendente_verificacao.calibrar_historia.
create or replace function regra_pendente_verificacao.ajustar_forcas() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_nivel record;
  v_lambda double precision;
  v_alfa double precision;
  -- the probability of each entry's true category so far
  v_p double precision[];
begin
  -- relative to the true category's words, exp() stays in range
  select g.lambda into v_lambda
  from regra_pendente_verificacao.estatistica_pergunta q
  cross join unnest('{0, 0.03, 0.06, 0.1, 0.2, 0.35, 0.5, 0.7, 1, 1.4}'::double precision[]) g (lambda)
  cross join lateral (
    select sum(u.ampla * exp(greatest(least(g.lambda * (u.palavra - q.palavras[q.certa]), 300), -300))) as soma
    from unnest(q.amplas, q.palavras) u (ampla, palavra)
  ) n
  where q.amplas[q.certa] > 0 and q.palavras[q.certa] <> 0
  group by g.lambda
  having count(*) >= 100
  order by sum(ln(0.0001 + q.amplas[q.certa] / n.soma)) desc, g.lambda
  limit 1;
  if v_lambda is not null then
    insert into regra_pendente_verificacao.estatistica_peso (nome, peso) values ('lambda', v_lambda);
  end if;

  for v_nivel in
    with q as materialized (
      select distinct on (x.id) x.* from regra_pendente_verificacao.estatistica_pergunta x order by x.id, x.com_conta desc
    )
    -- one array for each level, entries in one order; null where a level knows nothing about an entry
    select a.nivel, a.bloco, a.peso, array_agg(u.total order by q.id) as totais, array_agg(u.iguais order by q.id) as certas,
      array_agg(n.p order by q.id) as amplas
    from q
    cross join regra_pendente_verificacao.alfas() a
    cross join lateral (
      select coalesce(q.amplas[q.certa] / nullif(sum(c.ampla * exp(greatest(least(coalesce(v_lambda, 0.5) * (c.palavra - q.palavras[q.certa]), 300), -300))), 0), 0) as p
      from unnest(q.amplas, q.palavras) c (ampla, palavra)
    ) n
    left join lateral unnest(q.niveis, q.totais, q.iguais) u (nivel, total, iguais) on u.nivel = a.nivel
    where a.bloco > 0
    group by a.nivel, a.ordem, a.bloco, a.peso
    order by a.ordem
  loop
    v_p := coalesce(v_p, v_nivel.amplas);
    select g.alfa into v_alfa
    from unnest('{0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 4, 8, 16, 40, 100, 400, 1e9}'::double precision[]) g (alfa)
    cross join unnest(v_nivel.certas, v_nivel.totais, v_p) u (certas, total, p)
    where u.total is not null
    group by g.alfa
    having count(*) >= 100
    -- an account overrules the supplier only where that makes the true category more probable by a fiftieth
    order by sum(ln(0.0001 + (u.certas + g.alfa * u.p) / (u.total + g.alfa))) + case when v_nivel.bloco = 2 and g.alfa = 1e9 then 0.02 * count(*) else 0 end desc
    limit 1;
    if v_alfa is not null then
      insert into regra_pendente_verificacao.estatistica_peso (nome, peso) values ('alfa_' || v_nivel.nivel, v_alfa);
    end if;
    v_p := array(select coalesce((u.certas + a.alfa * u.p) / (u.total + a.alfa), u.p)
      from (select coalesce(v_alfa, v_nivel.peso) as alfa) a, unnest(v_nivel.certas, v_nivel.totais, v_p) with ordinality u (certas, total, p, n)
      order by u.n);
  end loop;
end
$$;

comment on function regra_pendente_verificacao.ajustar_forcas() is 'Fits the weight of the words and the shrinkage of each level on the ledger''s own past.';
revoke execute on function regra_pendente_verificacao.ajustar_forcas() from public;

-- Fits the two weights of the score in each group so that exp(nota), shared out over the categories, is the probability of each:
-- conditional logistic regression (McFadden 1974) by Newton's method. Few cases move little: the weights are drawn towards the modest ones
-- that serve a ledger without a past, as much as 15 squared units would. Reads estatistica_pergunta, writes estatistica_nota. Called by
-- regra_pendente_verificacao.calibrar_historia.
create or replace function regra_pendente_verificacao.ajustar_notas() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_passo double precision;
begin
  insert into regra_pendente_verificacao.estatistica_nota (grupo, base, recente) select n, 0.22, 0 from generate_series(0, 11) n;

  for v_volta in 1..25 loop
    with soma as (
      -- slope (d) and curvature (h) of the likelihood along each weight, the prior's included; z and m are sums over the categories
      select q.grupo, sum(q.bases[q.certa] - z.m1 / z.z) - 15 * (min(k.base) - 0.22) as d1,
        sum(coalesce(q.recentes[q.certa], 0) - z.m2 / z.z) - 15 * min(k.recente) as d2, 15 + sum(z.m11 / z.z - z.m1 * z.m1 / z.z / z.z) as h11,
        sum(z.m12 / z.z - z.m1 * z.m2 / z.z / z.z) as h12, 15 + sum(z.m22 / z.z - z.m2 * z.m2 / z.z / z.z) as h22
      from regra_pendente_verificacao.estatistica_pergunta q
      join regra_pendente_verificacao.estatistica_nota k on k.grupo = q.grupo
      cross join lateral (
        select sum(e.e) as z, sum(e.e * x.b) as m1, sum(e.e * e.r) as m2, sum(e.e * x.b * x.b) as m11, sum(e.e * x.b * e.r) as m12,
          sum(e.e * e.r * e.r) as m22
        from unnest(q.bases, q.recentes) x (b, r)
        cross join lateral (select coalesce(x.r, 0) as r, exp(k.base * x.b + k.recente * coalesce(x.r, 0)) as e offset 0) e
      ) z
      group by q.grupo
    ), passo as (
      select s.grupo, (s.h22 * s.d1 - s.h12 * s.d2) / n.n as base, (s.h11 * s.d2 - s.h12 * s.d1) / n.n as recente
      from soma s
      cross join lateral (select s.h11 * s.h22 - s.h12 * s.h12 as n) n
    ), andado as (
      -- no weight moves by more than a half; a likelier category never scores less
      update regra_pendente_verificacao.estatistica_nota k
      set base = greatest(k.base + t.t * p.base, 0), recente = k.recente + t.t * p.recente
      from passo p
      cross join lateral (select least(1, 0.5 / greatest(abs(p.base), abs(p.recente), 1e-9)) as t) t
      where p.grupo = k.grupo
      returning abs(p.base) + abs(p.recente) as passo
    )
    select max(d.passo) into v_passo from andado d;
    exit when v_passo < 0.0005;
  end loop;
end
$$;

comment on function regra_pendente_verificacao.ajustar_notas() is 'Fits the weights of the score on the ledger''s own past.';
revoke execute on function regra_pendente_verificacao.ajustar_notas() from public;

-- Counts how often the back-test's best suggestions were right, in bins of equal size along their probability, and makes each bin's share
-- monotone (isotonic regression by the min-max formula: Zadrozny and Elkan 2001, 2002; Barlow et al. 1972). A hundred pseudo-cases in each
-- bin follow the probability itself, so a small past moves it little. Groups are counted apart, those of fewer than a hundred cases
-- together; if even these are fewer than a hundred, such groups have no bins. Reads estatistica_pergunta; writes estatistica_calibracao.
-- Called by regra_pendente_verificacao.calibrar_historia.
create or replace function regra_pendente_verificacao.contar_acertos() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  with resposta as materialized (
    select q.grupo, n.certa::int as acertou, round((n.e / n.todas)::numeric, 5)::double precision as bruta
    from regra_pendente_verificacao.estatistica_pergunta q
    join regra_pendente_verificacao.estatistica_nota k on k.grupo = q.grupo
    cross join lateral (
      select x.n = q.certa as certa, e.e, sum(e.e) over () as todas
      from unnest(q.bases, q.recentes) with ordinality x (base, recente, n)
      cross join lateral (select exp(k.base * x.base + k.recente * coalesce(x.recente, 0)) as e) e
      -- the last one, all others together, is no suggestion
      order by x.n = cardinality(q.bases), e.e desc, x.n
      limit 1
    ) n
  ), tamanho as (
    select g.grupo, (select count(*) from resposta r where r.grupo = g.grupo) < 100 as pequeno from generate_series(0, 11) g (grupo)
  ), caso as (
    select t.grupo, r.acertou, r.bruta, count(*) over todos as todas,
      -- at most twenty bins, of at least a hundred cases; equal scores stay together
      (rank() over (todos order by r.bruta) - 1) * greatest(1, least(20, count(*) over todos / 100)) / count(*) over todos as faixa
    from tamanho t
    join tamanho u on u.grupo = t.grupo or t.pequeno and u.pequeno and u.grupo / 6 = t.grupo / 6
    join resposta r on r.grupo = u.grupo
    window todos as (partition by t.grupo)
  ), faixa as materialized (
    select s.grupo, s.faixa, avg(s.bruta) as bruta, count(*) as casos, sum(s.acertou) as acertos,
      count(*) + 100 as peso, sum(s.acertou) + 100 * avg(s.bruta) as pontos
    from caso s
    where s.todas >= 100
    group by s.grupo, s.faixa
  )
  insert into regra_pendente_verificacao.estatistica_calibracao (grupo, faixa, bruta, confianca, casos, acertos, casos_proximos, acertos_proximos)
  select f.grupo, f.faixa, f.bruta,
    (
      select max(m.minimo)
      from (
        select a.faixa, min(media.valor) as minimo
        from faixa a
        join faixa b on b.grupo = a.grupo and b.faixa >= f.faixa
        cross join lateral (
          select sum(x.pontos) / sum(x.peso) as valor
          from faixa x
          where x.grupo = a.grupo and x.faixa between a.faixa and b.faixa
        ) media
        where a.grupo = f.grupo and a.faixa <= f.faixa
        group by a.faixa
      ) m
    ),
    f.casos, f.acertos, sum(f.casos) over vizinhas, sum(f.acertos) over vizinhas
  from faixa f
  window vizinhas as (partition by f.grupo order by f.faixa rows between 1 preceding and 1 following);
end
$$;

comment on function regra_pendente_verificacao.contar_acertos() is 'Counts how often the back-test was right at each score: the calibration.';
revoke execute on function regra_pendente_verificacao.contar_acertos() from public;

-- The months for which the ledger is asked what it would have suggested: at most the last twelve, without odd dates at both ends (the years
-- 0219 and 2202), and none with less than a tenth of the history before it. Empty when the history is too short. Reads
-- regra_pendente_verificacao.estatistica_mes. Called by regra_pendente_verificacao.preparar.
create or replace function regra_pendente_verificacao.meses_retroteste() returns int4range
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with acumulado as (
    select m.mes, sum(m.linhas) over (order by m.mes) as ate, sum(m.linhas) over () as todas
    from regra_pendente_verificacao.estatistica_mes m
  )
  select case when l.primeiro <= l.ultimo then int4range(greatest(l.primeiro, l.ultimo - 11), l.ultimo + 1) end
  from (
    select
      -- the first month with a tenth of all rows before it
      min(a.mes) filter (where a.ate >= 0.1 * a.todas) + 1 as primeiro,
      min(a.mes) filter (where a.ate >= 0.995 * a.todas) as ultimo
    from acumulado a
  ) l
$$;

comment on function regra_pendente_verificacao.meses_retroteste() is 'Months for the back-test; null when the history is too short.';
revoke execute on function regra_pendente_verificacao.meses_retroteste() from public;

-- Fits the weights and the calibration on a back-test over the given months, with a sample of at most six thousand entries; without months,
-- deletes them. The sample is asked twice: with what is known at each level, to fit the levels' strengths; then with these. Reads the
-- statistics and dw.lancamentos; writes estatistica_peso, estatistica_nota, estatistica_calibracao and their work table. Called by
-- regra_pendente_verificacao.preparar and by back-tests over a past window.
create or replace function regra_pendente_verificacao.calibrar_historia(retroteste int4range) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_amostra constant int := 6000;
  -- a dozen strengths need fewer cases than what matters at its far end
  v_forcas constant int := 3000;
begin
  delete from regra_pendente_verificacao.estatistica_peso;
  delete from regra_pendente_verificacao.estatistica_nota;
  delete from regra_pendente_verificacao.estatistica_calibracao;
  if retroteste is not null then
    insert into regra_pendente_verificacao.estatistica_pergunta select * from regra_pendente_verificacao.perguntar_retroteste(retroteste, v_forcas, true);
    perform regra_pendente_verificacao.ajustar_forcas();
    delete from regra_pendente_verificacao.estatistica_pergunta;
    insert into regra_pendente_verificacao.estatistica_pergunta select * from regra_pendente_verificacao.perguntar_retroteste(retroteste, v_amostra, false);
    perform regra_pendente_verificacao.ajustar_notas();
    perform regra_pendente_verificacao.contar_acertos();
    delete from regra_pendente_verificacao.estatistica_pergunta;
  end if;
end
$$;

comment on function regra_pendente_verificacao.calibrar_historia(int4range) is 'Fits weights and calibration on the ledger''s own past.';
revoke execute on function regra_pendente_verificacao.calibrar_historia(int4range) from public;
