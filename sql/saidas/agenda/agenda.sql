-- The schedule in force. Read by the worker at every tick, so that a change needs no restart.
create or replace function audit_interno.agenda(
  out cron text, out fuso text, out modo text, out depois_de timestamptz, out agora timestamptz
)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.configuracao('agenda.cron') #>> '{}', audit.fuso(),
    audit_interno.configuracao('agenda.modo') #>> '{}',
    -- A new schedule does not apply to the time before it.
    greatest((select max(c.alterada_em) from audit.configuracoes_sistema c where c.chave in ('agenda.cron', 'agenda.fuso')),
      (select max(a.previsto_para) from audit.agendamentos a where a.sessao_id is not null)),
    clock_timestamp()
$$;
comment on function audit_interno.agenda() is
  'Cron expression, zone and mode in force; the time since which no due time has been served; and the server''s clock.';
