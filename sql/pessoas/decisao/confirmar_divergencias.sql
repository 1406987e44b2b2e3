-- A person says that the finding is right and is dealt with outside: a duplicate that the supplier cancels, an entry that is fixed at the
-- source. Nothing changes in the warehouse; the finding stays silent until the row changes.
create or replace function audit.confirmar_divergencias(ids bigint[], motivo text)
returns setof audit.resultado_decisao
language sql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
  select * from audit_interno.responder(confirmar_divergencias.ids, 'confirmar', confirmar_divergencias.motivo)
$$;
comment on function audit.confirmar_divergencias(bigint[], text) is
  'Confirms findings that are real and were dealt with elsewhere (procede, tratada fora): they become resolvida, count as right for the rule, and stay silent until their row changes. Changes nothing in the warehouse. Returns each: feita, or deixada with the reason. Errors: NC001 none given, NC004 unknown id, NC005 none can still be confirmed, NC006 reason missing.';
grant execute on function audit.confirmar_divergencias(bigint[], text) to conferente_revisor;
