-- A person answers findings without a correction: they are wrong (rejeitar), or right and dealt with outside (confirmar). Nothing changes
-- in the warehouse; they stay silent until their row changes. Called by audit.rejeitar_divergencias and audit.confirmar_divergencias, and
-- by audit.decidir_planilha, which gives what was seen (visto) and a reason (motivos) for each finding, in the order of the ids, and names
-- the file in the operation (detalhes).
create or replace function audit_interno.responder(
  ids bigint[], ato text, motivo text, visto text[] default null, motivos text[] default null, detalhes jsonb default '{}'
)
returns setof audit.resultado_decisao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(responder.motivo);
  v_tipo text := case ato when 'rejeitar' then 'rejeicao' else 'confirmacao' end;
  v_ids bigint[];
  v_operacao bigint;
begin
  select array_agg(d.id) into v_ids
  from audit_interno.travar_divergencias(responder.ids, ato, audit_interno.situacoes_em_espera(), responder.visto) d;
  v_operacao := audit_interno.abrir_operacao(v_tipo, motivo => v_motivo, detalhes => responder.detalhes);
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, confianca)
  select v_operacao, d.id, v_tipo, v_ator, coalesce(m.motivo, v_motivo), d.confianca
  from audit.divergencias_processadas d
  left join unnest(responder.ids, responder.motivos) as m (id, motivo) on m.id = d.id and responder.motivos is not null
  where d.id = any (v_ids) order by d.id;
  perform audit_interno.contar_decisoes(v_ids, ato = 'confirmar', prova => ato <> 'confirmar');
  update audit.divergencias_processadas d
  set status = case ato when 'rejeitar' then 'rejeitada' else 'resolvida' end, motivo = c.motivo, decidida_em = clock_timestamp(),
    decidida_por = v_ator
  from audit.decisoes c
  where d.id = any (v_ids) and c.operacao_id = v_operacao and c.divergencia_id = d.id;
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_ids));
  return query select * from audit_interno.resultados_decisao(responder.ids, v_operacao);
end
$$;
comment on function audit_interno.responder(bigint[], text, text, text[], text[], jsonb) is 'Rejects (rejeitar) or confirms (confirmar) findings. Returns each.';
