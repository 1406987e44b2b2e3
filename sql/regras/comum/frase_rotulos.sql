-- The categories of the ledger nearest to some labels, three at most, with their counts, as a sentence; null when nothing is like
-- them. Reads dw.lancamentos; changes nothing. Called by what the rules require.
create or replace function regras.frase_rotulos(rotulos text[]) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select 'O mais parecido nos lançamentos: ' || string_agg(format('"%s" (%s)', x.rotulo, x.lancamentos), ', ' order by x.ordem) || '.'
  from (
    select p.rotulo, min(p.lancamentos) as lancamentos, min(p.ordem) as ordem
    from unnest(frase_rotulos.rotulos) with ordinality r (procurado, n)
    cross join lateral (select y.*, row_number() over () * 100 + r.n as ordem from regras.rotulos_proximos(r.procurado, 3) y) p
    group by p.rotulo
    order by min(p.ordem)
    limit 3
  ) x
$$;

comment on function regras.frase_rotulos(text[]) is 'Sentence that names the categories of the ledger most similar to some labels, with the entries of each.';
revoke execute on function regras.frase_rotulos(text[]) from public;
