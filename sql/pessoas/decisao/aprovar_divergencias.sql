-- A person approves corrections, and they are made in the same transaction. Large amounts and typed values need two
-- people: the first proposes, another one approves. What is approved is what was seen.
create or replace function audit.aprovar_divergencias(ids bigint[], motivo text, visto text[] default null)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(aprovar_divergencias.motivo);
  v_ids bigint[];
  v_aplicar bigint[];
  v_dupla numeric := (audit_interno.configuracao('aprovacao.valor_dupla') #>> '{}')::numeric;
  v_operacao bigint;
begin
  select array_agg(d.id),
    coalesce(array_agg(d.id) filter (where d.status = 'aguardando_segunda_aprovacao'
      or d.valor_decisao < v_dupla and d.valores_digitados is null), '{}')
  into v_ids, v_aplicar
  from audit_interno.travar_divergencias(aprovar_divergencias.ids, 'aprovar', audit_interno.situacoes_em_espera(),
    aprovar_divergencias.visto) d;

  v_operacao := audit_interno.abrir_operacao('aprovacao', motivo => v_motivo);
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, valores, confianca)
  select v_operacao, d.id, case when d.status = 'aguardando_segunda_aprovacao' then 'segunda_aprovacao' else 'aprovacao' end,
    v_ator, v_motivo, d.valores_digitados, d.confianca
  from audit.divergencias_processadas d where d.id = any (v_ids) order by d.id;
  update audit.divergencias_processadas d
  set status = 'aguardando_segunda_aprovacao', proposta_por = v_ator, motivo = v_motivo, decidida_em = null, decidida_por = null
  where d.id = any (v_ids) and d.id <> all (v_aplicar);
  -- whoever proposed before the warehouse refused is no first of two any more
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
  -- what a person typed is the person's word; the rule does not overrule it
  update pg_temp.conferente_lote l set resultado = 'digitada'
  from audit.divergencias_processadas d
  where d.id = l.divergencia_id and l.resultado = 'aplicada' and d.valores_digitados is not null;
  perform audit_interno.autoverificar_lote(null, 'a regra ainda apontava depois da aprovação');
  update pg_temp.conferente_lote l set resultado = 'aplicada' where l.resultado = 'digitada';
  perform audit_interno.concluir_lote(null, v_ator, v_motivo);
  perform audit_interno.fechar_superadas(v_operacao);
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_ids));
  return query select * from audit_interno.resultados_decisao(aprovar_divergencias.ids, v_operacao);
end
$$;
comment on function audit.aprovar_divergencias(bigint[], text, text[]) is
  'Approves the proposed corrections and makes them. visto: for each id, in the same order, the digest of what was seen, as every list gives it; by API it is always needed; in psql it may be left out where the proposal is the rule''s own, not where a person typed the values. Returns each finding: feita (status corrigida, or aguardando_segunda_aprovacao: valor_decisao of aprovacao.valor_dupla or more or null, or typed values, which another person must approve too), sem_efeito (obsoleta: the row moved meanwhile; falha: refused by the warehouse, or undone because the rule still flags the row) or deixada (codigo and explicacao say why). Errors: NC001 none given, or no visto by API, NC004 unknown id, NC006 reason missing; when every finding was left, NC005 not possible from its status, NC007 the same person twice, NC017 nothing proposed, NC021 not what was seen, NC022 in a closed period.';
grant execute on function audit.aprovar_divergencias(bigint[], text, text[]) to conferente_revisor;
