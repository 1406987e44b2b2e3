-- Waits until nobody is writing corrections, ten seconds at most. Nobody queues behind it: it tries for the lock without waiting, again and
-- again, until it holds it alone. Called by audit.fechar_periodo, which releases it, and by a trigger just before that commit, which keeps
-- it, so that it also waits for writes that began during the closing.
create or replace function audit_interno.esperar_gravacoes()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_limite timestamptz := clock_timestamp() + interval '10 seconds';
begin
  loop
    begin
      lock table audit_interno.trava_periodos in exclusive mode nowait;
      return;
    exception when lock_not_available then
      if clock_timestamp() > v_limite then
        raise exception using errcode = 'lock_not_available', message = 'ainda há correções em andamento; nada foi fechado',
          hint = 'Tente de novo daqui a pouco.';
      end if;
      perform pg_sleep(0.05);
    end;
  end loop;
end
$$;
comment on function audit_interno.esperar_gravacoes() is 'Takes the lock for closing months. 55P03 after ten seconds.';

create or replace function audit_interno.fechar_no_commit() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform audit_interno.esperar_gravacoes();
  update audit_interno.trava_periodos set fechamentos = fechamentos + 1;
  return null;
end
$$;
comment on function audit_interno.fechar_no_commit() is 'When a closing commits, waits for everybody who is writing.';
drop trigger if exists esperar on audit.periodos;
create constraint trigger esperar after insert on audit.periodos deferrable initially deferred
  for each row execute function audit_interno.fechar_no_commit();
