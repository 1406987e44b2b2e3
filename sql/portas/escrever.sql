-- The door through which the engine writes to the warehouse: runs a statement of the engine's own making as conferente_escrita,
-- with the triggers and functions of the warehouse that it fires, and returns its rows. ids is $1 of the statement. What the
-- statement needs of ours is in temporary tables that it may read. antes is another command, done first (a lock). adiaveis names
-- constraints that are checked at once: what waited for the commit would run as whoever commits. The caller looks at its trace (audit_interno.rastro) before
-- and after. Only conferente_dono may call it.
grant create on schema audit_interno to conferente_escrita;
set local role conferente_escrita;

create or replace function audit_interno.escrever(
  comando text, ids bigint[] default null, adiaveis text default null, antes text default null
)
returns setof record
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if antes is not null then
    execute escrever.antes;
  end if;
  return query execute escrever.comando using escrever.ids;
  if adiaveis is not null then
    execute format('set constraints %s immediate', escrever.adiaveis);
  end if;
end
$$;
comment on function audit_interno.escrever(text, bigint[], text, text) is
  'Rows of a statement that runs as conferente_escrita: select … from audit_interno.escrever(statement, ids, constraints, before) as x (column type, …).';
revoke execute on function audit_interno.escrever(text, bigint[], text, text) from public;
grant execute on function audit_interno.escrever(text, bigint[], text, text) to conferente_dono;

set local role conferente_dono;
revoke create on schema audit_interno from conferente_escrita;
