-- Approves corrections and makes them. Large amounts and entered values need two people: one proposes, another approves. Only what was seen
-- is approved. Called by audit.aprovar_divergencias, and by audit.decidir_planilha, which may give each finding its own reason (motivos, in
-- the order of the ids) and names the file in the operation (detalhes).
create or replace function audit_interno.aprovar(
  ids bigint[], motivo text, visto text[], motivos text[] default null, detalhes jsonb default '{}'
)
returns setof audit.resultado_decisao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(aprovar.motivo);
  v_ids bigint[];
  v_aplicar bigint[];
  v_dupla numeric := audit_interno.valor_dupla(v_ator);
  v_operacao bigint;
begin
  select array_agg(d.id),
    coalesce(array_agg(d.id) filter (where d.status = 'aguardando_segunda_aprovacao'
      or d.valor_decisao < v_dupla and d.valores_digitados is null), '{}')
  into v_ids, v_aplicar
  from audit_interno.travar_divergencias(aprovar.ids, 'aprovar', audit_interno.situacoes_em_espera(),
    aprovar.visto) d;

  v_operacao := audit_interno.abrir_operacao('aprovacao', motivo => v_motivo, detalhes => aprovar.detalhes);
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, valores, confianca)
  select v_operacao, d.id, case when d.status = 'aguardando_segunda_aprovacao' then 'segunda_aprovacao' else 'aprovacao' end,
    v_ator, coalesce(m.motivo, v_motivo), d.valores_digitados, d.confianca
  from audit.divergencias_processadas d
  left join unnest(aprovar.ids, aprovar.motivos) as m (id, motivo) on m.id = d.id and aprovar.motivos is not null
  where d.id = any (v_ids) order by d.id;
  update audit.divergencias_processadas d
  set status = 'aguardando_segunda_aprovacao', proposta_por = v_ator, motivo = c.motivo, decidida_em = null, decidida_por = null
  from audit.decisoes c
  where d.id = any (v_ids) and d.id <> all (v_aplicar) and c.operacao_id = v_operacao and c.divergencia_id = d.id;
  -- a proposal made before the warehouse refused no longer counts as the first of two
  update audit.divergencias_processadas d set proposta_por = null
  where d.id = any (v_aplicar) and d.status <> 'aguardando_segunda_aprovacao' and d.proposta_por is not null;
  perform audit_interno.contar_decisoes(array(
    select d.id from audit.divergencias_processadas d where d.id = any (v_aplicar) and d.valores_digitados is null), true);

  perform audit_interno.criar_lote();
  insert into pg_temp.conferente_lote (divergencia_id, regra, tabela, registro_id, entrada, de, para, impressao)
  select d.id, d.regra, d.tabela, d.registro_id, d.entrada,
    case when d.valores_digitados is null then d.valores_originais else coalesce(audit_interno.valores_atuais(d.id, d.valores_digitados), '{}') end,
    coalesce(d.valores_digitados, d.valores_propostos), d.impressao
  from audit.divergencias_processadas d where d.id = any (v_aplicar);
  perform audit_interno.aplicar_lote(v_operacao);
  -- a value that a person entered is that person's decision; the rule does not overrule it
  update pg_temp.conferente_lote l set resultado = 'digitada'
  from audit.divergencias_processadas d
  where d.id = l.divergencia_id and l.resultado = 'aplicada' and d.valores_digitados is not null;
  perform audit_interno.autoverificar_lote(null, 'a regra ainda apontava depois da aprovação');
  update pg_temp.conferente_lote l set resultado = 'aplicada' where l.resultado = 'digitada';
  perform audit_interno.concluir_lote(null, v_ator, v_motivo);
  if aprovar.motivos is not null then
    update audit.divergencias_processadas d set motivo = c.motivo
    from audit.decisoes c
    where d.id = any (v_aplicar) and d.status || '' = 'corrigida' -- by id, whatever the statistics say of the status
      and c.operacao_id = v_operacao and c.divergencia_id = d.id;
  end if;
  perform audit_interno.fechar_superadas(v_operacao);
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_ids));
  return query select * from audit_interno.resultados_decisao(aprovar.ids, v_operacao);
end
$$;
comment on function audit_interno.aprovar(bigint[], text, text[], text[], jsonb) is 'Approves findings and makes their corrections. Returns each.';
