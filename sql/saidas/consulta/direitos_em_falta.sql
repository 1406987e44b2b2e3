-- The grants on a table that our two roles lack, as commands that fix it; null where none is missing. Shown where a session fails for lack
-- of them. Reads what audit_interno.diagnosticar_acesso reads; changes nothing.
create or replace function audit_interno.direitos_em_falta(tabela text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(d.sugestao, ' ')
  from audit_interno.diagnosticar_acesso(audit_interno.relacao(direitos_em_falta.tabela)) d
  where d.situacao = 'erro' and d.sugestao like 'grant %'
$$;
comment on function audit_interno.direitos_em_falta(text) is 'The grants on a table that conferente_regra and conferente_escrita lack, or null.';
