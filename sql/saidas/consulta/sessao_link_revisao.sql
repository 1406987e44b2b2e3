-- A field of the session in the API. No settings of its own, so that the planner inlines it and asks for the page once.
create or replace function audit.sessao_link_revisao(sessao audit.sessoes_processamento)
returns text
language sql
stable
as $$
  select (select audit.pagina_revisao()) || '?sessao=' || (sessao).id
$$;
comment on function audit.sessao_link_revisao(audit.sessoes_processamento) is 'Address of this session on the review page.';
grant execute on function audit.sessao_link_revisao(audit.sessoes_processamento) to conferente_leitor;
