-- Takes something for this connection until largar_posse or the connection's end. Never waits for long: where another transaction is taking
-- it right now, that one gets it. Behind a pooler that shares connections (PgBouncer in transaction mode) a connection holds nothing for
-- itself, and must not conduct or send.
create or replace function audit_interno.tomar_posse(nome text)
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '500ms'
as $$
declare
  v_numero bigint;
begin
  select p.numero into v_numero
  from audit_interno.posses p where p.pid = pg_backend_pid() and audit_interno.marcada(p.pid, p.numero) limit 1;
  while v_numero is null loop -- nearly always one turn: draws until the number is free
    v_numero := hashtextextended(gen_random_uuid()::text, 0);
    if not pg_try_advisory_lock(v_numero) then
      v_numero := null;
    end if;
  end loop;
  insert into audit_interno.posses as p (nome, pid, numero) values (tomar_posse.nome, pg_backend_pid(), v_numero)
  on conflict on constraint posses_pkey do update set pid = excluded.pid, numero = excluded.numero, desde = excluded.desde
  where p.pid = excluded.pid or not audit_interno.marcada(p.pid, p.numero);
  return found;
exception when lock_not_available then
  return false;
end
$$;
comment on function audit_interno.tomar_posse(text) is 'True when this connection now holds it; false when another living one does.';
