-- Fits the weight of the words and the account in each class of regras.classe_apoio: the one of a grid under which the
-- right categories of the back-test were most probable; a class seen in fewer than a hundred entries keeps its default. Of the
-- back-test's entries at most so many are read (amostra). Reads estatistica_pergunta; writes estatistica_peso. Called by
-- regras.calibrar_historia, after the strengths of the levels are known and before the calibration.
create or replace function regras.ajustar_lambdas(amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  delete from regras.estatistica_peso p where p.nome like 'lambda\_%';

  with pergunta as materialized (
    select q.classe, q.bases, q.palavras, array_position(q.categorias, q.certa) as certa,
      -- scores are told apart by their difference; the largest is about here, and exp() of it in range
      q.bases[1] as base, q.palavras[1] as palavra
    from (
      select x.*, dense_rank() over (order by hashtextextended(x.id, 1)) as sorte from regras.estatistica_pergunta x
    ) q
    where q.sorte <= amostra
  ), peso as (
    -- for each weight tried, how probable it makes the right category
    -- (of one that was not among the categories the least: next to nought)
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
  insert into regras.estatistica_peso (nome, peso)
  select distinct on (v.classe) 'lambda_' || v.classe, v.lambda
  from peso v
  where v.casos >= 100
  order by v.classe, v.verossimilhanca desc, v.lambda;
end
$$;

comment on function regras.ajustar_lambdas(int) is 'Fits the weight of words and account in each class of knowledge on the ledger''s own past.';
revoke execute on function regras.ajustar_lambdas(int) from public;
