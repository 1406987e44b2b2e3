-- Strength of the wider group at each level, as a number of pseudo-entries distributed like that group, and the block of the level: 0 wider
-- than a supplier, 1 the supplier, 2 the account, which comes last because it may settle everything. The wide ones are five; the others are
-- fitted by the back-test, and are one until then (five for an account that suppliers share). Reads regra_pendente_verificacao.estatistica_peso. Called by
-- regra_pendente_verificacao.pontuar_pendencias and ajustar_forcas.
create or replace function regra_pendente_verificacao.alfas() returns table (nivel smallint, ordem int, bloco int, peso double precision)
language sql stable rows 12
set search_path = pg_catalog, pg_temp
as $$
  select n.nivel, n.ordem::int, case when n.nivel < 4 then 0 when n.nivel < 11 then 1 else 2 end,
    coalesce((select p.peso from regra_pendente_verificacao.estatistica_peso p where p.nome = 'alfa_' || n.nivel), case when n.nivel < 4 or n.nivel = 21 then 5 else 1 end)
  from unnest('{0,2,3,4,5,6,7,8,9,10,21,11}'::smallint[]) with ordinality n (nivel, ordem)
$$;

comment on function regra_pendente_verificacao.alfas() is 'Pseudo-entries by which each level is shrunk towards the wider one, in the order of the levels.';
revoke execute on function regra_pendente_verificacao.alfas() from public;

-- Scores the categories for each entry, from the widest knowledge to the narrowest. Each level's counts are mixed with the opinion of the
-- wider one (hierarchical Dirichlet back-off: MacKay and Peto, A hierarchical Dirichlet language model, 1995):
--   p_l = (n_l + alfa_l * p_(l-1)) / (N_l + alfa_l)
-- which unrolled is a sum over levels of n_l times a coefficient of the entry alone. Between the wide levels and the supplier's stand the
-- words (naive Bayes): p is multiplied by exp(lambda * s / sqrt(k)), s being the sum over the k known words of ln P(w | c) / P(w), smoothed
-- towards P(w). Words repeat each other, so k of them prove only as much as the root of k would. The more entries the supplier itself has, the
-- more they count against the words.
--
-- The score (nota) weighs ln p and the log-odds among the latest entries of the same supplier and cost centre, where counts lose half their
-- weight in six weeks (recente: a supplier that has just changed its business shows there first). Its weights are
-- regra_pendente_verificacao.estatistica_nota, for each group: 0 unknown supplier, 1 seen up to about three times, 2 known; 3 to 5 the same
-- where the history ends more than a month before the entry; 6 to 11 the same with a known account. If nothing is fitted they are
-- modest: 0.22 turns a p of .999 into a confidence of about .82. The ten categories with the largest p are returned; bases and notas have one
-- value more, for all others together (what is left of p, .0001 at least).
--
-- Counts lose half their weight in nine months of history. Months without any history do not age them, as they did not in the back-test:
-- the calibration says what a wait costs. A back-test asks about an entry with an account twice, with it and without, because pending
-- entries often have none yet; one computation gives both. amplas and palavras (s / sqrt(k)) are returned for a back-test only. contra:
-- what contradicts the supplier's code, which is then ignored. With provas, also what the history says at each level and word, about the
-- best category and undecayed, as a reviewer would find it in the ledger; in a back-test about the right one, decayed, and without words.
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
  ids text[], com_conta boolean, certas int[], grupo smallint, categorias int[], bases double precision[], amplas double precision[],
  palavras double precision[], recentes double precision[], notas double precision[], niveis smallint[], termos text[],
  lancamentos double precision[], iguais double precision[], contra text, mes int
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
  v_lambda double precision := coalesce((select p.peso from regra_pendente_verificacao.estatistica_peso p where p.nome = 'lambda'), 0.5);
  v_sem_divididas boolean := v_sem_sucessoras or not exists (select 1 from regras.sucessoes() s group by s.de having count(distinct s.para) > 1);
