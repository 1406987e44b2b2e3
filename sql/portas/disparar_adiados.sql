-- Lets what waits for the commit happen now, as conferente_escrita: a deferred trigger of the warehouse would otherwise run as whoever
-- commits, and of a worker that is conferente_dono. Called at the end of a step by executar_etapa, in such a connection alone.
grant create on schema audit_interno to conferente_escrita;
set local role conferente_escrita;

create or replace function audit_interno.disparar_adiados()
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  set constraints all immediate;
end
$$;
comment on function audit_interno.disparar_adiados() is 'Fires all deferred triggers of the transaction as conferente_escrita.';
revoke execute on function audit_interno.disparar_adiados() from public;
grant execute on function audit_interno.disparar_adiados() to conferente_dono;

set local role conferente_dono;
revoke create on schema audit_interno from conferente_escrita;
