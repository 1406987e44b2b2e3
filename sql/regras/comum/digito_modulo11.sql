-- Check digit modulo 11 of a code: from its last position on, weights rise from 2 to a highest one and begin again; each position
-- counts for its ASCII code less 48, which is a digit's own value and 17 and more for the capital letters that a CNPJ may have since July 2026; remainders 0 and 1
-- give 0. Sources: IN RFB 2.119/2022, annex XV, as changed by IN RFB 2.229/2024; Nota Técnica Conjunta 2025.001 (letters, in CNPJ and
-- access key); Manual de Orientação do Contribuinte 7.0 (NF-e), 2.2.6 (access key, weights 2 to 9). Touches nothing. Called by
-- regras.inscricao_valida and regra_validacao_valores.ler_chave.
create or replace function regras.digito_modulo11(codigo text, maior_peso int) returns int
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin -- plpgsql keeps its plan from call to call
  return (
  select case when s.resto < 2 then 0 else 11 - s.resto end
  from (
    select sum((ascii(upper(c)) - 48) * (2 + (n - 1) % (maior_peso - 1))) % 11 as resto
    from string_to_table(reverse(codigo), null) with ordinality x (c, n)
  ) s);
end
$$;

comment on function regras.digito_modulo11(text, int) is
  'Check digit modulo 11, weights from 2 at the right up to the given one, then from 2 again; letters count as ASCII code less 48.';
revoke execute on function regras.digito_modulo11(text, int) from public;
