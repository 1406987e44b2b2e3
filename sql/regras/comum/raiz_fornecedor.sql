-- The company behind a supplier code: the first 8 positions of a CNPJ (with or without punctuation), any other code as it is, even one that
-- zeros pad to as many positions; in lower case, because a CNPJ may have letters since July 2026. Null for an empty code, or one that says
-- that there is none. What is not plainly a code goes to regras.raiz_codigo, at a cost: invisible blanks or quotes at its end, the ".0" of
-- a spreadsheet, 11 to 14 positions that may be a CNPJ without its zeros or are all zeros before the branch (whose number, nearly always
-- below a hundred, precedes the check digits), 7 to 10 that may be a first branch's. Touches nothing. Called by the three rules; a plain
-- expression without settings of its own, so that the planner can inline it.
create or replace function regras.raiz_fornecedor(codigo text) returns text
language sql immutable parallel safe
return case
  when codigo = any ('{0,00,000,0000,00000,000000,00000000,00000000000,00000000000000,N/A,n/a,NA,na,N/D,n/d,S/N,s/n,S/C,s/c,SEM,sem,Sem,SEM CODIGO,SEM CÓDIGO,sem codigo,sem código,Sem código,"NULL","null",None,NaN,nan,NENHUM,nenhum,ISENTO,Isento,isento,99999999999,99999999999999,99.999.999/9999-99}')
    then null
  when pg_catalog.strpos('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', pg_catalog.right(codigo, 1)) > 0
      and pg_catalog.right(codigo, 2) not in ('.0', ',0') and pg_catalog.right(codigo, 3) not in ('.00', ',00') and pg_catalog.strpos(codigo, '+') = 0
      and pg_catalog.octet_length(codigo) = pg_catalog.length(codigo) and pg_catalog.left(codigo, 1) > '''' collate "C"
    then nullif(pg_catalog.lower(case
      when pg_catalog.octet_length(pg_catalog.translate(codigo, './- ', '')) = 14
          and pg_catalog.left(pg_catalog.translate(codigo, './- ', ''), 8) <> '00000000'
        then pg_catalog.left(pg_catalog.translate(codigo, './- ', ''), 8)
      -- no between: it prints differently after a restore, and verificar would report the function
      when pg_catalog.octet_length(pg_catalog.translate(codigo, './- ', '')) >= 11 and pg_catalog.octet_length(pg_catalog.translate(codigo, './- ', '')) <= 14
          and pg_catalog.left(pg_catalog.right(pg_catalog.translate(codigo, './- ', ''), 6), 2) = '00'
        then regras.raiz_codigo(codigo)
      when pg_catalog.octet_length(codigo) >= 7 and pg_catalog.octet_length(codigo) <= 13
          and pg_catalog.octet_length(pg_catalog.translate(codigo, './- ', '')) >= 7 and pg_catalog.octet_length(pg_catalog.translate(codigo, './- ', '')) <= 10
          and pg_catalog.left(pg_catalog.right(pg_catalog.translate(codigo, './- ', ''), 6), 4) = '0001'
        then regras.raiz_codigo(codigo)
      else pg_catalog.translate(codigo, './- ', '')
    end), '')
  when codigo <> '' then regras.raiz_codigo(codigo)
end;

comment on function regras.raiz_fornecedor(text) is
  'Company root of a supplier code: 8 positions of a CNPJ, or the whole code without punctuation; null when empty.';
revoke execute on function regras.raiz_fornecedor(text) from public;
