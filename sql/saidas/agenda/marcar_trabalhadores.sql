-- Marks workers as alive for as long as this connection lives; liberar_trabalhos looks for these marks. Called again and again, because a
-- lost connection loses its marks. Removes the marks of dead connections.
create or replace function audit_interno.marcar_trabalhadores(nomes text[])
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select set_config('idle_session_timeout', '0', false); -- it is idle between two calls, and must not be cut off
  select count(audit_interno.tomar_posse('trabalhador ' || n)) from unnest(marcar_trabalhadores.nomes) as n;
  delete from audit_interno.posses p
  using (
    select x.nome from audit_interno.posses x where not audit_interno.marcada(x.pid, x.numero) for update skip locked
  ) as morta
  where p.nome = morta.nome
$$;
comment on function audit_interno.marcar_trabalhadores(text[]) is 'Marks workers, named as graphile-worker names them, as alive on this connection.';
