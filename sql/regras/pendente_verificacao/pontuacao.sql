-- Strength of the wider group at each level, as a number of pseudo-entries distributed like that group. Fitted by the back-test; these are
-- the defaults until then. Reads regra_pendente_verificacao.estatistica_peso. Called by regra_pendente_verificacao.pontuar_pendencias.
create or replace function regra_pendente_verificacao.alfas() returns table (nivel smallint, peso double precision)
language sql stable rows 12
set search_path = pg_catalog, pg_temp
as $$
  select n::smallint,
    coalesce((select p.peso from regra_pendente_verificacao.estatistica_peso p where p.nome = 'alfa_' || n), case when n < 4 then 5 else 1 end)
  from generate_series(0, 11) n
$$;

comment on function regra_pendente_verificacao.alfas() is 'Pseudo-entries by which each level is shrunk towards the wider one.';
revoke execute on function regra_pendente_verificacao.alfas() from public;

-- Weight of the words and the account in each class of regra_pendente_verificacao.classe_apoio. Fitted by the back-test; these are the
-- defaults until then. Reads regra_pendente_verificacao.estatistica_peso. Called by regra_pendente_verificacao.calibrar_pendencias and
-- pontuar_pendencias.
create or replace function regra_pendente_verificacao.lambdas() returns table (classe smallint, peso double precision)
language sql stable rows 8
set search_path = pg_catalog, pg_temp
as $$
  select d.classe::smallint,
    coalesce((select p.peso from regra_pendente_verificacao.estatistica_peso p where p.nome = 'lambda_' || d.classe), d.peso)
  from (values (0, 0.3), (1, 0.1), (2, 0.03), (3, 0.03), (4, 0.6), (5, 0.6), (6, 0.35), (7, 0.35)) d (classe, peso)
$$;

comment on function regra_pendente_verificacao.lambdas() is 'Weight of the words for entries of unknown, thinly known and known suppliers.';
revoke execute on function regra_pendente_verificacao.lambdas() from public;

-- How well an entry's supplier is known: 0 never seen, 1 seen up to about three times, 2 up to about thirty, 3 more often; 4 to 7 the same
-- for entries whose account is in the history. Words weigh more and scores mean less where the supplier is unknown, and an account may
-- settle everything, so each class is fitted and calibrated apart. Touches nothing. Called by
-- regra_pendente_verificacao.pontuar_pendencias.
create or replace function regra_pendente_verificacao.classe_apoio(apoio double precision, com_conta boolean) returns smallint
language sql immutable parallel safe
return (case when apoio <= 0 then 0 when apoio < 3.5 then 1 when apoio < 30 then 2 else 3 end
  + case when com_conta then 4 else 0 end)::smallint;

comment on function regra_pendente_verificacao.classe_apoio(double precision, boolean) is
  'Class of knowledge: 0 unknown supplier, 1 thin, 2 known, 3 well known; 4 to 7 the same with a known account.';
revoke execute on function regra_pendente_verificacao.classe_apoio(double precision, boolean) from public;

