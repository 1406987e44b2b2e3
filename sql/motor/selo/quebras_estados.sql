-- Compares every row of the tables whose changes are facts with the last fact about it, and every finding's state too. Also names what was
-- last written past our functions, triggers included; once a function corrects or writes it again, that is settled. Addresses of channels
-- may be missing from a copy, all of them together. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_estados()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with ultimo as materialized (
    select u.* from audit_interno.ultimos_estados() u
  ), quebrado as (
    select coalesce(u.tabela, a.tabela) as tabela, coalesce(u.chave, a.chave) as chave, u.operacao_id, u.autor, u.resumo as esperado, e.resumo as encontrado
    from (select x.* from ultimo x where x.tabela <> 'audit.divergencias_processadas') as u
    full join audit_interno.estados_agora() a on a.chave = u.chave and a.tabela = u.tabela
    cross join lateral (select case when u.sal is null then a.resumo else sha256(u.sal || a.resumo) end as resumo) as e
    where (u.resumo is distinct from e.resumo or u.autor is not null)
      and not (u.tabela = 'audit_interno.destinos_canais' and a.resumo is null and not exists (select from audit_interno.destinos_canais))
    union all
    select 'audit.divergencias_processadas', d.id::text, u.operacao_id, u.autor, coalesce(u.resumo, n.resumo), s.resumo
    from audit.divergencias_processadas d
    left join ultimo u on u.chave = d.id::text and u.tabela = 'audit.divergencias_processadas'
    cross join lateral (
      select case when u.sal is null then audit_interno.resumo_situacao(d) else sha256(u.sal || audit_interno.resumo_situacao(d)) end as resumo offset 0) as s -- computed once for each
    -- a finding that never changed is as its first detection left it
    cross join (
      select sha256(convert_to(row('aberta', null::jsonb, null::text, null::text, null::text, null::text, 0, true, true)::text, 'UTF8')) as resumo
    ) as n
    where s.resumo <> coalesce(u.resumo, n.resumo) or u.autor is not null
  )
  select case when q.esperado is not distinct from q.encontrado then 'estado_por_fora'
      when q.tabela = 'audit.divergencias_processadas' then 'situacao_alterada' else 'estado_alterado' end,
    o.elo, o.id, format('%s %s', q.tabela, q.chave),
    case when q.esperado is not distinct from q.encontrado then 'mudada por uma função do Conferente'
      when d.id is not null and q.operacao_id is null then 'aberta, como a detecção a deixou'
      else coalesce('resumo ' || encode(q.esperado, 'hex'), 'nenhuma linha') end,
    case when q.esperado is not distinct from q.encontrado then 'mudada diretamente por ' || q.autor
      when d.id is not null then concat_ws(', ', d.status, 'proposta por ' || d.proposta_por, 'decidida por ' || d.decidida_por,
        'digitado ' || (d.valores_digitados::text), 'resumo ' || encode(q.encontrado, 'hex'))
      else coalesce('resumo ' || encode(q.encontrado, 'hex'), 'nenhuma linha') end
  from quebrado q
  left join audit.divergencias_processadas d on d.id = case q.tabela when 'audit.divergencias_processadas' then q.chave::bigint end
  left join audit.operacoes o on o.id = q.operacao_id
$$;
comment on function audit_interno.quebras_estados() is 'estado_alterado, situacao_alterada, estado_por_fora.';
