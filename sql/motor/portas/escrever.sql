-- The door through which the engine writes to the warehouse. Runs a statement of the engine's own making as conferente_escrita, with the
-- triggers and functions of the warehouse that it fires, and returns its rows. ids is $1 of the statement; anything else of ours that it
-- needs is in temporary tables that it may read. antes is a command to run first (a lock). adiaveis are constraints to check at once
-- (audit_interno.adiaveis): what waited for the commit would run as the role that commits. ajustes is never given. The caller checks the
-- path right after (exigir_caminho), and the trace (audit_interno.rastro) before and after. Only conferente_dono may call it.
grant create on schema audit_interno to conferente_escrita;
set local role conferente_escrita;

create or replace function audit_interno.escrever(
  comando text, ids bigint[] default null, adiaveis text[] default null, antes text default null, ajustes jsonb default audit_interno.ajustes()
)
returns setof record
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_user <> 'conferente_escrita' then -- its owner may alter a function: foreign code that ran behind this door could have, for the next call
    raise exception using errcode = 'NC012', message = 'código do data warehouse ou de uma regra alterou as funções por onde o Conferente lê e grava',
      hint = 'Tudo o que ele fez foi desfeito.';
  end if;
  perform audit_interno.dar_ajustes(escrever.ajustes);
  if antes is not null then
    execute escrever.antes;
  end if;
  return query execute escrever.comando using escrever.ids;
  if adiaveis[1] is not null then
    perform audit_interno.disparar_todos(format('set constraints %s immediate', adiaveis[1]));
  end if;
  if adiaveis[2] is not null then
    execute format('set constraints %s deferred', adiaveis[2]);
  end if;
  perform audit_interno.trocar_ajustes(escrever.ajustes);
  perform set_config('search_path', 'pg_catalog, pg_temp, audit', true);
end
$$;
do $$
begin
  execute (select string_agg(format('alter function audit_interno.escrever(text, bigint[], text[], text, jsonb) set %s = %L', g.nome, g.um), ';')
    from audit_interno.ajustes_guardados() g);
end
$$;
comment on function audit_interno.escrever(text, bigint[], text[], text, jsonb) is
  'Rows of a statement that runs as conferente_escrita: select … from audit_interno.escrever(statement, ids, constraints, before) as x (column type, …).';
revoke execute on function audit_interno.escrever(text, bigint[], text[], text, jsonb) from public;
grant execute on function audit_interno.escrever(text, bigint[], text[], text, jsonb) to conferente_dono;

set local role conferente_dono;
revoke create on schema audit_interno from conferente_escrita;
