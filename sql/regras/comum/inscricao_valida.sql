-- Whether a code is a CNPJ (14 positions, letters allowed in the first twelve since July 2026) or a CPF (11 digits) with right check
-- digits; one of all the same digit is none. Touches nothing. Called by regras.codigo_fornecedor and regra_validacao_valores.chaves_acesso.
create or replace function regras.inscricao_valida(codigo text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when codigo ~ '^[0-9A-Za-z]{12}[0-9]{2}$' and btrim(codigo, left(codigo, 1)) <> ''
      then right(codigo, 2) = regras.digito_modulo11(left(codigo, 12), 9)::text || regras.digito_modulo11(left(codigo, 13), 9)
    when codigo ~ '^[0-9]{11}$' and btrim(codigo, left(codigo, 1)) <> ''
      then right(codigo, 2) = regras.digito_modulo11(left(codigo, 9), 10)::text || regras.digito_modulo11(left(codigo, 10), 11)
    else false
  end;
end
$$;

comment on function regras.inscricao_valida(text) is 'Whether a code is a CNPJ or a CPF by its check digits.';
revoke execute on function regras.inscricao_valida(text) from public;
