-- Scores the categories for each entry in question. Two opinions, apart:
--   base    hierarchical Dirichlet back-off: p_l = (n_l + alfa_l * p_(l-1)) / (N_l + alfa_l), from everything down to the
--           finest level known. Unrolled, it is a sum over levels of n_l times a coefficient of the entry alone.
--   palavras  naive Bayes over words and account: sum of ln P(w | c) / P(w), smoothed towards P(w).
-- Counts lose half their weight in a year. Reads audit_interno.estatistica_* and, through chaves_pendencia, dw.lancamentos;
-- changes nothing. Called by regras.pendente_verificacao and by the fitting of the weights.
create or replace function audit_interno.pontuar_pendencias(janela audit.janela, retroteste int4range, amostra int)
returns table (id text, corte int, lacuna smallint, certa int, categoria int, base double precision, palavras double precision, classe smallint)
language plpgsql stable rows 200000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- the one nested loop wanted is written as a lateral index look-up; no other may slip in on a bad estimate
set enable_nestloop = off
as $$
declare
  v_meses int := coalesce((audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int, 36);
begin
  return query
  with k as materialized (
    select * from audit_interno.chaves_pendencia(janela, retroteste, amostra)
  ), contexto as materialized (
    select k.nivel, k.chave, k.corte from k group by k.nivel, k.chave, k.corte
  ), contagem as materialized (
    select x.nivel, x.chave, x.corte, e.categoria, e.w,
      sum(e.w) over (partition by x.nivel, x.chave, x.corte) as total,
      row_number() over (partition by x.nivel, x.chave, x.corte order by e.w desc) as posicao
    from contexto x
    cross join lateral (
      select c.categoria, sum(c.linhas * power(0.5::double precision, (x.corte - 1 - c.mes)::double precision / 9)) as w
      from audit_interno.estatistica_contagem c
      where c.nivel = x.nivel and c.chave = x.chave and c.mes < x.corte and c.mes >= x.corte - v_meses
      group by c.categoria
      offset 0
    ) e
  ), total as materialized (
    select c.nivel, c.chave, c.corte, c.total from contagem c where c.posicao = 1
  ), coeficiente as materialized (
    -- 1 / (N_l + alfa_l), times what the finer levels leave over to this one
    select k.id, k.corte, k.lacuna, k.certa, k.nivel, k.chave, t.total,
      exp(coalesce(sum(ln(a.peso / (t.total + a.peso))) over (
        partition by k.id order by k.nivel desc rows between unbounded preceding and 1 preceding), 0))
        / (t.total + a.peso) as coeficiente
    from k
    join total t using (nivel, chave, corte)
    join audit_interno.alfas() a (nivel, peso) on a.nivel = k.nivel
    where k.nivel < 20
  ), hierarquia as materialized (
    select f.id, f.corte, f.lacuna, f.certa, c.categoria, sum(c.w * f.coeficiente) as base,
      coalesce(max(f.total) filter (where f.nivel between 4 and 11), 0) as apoio
    from coeficiente f
    join contagem c using (nivel, chave, corte)
    where c.posicao <= case when f.nivel < 4 then 15 else 30 end
    group by f.id, f.corte, f.lacuna, f.certa, c.categoria
  ), entrada as materialized (
    select h.id, max(h.apoio) as apoio from hierarquia h group by h.id
  ), geral as materialized (
    select c.corte, c.categoria, c.w, c.total from contagem c where c.nivel = 0
  ), termo as materialized (
    -- a word in a fifth of all entries says nothing and costs most
    select t.nivel, t.chave, t.corte, t.total / g.total as frequencia
    from total t
    join total g on g.corte = t.corte and g.nivel = 0
    where t.nivel >= 20 and (t.nivel > 20 or t.total < 0.2 * g.total) and t.total >= 1
  ), entrada_termo as materialized (
    select k.id, k.corte, k.nivel, k.chave, t.frequencia from k join termo t using (nivel, chave, corte)
  ), presente as (
    select et.id, c.categoria, sum(ln((c.w + 5 * et.frequencia) / (5 * et.frequencia))) as soma
    from entrada_termo et
    join contagem c using (nivel, chave, corte)
    group by et.id, c.categoria
  ), quantos as (
    select et.id, count(*) as termos, bool_or(et.nivel = 21) as conta from entrada_termo et group by et.id
  )
  select h.id, h.corte, h.lacuna, h.certa, h.categoria, h.base,
    coalesce(q.termos, 0) * ln(5 / (g.w + 5)) + coalesce(p.soma, 0),
    audit_interno.classe_apoio(e.apoio, coalesce(q.conta, false))
  from hierarquia h
  join entrada e on e.id = h.id
  join geral g on g.corte = h.corte and g.categoria = h.categoria
  left join quantos q on q.id = h.id
  left join presente p on p.id = h.id and p.categoria = h.categoria;
end
$$;

comment on function audit_interno.pontuar_pendencias(audit.janela, int4range, int) is
  'Categories scored for each entry in question: hierarchical back-off, naive Bayes over words, and how much supplier history supports it.';
revoke execute on function audit_interno.pontuar_pendencias(audit.janela, int4range, int) from public;
