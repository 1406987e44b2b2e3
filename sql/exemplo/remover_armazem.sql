-- Removes what exemplo.criar_armazem made, and nothing else: never "cascade", so whatever others hung on it is kept
-- and named by the error. The functions of schema exemplo stay.
create or replace function exemplo.remover_armazem()
returns void
language plpgsql
volatile
set search_path = ''
set client_min_messages = warning
as $$
begin
  perform exemplo.conferir_esquema();
  drop view if exists dw.lancamentos;
  drop table if exists dw.fato_lancamentos;
  drop table if exists dw.dim_concessionaria, dw.dim_fornecedor, dw.dim_filial, dw.dim_centro_custo, dw.dim_conta_contabil, dw.dim_categoria;
  drop table if exists exemplo.verdade, exemplo.original, exemplo.geracao;
  -- A schema dw without the mark was there before the demonstration, empty, and stays.
  if pg_catalog.obj_description(pg_catalog.to_regnamespace('dw'), 'pg_namespace') like '%[exemplo]' then
    drop schema dw;
  end if;
end
$$;

comment on function exemplo.remover_armazem() is
  'Removes the example warehouse (schema dw and the truth kept aside). Raises NC901, and removes nothing, when dw holds anything else.';

revoke execute on function exemplo.remover_armazem() from public;
