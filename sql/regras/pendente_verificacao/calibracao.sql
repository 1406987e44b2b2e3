-- Solves a system of linear equations with a symmetric positive definite matrix (no pivoting needed) by Gauss-Jordan elimination. Its loops
-- run over unknowns, of which there are a handful. Touches nothing. Called by regra_pendente_verificacao.ajustar_curvas.
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

-- Log-odds of a raw score, kept within the range that such a score can mean. Touches nothing. Called by the calibration.
create or replace function regra_pendente_verificacao.chance_bruta(bruta double precision) returns double precision
language sql immutable parallel safe
return pg_catalog.ln(least(greatest(bruta, 0.001), 0.9999) / (1 - least(greatest(bruta, 0.001), 0.9999)));

comment on function regra_pendente_verificacao.chance_bruta(double precision) is 'Log-odds of a raw score between 0.001 and 0.9999.';
revoke execute on function regra_pendente_verificacao.chance_bruta(double precision) from public;

-- The logistic calibration: turns a raw score's log-odds, the months without history, how often the very same payment was made before and
-- what the supplier's latest entries say into a confidence. Touches nothing. Called by the calibration and by
-- regra_pendente_verificacao.sugerir_pendencias; the planner inlines it.
create or replace function regra_pendente_verificacao.curva(
  a double precision, b double precision, g double precision, h double precision, r double precision, chance double precision, lacuna int,
  repetida double precision, recente double precision
) returns double precision
language sql immutable parallel safe
return 1 / (1 + pg_catalog.exp(-(a + b * chance + g * pg_catalog.ln(1 + lacuna::double precision) + h * repetida + r * recente)));

comment on function regra_pendente_verificacao.curva(
  double precision, double precision, double precision, double precision, double precision, double precision, int, double precision, double precision) is
  'Logistic confidence of a raw score given as log-odds; lacuna in months; repetida: logarithm of one and the earlier payments alike; recente: log-odds among the latest entries.';
revoke execute on function regra_pendente_verificacao.curva(
  double precision, double precision, double precision, double precision, double precision, double precision, int, double precision, double precision) from public;

