-- Removes from this connection what code of the warehouse or of a rule may have left in it for an earlier caller or step: cursors,
-- temporary objects, channels, prepared statements and advisory locks. It keeps the marks of what this connection holds
-- (audit_interno.posses), and takes the mark of its session again if such code released it. Changes no data. Called at the beginning of
-- every transaction of the API, and before every step of a session, right after `reset all`, which removes settings.
create or replace function audit_interno.limpar_conexao(sessao_id bigint default null)
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text;
  v_trava record;
begin
  execute 'close all';
  unlisten *;
  if exists (select from pg_depend d where d.refclassid = 'pg_namespace'::regclass and d.refobjid = pg_my_temp_schema()) then
    discard temp;
  end if;
  discard sequences;
  for v_nome in select p.name from pg_prepared_statements p where p.from_sql loop
    execute format('deallocate %I', v_nome);
  end loop;
  if not exists (select from audit_interno.posses p where p.pid = pg_backend_pid()) then
    perform pg_advisory_unlock_all();
    return;
  end if;
  perform pg_try_advisory_lock(p.numero)
  from audit_interno.posses p
  where p.nome = 'sessao ' || limpar_conexao.sessao_id and p.pid = pg_backend_pid() and not audit_interno.marcada(p.pid, p.numero);
  for v_trava in
    select l.classid::bigint << 32 | l.objid::bigint as numero, l.objsubid = 1 as inteira, l.mode = 'ShareLock' as dividida,
      l.classid::bigint::bit(32)::integer as um, l.objid::bigint::bit(32)::integer as outro
    from pg_locks l
    where l.locktype = 'advisory' and l.pid = pg_backend_pid() and l.granted and (l.objsubid <> 1
      or (l.classid::bigint << 32 | l.objid::bigint) not in (select p.numero from audit_interno.posses p where p.pid = pg_backend_pid()))
  loop
    while case -- as often as it was taken
      when v_trava.inteira and v_trava.dividida then pg_advisory_unlock_shared(v_trava.numero)
      when v_trava.inteira then pg_advisory_unlock(v_trava.numero)
      when v_trava.dividida then pg_advisory_unlock_shared(v_trava.um, v_trava.outro)
      else pg_advisory_unlock(v_trava.um, v_trava.outro) end
    loop
      null;
    end loop;
  end loop;
end
$$;
comment on function audit_interno.limpar_conexao(bigint) is
  'Removes everything that earlier work left in this connection, except settings: cursors, temporary objects, channels, prepared statements, advisory locks.';
grant execute on function audit_interno.limpar_conexao(bigint) to conferente_servico, conferente_operador;
