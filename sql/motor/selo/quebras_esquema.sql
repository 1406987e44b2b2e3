-- Is our schema what the last migration left: functions, tables, constraints, triggers, rewrite rules, rights and owners? What was recorded
-- then is a fact of its operation (instalacao), which quebras_estados checks. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_esquema()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with comparado as (
    select coalesce(o.objeto, a.objeto) as objeto, coalesce(o.objeto, a.objeto) like 'gatilho %' as gatilho, o.objeto is null as novo, a.objeto is null as ausente,
      a.ligado, a.dito, o.resumo, a.resumo as resumo_agora,
      o.resumo is distinct from a.resumo
        -- another major version prints expressions differently
        or o.definicao is distinct from a.definicao and o.servidor = current_setting('server_version_num')::integer / 10000 as outro
    from audit_interno.objetos o
    full join audit_interno.objetos_agora() a on a.objeto = o.objeto
  )
  select case
      when c.gatilho and c.ausente then 'protecao_ausente'
      when c.gatilho and c.novo then 'protecao_estranha'
      when c.gatilho and c.outro then 'protecao_alterada'
      when c.gatilho then 'protecao_desligada'
      when c.ausente then 'esquema_ausente'
      when c.novo then 'esquema_estranho'
      else 'esquema_alterado' end,
    null::bigint, null::bigint, c.objeto,
    case when c.novo then 'nada: este objeto não é desta versão'
      when c.gatilho then 'ligado, como a migração o deixou'
      else 'como a migração o deixou' end,
    case when c.ausente then 'nada'
      when c.outro or c.novo then coalesce(c.dito, format('código, definição, dono ou permissões mudaram (resumo %s)', encode(c.resumo_agora, 'hex')))
      else format('desligado, session_replication_role %s', current_setting('session_replication_role')) end
  from comparado c
  where c.novo or c.ausente or c.outro or not c.ligado
$$;
comment on function audit_interno.quebras_esquema() is
  'protecao_ausente, protecao_estranha, protecao_alterada, protecao_desligada (of triggers); esquema_ausente, esquema_estranho, esquema_alterado (of everything else).';
