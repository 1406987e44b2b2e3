-- What went wrong in sessions that have just ended. A session that broke off failed as a whole; one that reached its end reports each rule.
-- Part of conferir_alarmes.
create or replace function audit_interno.problemas_sessoes(sessoes bigint[])
returns table (tipo text, chave text, regra text, sessao_id bigint)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'falha', 'sessao ' || audit_interno.faixa_sessao(s), null::text, s.id
  from audit.sessoes_processamento s
  where s.id = any (problemas_sessoes.sessoes) and s.status = 'falhou' and s.etapa is distinct from 'fim'
  union all
  select 'falha', 'regra ' || e.regra, e.regra, s.id
  from audit.sessoes_processamento s
  join audit.execucoes_regra e on e.sessao_id = s.id and e.status in ('falhou', 'pulada')
  where s.id = any (problemas_sessoes.sessoes) and s.etapa = 'fim' and s.status <> 'cancelada'
  union all
  select 'limite', audit_interno.faixa_sessao(s), null, s.id
  from audit.sessoes_processamento s
  where s.id = any (problemas_sessoes.sessoes) and s.limite_atingido is not null
$$;
comment on function audit_interno.problemas_sessoes(bigint[]) is 'Problems falha and limite of these sessions, each with its key.';
