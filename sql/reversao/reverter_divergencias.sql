-- Takes back the corrections of single findings.
create or replace function audit.reverter_divergencias(ids bigint[], motivo text)
returns setof audit.resultado_reversao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(reverter_divergencias.motivo);
begin
  perform audit_interno.travar_divergencias(reverter_divergencias.ids, 'reverter', array['corrigida']);
  perform audit_interno.criar_reversao();
  insert into pg_temp.conferente_reversao (operacao_id, divergencia_id)
  select max(a.operacao_id), a.divergencia_id from audit.alteracoes a
  where a.divergencia_id = any (reverter_divergencias.ids) group by a.divergencia_id;
  return query select * from audit_interno.reverter_lote(v_motivo);
end
$$;
comment on function audit.reverter_divergencias(bigint[], text) is
  'Rolls back the corrections of findings that are corrigida. Returns one row each: revertida, conflito (the row changed since; antes, depois and agora show it three ways and nothing was touched), ausente or recusada. Errors, all or nothing: NC001 none given, NC004 unknown id, NC005 not corrigida, NC006 reason missing.';
grant execute on function audit.reverter_divergencias(bigint[], text) to conferente_revisor;
