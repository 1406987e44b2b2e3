-- Takes back the corrections of single findings.
create or replace function audit.reverter_divergencias(ids bigint[], motivo text, porque text default 'outra-razao')
returns setof audit.resultado_reversao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(reverter_divergencias.motivo);
begin
  perform audit_interno.exigir_porque(reverter_divergencias.porque);
  perform audit_interno.travar_divergencias(reverter_divergencias.ids, 'reverter', array['corrigida']);
  perform audit_interno.criar_reversao();
  insert into pg_temp.conferente_reversao (operacao_id, divergencia_id)
  select max(a.operacao_id), a.divergencia_id from audit.alteracoes a
  where a.divergencia_id = any (reverter_divergencias.ids) and not exists (
    select from pg_temp.conferente_deixada x where x.divergencia_id = a.divergencia_id)
  group by a.divergencia_id;
  perform audit_interno.deixar_arquivadas(reverter_divergencias.ids);
  return query select * from audit_interno.resultados_reversao(v_motivo, reverter_divergencias.porque);
end
$$;
comment on function audit.reverter_divergencias(bigint[], text, text) is
  'Rolls back the corrections of findings that are corrigida. porque: erradas (the corrections were wrong: counts against the rule, and the finding stays silent until the row changes) or outra-razao (counts neither for nor against the rule; if found again, it comes back to the queue for a person). Returns one row each: revertida, conflito (the row has changed since; antes, depois and agora show the three states, and nothing was touched), ausente, recusada or deixada (no longer corrigida), with what becomes of the finding. Errors: NC001 none given or porque unknown, NC004 unknown id, NC005 none is corrigida, NC006 reason missing, NC043 all are in the archive.';
grant execute on function audit.reverter_divergencias(bigint[], text, text) to conferente_revisor;
