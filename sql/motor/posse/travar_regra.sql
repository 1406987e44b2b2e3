-- Takes the lock of a rule until the transaction ends: alone, or shared (the parts of one detection). Only the owner's functions reach the
-- row, so only those who may run sessions can hold it. They may leave it held in psql, so the wait is a little shorter than a step of the
-- rule may take: long enough to be fair, short enough for the error to name the holder.
create or replace function audit_interno.travar_regra(regra text, compartilhada boolean default false)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_antes text := current_setting('lock_timeout');
begin
  perform set_config('lock_timeout', greatest(1, extract(epoch from r.tempo_limite) * 900)::bigint::text, true)
  from audit.regras r where r.nome = travar_regra.regra;
  if compartilhada then
    perform from audit_interno.travas_regra t where t.regra = travar_regra.regra for share;
  else
    perform from audit_interno.travas_regra t where t.regra = travar_regra.regra for update;
  end if;
  perform set_config('lock_timeout', v_antes, true);
exception when lock_not_available then
  raise exception using errcode = 'lock_not_available',
    message = format('a regra %s está em uso por %s', travar_regra.regra, coalesce((
      -- the holders of any row of this table: few, and seldom of another rule
      select string_agg(format('%s (%s, processo %s)', a.usename, coalesce(nullif(a.application_name, ''), 'sem nome'), a.pid), ', ' order by a.pid)
      from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.relation = 'audit_interno.travas_regra'::regclass and l.mode = 'RowShareLock' and l.granted and l.pid <> pg_backend_pid()
        and l.database = (select d.oid from pg_database d where d.datname = current_database())), 'outra sessão, que acaba de terminar')),
    hint = 'Espere que termine, ou que quem a deixou aberta confirme ou desfaça a transação.';
end
$$;
comment on function audit_interno.travar_regra(text, boolean) is 'Waits for the lock of a rule and holds it until the transaction ends. 55P03 with who holds it after nine tenths of tempo_limite.';
