-- Whether two canonical supplier names, given with the trigrams of their distinctive parts (regras.nome_proprio), may belong to one
-- company: they share three tenths of the trigrams, or one is part of the other, because abbreviations and legal forms do not make another
-- company. A name without a letter or digit differs from none. Touches nothing. Called by regra_pendente_verificacao.contradizem_codigo and
-- fornecedores_marketing.
create or replace function regras.nomes_parecidos(nome text, trigramas text[], outro text, outros_trigramas text[]) returns boolean
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select cardinality(trigramas) + cardinality(outros_trigramas) = 0
    or (select count(*) from unnest(trigramas) t where t = any (outros_trigramas))
      >= 0.3 * (cardinality(trigramas) + (select count(*) from unnest(outros_trigramas) t where t <> all (trigramas)))
    or strpos(' ' || nome || ' ', ' ' || outro || ' ') > 0 or strpos(' ' || outro || ' ', ' ' || nome || ' ') > 0
$$;

comment on function regras.nomes_parecidos(text, text[], text, text[]) is
  'Whether two canonical supplier names, each with its runs of three characters, may be one company''s.';
revoke execute on function regras.nomes_parecidos(text, text[], text, text[]) from public;
