-- Fits the weight of the words in each class (maximum likelihood over a grid), then calibrates: the back-test's best
-- suggestions are cut into bins of equal size by raw score, and each bin's share of right ones, made monotone (isotonic
-- regression by the min-max formula), becomes the confidence. Ten pseudo-cases at three quarters of the raw score keep thin
-- bins modest. Sources: Zadrozny and Elkan 2001, 2002; Barlow et al. 1972. Reads the statistics and dw.lancamentos;
-- writes estatistica_peso and estatistica_calibracao. Called by regras.preparar_pendente_verificacao.
create or replace function audit_interno.calibrar_pendencias(blocos int4range[], amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set enable_nestloop = off
as $$
begin
  delete from audit_interno.estatistica_peso p where p.nome like 'lambda\_%';
  delete from audit_interno.estatistica_calibracao;

  with ponto as materialized (
    select p.id, p.certa, p.categoria, p.base, p.palavras, p.classe
    from audit_interno.pontuar_pendencias(null, blocos, amostra) p
    where p.base > 0
  ), nota as materialized (
    select p.id, p.certa, p.categoria, p.classe, g.lambda, n.nota, max(n.nota) over (partition by p.id, g.lambda) as melhor
    from ponto p
    cross join (values (0), (0.03), (0.06), (0.1), (0.2), (0.35), (0.6), (1)) g (lambda)
    cross join lateral (select ln(p.base) + g.lambda * p.palavras as nota) n
  ), entrada as materialized (
    select n.id, n.classe, n.lambda,
      sum(exp(greatest(n.nota - n.melhor, -60))) as soma,
      coalesce(max(exp(greatest(n.nota - n.melhor, -60))) filter (where n.categoria = n.certa), 0) as certa,
      bool_or(n.categoria = n.certa and n.nota = n.melhor) as acertou
    from nota n
    group by n.id, n.classe, n.lambda
  ), lambda as materialized (
    select distinct on (v.classe) v.classe, v.lambda
    from (
      select e.classe, e.lambda, sum(ln(0.001 + 0.999 * e.certa / e.soma)) as verossimilhanca, count(*) as casos
      from entrada e
      group by e.classe, e.lambda
    ) v
    where v.casos >= 100
    order by v.classe, v.verossimilhanca desc, v.lambda
  ), gravado as (
    insert into audit_interno.estatistica_peso (nome, peso)
    select 'lambda_' || l.classe, l.lambda from lambda l
  ), sugestao as (
    select e.classe, 1 / e.soma as bruta, e.acertou::int as acertou,
      -- bins of at least a hundred cases, at most twenty
      (row_number() over (partition by e.classe order by e.soma desc, e.id) - 1)
        * greatest(1, least(20, count(*) over (partition by e.classe) / 100)) / count(*) over (partition by e.classe) as faixa
    from entrada e
    join audit_interno.lambdas() d on d.classe = e.classe
    left join lambda l on l.classe = e.classe
    where e.lambda = coalesce(l.lambda, d.peso)
  ), faixa as materialized (
    select s.classe, s.faixa, avg(s.bruta) as bruta, count(*) as casos, sum(s.acertou) as acertos,
      count(*) + 10 as peso, sum(s.acertou) + 7.5 * avg(s.bruta) as pontos
    from sugestao s
    group by s.classe, s.faixa
  )
  insert into audit_interno.estatistica_calibracao (classe, faixa, bruta, casos, acertos, confianca)
  select f.classe, f.faixa, f.bruta, f.casos, f.acertos,
    (
      select max(m.minimo)
      from (
        select a.faixa, min(media.valor) as minimo
        from faixa a
        join faixa b on b.classe = a.classe and b.faixa >= f.faixa
        cross join lateral (
          select sum(x.pontos) / sum(x.peso) as valor
          from faixa x
          where x.classe = a.classe and x.faixa between a.faixa and b.faixa
        ) media
        where a.classe = f.classe and a.faixa <= f.faixa
        group by a.faixa
      ) m
    )
  from faixa f;
end
$$;

comment on function audit_interno.calibrar_pendencias(int4range[], int) is 'Fits the weight of words and calibrates the confidence on the ledger''s own past.';
revoke execute on function audit_interno.calibrar_pendencias(int4range[], int) from public;
