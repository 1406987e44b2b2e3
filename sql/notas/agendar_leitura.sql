-- Queues the next reading of notes once, however many workers ask. Every worker that has a folder calls it at every tick.
create or replace function audit_interno.agendar_leitura_notas()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_quando timestamptz := coalesce((
    select l.iniciada_em + (audit_interno.configuracao('notas.intervalo') #>> '{}')::interval from audit_interno.leitura_notas l), now());
begin
  -- A job that failed stays in the queue, and waits for nothing.
  if v_quando <= clock_timestamp() and not exists (
    select from graphile_worker.jobs j where j.key = 'ler_notas' and (j.locked_at is not null or j.attempts < j.max_attempts))
  then
    perform graphile_worker.add_job('ler_notas', '{}'::json, queue_name => 'notas', job_key => 'ler_notas', max_attempts => 1);
  end if;
end
$$;
comment on function audit_interno.agendar_leitura_notas() is 'Adds the job that reads the folder of notes, when it is due and no such job waits.';
