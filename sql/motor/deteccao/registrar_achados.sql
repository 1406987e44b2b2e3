-- Takes pg_temp.conferente_achado into audit.divergencias_processadas: opens new findings and counts known ones. A finding that a person
-- rejected, confirmed or rolled back as wrong stays as it is. One that had closed by itself, or by an exception no longer in force, or
-- whose correction was rolled back for another reason, opens again. Only the first call of a transaction may wait (espera) for people who
-- are deciding: a later one holds findings that they may want next, and leaves theirs to them.
create or replace function audit_interno.registrar_achados(
  sessao_id bigint, regra audit.regras, operacao_id bigint, hash_regra text, espera boolean
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_agora timestamptz := clock_timestamp();
  v_inicio timestamptz := (select s.inicio_processamento from audit.sessoes_processamento s where s.id = registrar_achados.sessao_id);
  v_conhecidas bigint[];
  v_livres bigint[];
  v_suprimidas bigint;
  v_novas bigint;
  v_total bigint;
  v_valor numeric;
begin
  delete from pg_temp.conferente_achado a
  using audit.excecoes e
  where e.regra = registrar_achados.regra.nome and e.tabela = a.tabela and e.registro_id = a.registro_id and e.entrada = a.entrada
    and e.revogada_em is null and e.expira_em > v_agora;
  get diagnostics v_suprimidas = row_count;

  -- The known ones, in the order in which people lock what they decide on. HAZARD: looked up one by one, because the statistics know nothing
  -- of this session.
  v_conhecidas := array(
    select (select x.id from audit.divergencias_processadas x where x.registro_id = a.registro_id and x.identidade = a.identidade)
    from pg_temp.conferente_achado a);
  if espera then
    perform from audit.divergencias_processadas d where d.id = any (v_conhecidas) order by d.id for no key update;
  else
    v_livres := array(
      select d.id from audit.divergencias_processadas d where d.id = any (v_conhecidas) order by d.id for no key update skip locked);
    delete from pg_temp.conferente_achado a
    using audit.divergencias_processadas d
    where d.id = any (v_conhecidas) and d.id not in (select i from unnest(v_livres) as i)
      and d.registro_id = a.registro_id and d.identidade = a.identidade;
  end if;
  with gravada as (
    insert into audit.divergencias_processadas as d (
      sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id, entrada, valores_originais, valores_propostos, confianca,
      evidencia, justificativa, valor_em_risco, valor_decisao, detectada_em, ultima_deteccao, identidade, impressao, mes, filial)
    select registrar_achados.sessao_id, registrar_achados.sessao_id, registrar_achados.regra.nome, registrar_achados.hash_regra,
      -- a confidence just under the threshold is not rounded up to it
      a.tabela, a.registro_id, a.entrada, a.valores_originais, a.valores_propostos, trunc(a.confianca, 4), a.evidencia, a.justificativa,
      round(a.valor_em_risco, 2), round(a.valor_decisao, 2), v_agora, v_agora, a.identidade, a.impressao, a.mes, a.filial
    from pg_temp.conferente_achado a
    -- ids in the order of the keys (numbers too), so that a batch of corrections lies together in the warehouse, and two sessions at once
    -- take the same rows in the same order
    order by length(a.registro_id), a.registro_id collate "C", a.identidade
    on conflict (registro_id, identidade) do update
    set sessao_ultima_id = excluded.sessao_ultima_id, hash_regra = excluded.hash_regra, confianca = excluded.confianca,
      evidencia = excluded.evidencia, justificativa = excluded.justificativa, valor_em_risco = excluded.valor_em_risco, valor_decisao = excluded.valor_decisao,
      mes = excluded.mes, filial = excluded.filial, ultima_deteccao = excluded.ultima_deteccao, vezes_detectada = d.vezes_detectada + 1,
      (status, motivo, decidida_em, decidida_por) = (
        select case when r.reabre then 'aberta' else d.status end, case when r.reabre then 'encontrada de novo' else d.motivo end,
          case when r.reabre then v_agora else d.decidida_em end, case when r.reabre then 'conferente' else d.decidida_por end
        from (select case when d.status = 'obsoleta' then true
          when d.status in ('resolvida', 'rejeitada', 'revertida') then (
            select case d.status when 'resolvida' then coalesce(max(c.tipo), '') <> 'confirmacao' when 'revertida' then coalesce(max(c.tipo), '') <> 'reversao_por_erro'
              else max(c.tipo) = 'excecao' end
            from ( -- looked up by the finding, as in elegiveis
              select x.tipo from (select y.id, y.tipo from audit.decisoes y where y.divergencia_id = d.id offset 0) as x
              where audit_interno.responde(x.tipo) order by x.id desc limit 1) as c)
          else false end as reabre) as r)
    -- counted once, even if another part of this session was faster, or another session found it in between
    where d.sessao_ultima_id <> excluded.sessao_ultima_id and not (d.ultima_deteccao > v_inicio and exists (
      select from audit.deteccoes x join audit.operacoes o on o.id = x.operacao_id
      where x.divergencia_id = d.id and o.sessao_id = excluded.sessao_ultima_id))
    returning d.id, d.registro_id, d.identidade, d.vezes_detectada, d.confianca, d.valor_em_risco, audit_interno.resumo_achado(d) as resumo
  ), registrada as (
    insert into audit.deteccoes (operacao_id, divergencia_id, confianca, resumo)
    select registrar_achados.operacao_id, g.id, g.confianca, g.resumo
    from gravada g
  ), resumida as (
    insert into audit_interno.resumos_divergencias as r (divergencia_id, resumo)
    select g.id, a.resumo
    from gravada g
    join pg_temp.conferente_achado a on a.registro_id = g.registro_id and a.identidade = g.identidade
    where a.resumo <> '{}'
    on conflict (divergencia_id) do update set resumo = excluded.resumo where r.resumo <> excluded.resumo
  )
  select count(*), count(*) filter (where g.vezes_detectada = 1), coalesce(sum(g.valor_em_risco), 0)
  into v_total, v_novas, v_valor
  from gravada g;

  update audit.execucoes_regra e
  set encontradas = e.encontradas + v_total, novas = e.novas + v_novas, recorrentes = e.recorrentes + v_total - v_novas,
    suprimidas = e.suprimidas + v_suprimidas, valor_em_risco = e.valor_em_risco + v_valor
  where e.sessao_id = registrar_achados.sessao_id and e.regra = registrar_achados.regra.nome;
end
$$;
comment on function audit_interno.registrar_achados(bigint, audit.regras, bigint, text, boolean) is
  'Opens new findings, counts known ones, withholds those under an exception.';
