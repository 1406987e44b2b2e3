-- Check digit modulo 11 of a code: from its last position on, weights rise from 2 to a highest one and begin again; each position
-- counts for its ASCII code less 48, which is a digit's own value and 17 and more for the capital letters that a CNPJ may have since July 2026; remainders 0 and 1
-- give 0. Sources: IN RFB 2.119/2022, annex XV, as changed by IN RFB 2.229/2024; Nota Técnica Conjunta 2025.001 (letters, in CNPJ and
-- access key); Manual de Orientação do Contribuinte 7.0 (NF-e), 2.2.6 (access key, weights 2 to 9). Touches nothing. Called by
-- regras.inscricao_valida and regra_validacao_valores.chave_certa.
create or replace function regras.digito_modulo11(codigo text, maior_peso int) returns int
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_codigo bytea := convert_to(upper(codigo), 'UTF8');
  v_fim int := length(v_codigo) - 1;
  v_soma int := 0;
begin
  -- a walk over the positions: as a query it takes several times as long, and a ledger may have a key in every entry
  for n in 0 .. v_fim loop
    v_soma := v_soma + (get_byte(v_codigo, n) - 48) * (2 + (v_fim - n) % (maior_peso - 1));
  end loop;
  return case when v_soma % 11 < 2 then 0 else 11 - v_soma % 11 end;
end
$$;

comment on function regras.digito_modulo11(text, int) is
  'Check digit modulo 11, weights from 2 at the right up to the given one, then from 2 again; letters count as ASCII code less 48.';
revoke execute on function regras.digito_modulo11(text, int) from public;
