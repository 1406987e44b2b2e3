-- The correction step: one batch of one rule in one session, atomic. Batches proceed by the findings' ids, so each reads only its own part
-- of them. When nothing is left the rule is done. An unproven rule corrects within its grant, in the order of finding, and loses auto at
-- the first correction that exceeds it.
create or replace function audit_interno.corrigir_lote(sessao_id bigint, nome_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_resto record;
  v_desde bigint;
  v_ids bigint[];
  v_cabe boolean;
  v_fechadas bigint[];
  v_fechado numeric;
  v_contestadas bigint[];
  v_desconhecidas bigint[];
  v_ate bigint;
  v_operacao bigint;
  v_dias daterange;
  v_inicio timestamptz := clock_timestamp();
  v_recusa text;
begin
  perform audit_interno.travar_regra(nome_regra);
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  select e.corrigida_ate into strict v_desde
  from audit.execucoes_regra e where e.sessao_id = corrigir_lote.sessao_id and e.regra = nome_regra;
  v_recusa := audit_interno.terreno_recusa(audit_interno.relacao(v_regra.tabela), v_regra.coluna_chave);
  if v_regra.automatica and v_recusa is not null then
    update audit.execucoes_regra e set motivo = concat_ws('; ', e.motivo, 'nada corrige sozinha aqui: ' || v_recusa)
    where e.sessao_id = corrigir_lote.sessao_id and e.regra = nome_regra;
  elsif v_regra.automatica then
    v_ids := array(
      select d.id from audit_interno.elegiveis(corrigir_lote.sessao_id, v_regra) d
      where d.id > v_desde
      order by d.id
      limit (select (audit_interno.configuracao('sessao.tamanho_lote') #>> '{}')::bigint));
  end if;
  if v_ids <> '{}' then
    perform audit_interno.conferir_codigo(corrigir_lote.sessao_id, nome_regra);
    select r.* into strict v_regra from audit.regras r where r.nome = nome_regra;
    v_ids := case when v_regra.automatica then v_ids end;
  end if;
  if v_ids <> '{}' then
    select * into v_resto from audit_interno.resto_concessao(v_regra);
    v_fechadas := array(select f.divergencia_id from audit_interno.em_periodo_fechado(v_ids) f);
    -- findings in a closed month use up nothing of the grant
    select array_agg(x.id order by x.id) filter (where x.cabe), bool_or(x.cabe) into v_ids, v_cabe
    from (
      select e.id, v_regra.prova = 'provada' or coalesce(
        count(*) filter (where e.aberta) over w <= v_resto.correcoes and sum(e.valor) filter (where e.aberta) over w <= v_resto.valor, true) as cabe
      from (
        select d.id, greatest(d.valor_em_risco, d.valor_decisao) as valor, d.id <> all (v_fechadas) as aberta
        from audit.divergencias_processadas d where d.id = any (v_ids)
      ) as e
      window w as (order by e.id)
    ) as x;
    if not v_cabe then
      perform audit_interno.perder_automatica(v_regra, format(
        'ainda não está provada, e a próxima correção passaria do que foi concedido (%s correções e %s; restam %s e %s). Para conceder mais: conferente regras --auto %s --correcoes N --valor R$ --motivo …',
        v_regra.concessao_correcoes, audit_interno.reais(v_regra.concessao_valor), v_resto.correcoes, audit_interno.reais(v_resto.valor), v_regra.nome),
        jsonb_build_object('prova', v_regra.prova, 'restam', v_resto.correcoes, 'resta_valor', v_resto.valor), corrigir_lote.sessao_id);
    end if;
    perform audit_interno.criar_lote();
    insert into pg_temp.conferente_lote (divergencia_id, regra, tabela, registro_id, entrada, de, para, impressao, valor)
    select d.id, d.regra, d.tabela, d.registro_id, d.entrada, d.valores_originais, d.valores_propostos, d.impressao, d.valor_em_risco
    from audit.divergencias_processadas d
    where d.id = any (v_ids)
    order by d.id
    for update of d skip locked; -- a finding that a reviewer is deciding right now is the reviewer's
  end if;
  v_ate := v_ids[cardinality(v_ids)]; -- the end of the intended batch, even if reviewers hold all of it
  if v_ate is null then
    update audit.execucoes_regra e set status = 'concluida', fim = clock_timestamp()
    where e.sessao_id = corrigir_lote.sessao_id and e.regra = nome_regra and e.status = 'detectada';
    return;
  end if;
  v_contestadas := array(select audit_interno.contestadas(v_ids));
  if v_contestadas <> '{}' then
    delete from pg_temp.conferente_lote l where l.divergencia_id = any (v_contestadas);
  end if;
  v_desconhecidas := array(select audit_interno.desconhecidas(array(select l.divergencia_id from pg_temp.conferente_lote l)));
  if v_desconhecidas <> '{}' then
    delete from pg_temp.conferente_lote l where l.divergencia_id = any (v_desconhecidas);
    update audit.divergencias_processadas d
    set motivo = 'deixada para uma pessoa: nenhum lançamento tem o valor proposto; depois de aprovado uma vez, ele passa a valer'
    where d.id = any (v_desconhecidas);
  end if;
  with fechada as (
    delete from pg_temp.conferente_lote l where l.divergencia_id = any (v_fechadas) returning l.divergencia_id, l.valor
  )
  select array_agg(f.divergencia_id), coalesce(sum(f.valor), 0) into v_fechadas, v_fechado from fechada f;
  if exists (select from pg_temp.conferente_lote) then
    v_operacao := audit_interno.abrir_operacao('correcao', corrigir_lote.sessao_id, nome_regra,
      concat(format('automática: confiança de %s ou mais', v_regra.limiar),
        case when v_regra.prova <> 'provada' then format(', sem prova, por concessão de %s', v_regra.concedida_por) end));
    v_dias := audit_interno.aplicar_lote(v_operacao);
    perform audit_interno.autoverificar_lote(corrigir_lote.sessao_id, format('a regra %s ainda apontava', nome_regra), v_dias);
    perform audit_interno.fechar_operacao(v_operacao, audit_interno.concluir_lote(corrigir_lote.sessao_id, 'conferente',
      format('corrigida automaticamente na sessão %s', corrigir_lote.sessao_id)),
      detalhes => case when v_regra.prova = 'provada' then '{}' else jsonb_build_object('sem_prova', (
        select jsonb_build_object('correcoes', count(*), 'valor', coalesce(sum(greatest(d.valor_em_risco, d.valor_decisao)), 0))
        from pg_temp.conferente_lote l join audit.divergencias_processadas d on d.id = l.divergencia_id
        where l.resultado = 'aplicada')) end);
    perform audit_interno.fechar_superadas(v_operacao);
  end if;
  update audit.execucoes_regra e
  set corrigida_ate = v_ate, deixadas = e.deixadas + cardinality(v_desconhecidas),
    fechadas = e.fechadas + coalesce(cardinality(v_fechadas), 0), valor_fechado = e.valor_fechado + v_fechado, duracao = e.duracao + (clock_timestamp() - v_inicio), fim = clock_timestamp()
  where e.sessao_id = corrigir_lote.sessao_id and e.regra = nome_regra;
end
$$;
comment on function audit_interno.corrigir_lote(bigint, text) is 'Corrects the next batch of a rule, or marks the rule as done.';
