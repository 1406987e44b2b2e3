-- Whether a session can make good what an earlier one left undone: the same window, and every rule of the earlier one that is still active.
create or replace function audit_interno.sessao_cobre(depois audit.sessoes_processamento, antes audit.sessoes_processamento)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select (sessao_cobre.depois).id > (sessao_cobre.antes).id
    and audit_interno.faixa_sessao(sessao_cobre.depois) = audit_interno.faixa_sessao(sessao_cobre.antes)
    and not exists (
      select from audit.regras r
      where r.ativa and r.nome = any ((sessao_cobre.antes).regras) and r.nome <> all ((sessao_cobre.depois).regras))
$$;
comment on function audit_interno.sessao_cobre(audit.sessoes_processamento, audit.sessoes_processamento) is
  'True when depois ran over the window of antes, later and with all of its rules that are still active.';
