-- Which of some entries contradict the supplier's code that they bear: as the ledger was before the given month, the company had
-- other names, none written at all like this one (nome), or ten texts and more, and no word of this one but such as one entry in
-- twenty has, while others use most of its words (texto). The code says who an entry is of only where nothing else says otherwise: codes are given to others, copied and
-- mistyped. The arrays go together; nothing is said of an entry without a contradiction.
-- Reads regras.estatistica_*; changes nothing. Called by regras.entradas_pendencia.
create or replace function regras.contradizem_codigo(raizes text[], nomes text[], textos text[], cortes int[])
returns table (n bigint, contra text)
language plpgsql stable rows 100
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off
as $$
declare
  v_linhas bigint := (select sum(m.linhas) from regras.estatistica_mes m);
begin
  return query
  with entrada as materialized (
    select u.n, u.raiz, u.nome, u.texto, u.corte
    from unnest(raizes, nomes, textos, cortes) with ordinality u (raiz, nome, texto, corte, n)
    where u.raiz is not null
  ), historia as materialized (
    select f.raiz, f.nome, min(f.mes) as mes
    from regras.estatistica_fornecedor f
    where f.raiz in (select e.raiz from entrada e)
    group by f.raiz, f.nome
  ), nova as materialized (
    -- the pairs that were never booked together, where others were
    select e.raiz, e.nome, e.corte
    from (select distinct e.raiz, e.nome, e.corte from entrada e where e.nome is not null) e
    join historia h on h.raiz = e.raiz and h.mes < e.corte and h.nome <> ''
    group by e.raiz, e.nome, e.corte
    having bool_and(h.nome <> e.nome)
  ), grafia as materialized (
    select g.nome, regras.trigramas(g.nome) as trigramas
    from (select n.nome from nova n union select h.nome from nova n join historia h on h.raiz = n.raiz where h.nome <> '') g
    offset 0
  ), estranha as (
    select n.raiz, n.nome, n.corte
    from nova n
    join historia h on h.raiz = n.raiz and h.mes < n.corte and h.nome <> ''
    join grafia a on a.nome = n.nome
    join grafia b on b.nome = h.nome
    group by n.raiz, n.nome, n.corte
    having not bool_or(regras.nomes_parecidos(a.nome, a.trigramas, b.nome, b.trigramas))
  ), falante as materialized (
    -- companies whose texts say something
    select f.raiz, c.corte
    from (select distinct e.raiz, e.corte from entrada e where e.texto <> '') c
    join regras.estatistica_fornecedor f on f.raiz = c.raiz and f.mes < c.corte
    group by f.raiz, c.corte
    having sum(f.textos) >= 10
  ), dita as materialized (
    select e.raiz, e.corte, e.texto, w.palavra
    from (select distinct e.raiz, e.corte, e.texto from entrada e where e.texto <> '') e
    join falante f on f.raiz = e.raiz and f.corte = e.corte
    cross join lateral string_to_table(e.texto, ' ') w (palavra)
    where length(w.palavra) >= 4
  ), geral as materialized (
    -- what the ledger as a whole makes of each word: in so many entries, or in none
    select p.palavra, coalesce(c.linhas, 0) > 0.05 * v_linhas as comum, c.linhas is not null as vista
    from (select distinct d.palavra, hashtextextended(d.palavra, 0) as chave from dita d) p
    cross join lateral (
      select sum(c.linhas) as linhas from regras.estatistica_contagem c where c.nivel = 20 and c.chave = p.chave offset 0) c
  ), sabida as (
    select f.raiz, w.palavra, min(f.mes) as mes
    from regras.estatistica_fornecedor f
    cross join lateral unnest(f.palavras) w (palavra)
    where f.raiz in (select x.raiz from falante x)
    group by f.raiz, w.palavra
  ), muda as (
    select d.raiz, d.corte, d.texto
    from dita d
    join geral g on g.palavra = d.palavra
    left join sabida s on s.raiz = d.raiz and s.palavra = d.palavra and s.mes < d.corte
    group by d.raiz, d.corte, d.texto
    -- a word that nobody ever wrote says nothing
    having count(s.palavra) filter (where not g.comum) = 0
      and count(*) filter (where s.palavra is null and g.vista) > count(s.palavra)
  )
  select e.n, case when x.raiz is not null then 'nome' else 'texto' end
  from entrada e
  left join estranha x on x.raiz = e.raiz and x.nome = e.nome and x.corte = e.corte
  left join muda m on m.raiz = e.raiz and m.texto = e.texto and m.corte = e.corte
  where x.raiz is not null or m.raiz is not null;
end
$$;

comment on function regras.contradizem_codigo(text[], text[], text[], int[]) is
  'Entries whose name (nome) or text (texto) is new under their supplier''s code and unlike all that was booked under it, by their place in the arrays.';
revoke execute on function regras.contradizem_codigo(text[], text[], text[], int[]) from public;
