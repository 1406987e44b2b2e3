-- Whether the caller may see the columns of the row that are kept with a finding: those who may see the row itself (audit.ver_registro),
-- and readers where the setting allows it. Called by audit.vw_resumos, once a statement.
create or replace function audit_interno.pode_ver_resumo()
returns boolean
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.tem_papel('conferente_revisor') or audit_interno.tem_papel('conferente_administrador')
    or (audit_interno.configuracao('resumo.leitores') #>> '{}')::boolean
$$;
comment on function audit_interno.pode_ver_resumo() is 'Whether the caller sees the summaries of entries.';
grant execute on function audit_interno.pode_ver_resumo() to conferente_leitor;
