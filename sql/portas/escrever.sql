-- The door through which the engine writes to the warehouse: runs a statement of the engine's own making as conferente_escrita,
-- with the triggers and functions of the warehouse that it fires, and returns its rows. ids is $1 of the statement. What the
-- statement needs of ours is in temporary tables that it may read. The caller looks at its trace (audit_interno.rastro) before
-- and after. Only conferente_dono may call it.
grant create on schema audit_interno to conferente_escrita;
set local role conferente_escrita;

create or replace function audit_interno.escrever(comando text, ids bigint[] default null)
returns setof record
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query execute escrever.comando using escrever.ids;
end
$$;
comment on function audit_interno.escrever(text, bigint[]) is
  'Rows of a statement that runs as conferente_escrita: select … from audit_interno.escrever(statement, ids) as x (column type, …).';
revoke execute on function audit_interno.escrever(text, bigint[]) from public;
grant execute on function audit_interno.escrever(text, bigint[]) to conferente_dono;

set local role conferente_dono;
revoke create on schema audit_interno from conferente_escrita;
