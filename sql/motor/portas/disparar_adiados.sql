-- Fires what waits for the commit, and whatever that defers in turn, until nothing waits: a trigger may defer again what it feeds. Only a
-- write defers something, so a round without writes is the last. Called by the doors that write, under their role. 27000 when there is no
-- end to it.
create or replace function audit_interno.disparar_todos(comando text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_antes numeric;
begin
  for v_volta in 1 .. 20 loop
    v_antes := audit_interno.gravacoes();
    execute disparar_todos.comando;
    if audit_interno.gravacoes() = v_antes and current_setting('track_counts')::boolean then
      return;
    end if;
  end loop;
  raise exception using errcode = 'triggered_data_change_violation',
    message = 'os gatilhos adiados do data warehouse não terminam: cada um faz outro disparar',
    hint = case when current_setting('track_counts')::boolean then 'Procure um gatilho adiado (deferrable) que grava na tabela que o dispara.'
      else 'Sem track_counts não há como saber se terminam: ligue esse parâmetro no servidor.' end;
end
$$;
comment on function audit_interno.disparar_todos(text) is 'Runs a set constraints … immediate until nothing is left to fire. 27000 after twenty rounds.';
grant execute on function audit_interno.disparar_todos(text) to conferente_escrita;

-- Fires now, as conferente_escrita, what waits for the commit. A deferred trigger of the warehouse would otherwise run as whoever commits,
-- and a worker's login is conferente_dono. Called at the end of a step by executar_etapa, whose transaction holds nothing else, and which
-- checks path and trace as after escrever. ajustes is never given.
grant create on schema audit_interno to conferente_escrita;
set local role conferente_escrita;

create or replace function audit_interno.disparar_adiados(ajustes jsonb default audit_interno.ajustes())
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_user <> 'conferente_escrita' then -- its owner may alter a function: foreign code that ran behind this door could have, for the next call
    raise exception using errcode = 'NC012', message = 'código do data warehouse ou de uma regra alterou as funções por onde o Conferente lê e grava',
      hint = 'Tudo o que ele fez foi desfeito.';
  end if;
  perform audit_interno.dar_ajustes(disparar_adiados.ajustes);
  perform audit_interno.disparar_todos('set constraints all immediate');
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
