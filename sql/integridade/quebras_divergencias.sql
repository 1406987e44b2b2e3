-- Holds every finding against its detections: its identity can be computed again from its columns, the last detection says
-- what it looked like, the number of detections and their sessions how often and where it was found. The last detection is
-- the one highest in the chain: whoever counts a finding again holds its row until the commit, which seals.
-- What is decided about it later (status and who decided, typed values) is the present state, not a fact: decisions and
-- alterations are. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_divergencias()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with operacao as materialized (
    select o.id, o.elo, o.sessao_id, row_number() over (order by o.elo nulls last, o.id) as ordem
    from audit.operacoes o
  ), vista as (
    select x.divergencia_id, count(*) as vezes, min(o.ordem) as primeira, max(o.ordem) as ultima
    from audit.deteccoes x
    join operacao o on o.id = x.operacao_id
    group by x.divergencia_id
  )
  select case q.parte when 'deteccoes' then 'divergencia_sem_deteccao' else 'divergencia_alterada' end, u.elo, u.id,
    format('audit.divergencias_processadas %s: %s', d.id, q.parte),
    case q.parte
      when 'deteccoes' then 'audit.deteccoes'
      when 'identidade' then encode(d.identidade, 'hex')
      when 'ultima deteccao' then encode(x.resumo, 'hex')
      when 'vezes_detectada' then v.vezes::text
      when 'sessao_id' then p.sessao_id::text
      else u.sessao_id::text end,
    case q.parte
      when 'deteccoes' then 'nenhuma detecção'
      when 'identidade' then encode(i.identidade, 'hex')
      when 'ultima deteccao' then encode(audit_interno.resumo_achado(d), 'hex')
      when 'vezes_detectada' then d.vezes_detectada::text
      when 'sessao_id' then d.sessao_id::text
      else d.sessao_ultima_id::text end
  from audit.divergencias_processadas d
  left join vista v on v.divergencia_id = d.id
  left join operacao p on p.ordem = v.primeira
  left join operacao u on u.ordem = v.ultima
  left join audit.deteccoes x on x.divergencia_id = d.id and x.operacao_id = u.id
  cross join lateral (
    select sha256(convert_to(jsonb_build_array(d.regra, d.tabela, d.registro_id, d.valores_propostos,
      case when d.valores_propostos = '{}' then d.evidencia ->> 'tipo' end)::text, 'UTF8') || d.impressao) as identidade
    offset 0
  ) as i
  cross join lateral (select case
    when v.vezes is null then 'deteccoes'
    when d.identidade <> i.identidade then 'identidade'
    when x.resumo is distinct from audit_interno.resumo_achado(d)
      -- as detections once left it, without the original values and the time
      and x.resumo is distinct from sha256(d.identidade || convert_to(
        jsonb_build_array(d.confianca, d.evidencia, d.justificativa, d.valor_em_risco, d.hash_regra)::text, 'UTF8'))
      then 'ultima deteccao'
    when d.vezes_detectada <> v.vezes then 'vezes_detectada'
    when d.sessao_id is distinct from p.sessao_id then 'sessao_id'
    when d.sessao_ultima_id is distinct from u.sessao_id then 'sessao_ultima_id'
  end as parte offset 0) as q
  where q.parte is not null
$$;
comment on function audit_interno.quebras_divergencias() is 'divergencia_sem_deteccao, divergencia_alterada.';
