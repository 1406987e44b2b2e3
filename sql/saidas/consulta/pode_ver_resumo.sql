-- Whether who called may see what of the row is kept with a finding: those who may see the row itself (audit.ver_registro), and
-- readers where the setting opens it. Called by audit.vw_resumos, once for a statement.
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
