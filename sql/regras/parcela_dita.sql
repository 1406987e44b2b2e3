-- Which instalment a description says it is, without leading zeros: "parcela 2/3", "parc. 02", "parcela nº 2", "2ª parcela". Empty where
-- it says none. The ordinal is asked first: what follows "2ª parcela" may be a date. A bare number before the word is none, for
-- "em 3 parcelas" says how many. Most texts name no instalment, and are spared both expressions. Touches nothing; inlined by the
-- planner. Called by regras.duplicidades.
create or replace function regras.parcela_dita(descricao text) returns text
language sql immutable parallel safe
return case when audit_interno.dobrar(pg_catalog.left(descricao, 500)) like '%parc%' then coalesce(
    pg_catalog.substring(audit_interno.dobrar(pg_catalog.left(descricao, 500)),
      '\m0*([0-9]{1,3})[.]?[ao°][. ]{0,3}parc(?:ela)?\M'),
    pg_catalog.substring(audit_interno.dobrar(pg_catalog.left(descricao, 500)),
      'parc[a-z]*[^0-9a-z]{0,6}(?:n(?:[or]|um|umero)?[^0-9a-z]{0,3})?0*([0-9]{1,3})'),
    '')
  else '' end;

comment on function regras.parcela_dita(text) is
  'Number of the instalment that a description says it is; empty where it says none.';
revoke execute on function regras.parcela_dita(text) from public;
