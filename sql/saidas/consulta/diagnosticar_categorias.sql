-- Part of the diagnosis: categories that look dead or renamed according to the history of pendente_verificacao, with what to do; successors
-- that the ledger does not have; entries whose account stayed behind. Nothing until that rule has counted. Called by
-- audit.diagnosticar_contrato; changes nothing.
create or replace function audit_interno.diagnosticar_categorias()
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select * from audit_interno.ler('select * from regra_pendente_verificacao.diagnosticar_categorias()')
    as x (item text, situacao text, detalhe text, sugestao text)
  union all
  select * from audit_interno.ler('select * from regra_pendente_verificacao.diagnosticar_contas()')
    as x (item text, situacao text, detalhe text, sugestao text);
exception when insufficient_privilege or undefined_table or undefined_column then
  return; -- the lines on access report it
end
$$;
comment on function audit_interno.diagnosticar_categorias() is 'Lines of the diagnosis on categories that look dead or renamed, and on old accounts still in use.';
