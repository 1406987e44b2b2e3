-- A person says the finding is right, and that it is dealt with outside: a duplicate that the supplier cancels, an entry that the
-- source mends. Nothing is changed in the warehouse; it stays silent until the row changes.
create or replace function audit.confirmar_divergencias(ids bigint[], motivo text)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(confirmar_divergencias.motivo);
  v_ids bigint[];
  v_operacao bigint;
begin
  select array_agg(d.id) into v_ids
  from audit_interno.travar_divergencias(confirmar_divergencias.ids, 'confirmar', audit_interno.situacoes_em_espera()) d;
  v_operacao := audit_interno.abrir_operacao('confirmacao', motivo => v_motivo);
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, confianca)
  select v_operacao, d.id, 'confirmacao', v_ator, v_motivo, d.confianca
  from audit.divergencias_processadas d where d.id = any (v_ids) order by d.id;
  perform audit_interno.contar_decisoes(v_ids, true);
  update audit.divergencias_processadas d
  set status = 'resolvida', motivo = v_motivo, decidida_em = clock_timestamp(), decidida_por = v_ator
  where d.id = any (v_ids);
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_ids));
  return query select * from audit_interno.resultados_decisao(confirmar_divergencias.ids, v_operacao);
end
$$;
comment on function audit.confirmar_divergencias(bigint[], text) is
  'Confirms findings that are dealt with outside (procede, tratada fora): resolvida, counted as right for the rule, and silent until their row changes. Changes nothing in the warehouse. Returns each: feita, or deixada with the reason. Errors: NC001 none given, NC004 unknown id, NC005 none can be confirmed any more, NC006 reason missing.';
grant execute on function audit.confirmar_divergencias(bigint[], text) to conferente_revisor;
