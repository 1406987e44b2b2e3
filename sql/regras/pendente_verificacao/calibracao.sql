-- Solves a system of linear equations with a symmetric positive definite matrix (no pivoting needed) by Gauss-Jordan elimination. Its loops
-- run over unknowns, of which there are a handful. Touches nothing. Called by regra_pendente_verificacao.ajustar_notas.
create or replace function regra_pendente_verificacao.resolver_sistema(matriz double precision[], lado double precision[]) returns double precision[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_n constant int := cardinality(lado);
  v_fator double precision;
begin
  for i in 1..v_n loop
    for j in 1..v_n loop
      continue when j = i;
      v_fator := matriz[j][i] / matriz[i][i];
      for k in i..v_n loop
        matriz[j][k] := matriz[j][k] - v_fator * matriz[i][k];
      end loop;
      lado[j] := lado[j] - v_fator * lado[i];
    end loop;
  end loop;
  return array(select lado[i] / matriz[i][i] from generate_series(1, v_n) i order by i);
end
$$;

comment on function regra_pendente_verificacao.resolver_sistema(double precision[], double precision[]) is
  'Unknowns of a system of linear equations: a symmetric positive definite matrix by rows, and its right side.';
revoke execute on function regra_pendente_verificacao.resolver_sistema(double precision[], double precision[]) from public;

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
  select u.id, p.com_conta, p.grupo, p.lacuna, coalesce(array_position(p.categorias, u.certa), cardinality(p.bases)), p.bases, p.amplas, p.palavras, p.repetidas, p.recentes,
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

-- Fits the four weights of regra_pendente_verificacao.nota in each group so that exp(nota), shared out over the categories, is the
-- probability of each: conditional logistic regression (McFadden 1974) by Newton's method. Few cases move little: the weights are drawn towards the modest ones that serve a ledger without a past, as
-- much as 15 squared units would. Reads estatistica_pergunta, writes estatistica_nota. Called by
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
  insert into regra_pendente_verificacao.estatistica_nota (grupo, base, repetida, recente, espera) select n, 0.22, 0, 0, 0 from generate_series(0, 5) n;

  for v_volta in 1..25 loop
    with soma as (
      -- slope (d) and curvature (h) of the likelihood along each weight; z and m are sums over the categories
      select q.grupo, sum(v.x1 - z.m1 / z.z) as d1, sum(v.x2 - z.m2 / z.z) as d2, sum(v.x3 - z.m3 / z.z) as d3, sum(v.x4 - z.m4 / z.z) as d4,
        sum(z.m11 / z.z - z.m1 * z.m1 / z.z / z.z) as h11, sum(z.m12 / z.z - z.m1 * z.m2 / z.z / z.z) as h12,
        sum(z.m13 / z.z - z.m1 * z.m3 / z.z / z.z) as h13, sum(z.m14 / z.z - z.m1 * z.m4 / z.z / z.z) as h14,
        sum(z.m22 / z.z - z.m2 * z.m2 / z.z / z.z) as h22, sum(z.m23 / z.z - z.m2 * z.m3 / z.z / z.z) as h23,
        sum(z.m24 / z.z - z.m2 * z.m4 / z.z / z.z) as h24, sum(z.m33 / z.z - z.m3 * z.m3 / z.z / z.z) as h33,
        sum(z.m34 / z.z - z.m3 * z.m4 / z.z / z.z) as h34, sum(z.m44 / z.z - z.m4 * z.m4 / z.z / z.z) as h44
      from regra_pendente_verificacao.estatistica_pergunta q
      join regra_pendente_verificacao.estatistica_nota k on k.grupo = q.grupo
      cross join lateral (select q.bases[q.certa] as x1, coalesce(q.repetidas[q.certa], 0) as x2, coalesce(q.recentes[q.certa], 0) as x3,
        q.bases[q.certa] * ln(1 + q.lacuna) as x4) v
      cross join lateral (
        select sum(e.e) as z, sum(e.e * e.x1) as m1, sum(e.e * e.x2) as m2, sum(e.e * e.x3) as m3, sum(e.e * e.x4) as m4,
          sum(e.e * e.x1 * e.x1) as m11, sum(e.e * e.x1 * e.x2) as m12, sum(e.e * e.x1 * e.x3) as m13, sum(e.e * e.x1 * e.x4) as m14,
          sum(e.e * e.x2 * e.x2) as m22, sum(e.e * e.x2 * e.x3) as m23, sum(e.e * e.x2 * e.x4) as m24,
          sum(e.e * e.x3 * e.x3) as m33, sum(e.e * e.x3 * e.x4) as m34, sum(e.e * e.x4 * e.x4) as m44
        from (
          select x.x1, coalesce(x.x2, 0) as x2, coalesce(x.x3, 0) as x3, x.x1 * ln(1 + q.lacuna) as x4,
            exp(regra_pendente_verificacao.nota(k.base, k.repetida, k.recente, k.espera, x.x1, x.x2, x.x3, q.lacuna)) as e
          from unnest(q.bases, q.repetidas, q.recentes) x (x1, x2, x3)
          offset 0
        ) e
      ) z
      group by q.grupo
    ), passo as (
      select s.grupo, regra_pendente_verificacao.resolver_sistema(
        array[array[15 + s.h11, s.h12, s.h13, s.h14], array[s.h12, 15 + s.h22, s.h23, s.h24],
          array[s.h13, s.h23, 15 + s.h33, s.h34], array[s.h14, s.h24, s.h34, 15 + s.h44]],
        array[s.d1 - 15 * (k.base - 0.22), s.d2 - 15 * k.repetida, s.d3 - 15 * k.recente, s.d4 - 15 * k.espera]) as p
      from soma s
      join regra_pendente_verificacao.estatistica_nota k on k.grupo = s.grupo
    ), andado as (
      -- no weight moves by more than a half
      update regra_pendente_verificacao.estatistica_nota k
      set base = k.base + t.t * p.p[1], repetida = k.repetida + t.t * p.p[2], recente = k.recente + t.t * p.p[3], espera = k.espera + t.t * p.p[4]
      from passo p
      cross join lateral (select least(1, 0.5 / greatest(abs(p.p[1]), abs(p.p[2]), abs(p.p[3]), abs(p.p[4]), 1e-9)) as t) t
      where p.grupo = k.grupo
      returning abs(p.p[1]) + abs(p.p[2]) + abs(p.p[3]) + abs(p.p[4]) as passo
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
-- bin follow the probability itself, so a small past moves it little. Groups are counted apart; one of fewer than a hundred cases has no
-- bins. Reads estatistica_pergunta; writes estatistica_calibracao. Called by regra_pendente_verificacao.calibrar_historia.
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
      from unnest(q.bases, q.repetidas, q.recentes) with ordinality x (base, repetida, recente, n)
      cross join lateral (
        select exp(regra_pendente_verificacao.nota(k.base, k.repetida, k.recente, k.espera, x.base, x.repetida, x.recente, q.lacuna)) as e) e
      -- the last one, all others together, is no suggestion
      order by x.n = cardinality(q.bases), e.e desc, x.n
      limit 1
    ) n
  ), caso as materialized (
    select r.*,
      -- at most twenty bins, of at least a hundred cases; equal scores stay together
      (rank() over (partition by r.grupo order by r.bruta) - 1) * greatest(1, least(20, count(*) over (partition by r.grupo) / 100))
        / count(*) over (partition by r.grupo) as faixa,
      count(*) over (partition by r.grupo) as todas
    from resposta r
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
