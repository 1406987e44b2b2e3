-- Of the findings that a session saw undone from outside, how many wait for a person because it has happened too often.
create or replace function audit_interno.desfeitas_paradas(sessao_id bigint)
returns bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(distinct d.id)
  from audit.operacoes o
  join audit.correcoes_desfeitas u on u.operacao_id = o.id
  join audit.divergencias_processadas d on d.id = u.divergencia_id
  where o.sessao_id = desfeitas_paradas.sessao_id and d.status in ('aberta', 'aguardando_segunda_aprovacao')
    and d.vezes_desfeita >= (audit_interno.configuracao('sessao.desfeitas_maximo') #>> '{}')::bigint
$$;
comment on function audit_interno.desfeitas_paradas(bigint) is 'Number of findings that auto no longer corrects again.';
