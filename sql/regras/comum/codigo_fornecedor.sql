-- A supplier's code as it was before another program wrote it: lower case, without surrounding blanks, quotes and punctuation, without the
-- ".0" of a spreadsheet that took it for a number, and with the leading zeros of a CNPJ that such a spreadsheet dropped. The zeros are
-- restored only if the check digits prove them (for seven to ten positions, only for a first branch); any other code, a CPF included, keeps
-- the zeros it has. Null if nothing is left, or if the text says that there is no code. Touches nothing. Called by regras.raiz_fornecedor
-- for what is not plainly a code, and by regra_validacao_valores.chaves_acesso.
create or replace function regras.codigo_fornecedor(codigo text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_codigo text := regras.sem_brancos(left(codigo, 200));
begin
  v_codigo := lower(translate(case when v_codigo ~ '^[0-9]+[.,]0{1,2}$' then substring(v_codigo, '^[0-9]+') else v_codigo end, './-', ''));
  if (length(v_codigo) between 11 and 13 or length(v_codigo) between 7 and 10 and left(right(v_codigo, 6), 4) = '0001') and regras.inscricao_valida(lpad(v_codigo, 14, '0')) and not regras.inscricao_valida(v_codigo) then
    return lpad(v_codigo, 14, '0');
  end if;
  return case when ltrim(v_codigo, '0') <> ''
    and v_codigo <> all ('{na,nd,#na,#nd,sn,sc,sem,semcodigo,semcódigo,semcnpj,naoinformado,nãoinformado,naotem,nãotem,"null",none,nan,nenhum,isento,99999999999,99999999999999}')
    and v_codigo !~ '^[0-9],?[0-9]*e[+][0-9]+$' -- digits are lost
    then v_codigo end;
end
$$;

comment on function regras.codigo_fornecedor(text) is
  'Supplier code without blanks, quotes, punctuation and the ".0" of a spreadsheet, in lower case, with the leading zeros of a CNPJ where its check digits prove that they were lost; null when empty.';
revoke execute on function regras.codigo_fornecedor(text) from public;
