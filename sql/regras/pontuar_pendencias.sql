-- Scores the categories for each entry in question. Two opinions, apart:
--   base    hierarchical Dirichlet back-off: p_l = (n_l + alfa_l * p_(l-1)) / (N_l + alfa_l), from everything down to the
--           finest level known. Unrolled, it is a sum over levels of n_l times a coefficient of the entry alone.
--   palavras  naive Bayes over words and account: sum of ln P(w | c) / P(w), smoothed towards P(w).
-- Counts lose half their weight in nine months. With provas, also what the history says at each level and word of the best
-- category, undecayed, as a reviewer would find it in the ledger. Reads audit_interno.estatistica_* and, through
-- entradas_pendencia, dw.lancamentos; changes nothing. Called by sugerir_pendencias and by the calibration.
create or replace function audit_interno.pontuar_pendencias(janela audit.janela, retroteste int4range, amostra int, provas boolean)
returns table (
  id text, certa int, classe smallint, lacuna smallint, categorias int[], bases double precision[], palavras double precision[],
  notas double precision[], niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[]
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
-- the one nested loop wanted is written as a lateral index look-up; no other may slip in on a bad estimate
set enable_nestloop = off
as $$
declare
  v_meses int := coalesce((audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int, 36);
begin
  return query
  with entrada as materialized (
    select row_number() over ()::int as n, e.* from audit_interno.entradas_pendencia(janela, retroteste, amostra) e
  ), k as materialized (
    select e.n, e.corte, c.nivel, c.chave, c.termo
    from entrada e
    cross join lateral audit_interno.chaves_entrada(e.raiz, e.nome, e.codigo, e.centro, e.conta, e.valor, e.texto) c
  ), contexto as materialized (
    select row_number() over ()::int as x, d.nivel, d.chave, d.corte
    from (select k.nivel, k.chave, k.corte from k group by k.nivel, k.chave, k.corte) d
  ), contagem as materialized (
    select x.x, x.nivel, x.corte, e.categoria, e.w, e.linhas,
      row_number() over (partition by x.x order by e.w desc, e.categoria) as posicao
    from contexto x
    cross join lateral (
      select c.categoria, sum(c.linhas * power(0.5::double precision, (x.corte - 1 - c.mes)::double precision / 9)) as w,
        sum(c.linhas) as linhas
      from audit_interno.estatistica_contagem c
      where c.nivel = x.nivel and c.chave = x.chave and c.mes < x.corte and c.mes >= x.corte - v_meses
      group by c.categoria
      offset 0
    ) e
  ), total as materialized (
    select c.x, c.nivel, c.corte, sum(c.w) as w, sum(c.linhas)::bigint as linhas from contagem c group by c.x, c.nivel, c.corte
  ), geral as materialized (
    select c.corte, c.categoria, c.w, t.w as total from contagem c join total t on t.x = c.x where c.nivel = 0
  ), conhecida as materialized (
    -- a word in a fifth of all entries says nothing and costs most
    select x.nivel, x.chave, x.corte, x.x, t.w, t.linhas,
      case when x.nivel >= 20 and (x.nivel > 20 or t.w < 0.2 * g.total) and t.w >= 1 then t.w / g.total end as frequencia
    from contexto x
    join total t on t.x = x.x
    join (select distinct g.corte, g.total from geral g) g on g.corte = x.corte
  ), kx as materialized (
    -- coeficiente: 1 / (N_l + alfa_l), times what the finer levels leave over to this one
    select k.n, k.nivel, k.termo, c.x, c.w, c.linhas, c.frequencia,
      exp(coalesce(sum(ln(a.peso / (c.w + a.peso))) over (
        partition by k.n order by k.nivel desc rows between unbounded preceding and 1 preceding), 0))
        / (c.w + a.peso) as coeficiente
    from k
    join conhecida c on c.nivel = k.nivel and c.chave = k.chave and c.corte = k.corte
    left join audit_interno.alfas() a (nivel, peso) on a.nivel = k.nivel
  ), resumo as materialized (
    select f.n, coalesce(max(f.w) filter (where f.nivel between 4 and 11), 0) as apoio, count(f.frequencia) as termos,
      coalesce(bool_or(f.nivel = 21) filter (where f.frequencia is not null), false) as conta
    from kx f
    group by f.n
  ), util as materialized (
    -- what each count adds, reckoned once for all the entries that share it
    select c.x, c.categoria, case when c.nivel < 20 then c.w end as w,
      case when c.nivel >= 20 then ln((c.w + 5 * h.frequencia) / (5 * h.frequencia)) end as soma
    from contagem c
    join conhecida h on h.x = c.x
    where case when c.nivel < 4 then c.posicao <= 15 when c.nivel < 20 then c.posicao <= 30 else h.frequencia is not null end
  ), medida as materialized (
    select f.n, u.categoria, sum(u.w * f.coeficiente) as base, coalesce(sum(u.soma), 0) as soma
    from kx f
    join util u on u.x = f.x
    group by f.n, u.categoria
  ), ponto as (
    select m.n, m.categoria, ln(m.base) as base, audit_interno.classe_apoio(r.apoio, r.conta) as classe,
      r.termos * ln(5 / (g.w + 5)) + m.soma as palavras
    from medida m
    join resumo r on r.n = m.n
    join entrada e on e.n = m.n
    join geral g on g.corte = e.corte and g.categoria = m.categoria
    where m.base > 0
  ), lista as materialized (
    select p.n, p.classe, array_agg(p.categoria order by v.nota desc, p.categoria) as categorias,
      array_agg(p.base order by v.nota desc, p.categoria) as bases, array_agg(p.palavras order by v.nota desc, p.categoria) as palavras,
      array_agg(v.nota order by v.nota desc, p.categoria) as notas
    from ponto p
    join audit_interno.lambdas() d on d.classe = p.classe
    cross join lateral (select p.base + d.peso * p.palavras as nota) v
    group by p.n, p.classe
  ), prova as (
    select f.n, array_agg(f.nivel) as niveis, array_agg(f.termo) as termos, array_agg(f.linhas) as lancamentos,
      array_agg(coalesce(c.linhas, 0)) as iguais
    from kx f
    join lista l on l.n = f.n
    left join contagem c on c.x = f.x and c.categoria = l.categorias[1]
    where provas and f.nivel <> 0
    group by f.n
  )
  select e.id, e.certa, l.classe, e.lacuna, l.categorias, l.bases, l.palavras, l.notas, v.niveis, v.termos, v.lancamentos, v.iguais
  from lista l
  join entrada e on e.n = l.n
  left join prova v on v.n = l.n;
end
$$;

comment on function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean) is
  'Categories scored for each entry in question, best first: logarithms of the hierarchical back-off (bases), naive Bayes over words (palavras) and both together (notas); with provas, earlier entries and those of the best category at each level and word.';
revoke execute on function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean) from public;
