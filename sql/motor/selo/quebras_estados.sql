-- Holds every row of the tables whose changes are facts against the last fact about it, and every finding's state too. What stands
-- there now and was put there past our functions, triggers and all, is named as well: a function that puts it right, or says it again,
-- mends that. Addresses of channels may be left out of a copy as a whole. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_estados()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with ultimo as materialized (
    select u.* from audit_interno.ultimos_estados() u
  ), agora as (
    select a.tabela, a.chave, a.resumo, null::text as dito from audit_interno.estados_agora() a
    union all
    -- one that never changed is as its first detection leaves it
    select 'audit.divergencias_processadas', d.id::text, s.resumo, concat_ws(', ', d.status, 'proposta por ' || d.proposta_por,
      'decidida por ' || d.decidida_por, 'digitado ' || (d.valores_digitados::text))
    from audit.divergencias_processadas d
    cross join lateral (select audit_interno.resumo_situacao(d) as resumo) as s
    where s.resumo <> sha256(convert_to(row('aberta', null::jsonb, null::text, null::numeric, null::text, null::text, null::numeric, null::text, 0)::text, 'UTF8'))
      or d.id::text in (select u.chave from ultimo u where u.tabela = 'audit.divergencias_processadas')
  )
  select case when u.resumo is distinct from a.resumo then
      case when coalesce(u.tabela, a.tabela) = 'audit.divergencias_processadas' then 'situacao_alterada' else 'estado_alterado' end
      else 'estado_por_fora' end,
    o.elo, o.id, format('%s %s', coalesce(u.tabela, a.tabela), coalesce(u.chave, a.chave)),
    case when u.resumo is not distinct from a.resumo then 'mudada por uma função do Conferente'
      when u.resumo is not null then format('resumo %s', encode(u.resumo, 'hex'))
      when coalesce(u.tabela, a.tabela) = 'audit.divergencias_processadas' then 'aberta, como a detecção a deixou'
      else 'nenhuma linha' end,
    case when u.resumo is not distinct from a.resumo then format('mudada diretamente por %s', u.autor)
      when a.resumo is null then 'nenhuma linha'
      else format('resumo %s%s', encode(a.resumo, 'hex'), ': ' || a.dito) end
  from ultimo u
  full join agora a on a.tabela = u.tabela and a.chave = u.chave
  left join audit.operacoes o on o.id = u.operacao_id
  where (u.resumo is distinct from a.resumo or u.autor is not null)
    and not (u.tabela = 'audit_interno.destinos_canais' and a.resumo is null and not exists (select from audit_interno.destinos_canais))
    -- a finding that is gone is fato_sem_divergencia
    and not (coalesce(u.tabela, '') = 'audit.divergencias_processadas' and a.chave is null)
$$;
comment on function audit_interno.quebras_estados() is 'estado_alterado, situacao_alterada, estado_por_fora.';
