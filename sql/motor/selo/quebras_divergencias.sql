-- Compares every finding with its detections. Its columns give its identity again; the last detection says what it looked like; the number
-- of detections and their sessions say how often and where it was found. The last detection is the one highest in the chain, or in the
-- queue for it: a session that counts a finding again holds its row until the commit. What is decided later (status, who decided, entered
-- values) is the present state and not a fact; decisions and alterations are. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_divergencias()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- sort these narrow rows; findings are wide
  with vista as (
    select x.divergencia_id, x.resumo, o.id as operacao_id, o.elo, o.sessao_id, first_value(coalesce(x.sessao_primeira_id, o.sessao_id)) over w as sessao_primeira,
      sum(x.vezes) over w as vezes, lead(true) over w is null as ultima
    from (
      select d.divergencia_id, d.operacao_id, d.resumo, 1 as vezes, null::bigint as sessao_primeira_id from audit.deteccoes d
      union all
      select v.divergencia_id, v.deteccao_id, v.resumo, v.vezes, v.sessao_primeira_id
      from audit_interno.divergencias_arquivadas v where v.vezes > 0 -- all that are in the archive, by the last of them
    ) as x
    join audit.operacoes o on o.id = x.operacao_id
    left join audit_interno.fila_selos f on f.operacao_id = o.id
    window w as (partition by x.divergencia_id order by o.elo nulls last, f.ordem nulls last, x.operacao_id)
  )
  select case q.parte when 'deteccoes' then 'divergencia_sem_deteccao' else 'divergencia_alterada' end, v.elo, v.operacao_id,
    format('audit.divergencias_processadas %s: %s', d.id, q.parte),
    case q.parte
      when 'deteccoes' then 'audit.deteccoes'
      when 'identidade' then encode(d.identidade, 'hex')
      when 'ultima deteccao' then encode(v.resumo, 'hex')
      when 'vezes_detectada' then v.vezes::text
      when 'sessao_id' then v.sessao_primeira::text
      else v.sessao_id::text end,
    case q.parte
      when 'deteccoes' then 'nenhuma detecção'
      when 'identidade' then encode(i.identidade, 'hex')
      when 'ultima deteccao' then encode(audit_interno.resumo_achado(d), 'hex')
      when 'vezes_detectada' then d.vezes_detectada::text
      when 'sessao_id' then d.sessao_id::text
      else d.sessao_ultima_id::text end
  from audit.divergencias_processadas d
  left join vista v on v.divergencia_id = d.id and v.ultima
  cross join lateral (
    select audit_interno.identidade(d.regra, d.tabela, d.registro_id, d.valores_propostos, d.evidencia, d.entrada, d.impressao) as identidade
  ) as i
  cross join lateral (select case
    when v.vezes is null then 'deteccoes'
    when d.identidade <> i.identidade then 'identidade'
    when v.resumo <> audit_interno.resumo_achado(d) then 'ultima deteccao'
    when d.vezes_detectada <> v.vezes then 'vezes_detectada'
    when d.sessao_id is distinct from v.sessao_primeira then 'sessao_id'
    when d.sessao_ultima_id is distinct from v.sessao_id then 'sessao_ultima_id'
  end as parte) as q
  where q.parte is not null
$$;
comment on function audit_interno.quebras_divergencias() is 'divergencia_sem_deteccao, divergencia_alterada.';
