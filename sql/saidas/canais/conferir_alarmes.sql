-- Decides what channels report, and nothing else does: a problem is announced once when it begins and once when it is over, however often
-- and by however many processes this is called. The session does not do it itself: a transaction kept open would hold the problem's key,
-- and so everybody else's. Called by the worker at every tick.
create or replace function audit_interno.conferir_alarmes()
returns setof audit.notificacoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s' -- the caller has other things to do, and calls again
as $$
declare
  v_sessoes bigint[];
begin
  with tirada as (delete from audit_interno.sessoes_a_avisar a returning a.sessao_id)
  select array_agg(t.sessao_id) into v_sessoes from tirada t;

  return query
  with aberto as (
    insert into audit_interno.alarmes (tipo, chave, regra, sessao_id)
    -- if several sessions failed alike, the first of them began it
    select p.tipo, p.chave, min(p.regra), min(p.sessao_id)
    from (select * from audit_interno.problemas_sessoes(v_sessoes) union all select * from audit_interno.problemas_agora()) as p
    group by p.tipo, p.chave
    on conflict (tipo, chave) where encerrado_em is null do nothing
    returning *
  )
  insert into audit.notificacoes (tipo, sessao_id, canal_id, alarme_id)
  select a.tipo, a.sessao_id, c.id, a.id
  from aberto a
  left join audit.sessoes_processamento s on s.id = a.sessao_id
  join audit.canais c on c.ativo and a.tipo = any (c.eventos)
    and c.criado_em <= coalesce(s.fim_processamento, a.aberto_em) -- a channel hears nothing from before it existed
  where a.tipo <> 'abertas' -- reported for each session below
  order by a.id, c.id
  on conflict do nothing
  returning *;

  return query
  insert into audit.notificacoes (tipo, sessao_id, canal_id, alarme_id)
  select 'abertas', s.id, c.id, (
    select a.id from audit_interno.alarmes a where a.tipo = 'abertas' and a.encerrado_em is null)
  from audit.sessoes_processamento s
  join audit.canais c on c.ativo and 'abertas' = any (c.eventos) and c.criado_em <= s.fim_processamento
  where s.id = any (v_sessoes) and exists (
    select from audit.divergencias_processadas d
    where d.sessao_id = s.id and audit.aguarda_pessoa(d.status)) -- even if another session has seen them since
  order by s.id, c.id
  on conflict do nothing
  returning *;

  return query
  with findo as (
    update audit_interno.alarmes a set encerrado_em = clock_timestamp(), desfecho = f.desfecho
    from audit_interno.problemas_findos() f
    where a.id = f.alarme_id and a.encerrado_em is null
    returning a.id
  )
  insert into audit.notificacoes (tipo, canal_id, alarme_id)
  select 'resolvido', c.id, f.id
  from findo f
  join audit.canais c on c.ativo and 'resolvido' = any (c.eventos)
  -- only where the beginning was announced
  where exists (select from audit.notificacoes n where n.alarme_id = f.id and n.canal_id = c.id)
  order by f.id, c.id
  on conflict do nothing
  returning *;
end
$$;
comment on function audit_interno.conferir_alarmes() is 'Opens and closes problems, and queues the messages to channels; returns those messages.';
