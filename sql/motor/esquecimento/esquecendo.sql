-- Whether a row differs from what it was only where audit.esquecer_pessoa may change it, and that is under way. Asked by recusar_mudanca.
create or replace function audit_interno.esquecendo(tabela text, antes jsonb, depois jsonb)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select esquecendo.antes - c.colunas = esquecendo.depois - c.colunas
    and exists (select from audit.operacoes o where o.id = audit_interno.operacao_em_curso() and o.tipo = 'esquecimento')
  from (
    select case when esquecendo.tabela = 'audit_interno.sais' then array['autoria', 'detalhes']
      when esquecendo.tabela ~ '^audit_(interno|arquivo)[.]estados(_[0-9_]+)?$' then array['autor', 'sal']
      else array(select n.coluna from audit_interno.onde_ha_nomes() n where n.tabela = esquecendo.tabela) end as colunas
  ) as c
$$;
comment on function audit_interno.esquecendo(text, jsonb, jsonb) is 'True for a change of names alone, by the operation that forgets somebody.';
