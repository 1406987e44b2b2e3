-- A field of a setting: the warning that audit.alterar_configuracao raises in psql, for programs that see no warnings. Reads the ledger's
-- labels; changes nothing.
create or replace function audit.configuracao_aviso(configuracao audit.configuracoes_sistema)
returns text
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'nenhum lançamento tem a categoria: ' || string_agg(format('%s (%s)', e.rotulo, coalesce('parecidas, com seus lançamentos: ' || e.proximos, 'nenhuma se parece')), '; ')
  from audit_interno.rotulos_estranhos((configuracao).chave) e
$$;
comment on function audit.configuracao_aviso(audit.configuracoes_sistema) is
  'What is odd about the value of the setting: categories that no entry has (NC031), each with the most similar ones and their entries; null if nothing is. Reads the ledger for the settings that name categories.';
grant execute on function audit.configuracao_aviso(audit.configuracoes_sistema) to conferente_administrador;
