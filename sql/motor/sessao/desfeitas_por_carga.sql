-- What a session saw undone from outside, by rule and by the hour of the load that did it. Used by the session's message and by mail.
create or replace function audit_interno.desfeitas_por_carga(sessao_id bigint)
returns table (regra text, carga timestamptz, quantas bigint, ausentes bigint)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select o.regra, date_trunc('hour', u.carregado_em, audit.fuso()), count(*),
    count(*) filter (where u.situacao = 'ausente')
  from audit.operacoes o join audit.correcoes_desfeitas u on u.operacao_id = o.id
  where o.sessao_id = desfeitas_por_carga.sessao_id
  group by 1, 2
$$;
comment on function audit_interno.desfeitas_por_carga(bigint) is
  'regra, carga (hour of the load, null if the load time is not later than the correction), quantas, and how many of them are ausentes (the row is gone).';
