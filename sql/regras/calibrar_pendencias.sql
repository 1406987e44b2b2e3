-- Fits the weight of the words in each class (maximum likelihood over a grid), then calibrates: a logistic curve over the
-- back-test's best suggestions, then bins of equal size by that curve, each bin's share of right ones made monotone (isotonic
-- regression by the min-max formula). Entries with and without a known account are counted apart. Sources: Platt 1999;
-- Zadrozny and Elkan 2001, 2002; Barlow et al. 1972. Reads the statistics and dw.lancamentos; writes estatistica_peso and
-- estatistica_calibracao. Called by regras.preparar_pendente_verificacao.
create or replace function audit_interno.calibrar_pendencias(retroteste int4range, amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  delete from audit_interno.estatistica_peso p where p.nome like 'lambda\_%';
  delete from audit_interno.estatistica_calibracao;
  delete from audit_interno.estatistica_retroteste;

  with ponto as materialized (
    select p.id, p.certa, p.classe, p.lacuna, p.categorias, p.bases, p.palavras
    from audit_interno.pontuar_pendencias(null, retroteste, amostra, false) p
  ), peso as (
    -- for each weight tried, how probable it makes the right category
    select p.classe, g.lambda, sum(ln(0.001 + 0.999 * n.certa / n.soma)) as verossimilhanca, count(*) as casos
    from ponto p
    cross join (values (0), (0.03), (0.06), (0.1), (0.2), (0.35), (0.6), (1)) g (lambda)
    cross join lateral (
      select sum(exp(greatest(u.nota, -300))) as soma,
        coalesce(sum(exp(greatest(u.nota, -300))) filter (where u.categoria = p.certa), 0) as certa
      from (
        select c.categoria, c.base + g.lambda * c.palavra - max(c.base + g.lambda * c.palavra) over () as nota
        from unnest(p.categorias, p.bases, p.palavras) c (categoria, base, palavra)
      ) u
    ) n
    group by p.classe, g.lambda
  ), lambda as materialized (
    select distinct on (v.classe) v.classe, v.lambda
    from peso v
    where v.casos >= 100
    order by v.classe, v.verossimilhanca desc, v.lambda
  ), gravado as (
    insert into audit_interno.estatistica_peso (nome, peso)
    select 'lambda_' || l.classe, l.lambda from lambda l
  )
  insert into audit_interno.estatistica_retroteste (id, classe, lacuna, bruta, chance, acertou)
  select p.id, p.classe, p.lacuna, m.bruta, audit_interno.chance_bruta(m.bruta), (m.melhor is not distinct from p.certa)::int
  from ponto p
  join audit_interno.lambdas() d on d.classe = p.classe
  left join lambda l on l.classe = p.classe
  cross join lateral (
    select (array_agg(u.categoria order by u.nota desc, u.categoria))[1] as melhor,
      1 / sum(exp(greatest(u.nota - u.maior, -60))) as bruta
    from (
      select c.categoria, v.nota, max(v.nota) over () as maior
      from unnest(p.categorias, p.bases, p.palavras) c (categoria, base, palavra)
      cross join lateral (select c.base + coalesce(l.lambda, d.peso) * c.palavra as nota) v
    ) u
  ) m;

  perform audit_interno.ajustar_curvas();

  with sugestao as materialized (
    select s.classe / 4 as grupo, s.acertou, u.curva,
      -- bins of at least a hundred cases, at most twenty; equal scores go together
      (rank() over (partition by s.classe / 4 order by u.curva) - 1)
        * greatest(1, least(20, count(*) over (partition by s.classe / 4) / 100))
        / count(*) over (partition by s.classe / 4) as faixa,
      count(*) over (partition by s.classe / 4) as todas
    from audit_interno.estatistica_retroteste s
    join audit_interno.estatistica_curva k on k.classe = s.classe
    cross join lateral (
      select round(audit_interno.curva(k.a, k.b, k.g, s.chance, s.lacuna)::numeric, 5)::double precision as curva) u
  ), faixa as materialized (
    select s.grupo, s.faixa, avg(s.curva) as curva, count(*) as casos, sum(s.acertou) as acertos,
      -- ten pseudo-cases as the curve says
      count(*) + 10 as peso, sum(s.acertou) + 10 * avg(s.curva) as pontos
    from sugestao s
    where s.todas >= 100
    group by s.grupo, s.faixa
  )
  insert into audit_interno.estatistica_calibracao (grupo, faixa, curva, confianca, casos, acertos, casos_proximos, acertos_proximos)
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

comment on function audit_interno.calibrar_pendencias(int4range, int) is 'Fits the weight of words and calibrates the confidence on the ledger''s own past.';
revoke execute on function audit_interno.calibrar_pendencias(int4range, int) from public;
