-- Facts without an operation or finding, and operations that were never sealed. What the caller's own transaction has written is sealed
-- only at its commit; the age of its rows identifies it (below 1, which no other ended and unqueued operation has). Waiting in the queue of
-- seals is no fault for an hour; after that, no login of the engine has been there to seal. Changes nothing. Called by
-- verificar_integridade.
create or replace function audit_interno.quebras_fatos()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with seladas as (
    select o.id from audit.operacoes o where o.elo is not null
    union all
    select f.operacao_id from audit_interno.fila_selos f
  )
  select 'operacao_sem_selo', null::bigint, o.id, format('audit.operacoes %s', o.id), 'selo',
    format('tipo %s, status %s, sem selo%s', o.tipo, o.status, ', na fila desde ' || f.carimbada_em)
  from audit.operacoes o
  left join audit_interno.fila_selos f on f.operacao_id = o.id
  where o.elo is null and age(o.xmin) > 0 and (o.finalizada_em is not null or o.tipo not in ('externa', 'exportacao'))
    and (f.operacao_id is null or f.carimbada_em < clock_timestamp() - interval '1 hour')
  union all
  select case when o.id is null then 'fato_sem_operacao' else 'fato_sem_selo' end, null, x.operacao_id,
    format('%s.%s %s', case x.tabela when 'estados' then 'audit_interno' else 'audit' end, x.tabela, x.chave), format('audit.operacoes %s', x.operacao_id),
    case when o.id is null then 'nenhuma operação com este id' else format('tipo %s, status %s, sem selo', o.tipo, o.status) end
  from (
    select 'deteccoes' as tabela, d.operacao_id, format('divergencia_id %s, operacao_id %s', d.divergencia_id, d.operacao_id) as chave
    from audit.deteccoes d
    where not exists (select from seladas o where o.id = d.operacao_id)
    union all
    select 'alteracoes', a.operacao_id, format('divergencia_id %s, operacao_id %s', a.divergencia_id, a.operacao_id)
    from audit.alteracoes a
    where not exists (select from seladas o where o.id = a.operacao_id)
    union all
    select 'correcoes_desfeitas', u.operacao_id, format('divergencia_id %s, operacao_id %s', u.divergencia_id, u.operacao_id)
    from audit.correcoes_desfeitas u
    where not exists (select from seladas o where o.id = u.operacao_id)
    union all
    select 'decisoes', c.operacao_id, c.id::text
    from audit.decisoes c
    where not exists (select from seladas o where o.id = c.operacao_id)
    union all
    select 'excecoes', e.operacao_id, e.id::text
    from audit.excecoes e
    where not exists (select from seladas o where o.id = e.operacao_id)
    union all
    select 'estados', s.operacao_id, format('%s: %s de %s', s.id, s.chaves[1], s.tabela)
    from audit_interno.estados s
    -- without an operation and of this transaction: it is still to get one
    where (s.operacao_id is not null or age(s.xmin) > 0) and not exists (select from seladas o where o.id = s.operacao_id)
  ) as x
  left join audit.operacoes o on o.id = x.operacao_id
  where o.id is null or age(o.xmin) > 0
  union all
  select 'fato_sem_divergencia', o.elo, x.operacao_id, format('audit.%s %s', x.tabela, x.chave),
    format('audit.divergencias_processadas %s', x.divergencia_id), 'nenhuma divergência com este id'
  from (
    select 'deteccoes' as tabela, d.operacao_id, d.divergencia_id,
      format('divergencia_id %s, operacao_id %s', d.divergencia_id, d.operacao_id) as chave
    from audit.deteccoes d
    where not exists (select from audit.divergencias_processadas p where p.id = d.divergencia_id)
    union all
    select 'alteracoes', a.operacao_id, a.divergencia_id, format('divergencia_id %s, operacao_id %s', a.divergencia_id, a.operacao_id)
    from audit.alteracoes a
    where not exists (select from audit.divergencias_processadas p where p.id = a.divergencia_id)
    union all
    select 'correcoes_desfeitas', u.operacao_id, u.divergencia_id, format('divergencia_id %s, operacao_id %s', u.divergencia_id, u.operacao_id)
    from audit.correcoes_desfeitas u
    where not exists (select from audit.divergencias_processadas p where p.id = u.divergencia_id)
    union all
    select 'decisoes', c.operacao_id, c.divergencia_id, c.id::text
    from audit.decisoes c
    where not exists (select from audit.divergencias_processadas p where p.id = c.divergencia_id)
  ) as x
  left join audit.operacoes o on o.id = x.operacao_id
$$;
comment on function audit_interno.quebras_fatos() is 'operacao_sem_selo, fato_sem_operacao, fato_sem_selo, fato_sem_divergencia.';