-- What the history knew about each entry of a back-test at each level: how many earlier entries (total), and how many of them in the right
-- category (certas), counted as regra_pendente_verificacao.pontuar_pendencias counts them. metade: all suppliers (null) or one half of them
-- (0, 1). Reads the statistics and dw.lancamentos; changes nothing. Called by regra_pendente_verificacao.medir_em_metades.
create or replace function regra_pendente_verificacao.medir_niveis(retroteste int4range, amostra int, metade int default null)
returns table (id text, nivel smallint, total double precision, certas double precision)
-- the cost makes it worth a parallel process of its own
language plpgsql stable parallel safe cost 1e9 rows 30000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off
as $$
declare
  v_meses int := coalesce((audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int, 36);
  v_sem_sucessoras boolean := not exists (select 1 from audit.sucessoras_categoria s where s.ativo);
begin
  return query
  with sucessao as materialized (
    select s.* from regra_pendente_verificacao.sucessoes_em(array(select generate_series(lower(retroteste), upper(retroteste) - 1))) s
    where not v_sem_sucessoras and s.quantas = 1
  ), k as materialized (
    select e.id, case when v_sem_sucessoras then 0 else e.mes end as mes, e.corte, e.certa, c.nivel, c.chave
    from regra_pendente_verificacao.entradas_pendencia(null, retroteste, amostra, metade) e
    cross join lateral regra_pendente_verificacao.chaves_entrada(e.raiz, e.nome, e.codigo, e.centro, e.conta, e.valor, e.texto) c
    where c.nivel < 20
  ), corte as materialized (
    select d.corte, coalesce(regra_pendente_verificacao.ultimo_mes_conhecido(d.corte), d.corte - 1) as ultimo from (select distinct k.corte from k) d
  ), contexto as materialized (
    select d.nivel, d.chave, d.corte, d.mes, o.ultimo
    from (select distinct k.nivel, k.chave, k.corte, k.mes from k) d
    join corte o on o.corte = d.corte
  ), contagem as materialized (
    select x.nivel, x.chave, x.corte, x.mes, e.categoria, e.w, sum(e.w) over (partition by x.nivel, x.chave, x.corte, x.mes) as total
    from contexto x
    cross join lateral (
      select y.categoria, sum(c.linhas * power(0.5::double precision, greatest(x.ultimo - c.mes, 0)::double precision / 9)) as w
      from regra_pendente_verificacao.estatistica_contagem c
      cross join lateral (
        -- carries history along like regra_pendente_verificacao.pontuar_pendencias, but leaves split categories where they are
        select case when v_sem_sucessoras then c.categoria else coalesce((
            select s.para from sucessao s
            where s.mes = x.mes and s.de = c.categoria and (s.renasce is null or c.mes < s.renasce)), c.categoria)
          end as categoria
      ) y
      where c.nivel = x.nivel and c.chave = x.chave and c.mes < x.corte and c.mes >= x.corte - v_meses
      group by y.categoria
      offset 0
    ) e
  ), total as (
    select distinct c.nivel, c.chave, c.corte, c.mes, c.total from contagem c
  )
  select k.id, k.nivel, t.total, coalesce(c.w, 0)
  from k
  join total t using (nivel, chave, corte, mes)
  left join contagem c on c.nivel = k.nivel and c.chave = k.chave and c.corte = k.corte and c.mes = k.mes and c.categoria = k.certa;
end
$$;

comment on function regra_pendente_verificacao.medir_niveis(int4range, int, int) is
  'Earlier entries and those of the right category for each entry of a back-test at each level.';
revoke execute on function regra_pendente_verificacao.medir_niveis(int4range, int, int) from public;

-- Like medir_niveis, but in two processes where regra_pendente_verificacao.em_metades allows it, each for half of the suppliers. Return
-- query, because insert never runs in parallel. Reads what medir_niveis reads; changes nothing. Called by
-- regra_pendente_verificacao.ajustar_alfas.
create or replace function regra_pendente_verificacao.medir_em_metades(retroteste int4range, amostra int)
returns table (id text, nivel smallint, total double precision, certas double precision)
language plpgsql stable rows 30000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if not regra_pendente_verificacao.em_metades() then
    return query select m.* from regra_pendente_verificacao.medir_niveis(retroteste, amostra) m;
    return;
  end if;
  return query
  select m.* from regra_pendente_verificacao.medir_niveis(retroteste, amostra, 0) m
  union all
  select m.* from regra_pendente_verificacao.medir_niveis(retroteste, amostra, 1) m;
end
$$;

comment on function regra_pendente_verificacao.medir_em_metades(int4range, int) is 'As regra_pendente_verificacao.medir_niveis, by two processes where it pays.';
revoke execute on function regra_pendente_verificacao.medir_em_metades(int4range, int) from public;

-- Fits how strongly each level is shrunk towards the wider one, by maximum likelihood on the back-test: level after level, the strength
-- under which the true categories were most probable, or (1e9) one that ignores a level which only misleads. A supplier with one entry
-- proves little in one ledger and much in another, and here the rule learns which. Reads the statistics and dw.lancamentos; writes
-- estatistica_peso. Called by regra_pendente_verificacao.calibrar_historia.
create or replace function regra_pendente_verificacao.ajustar_alfas(retroteste int4range, amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_nivel record;
  v_alfa double precision;
  -- the probability of each entry's true category so far
  v_p double precision[];
begin
  delete from regra_pendente_verificacao.estatistica_peso p where starts_with(p.nome, 'alfa_');

  for v_nivel in
    with m as materialized (
      select * from regra_pendente_verificacao.medir_em_metades(retroteste, amostra)
    )
    -- one array for each level, entries in one order; null where a level knows nothing about an entry
    select n.nivel, array_agg(m.total order by e.id) as totais, array_agg(m.certas order by e.id) as certas
    from (select m.id from m where m.nivel = 0) e
    cross join generate_series(0, 11) n (nivel)
    left join m on m.id = e.id and m.nivel = n.nivel
    group by n.nivel
    order by n.nivel
  loop
    if v_nivel.nivel = 0 then
      v_p := array(select (u.certas + 0.1) / (u.total + 10)
        from unnest(v_nivel.certas, v_nivel.totais) with ordinality u (certas, total, n) order by u.n);
      continue;
    end if;

    select g.alfa into v_alfa
    from unnest('{0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 4, 8, 16, 40, 100, 400, 1e9}'::double precision[]) g (alfa)
    cross join unnest(v_nivel.certas, v_nivel.totais, v_p) u (certas, total, p)
    where u.total is not null
    group by g.alfa
    -- a level seen in few entries keeps its default
    having count(*) >= 100
    order by sum(ln((u.certas + g.alfa * u.p) / (u.total + g.alfa))) desc
    limit 1;
    if v_alfa is not null then
      insert into regra_pendente_verificacao.estatistica_peso (nome, peso) values ('alfa_' || v_nivel.nivel, v_alfa);
    end if;

    v_p := array(select coalesce((u.certas + a.peso * u.p) / (u.total + a.peso), u.p)
      from regra_pendente_verificacao.alfas() a, unnest(v_nivel.certas, v_nivel.totais, v_p) with ordinality u (certas, total, p, n)
      where a.nivel = v_nivel.nivel order by u.n);
  end loop;
end
$$;

comment on function regra_pendente_verificacao.ajustar_alfas(int4range, int) is 'Fits the shrinkage of each level on the ledger''s own past.';
revoke execute on function regra_pendente_verificacao.ajustar_alfas(int4range, int) from public;

-- The back-test's questions with what both opinions gave each category, in two processes where regra_pendente_verificacao.em_metades allows
-- it, each for half of the suppliers. Return query, because insert never runs in parallel. Reads what pontuar_pendencias reads; changes
-- nothing. Called by regra_pendente_verificacao.calibrar_historia.
create or replace function regra_pendente_verificacao.perguntar_retroteste(retroteste int4range, amostra int)
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
  select u.id, p.com_conta, p.classe, p.lacuna, u.certa, p.categorias, p.bases, p.palavras, p.repetidas, p.recentes
  from (
    select x.* from regra_pendente_verificacao.pontuar_pendencias(null, retroteste, amostra, false) x where not v_metades
    union all
    select x.* from regra_pendente_verificacao.pontuar_pendencias(null, retroteste, amostra, false, 0) x where v_metades
    union all
    select x.* from regra_pendente_verificacao.pontuar_pendencias(null, retroteste, amostra, false, 1) x where v_metades
  ) p
  cross join lateral unnest(p.ids, p.certas) u (id, certa);
end
$$;

comment on function regra_pendente_verificacao.perguntar_retroteste(int4range, int) is
  'Questions of the back-test, as estatistica_pergunta keeps them: a sample of some months'' entries.';
revoke execute on function regra_pendente_verificacao.perguntar_retroteste(int4range, int) from public;

-- Fits the weight of the words and the account in each class of regra_pendente_verificacao.classe_apoio: the one of a grid under which the
-- right categories of the back-test were most probable. A class seen in fewer than a hundred entries keeps its default. Reads at most
-- amostra entries of the back-test, from estatistica_pergunta; writes estatistica_peso. Called by
-- regra_pendente_verificacao.calibrar_historia, after the strengths of the levels and before the calibration.
create or replace function regra_pendente_verificacao.ajustar_lambdas(amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  delete from regra_pendente_verificacao.estatistica_peso p where starts_with(p.nome, 'lambda_');

  with pergunta as materialized (
    select q.classe, q.bases, q.palavras, array_position(q.categorias, q.certa) as certa,
      -- only differences of scores matter; relative to the largest, which is about here, exp() stays in range
      q.bases[1] as base, q.palavras[1] as palavra
    from (
      select x.*, dense_rank() over (order by hashtextextended(x.id, 1)) as sorte from regra_pendente_verificacao.estatistica_pergunta x
    ) q
    where q.sorte <= amostra
  ), peso as (
    -- for each weight tried, how probable it makes the right category (next to zero where that was not among the categories)
    select p.classe, g.lambda, count(*) as casos, sum(ln(0.001 + 0.999
      * exp(least(greatest(p.bases[p.certa] - p.base + g.lambda * (p.palavras[p.certa] - p.palavra), -300), 300)) / n.soma)) as verossimilhanca
    from pergunta p
    cross join unnest('{0, 0.03, 0.06, 0.1, 0.2, 0.35, 0.6, 1}'::double precision[]) g (lambda)
    cross join lateral (
      select sum(exp(least(greatest(c.base - p.base + g.lambda * (c.palavra - p.palavra), -300), 300))) as soma
      from unnest(p.bases, p.palavras) c (base, palavra)
    ) n
    group by p.classe, g.lambda
  )
  insert into regra_pendente_verificacao.estatistica_peso (nome, peso)
  select distinct on (v.classe) 'lambda_' || v.classe, v.lambda
  from peso v
  where v.casos >= 100
  order by v.classe, v.verossimilhanca desc, v.lambda;
end
$$;

comment on function regra_pendente_verificacao.ajustar_lambdas(int) is 'Fits the weight of words and account in each class of knowledge on the ledger''s own past.';
revoke execute on function regra_pendente_verificacao.ajustar_lambdas(int) from public;

-- Fits the logistic calibration to the back-test (Platt 1999) by Newton's method. Entries with and without a known account are fitted
-- apart, because an account that settles everything says nothing about entries without one. Each has one slope on the raw score's log-odds,
-- on the months without history, on how often the very same payment was made before and on the supplier's latest entries, and an intercept
-- for each class of knowledge.
--
-- Few cases move little: the slopes are drawn towards the modest curve that serves a ledger without a past (0.22: a raw .999 becomes .82),
-- the intercepts towards the mean of the four and zero. The slopes are pooled over the classes, because a curve for each class would follow
-- that class's few errors, which come in clusters. Reads regra_pendente_verificacao.estatistica_retroteste, writes estatistica_curva.
-- Called by regra_pendente_verificacao.calibrar_pendencias.
create or replace function regra_pendente_verificacao.ajustar_curvas() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_passo double precision;
begin
  delete from regra_pendente_verificacao.estatistica_curva;
  insert into regra_pendente_verificacao.estatistica_curva (classe, a, b, g, h, r) select n, 0, 0.22, 0, 0, 0 from generate_series(0, 7) n;

  for v_volta in 1..30 loop
    with s as (
      select r.classe, r.acertou - u.p as erro, u.p * (1 - u.p) as w,
        r.chance as x1, ln(1 + r.lacuna) as x2, r.repetida as x3, r.recente as x4
      from regra_pendente_verificacao.estatistica_retroteste r
      join regra_pendente_verificacao.estatistica_curva k on k.classe = r.classe
      cross join lateral (
        select regra_pendente_verificacao.curva(k.a, k.b, k.g, k.h, k.r, r.chance, r.lacuna, r.repetida, r.recente) as p offset 0) u
    ), soma as materialized (
      -- gradient (d) and curvature (h) of the intercept (0) and of each slope (1 to 4)
      select s.classe, sum(s.w) as h00,
        sum(s.w * s.x1) as h01, sum(s.w * s.x2) as h02, sum(s.w * s.x3) as h03, sum(s.w * s.x4) as h04,
        sum(s.w * s.x1 * s.x1) as h11, sum(s.w * s.x1 * s.x2) as h12, sum(s.w * s.x1 * s.x3) as h13, sum(s.w * s.x1 * s.x4) as h14,
        sum(s.w * s.x2 * s.x2) as h22, sum(s.w * s.x2 * s.x3) as h23, sum(s.w * s.x2 * s.x4) as h24,
        sum(s.w * s.x3 * s.x3) as h33, sum(s.w * s.x3 * s.x4) as h34, sum(s.w * s.x4 * s.x4) as h44,
        sum(s.erro) as d0, sum(s.erro * s.x1) as d1, sum(s.erro * s.x2) as d2, sum(s.erro * s.x3) as d3, sum(s.erro * s.x4) as d4
      from s
      group by s.classe
    ), classe as (
      select k.classe, k.classe / 4 as grupo, 3 + coalesce(n.h00, 0) as h00,
        coalesce(n.d0, 0) - 3 * (k.a - sum(k.a) over (partition by k.classe / 4) / 5) as d0,
        array[coalesce(n.h01, 0), coalesce(n.h02, 0), coalesce(n.h03, 0), coalesce(n.h04, 0)] as h0
      from regra_pendente_verificacao.estatistica_curva k
      left join soma n on n.classe = k.classe
    ), grupo as (
      select k.classe / 4 as grupo,
        array[
          array[15 + coalesce(sum(n.h11), 0), coalesce(sum(n.h12), 0), coalesce(sum(n.h13), 0), coalesce(sum(n.h14), 0)],
          array[coalesce(sum(n.h12), 0), 15 + coalesce(sum(n.h22), 0), coalesce(sum(n.h23), 0), coalesce(sum(n.h24), 0)],
          array[coalesce(sum(n.h13), 0), coalesce(sum(n.h23), 0), 15 + coalesce(sum(n.h33), 0), coalesce(sum(n.h34), 0)],
          array[coalesce(sum(n.h14), 0), coalesce(sum(n.h24), 0), coalesce(sum(n.h34), 0), 15 + coalesce(sum(n.h44), 0)]] as h,
        array[
          coalesce(sum(n.d1), 0) - 15 * (max(k.b) - 0.22), coalesce(sum(n.d2), 0) - 15 * max(k.g),
          coalesce(sum(n.d3), 0) - 15 * max(k.h), coalesce(sum(n.d4), 0) - 15 * max(k.r)] as d
      from regra_pendente_verificacao.estatistica_curva k
      left join soma n on n.classe = k.classe
      group by k.classe / 4
    ), passo as (
      -- one system for each group: its four intercepts, then the slopes that they share
      select g.grupo, regra_pendente_verificacao.resolver_sistema(
        (select array_agg(l.linha order by l.n) from (
          select c.classe % 4 as n,
            array(select case when j = c.classe % 4 then c.h00 else 0 end - 0.6::double precision from generate_series(0, 3) j) || c.h0 as linha
          from classe c where c.grupo = g.grupo
          union all
          select 3 + i, array(select c.h0[i] from classe c where c.grupo = g.grupo order by c.classe)
            || array(select g.h[i][j] from generate_series(1, 4) j)
          from generate_series(1, 4) i) l),
        array(select c.d0 from classe c where c.grupo = g.grupo order by c.classe) || g.d) as p
      from grupo g
    ), andado as (
      -- no step longer than a half
      update regra_pendente_verificacao.estatistica_curva k
      set a = k.a + greatest(-0.5, least(0.5, p.p[1 + k.classe % 4])), b = k.b + greatest(-0.5, least(0.5, p.p[5])),
        g = k.g + greatest(-0.5, least(0.5, p.p[6])), h = k.h + greatest(-0.5, least(0.5, p.p[7])),
        r = k.r + greatest(-0.5, least(0.5, p.p[8]))
      from passo p
      where p.grupo = k.classe / 4
      returning abs(p.p[1 + k.classe % 4]) + abs(p.p[5]) + abs(p.p[6]) + abs(p.p[7]) + abs(p.p[8]) as passo
    )
    select max(d.passo) into v_passo from andado d;
    exit when v_passo < 0.0005;
  end loop;

  -- a class that the back-test hardly saw gets no curve and keeps the modest one: a supplier with one entry proves little until shown
  -- otherwise
  delete from regra_pendente_verificacao.estatistica_curva k
  where (select count(*) from regra_pendente_verificacao.estatistica_retroteste r where r.classe = k.classe) < 30;
end
$$;

comment on function regra_pendente_verificacao.ajustar_curvas() is 'Fits the logistic calibration on the last back-test.';
revoke execute on function regra_pendente_verificacao.ajustar_curvas() from public;

-- Calibrates: a logistic curve over the back-test's best suggestions, then bins of equal size along that curve, with each bin's share of
-- right ones made monotone (isotonic regression by the min-max formula). Entries with and without a known account are counted apart.
-- Sources: Platt 1999; Zadrozny and Elkan 2001, 2002; Barlow et al. 1972. Reads estatistica_pergunta; writes estatistica_retroteste,
-- estatistica_curva and estatistica_calibracao. Called by regra_pendente_verificacao.calibrar_historia.
create or replace function regra_pendente_verificacao.calibrar_pendencias() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  delete from regra_pendente_verificacao.estatistica_calibracao;
  delete from regra_pendente_verificacao.estatistica_retroteste;

  insert into regra_pendente_verificacao.estatistica_retroteste (id, classe, lacuna, repetida, recente, bruta, chance, acertou)
  select q.id || case when q.com_conta then '' else ' sem conta' end, q.classe, q.lacuna, ln(1 + n.repetida),
    n.recente, b.bruta, regra_pendente_verificacao.chance_bruta(b.bruta), (n.categoria = q.certa)::int
  from regra_pendente_verificacao.estatistica_pergunta q
  join regra_pendente_verificacao.lambdas() d on d.classe = q.classe
  cross join lateral (
    select p.categoria, p.repetida, p.recente, p.base + d.peso * p.palavra as nota
    from unnest(q.categorias, q.bases, q.palavras, q.repetidas, q.recentes) p (categoria, base, palavra, repetida, recente)
    order by nota desc, p.categoria
    limit 1
  ) n
  cross join lateral (
    select 1 / sum(exp(greatest(p.base + d.peso * p.palavra - n.nota, -60))) as bruta from unnest(q.bases, q.palavras) p (base, palavra)
  ) b;

  perform regra_pendente_verificacao.ajustar_curvas();

  with sugestao as materialized (
    select s.classe / 4 as grupo, s.acertou, u.curva,
      -- at most twenty bins, of at least a hundred cases; equal scores stay together
      (rank() over (partition by s.classe / 4 order by u.curva) - 1)
        * greatest(1, least(20, count(*) over (partition by s.classe / 4) / 100))
        / count(*) over (partition by s.classe / 4) as faixa,
      count(*) over (partition by s.classe / 4) as todas
    from regra_pendente_verificacao.estatistica_retroteste s
    join regra_pendente_verificacao.estatistica_curva k on k.classe = s.classe
    cross join lateral (
      select round(regra_pendente_verificacao.curva(k.a, k.b, k.g, k.h, k.r, s.chance, s.lacuna, s.repetida, s.recente)::numeric, 5)::double precision as curva) u
  ), faixa as materialized (
    select s.grupo, s.faixa, avg(s.curva) as curva, count(*) as casos, sum(s.acertou) as acertos,
      -- plus ten pseudo-cases that follow the curve
      count(*) + 10 as peso, sum(s.acertou) + 10 * avg(s.curva) as pontos
    from sugestao s
    where s.todas >= 100
    group by s.grupo, s.faixa
  )
  insert into regra_pendente_verificacao.estatistica_calibracao (grupo, faixa, curva, confianca, casos, acertos, casos_proximos, acertos_proximos)
  select f.grupo, f.faixa, f.curva,
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

comment on function regra_pendente_verificacao.calibrar_pendencias() is 'Calibrates the confidence on the ledger''s own past.';
revoke execute on function regra_pendente_verificacao.calibrar_pendencias() from public;

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
-- deletes them. Reads the statistics and dw.lancamentos; writes estatistica_peso, estatistica_curva, estatistica_calibracao and their work
-- tables. Called by regra_pendente_verificacao.preparar and by back-tests over a past window.
create or replace function regra_pendente_verificacao.calibrar_historia(retroteste int4range) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_amostra constant int := 6000;
  -- a dozen strengths and eight weights need fewer cases than a curve that matters at its far end
  v_pesos constant int := 3000;
begin
  delete from regra_pendente_verificacao.estatistica_peso;
  delete from regra_pendente_verificacao.estatistica_calibracao;
  delete from regra_pendente_verificacao.estatistica_curva;
  if retroteste is not null then
    perform regra_pendente_verificacao.ajustar_alfas(retroteste, v_pesos);
    insert into regra_pendente_verificacao.estatistica_pergunta select * from regra_pendente_verificacao.perguntar_retroteste(retroteste, v_amostra);
    perform regra_pendente_verificacao.ajustar_lambdas(v_pesos);
    perform regra_pendente_verificacao.calibrar_pendencias();
    delete from regra_pendente_verificacao.estatistica_pergunta;
  end if;
end
$$;

comment on function regra_pendente_verificacao.calibrar_historia(int4range) is 'Fits weights and calibration on the ledger''s own past.';
revoke execute on function regra_pendente_verificacao.calibrar_historia(int4range) from public;
