-- A person says the finding is wrong. It stays silent until the row changes.
create or replace function audit.rejeitar_divergencias(ids bigint[], motivo text)
returns setof audit.resultado_decisao
language sql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
  select * from audit_interno.responder(rejeitar_divergencias.ids, 'rejeitar', rejeitar_divergencias.motivo)
$$;
comment on function audit.rejeitar_divergencias(bigint[], text) is
  'Rejects findings; they stay silent until their row changes. Returns each: feita, or deixada with the reason (somebody else decided it meanwhile). Errors: NC001 none given, NC004 unknown id, NC005 none can still be rejected, NC006 reason missing.';
grant execute on function audit.rejeitar_divergencias(bigint[], text) to conferente_revisor;
