-- What a line of a sheet carries so that its decision can be read back: what was shown of the finding, and a digest of its cells. Nothing
-- secret: audit.decidir_planilha compares the decision with the finding itself. It reads nothing but its arguments.
create or replace function audit.controle_planilha(divergencia audit.vw_divergencias_exportacao, fuso text)
returns text
language sql
stable security definer parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when audit.aguarda_pessoa((divergencia).status)
    then (divergencia).visto || '-' || audit_interno.resumo_celulas(audit_interno.celulas_planilha(divergencia, fuso)) end
$$;
comment on function audit.controle_planilha(audit.vw_divergencias_exportacao, text) is
  'The column Controle of a sheet to decide in; null for a finding that does not wait for a person. fuso: the zone in which the sheet shows times.';
grant execute on function audit.controle_planilha(audit.vw_divergencias_exportacao, text) to conferente_leitor;
