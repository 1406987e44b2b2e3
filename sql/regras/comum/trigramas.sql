-- The trigrams of each word of a text, folded, with two blanks before a word and one after: what two texts share that are spelled a little
-- differently or in another order. Each once. The measure of pg_trgm, which need not be installed. Touches nothing. Called by
-- regras.rotulos_proximos, contradizem_codigo and fornecedores_marketing.
create or replace function regras.trigramas(texto text) returns text[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(distinct substr('  ' || p.palavra || ' ', n, 3)), '{}')
  from string_to_table(btrim(regexp_replace(audit_interno.dobrar(left(texto, 200)), '[^[:alnum:]]+', ' ', 'g')), ' ') p (palavra)
  cross join lateral generate_series(1, length(p.palavra) + 1) n
  where p.palavra <> ''
$$;

comment on function regras.trigramas(text) is 'Runs of three characters of the words of a text, folded, each once.';
revoke execute on function regras.trigramas(text) from public;
