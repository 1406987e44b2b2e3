-- Lets what waits for the commit happen now, as conferente_escrita: a deferred trigger of the warehouse would otherwise run as whoever
-- commits, and of a worker that is conferente_dono. Called at the end of a step by executar_etapa, in such a connection alone, which
-- looks at the path and the trace as after escrever. ajustes is never given.
grant create on schema audit_interno to conferente_escrita;
set local role conferente_escrita;

create or replace function audit_interno.disparar_adiados(ajustes jsonb default audit_interno.ajustes())
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform audit_interno.dar_ajustes(disparar_adiados.ajustes);
  set constraints all immediate;
  perform audit_interno.trocar_ajustes(disparar_adiados.ajustes);
  perform set_config('search_path', 'pg_catalog, pg_temp, audit', true);
end
$$;
do $$
begin
  execute (select string_agg(format('alter function audit_interno.disparar_adiados(jsonb) set %s = %L', g.nome, g.um), ';')
    from audit_interno.ajustes_guardados() g);
end
$$;
comment on function audit_interno.disparar_adiados(jsonb) is 'Fires all deferred triggers of the transaction as conferente_escrita.';
revoke execute on function audit_interno.disparar_adiados(jsonb) from public;
grant execute on function audit_interno.disparar_adiados(jsonb) to conferente_dono;

set local role conferente_dono;
revoke create on schema audit_interno from conferente_escrita;