-- Scores the categories for each entry. Two separate opinions:
--   base      hierarchical Dirichlet back-off: p_l = (n_l + alfa_l * p_(l-1)) / (N_l + alfa_l), from everything down to the finest level
--             known (MacKay and Peto, A hierarchical Dirichlet language model, 1995). Unrolled, it is a sum over levels of n_l times a
--             coefficient of the entry alone.
--   palavras  naive Bayes over words and account: sum of ln P(w | c) / P(w), smoothed towards P(w).
--
-- Counts lose half their weight in nine months of history. Months without any history do not age them, as they did not in the back-test:
-- the calibration says what a wait costs. A back-test asks about an entry with an account twice, with it and without, because pending
-- entries often have none yet; one computation gives both. bases and palavras are returned for a back-test only.
--
-- repetidas: earlier entries of the same supplier, cost centre and exact amount in each category (a rent, a subscription). recentes:
-- log-odds of each category among the latest entries of the same supplier and cost centre, where counts lose half their weight in six weeks
-- of history or of waiting; zero where there are none. A supplier that has just changed its business shows there first. contra: what
-- contradicts the supplier's code, which is then ignored. With provas, also what the history says about the best category at each level and
-- word, undecayed, as a reviewer would find it in the ledger.
--
-- Entries about which exactly the same is known, such as several alike in one month, share a row: ids and certas belong together. metade:
-- all suppliers (null) or one half of them (0, 1). What was booked under a category that has ended by an entry's month (mes) counts for its
-- successor. A split category's entries are shared among its successors as new entries of the same key say: n of them hand on n / (n + 2),
-- and the rest stays with the old name, which nobody proposes.
--
-- Reads regra_pendente_verificacao.estatistica_* and, through entradas_pendencia, dw.lancamentos; changes nothing. Called by
-- sugerir_pendencias and perguntar_retroteste.
create or replace function regra_pendente_verificacao.pontuar_pendencias(
  janela audit.janela, retroteste int4range, amostra int, provas boolean, metade int default null
) returns table (
  ids text[], com_conta boolean, certas int[], classe smallint, lacuna smallint, categorias int[], bases double precision[], palavras double precision[],
  repetidas double precision[], recentes double precision[], notas double precision[], niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[],
  contra text, mes int
)
-- the cost makes it worth a parallel process of its own
language plpgsql stable parallel safe cost 1e9 rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
-- The only nested loop wanted is written as a lateral index look-up. The other inputs are made by this statement, of unknown size and
-- unordered, so joins and groups use hashes.
set enable_nestloop = off
set enable_mergejoin = off
set enable_sort = off
as $$
declare
  v_meses int := coalesce((audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int, 36);
  -- constants for the planner: where no category ended, it skips all of this
  v_sem_sucessoras boolean := not exists (select 1 from audit.sucessoras_categoria s where s.ativo);
  v_sem_divididas boolean := v_sem_sucessoras or not exists (select 1 from regras.sucessoes() s group by s.de having count(distinct s.para) > 1);
begin
  return query
  with entrada as materialized (
    select row_number() over ()::int as n, e.* from regra_pendente_verificacao.entradas_pendencia(janela, retroteste, amostra, metade) e
  ), epoca as materialized (
    -- the month since which names are as they were in an entry's month
    select m.mes, (
        select max(regra_pendente_verificacao.mes_indice(s.desde)) from audit.sucessoras_categoria s
        where s.ativo and regra_pendente_verificacao.mes_indice(s.desde) <= m.mes) as epoca
    from (select distinct e.mes from entrada e where not v_sem_sucessoras) m
  ), sucessao as materialized (
    select s.* from regra_pendente_verificacao.sucessoes_em(array(select distinct p.epoca from epoca p where p.epoca is not null)) s
    where not v_sem_sucessoras
  ), k as materialized (
    select e.n, e.corte, coalesce(p.epoca, 0) as epoca, c.nivel, c.chave, c.termo
    from entrada e
    left join epoca p on p.mes = e.mes
    cross join lateral regra_pendente_verificacao.chaves_entrada(e.raiz, e.nome, e.codigo, e.centro, e.conta, e.valor, e.texto) c
  ), corte as materialized (
    select d.corte, coalesce(regra_pendente_verificacao.ultimo_mes_conhecido(d.corte), d.corte - 1) as ultimo
    from (select distinct e.corte from entrada e) d
  ), contexto as materialized (
    select row_number() over ()::int as x, d.nivel, d.chave, d.corte, d.epoca, o.ultimo
    from (select k.nivel, k.chave, k.corte, k.epoca from k group by k.nivel, k.chave, k.corte, k.epoca) d
    join corte o on o.corte = d.corte
  ), contada as (
    select x.x, x.nivel, x.corte, x.epoca, e.categoria, e.w, e.recente, e.linhas, e.novas
    from contexto x
    cross join lateral (
      select y.categoria, sum(c.linhas * power(0.5::double precision, greatest(x.ultimo - c.mes, 0)::double precision / 9)) as w,
        sum(c.linhas * power(0.5::double precision, greatest(x.ultimo - c.mes, 0)::double precision / 1.5)) filter (where x.nivel = 7) as recente,
        sum(c.linhas) as linhas,
        case when not v_sem_divididas then coalesce(sum(c.linhas) filter (where c.mes >= (
          select min(s.desde) from sucessao s where s.mes = x.epoca and s.para = c.categoria and s.quantas > 1)), 0) end as novas
      from regra_pendente_verificacao.estatistica_contagem c
      cross join lateral (
        select case when v_sem_sucessoras then c.categoria else coalesce((
            select s.para from sucessao s
            where s.mes = x.epoca and s.de = c.categoria and s.quantas = 1 and (s.renasce is null or c.mes < s.renasce)), c.categoria)
          end as categoria
      ) y
      where c.nivel = x.nivel and c.chave = x.chave and c.mes < x.corte and c.mes >= x.corte - v_meses
      group by y.categoria
      offset 0
    ) e
  ), partilha as materialized (
    -- how much of a split category goes to which successor
    select a.x, a.categoria, b.categoria as para, (b.novas / (sum(b.novas) over (partition by a.x, a.categoria) + 2))::double precision as parte
    from contada a
    join sucessao s on s.mes = a.epoca and s.de = a.categoria and s.quantas > 1 and s.renasce is null
    join contada b on b.x = a.x and b.categoria = s.para
    where not v_sem_divididas
  ), partida as (
    select c.x, c.nivel, c.corte, c.epoca, c.categoria, c.w, c.recente, c.linhas from contada c where v_sem_divididas
    union all
    select d.x, d.nivel, d.corte, d.epoca, d.categoria, sum(d.w), sum(d.recente), sum(d.linhas)::bigint
    from (
      select c.x, c.nivel, c.corte, c.epoca, c.categoria, c.w * f.fica as w, c.recente * f.fica as recente, c.linhas
      from contada c
      cross join lateral (select 1 - coalesce((select sum(p.parte) from partilha p where p.x = c.x and p.categoria = c.categoria), 0)::double precision as fica) f
      union all
      select c.x, c.nivel, c.corte, c.epoca, p.para, c.w * p.parte, c.recente * p.parte, 0
      from contada c
      join partilha p on p.x = c.x and p.categoria = c.categoria
    ) d
    where not v_sem_divididas
    group by d.x, d.nivel, d.corte, d.epoca, d.categoria
  ), contagem as materialized (
    select e.x, e.nivel, e.corte, e.epoca, e.categoria, e.w, e.linhas, e.recente,
      row_number() over (partition by e.x order by e.w desc, e.categoria) as posicao,
      sum(e.w) over (partition by e.x) as total, sum(e.recente) over (partition by e.x) as recentes, sum(e.linhas) over (partition by e.x)::bigint as todas
    from partida e
  ), geral as materialized (
    select c.corte, c.epoca, c.categoria, c.w, c.total from contagem c where c.nivel = 0
  ), conhecida as materialized (
    -- A word in more than a fifth of all entries says nothing and costs most. The hair above a fifth keeps rounding from deciding at
    -- exactly a fifth.
    select x.nivel, x.chave, x.corte, x.epoca, x.x, t.total as w, t.recentes, t.todas as linhas,
      case when x.nivel >= 20 and (x.nivel > 20 or t.total < 0.200001 * g.total) and t.total >= 1 then t.total / g.total end as frequencia
    from contagem t
    join contexto x on x.x = t.x
    join (select g.corte, g.epoca, max(g.total) as total from geral g group by 1, 2) g on g.corte = t.corte and g.epoca = t.epoca
    where t.posicao = 1
  ), conhecidas as materialized (
    select k.n, k.nivel, k.termo, c.x, c.w, c.recentes, c.linhas, c.frequencia
    from k
    join conhecida c on c.nivel = k.nivel and c.chave = k.chave and c.corte = k.corte and c.epoca = k.epoca
  ), modelo as materialized (
    -- entries about which exactly the same is known are computed once, as the first of them
    select min(e.n) as n, array_agg(e.id order by e.n) as ids, array_agg(e.certa order by e.n) as certas, min(e.contra) as contra
    from (select c.n, array_agg(c.x order by c.x) as contextos from conhecidas c group by c.n) s
    join entrada e on e.n = s.n
    group by s.contextos, e.lacuna, e.contra, retroteste is not null and e.conta is null
  ), sabida as materialized (
    select c.* from conhecidas c join modelo m on m.n = c.n
  ), kx as materialized (
    -- coeficiente: 1 / (N_l + alfa_l), times what the finer levels leave for this one; level 11, the account, is handled apart
    select c.n, c.nivel, c.termo, c.x, c.w, c.recentes, c.linhas, c.frequencia, a.peso,
      exp(coalesce(sum(ln(a.peso / (c.w + a.peso))) filter (where c.nivel < 11) over (
        partition by c.n order by c.nivel desc rows between unbounded preceding and 1 preceding), 0))
        / (c.w + a.peso) as coeficiente
    from sabida c
    join regra_pendente_verificacao.alfas() a (nivel, peso) on a.nivel = c.nivel
    union all
    select c.n, c.nivel, c.termo, c.x, c.w, null, c.linhas, c.frequencia, null, null from sabida c where c.nivel >= 20
  ), resumo as materialized (
    select f.n, coalesce(max(f.w) filter (where f.nivel between 4 and 11), 0) as apoio,
      count(f.frequencia) filter (where f.nivel = 20) as termos, count(f.frequencia) filter (where f.nivel = 21) as contas,
      -- what the account's level leaves for the others
      coalesce(max(f.peso / (f.w + f.peso)) filter (where f.nivel = 11), 1) as resto,
      max(f.recentes) as recentes
    from kx f
    group by f.n
  ), util as materialized (
    -- what each count adds, computed once for all entries that share it
    select c.x, c.categoria, case when c.nivel < 20 then c.w end as w, case when c.nivel = 9 then c.w end as repetida,
      c.recente,
      case when c.nivel >= 20 then ln((c.w + 5 * h.frequencia) / (5 * h.frequencia)) end as soma, ln(5 / (g.w + 5)) as raridade
    from contagem c
    join conhecida h on h.x = c.x
    join geral g on g.corte = c.corte and g.epoca = c.epoca and g.categoria = c.categoria
    where case when c.nivel < 4 then c.posicao <= 15 when c.nivel < 20 then c.posicao <= 30 else h.frequencia is not null end
  ), medida as (
    select f.n, u.categoria, sum(u.w * f.coeficiente) as base, coalesce(sum(u.soma), 0) as soma, coalesce(sum(u.repetida), 0) as repetida,
      coalesce(sum(u.recente), 0) as recente, min(u.raridade) as raridade
    from kx f
    join util u on u.x = f.x
    where f.nivel not in (11, 21)
    group by f.n, u.categoria
    having sum(u.w * f.coeficiente) > 0
  ), conta as (
    select f.n, u.categoria, coalesce(sum(u.w * f.coeficiente), 0) as base, coalesce(sum(u.soma), 0) as soma
    from kx f
    join util u on u.x = f.x
    where f.nivel in (11, 21)
    group by f.n, u.categoria
  ), pergunta as materialized (
    select e.n, e.corte, v.com_conta, d.classe, d.peso, r.resto, r.recentes, r.termos, r.contas,
      -- how much of the latest entries' weight is left after a wait
      power(0.5::double precision, e.lacuna / 1.5::double precision) as frescor
    from entrada e
    join resumo r on r.n = e.n
    -- An account that the history never saw mostly means a category that it never saw. What is learned from these would count against
    -- entries without an account.
    join (values (true), (false)) v (com_conta) on case when retroteste is null or e.conta is null then v.com_conta
      else not v.com_conta or r.contas > 0 end
    join regra_pendente_verificacao.lambdas() d on d.classe = regra_pendente_verificacao.classe_apoio(r.apoio, v.com_conta and r.contas > 0)
  ), ponto as (
    select m.n, m.com_conta, m.classe, m.categoria, m.repetida,
      coalesce(ln((m.frescor * m.recente + 0.25) / (m.frescor * greatest(m.recentes - m.recente, 0) + 0.25)), 0) as recente,
      ln(b.base) as base, s.palavras, ln(b.base) + m.peso * s.palavras as nota
    from (
      -- offset 0, or every entry would first be multiplied by every category
      select q.*, m.categoria, m.base, m.soma, m.repetida, m.recente, m.raridade
      from medida m
      join pergunta q on q.n = m.n
      offset 0
    ) m
    left join conta c on m.com_conta and c.n = m.n and c.categoria = m.categoria
    cross join lateral (select case when m.com_conta then m.resto * m.base + coalesce(c.base, 0) else m.base end as base) b
    cross join lateral (select (m.termos + case when m.com_conta then m.contas else 0 end) * m.raridade + m.soma
      + coalesce(c.soma, 0) as palavras) s
    where b.base > 0
    -- sort only the sums, not what they are made of
    offset 0
  ), lista as materialized (
    select p.n, p.com_conta, p.classe, array_agg(p.categoria order by p.nota desc, p.categoria) as categorias,
      array_agg(p.nota order by p.nota desc, p.categoria) as notas, array_agg(p.repetida order by p.nota desc, p.categoria) as repetidas,
      array_agg(p.recente order by p.nota desc, p.categoria) as recentes,
      array_agg(p.base order by p.nota desc, p.categoria) filter (where retroteste is not null) as bases,
      array_agg(p.palavras order by p.nota desc, p.categoria) filter (where retroteste is not null) as palavras
    from ponto p
    group by p.n, p.com_conta, p.classe
  ), prova as (
    select f.n, array_agg(f.nivel) as niveis, array_agg(f.termo) as termos, array_agg(f.linhas) as lancamentos,
      array_agg(coalesce(c.linhas, 0)) as iguais
    from kx f
    join lista l on l.n = f.n
    left join contagem c on c.x = f.x and c.categoria = l.categorias[1]
    where provas and f.nivel <> 0
    group by f.n
  )
  select m.ids, l.com_conta, m.certas, l.classe, e.lacuna, l.categorias, l.bases, l.palavras, l.repetidas, l.recentes, l.notas,
    v.niveis, v.termos, v.lancamentos, v.iguais, m.contra, e.mes
  from lista l
  join modelo m on m.n = l.n
  join entrada e on e.n = l.n
  left join prova v on v.n = l.n;
end
$$;

comment on function regra_pendente_verificacao.pontuar_pendencias(audit.janela, int4range, int, boolean, int) is
  'Categories scored for each entry in question, best first: logarithms of the hierarchical back-off (bases), naive Bayes over words (palavras) and both together (notas); with provas, earlier entries and those of the best category at each level and word.';
revoke execute on function regra_pendente_verificacao.pontuar_pendencias(audit.janela, int4range, int, boolean, int) from public;
