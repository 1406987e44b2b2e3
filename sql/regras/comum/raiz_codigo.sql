-- The company behind a supplier code that needs cleaning first. Touches nothing. Called by regras.raiz_fornecedor alone, which decides
-- when.
create or replace function regras.raiz_codigo(codigo text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_codigo text := regras.codigo_fornecedor(codigo);
begin
  return case
    when length(v_codigo) <> 14 then v_codigo
    when left(v_codigo, 8) <> '00000000' then left(v_codigo, 8)
    -- the one company whose number is zero, with the zeros that a spreadsheet drops; other codes are only filled up
    when regras.inscricao_valida(v_codigo) then ltrim(v_codigo, '0')
    else v_codigo
  end;
end
$$;

comment on function regras.raiz_codigo(text) is 'Company root of a supplier code, cleaned by regras.codigo_fornecedor.';
revoke execute on function regras.raiz_codigo(text) from public;