begin
  return query
  with entrada as materialized (
    select row_number() over ()::int as n, e.* from regra_pendente_verificacao.entradas_pendencia(janela, retroteste, amostra, metade) e
  ), epoca as materialized (
    -- from which month on the categories' names have been those of an entry's month
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
    cross join lateral (
      select f.nivel, f.chave, null as termo
      from regra_pendente_verificacao.chaves(e.raiz, e.nome, e.codigo, e.centro, e.conta, e.valor) f
      union all
      select t.nivel, t.chave, t.termo from regra_pendente_verificacao.chaves_texto(coalesce(e.raiz, '=' || e.nome), e.nome, e.texto) t
    ) c
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
      case when x.nivel = 20 and t.total < 0.200001 * g.total and t.total >= 1 then t.total / g.total end as frequencia
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
    select min(e.n) as n, array_agg(e.id order by e.n) as ids, array_agg(e.certa order by e.n) as certas, min(e.contra) as contra,
      min(e.certa) as certa
    from (select c.n, array_agg(c.x order by c.x) as contextos from conhecidas c group by c.n) s
    join entrada e on e.n = s.n
    group by s.contextos, e.espera, e.contra, e.certa, retroteste is not null and e.conta is null
  ), sabida as materialized (
    select c.* from conhecidas c join modelo m on m.n = c.n
  ), kx as materialized (
    -- coeficiente: 1 / (N_l + alfa_l), times what the finer levels of the block leave for this one
    select c.n, c.nivel, c.termo, c.x, c.w, c.recentes, c.linhas, c.frequencia, a.bloco, a.peso,
      exp(coalesce(sum(ln(a.peso / (c.w + a.peso))) over (
        partition by c.n, a.bloco order by a.ordem desc rows between unbounded preceding and 1 preceding), 0)) / (c.w + a.peso) as coeficiente
    from sabida c
    join regra_pendente_verificacao.alfas() a on a.nivel = c.nivel
    union all
    select c.n, c.nivel, c.termo, c.x, c.w, null, c.linhas, c.frequencia, null, null, null from sabida c where c.nivel = 20
  ), resumo as materialized (
    select f.n, coalesce(max(f.w) filter (where f.nivel between 4 and 11), 0) as apoio, count(f.frequencia) as termos, bool_or(f.bloco = 2) as contas,
      -- what the levels of the supplier and of the account leave for the wider ones
      coalesce(exp(sum(ln(f.peso / (f.w + f.peso))) filter (where f.bloco = 1)), 1) as resto,
      coalesce(exp(sum(ln(f.peso / (f.w + f.peso))) filter (where f.bloco = 2)), 1) as resto_conta,
      max(f.recentes) as recentes
    from kx f
    group by f.n
  ), util as materialized (
    -- what each count adds, computed once for all entries that share it
    select c.x, c.categoria, case when c.nivel <> 20 then c.w end as w, c.recente, case when c.nivel = 20 then ln((c.w + 5 * h.frequencia) / (5 * h.frequencia)) end as soma, ln(5 / (g.w + 5)) as raridade
    from contagem c
    join conhecida h on h.x = c.x
    join geral g on g.corte = c.corte and g.epoca = c.epoca and g.categoria = c.categoria
    where case when c.nivel < 4 then c.posicao <= 15 when c.nivel <> 20 then c.posicao <= 30 else h.frequencia is not null end
  ), medida as (
    select f.n, u.categoria, coalesce(sum(u.w * f.coeficiente) filter (where f.bloco = 0), 0) as ampla,
      coalesce(sum(u.w * f.coeficiente) filter (where f.bloco = 1), 0) as fina, coalesce(sum(u.w * f.coeficiente) filter (where f.bloco = 2), 0) as conta,
      coalesce(sum(u.soma), 0) as soma, coalesce(sum(u.recente), 0) as recente, min(u.raridade) as raridade
    from kx f
    join util u on u.x = f.x
    group by f.n, u.categoria
    having sum(u.w * f.coeficiente) > 0
  ), ponderada as (
    select m.*, r.apoio, r.contas, r.resto, r.resto_conta, s.palavras, m.ampla * exp(v_lambda * greatest(least(s.palavras, 300), -300)) as dita,
      coalesce(ln((m.recente + 0.25) / (greatest(r.recentes - m.recente, 0) + 0.25)), 0) as recentes
    from (
      -- offset 0, or every entry would first be multiplied by every category
      select m.*, e.espera, e.conta as da_conta from medida m join entrada e on e.n = m.n offset 0
    ) m
    join resumo r on r.n = m.n
    cross join lateral (select (r.termos * m.raridade + m.soma) / sqrt(greatest(r.termos, 1)) as palavras) s
  ), ponto as (
    select p.*, row_number() over (partition by p.n, p.com_conta order by p.base desc, p.categoria) as posicao
    from (
      select q.n, v.com_conta,
        (case when q.apoio = 0 then 0 when q.apoio < 3.5 then 1 else 2 end + 3 * q.espera::int + 6 * (v.com_conta and q.contas)::int)::smallint as grupo,
        q.categoria, q.ampla, q.palavras, q.recentes, ln(b.base) as base
      from (select p.*, sum(p.dita) over (partition by p.n) as todas from ponderada p) q
      -- An account that the history never saw mostly means a category that it never saw. What is learned from these would count against
      -- entries without an account.
      join (values (true), (false)) v (com_conta) on case when retroteste is null or q.da_conta is null then v.com_conta else not v.com_conta or q.contas end
      cross join lateral (select q.fina + q.resto * coalesce(q.dita / nullif(q.todas, 0), 0) as base) d
      cross join lateral (select case when v.com_conta then q.conta + q.resto_conta * d.base else d.base end as base) b
      where b.base > 1e-12
    ) p
  ), lista as materialized (
    select p.n, p.com_conta, p.grupo, array_agg(p.categoria order by s.nota desc, p.categoria) as categorias,
      array_agg(s.nota order by s.nota desc, p.categoria) || min(s.peso) * ln(greatest(1 - sum(exp(p.base)), 0.0001)) as notas,
      array_agg(p.recentes order by s.nota desc, p.categoria) as recentes,
      array_agg(p.base order by s.nota desc, p.categoria) || ln(greatest(1 - sum(exp(p.base)), 0.0001)) as bases,
      array_agg(p.ampla order by s.nota desc, p.categoria) filter (where retroteste is not null) as amplas,
      array_agg(p.palavras order by s.nota desc, p.categoria) filter (where retroteste is not null) as palavras
    from ponto p
    left join regra_pendente_verificacao.estatistica_nota k on k.grupo = p.grupo
    cross join lateral (
      select coalesce(k.base, 0.22) as peso, coalesce(k.base, 0.22) * p.base + coalesce(k.recente, 0) * p.recentes as nota) s
    where p.posicao <= 10
    group by p.n, p.com_conta, p.grupo
  ), prova as (
    select f.n, array_agg(f.nivel) as niveis, array_agg(f.termo) as termos, array_agg(case when retroteste is null then f.linhas else f.w end) as lancamentos,
      array_agg(coalesce(case when retroteste is null then c.linhas else c.w end, 0)) as iguais
    from kx f
    join (select distinct l.n, coalesce(m.certa, l.categorias[1]) as categoria from lista l join modelo m on m.n = l.n) l on l.n = f.n
    left join contagem c on c.x = f.x and c.categoria = l.categoria
    where provas and f.nivel > 0 and (retroteste is null or f.nivel <> 20)
    group by f.n
  )
  select m.ids, l.com_conta, m.certas, l.grupo, l.categorias, l.bases, l.amplas, l.palavras, l.recentes, l.notas,
    v.niveis, v.termos, v.lancamentos, v.iguais, m.contra, e.mes
  from lista l
  join modelo m on m.n = l.n
  join entrada e on e.n = l.n
  left join prova v on v.n = l.n;
end
$$;

comment on function regra_pendente_verificacao.pontuar_pendencias(audit.janela, int4range, int, boolean, int) is
  'The ten likeliest categories for each entry in question, best first: logarithms of the hierarchical back-off with its words (bases) and the weighed score (notas); with provas, earlier entries and those of the best category at each level and word.';
revoke execute on function regra_pendente_verificacao.pontuar_pendencias(audit.janela, int4range, int, boolean, int) from public;
