-- Fits the weight of the words in each class (maximum likelihood over a grid), then calibrates: the back-test's best
-- suggestions are cut into bins of equal size by raw score, and each bin's share of right ones, made monotone (isotonic
-- regression by the min-max formula), becomes the confidence. Pseudo-cases at three quarters of the raw score, the more the
-- fewer cases the class has, keep thin classes modest. Sources: Zadrozny and Elkan 2001, 2002; Barlow et al. 1972. Reads the statistics and dw.lancamentos;
-- writes estatistica_peso and estatistica_calibracao. Called by regras.preparar_pendente_verificacao.
create or replace function audit_interno.calibrar_pendencias(retroteste int4range, amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set enable_nestloop = off
as $$
begin
  delete from audit_interno.estatistica_peso p where p.nome like 'lambda\_%';
  delete from audit_interno.estatistica_calibracao;
  delete from audit_interno.estatistica_retroteste;
  delete from audit_interno.estatistica_lacuna;

  with ponto as materialized (
    select p.id, p.certa, p.categoria, p.base, p.palavras, p.classe, p.lacuna
    from audit_interno.pontuar_pendencias(null, retroteste, amostra) p
    where p.base > 0
  ), candidata as materialized (
    -- for the weights alone: the ten best by either opinion, and the right one
    select c.*
    from (
      select p.*, row_number() over (partition by p.id order by p.base desc) as por_base,
        row_number() over (partition by p.id order by ln(p.base) + 0.5 * p.palavras desc) as por_ambas
      from ponto p
    ) c
    where c.por_base <= 6 or c.por_ambas <= 6 or c.categoria = c.certa
  ), nota as materialized (
    select p.id, p.certa, p.categoria, p.classe, g.lambda, n.nota, max(n.nota) over (partition by p.id, g.lambda) as melhor
    from candidata p
    cross join (values (0), (0.03), (0.06), (0.1), (0.2), (0.35), (0.6), (1)) g (lambda)
    cross join lateral (select ln(p.base) + g.lambda * p.palavras as nota) n
  ), entrada as materialized (
    select n.id, n.classe, n.lambda,
      sum(exp(greatest(n.nota - n.melhor, -60))) as soma,
      coalesce(max(exp(greatest(n.nota - n.melhor, -60))) filter (where n.categoria = n.certa), 0) as certa
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
  ), final as (
    select p.id, p.classe, p.lacuna, p.categoria = p.certa as certa, n.nota, max(n.nota) over (partition by p.id) as melhor
    from ponto p
    join audit_interno.lambdas() d on d.classe = p.classe
    left join lambda l on l.classe = p.classe
    cross join lateral (select ln(p.base) + coalesce(l.lambda, d.peso) * p.palavras as nota) n
  )
  insert into audit_interno.estatistica_retroteste (id, classe, lacuna, bruta, chance, acertou)
  select f.id, f.classe, f.lacuna, 1 / sum(exp(greatest(f.nota - f.melhor, -60))),
    audit_interno.chance_bruta(1 / sum(exp(greatest(f.nota - f.melhor, -60)))),
    bool_or(f.certa and f.nota = f.melhor)::int
  from final f
  group by f.id, f.classe, f.lacuna;

  perform audit_interno.ajustar_curvas();

  with sugestao as (
    select s.classe, s.bruta, s.acertou, 1 / (1 + exp(-(k.a + k.b * s.chance))) as curva,
      count(*) over (partition by s.classe) as todas,
      -- bins of at least a hundred cases, at most twenty
      (row_number() over (partition by s.classe order by s.bruta, s.id) - 1)
        * greatest(1, least(20, count(*) over (partition by s.classe) / 100)) / count(*) over (partition by s.classe) as faixa
    from audit_interno.estatistica_retroteste s
    join audit_interno.estatistica_curva k on k.classe = s.classe
  ), faixa as materialized (
    select s.classe, s.faixa, avg(s.bruta) as bruta, count(*) as casos, sum(s.acertou) as acertos,
      -- ten pseudo-cases as the curve says
      count(*) + 10 as peso, sum(s.acertou) + 10 * avg(s.curva) as pontos
    from sugestao s
    where s.todas >= 100
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

  -- What waiting costs, as one Newton step towards as many right ones as expected, with twenty pseudo-cases against chance.
  -- Counted where there are errors enough to count: above .85 the few there are come in clusters.
  insert into audit_interno.estatistica_lacuna (lacuna, casos, deslocamento)
  select r.lacuna, count(*),
    greatest(-1.5, least(0.7, (sum(r.acertou) - sum(k.confianca)) / (sum(k.confianca * (1 - k.confianca)) + 20 * 0.2)))
  from audit_interno.estatistica_retroteste r
  cross join lateral audit_interno.confianca_calibrada(r.classe, null, r.bruta) k
  where k.confianca < 0.85
  group by r.lacuna
  having count(*) >= 100;
end
$$;

comment on function audit_interno.calibrar_pendencias(int4range, int) is 'Fits the weight of words and calibrates the confidence on the ledger''s own past.';
revoke execute on function audit_interno.calibrar_pendencias(int4range, int) from public;
