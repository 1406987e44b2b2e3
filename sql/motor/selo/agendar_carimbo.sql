-- Queues the stamping of the head where one is due, once, however many workers ask. After each failure it waits longer, up to an hour.
-- Called by each worker at every tick.
create or replace function audit_interno.agendar_carimbo()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from audit_interno.tentativas_carimbo f
      where f.ultima + least(interval '1 minute' * power(2, least(f.vezes, 10) - 1), interval '1 hour') > clock_timestamp())
    and not exists (select from graphile_worker.jobs j where j.key = 'carimbar_cabeca' and j.attempts < j.max_attempts)
    and exists (select from audit_interno.carimbo_devido())
  then
    perform graphile_worker.add_job('carimbar_cabeca', '{}'::json, queue_name => 'carimbo', job_key => 'carimbar_cabeca', max_attempts => 1);
  end if;
end
$$;
comment on function audit_interno.agendar_carimbo() is 'Adds the job that gets the head of the chain stamped, when it is due and no such job waits.';
