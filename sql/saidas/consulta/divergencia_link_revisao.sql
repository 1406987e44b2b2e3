-- A field of the finding in the API. No settings of its own, so that the planner inlines it and asks for the page once.
create or replace function audit.divergencia_link_revisao(divergencia audit.divergencias_processadas)
returns text
language sql
stable
as $$
  select (select audit.pagina_revisao()) || '?divergencia=' || (divergencia).id
$$;
comment on function audit.divergencia_link_revisao(audit.divergencias_processadas) is 'Address of this finding on the review page.';
grant execute on function audit.divergencia_link_revisao(audit.divergencias_processadas) to conferente_leitor;
