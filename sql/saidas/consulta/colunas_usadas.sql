-- The columns of a relation that we read, and which of them a correction may write: those that its rules register; for dw.lancamentos, or a
-- relation about to take its place, the whole contract; where rows are read again after a write, all that must not change. Called by the
-- diagnosis.
create or replace function audit_interno.colunas_usadas(relacao regclass)
returns table (coluna text, corrigivel boolean)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with regra as (
    select r.*, audit_interno.relacao(r.tabela) = colunas_usadas.relacao as dela from audit.regras r
  ), dela as (
    -- the business's own rules on another table, or the bundled ones on the future dw.lancamentos
    select r.* from regra r where r.dela or r.tabela = 'dw.lancamentos' and not exists (select from regra x where x.dela)
  ), usada (coluna, corrigivel) as (
    select c, true from dela r cross join unnest(r.colunas) as c
    union all
    select c, false from dela r cross join unnest(r.colunas_identidade || r.colunas_resumo || array[r.coluna_chave, r.coluna_data, r.coluna_carga, r.coluna_valor, r.coluna_filial]) as c
    union all
    select c.coluna, false from audit_interno.contrato() c where exists (select from dela r where r.tabela = 'dw.lancamentos')
    union all
    select a.attname, false from pg_attribute a
    where a.attrelid = colunas_usadas.relacao and a.attnum > 0 and audit_interno.exige_releitura(relacao)
      and not exists (select from dela r where r.tabela = 'dw.lancamentos')
  )
  select u.coluna, bool_or(u.corrigivel)
  from usada u
  join pg_attribute a on a.attrelid = colunas_usadas.relacao and a.attname = u.coluna and a.attnum > 0 and not a.attisdropped
  group by u.coluna
$$;
comment on function audit_interno.colunas_usadas(regclass) is 'Columns of a relation that the rules and the engine read, and whether a correction may write them.';
