-- The categories of the ledger most similar to a given label, each in its commonest spelling with the number of its entries, nearest first:
-- they share three tenths or more of their trigrams (Jaccard; the threshold of pg_trgm), or one is part of the other. A label that the
-- ledger has comes first; no row if nothing is similar. Reads dw.lancamentos, so it runs as conferente_regra; changes nothing. Called by
-- the rules' requirements, by diagnostico and where a label is set.
create or replace function regras.rotulos_proximos(procurado text, limite int default 3)
returns table (rotulo text, lancamentos bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_dobrado text := audit_interno.dobrar_categoria(rotulos_proximos.procurado);
  v_trigramas text[] := regras.trigramas(rotulos_proximos.procurado);
begin
  return query
  select c.escrito, c.lancamentos
  from (
    select (array_agg(g.categoria order by g.lancamentos desc, g.categoria))[1] as escrito, sum(g.lancamentos)::bigint as lancamentos,
      audit_interno.dobrar_categoria(g.categoria) as dobrado
    from (select l.categoria::text as categoria, count(*) as lancamentos from dw.lancamentos l group by l.categoria) g
    group by audit_interno.dobrar_categoria(g.categoria)
    offset 0
  ) c
  cross join lateral (select regras.trigramas(c.dobrado) as trigramas) t
  cross join lateral (
    select count(*) filter (where u = any (v_trigramas))::numeric
      / nullif(cardinality(v_trigramas) + count(*) filter (where u <> all (v_trigramas)), 0) as parecido
    from unnest(t.trigramas) u
  ) s
  where v_dobrado <> '' and c.dobrado <> ''
    and (c.dobrado = v_dobrado or s.parecido >= 0.3
      or length(v_dobrado) >= 4 and strpos(c.dobrado, v_dobrado) > 0 or length(c.dobrado) >= 4 and strpos(v_dobrado, c.dobrado) > 0)
  order by c.dobrado = v_dobrado desc, s.parecido desc, c.lancamentos desc, c.escrito
  limit greatest(rotulos_proximos.limite, 0);
end
$$;

comment on function regras.rotulos_proximos(text, int) is
  'Categories of the ledger most similar to a label, nearest first, with the entries of each; none if nothing resembles it.';
revoke execute on function regras.rotulos_proximos(text, int) from public;
