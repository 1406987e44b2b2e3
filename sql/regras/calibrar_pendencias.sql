-- Calibrates: a logistic curve over the back-test's best suggestions, then bins of equal size by that curve, each bin's share of right ones made monotone (isotonic
-- regression by the min-max formula). Entries with and without a known account are counted apart. Sources: Platt 1999;
-- Zadrozny and Elkan 2001, 2002; Barlow et al. 1972. Reads estatistica_pergunta; writes estatistica_retroteste,
-- estatistica_curva and estatistica_calibracao. Called by regras.calibrar_historia.
create or replace function regras.calibrar_pendencias() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  delete from regras.estatistica_calibracao;
  delete from regras.estatistica_retroteste;

  insert into regras.estatistica_retroteste (id, classe, lacuna, repetida, recente, bruta, chance, acertou)
  select q.id || case when q.com_conta then '' else ' sem conta' end, q.classe, q.lacuna, ln(1 + n.repetida),
    n.recente, b.bruta, regras.chance_bruta(b.bruta), (n.categoria = q.certa)::int
  from regras.estatistica_pergunta q
  join regras.lambdas() d on d.classe = q.classe
  cross join lateral (
    select p.categoria, p.repetida, p.recente, p.base + d.peso * p.palavra as nota
    from unnest(q.categorias, q.bases, q.palavras, q.repetidas, q.recentes) p (categoria, base, palavra, repetida, recente)
    order by nota desc, p.categoria
    limit 1
  ) n
  cross join lateral (
    select 1 / sum(exp(greatest(p.base + d.peso * p.palavra - n.nota, -60))) as bruta from unnest(q.bases, q.palavras) p (base, palavra)
  ) b;

  perform regras.ajustar_curvas();

  with sugestao as materialized (
    select s.classe / 4 as grupo, s.acertou, u.curva,
      -- bins of at least a hundred cases, at most twenty; equal scores go together
      (rank() over (partition by s.classe / 4 order by u.curva) - 1)
        * greatest(1, least(20, count(*) over (partition by s.classe / 4) / 100))
        / count(*) over (partition by s.classe / 4) as faixa,
      count(*) over (partition by s.classe / 4) as todas
    from regras.estatistica_retroteste s
    join regras.estatistica_curva k on k.classe = s.classe
    cross join lateral (
      select round(regras.curva(k.a, k.b, k.g, k.h, k.r, s.chance, s.lacuna, s.repetida, s.recente)::numeric, 5)::double precision as curva) u
  ), faixa as materialized (
    select s.grupo, s.faixa, avg(s.curva) as curva, count(*) as casos, sum(s.acertou) as acertos,
      -- ten pseudo-cases as the curve says
      count(*) + 10 as peso, sum(s.acertou) + 10 * avg(s.curva) as pontos
    from sugestao s
    where s.todas >= 100
    group by s.grupo, s.faixa
  )
  insert into regras.estatistica_calibracao (grupo, faixa, curva, confianca, casos, acertos, casos_proximos, acertos_proximos)
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

comment on function regras.calibrar_pendencias() is 'Calibrates the confidence on the ledger''s own past.';
revoke execute on function regras.calibrar_pendencias() from public;
