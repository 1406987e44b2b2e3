-- A person withdraws a rejection or a confirmation, or gives a failed or rolled back finding another chance.
create or replace function audit.reabrir_divergencias(ids bigint[], motivo text)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(reabrir_divergencias.motivo);
  v_ids bigint[];
  v_operacao bigint;
begin
  select array_agg(d.id) into v_ids
  from audit_interno.travar_divergencias(reabrir_divergencias.ids, 'reabrir', array['rejeitada', 'revertida', 'falha', 'resolvida']) d;
  v_operacao := audit_interno.abrir_operacao('reabertura', motivo => v_motivo);
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, confianca)
  select v_operacao, d.id, 'reabertura', v_ator, v_motivo, d.confianca
  from audit.divergencias_processadas d where d.id = any (v_ids) order by d.id;
  perform audit_interno.contar_decisoes(v_ids, null); -- the decision is withdrawn; auto is not given back
  update audit.divergencias_processadas d
  set status = 'aberta', motivo = v_motivo, decidida_em = clock_timestamp(), decidida_por = v_ator
  where d.id = any (v_ids);
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_ids));
  return query select * from audit_interno.resultados_decisao(reabrir_divergencias.ids, v_operacao);
end
$$;
comment on function audit.reabrir_divergencias(bigint[], text) is
  'Reopens findings that are rejeitada, revertida, resolvida or falha. Returns each: feita, or deixada with the reason. Errors: NC001 none given, NC004 unknown id, NC005 none can be reopened, NC006 reason missing.';
grant execute on function audit.reabrir_divergencias(bigint[], text) to conferente_revisor;
