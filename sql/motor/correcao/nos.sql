-- What Citus needs of a transaction over several nodes. All of it does nothing where the extension is not.

-- Lets every node finish what was decided: one that went away after the coordinator had committed still holds the rows as they were. Called
-- before a session and before anything is written. recover_prepared_transactions warns of a node that is away and leaves it for later.
create or replace function audit_interno.recuperar_transacoes()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = error
as $$
begin
  if to_regclass('pg_catalog.pg_dist_transaction') is not null then
    -- as the role that wrote: a node lets only that one commit what it had prepared
    perform from audit_interno.escrever('select recover_prepared_transactions()') as x (quantas integer);
    perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
  end if;
end
$$;
comment on function audit_interno.recuperar_transacoes() is 'Commits on the nodes of Citus what the coordinator has committed.';

-- Waits on the nodes, too, no longer than this for a lock: Citus passes on statements, not what set_config does.
create or replace function audit_interno.esperar_nos(limite text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_antes text := current_setting('citus.propagate_set_commands', true);
begin
  if to_regclass('pg_catalog.pg_dist_transaction') is not null then
    set local citus.propagate_set_commands = 'local';
    execute format('set local lock_timeout = %L', esperar_nos.limite);
    perform set_config('citus.propagate_set_commands', v_antes, true);
  end if;
end
$$;
comment on function audit_interno.esperar_nos(text) is 'Sets lock_timeout for this transaction on the nodes of Citus.';

-- Makes the nodes refuse writes (25006) until the calling subtransaction is undone, as set_config does here: Citus passes on statements only.
-- There the reading role may be the one that writes (audit_interno.preparar_nos). Called by audit_interno.ler.
create or replace function audit_interno.so_ler_nos()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_antes text := current_setting('citus.propagate_set_commands', true);
begin
  if to_regclass('pg_catalog.pg_dist_transaction') is not null then
    set local citus.propagate_set_commands = 'local';
    set local transaction_read_only = on;
    perform set_config('citus.propagate_set_commands', v_antes, true);
  end if;
end
$$;
comment on function audit_interno.so_ler_nos() is 'Makes this transaction read-only on the nodes of Citus.';
grant execute on function audit_interno.so_ler_nos() to conferente_regra, conferente_escrita;

-- Refuses to judge rows of a distributed relation while any node holds a transaction in doubt: such a row looks as it was before, and a
-- rollback would take it for already taken back. Called by aplicar_grupo before it reads why a row was not written.
create or replace function audit_interno.exigir_confirmadas(relacao regclass)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_no text;
begin
  if not audit_interno.distribuida(relacao) then
    return;
  end if;
  execute 'select min(format(''%s:%s'', r.nodename, r.nodeport)) from run_command_on_workers(
    ''select count(*) from pg_prepared_xacts p where p.database = current_database() and p.gid like ''''citus%'''''') as r
    where not r.success or r.result <> ''0'''
  into v_no;
  if v_no is not null then
    raise exception using errcode = 'serialization_failure', message = format('o nó %s não responde, ou ainda não confirmou uma transação anterior', v_no),
      hint = 'Nada foi alterado. Quando o nó voltar, o Citus conclui essa transação; então repita o pedido.';
  end if;
end
$$;
comment on function audit_interno.exigir_confirmadas(regclass) is '40001 while a node of a distributed relation is away or holds a transaction in doubt.';

-- What the nodes of a distributed relation count and wait by: a node counts days in its own time zone, whatever agenda.fuso says here, and
-- outside our writes only its own lock_timeout ends a wait there. What counts is what holds for conferente_escrita, whose statements run
-- there. A node that does not answer says nothing (see exigir_confirmadas). Rows like those of audit_interno.terreno, which calls it.
create or replace function audit_interno.terreno_nos(relacao regclass)
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_valor constant text := $sql$coalesce((
    select split_part(c.ajuste, '=', 2) from pg_db_role_setting s cross join unnest(s.setconfig) as c (ajuste)
    where s.setrole = 'conferente_escrita'::regrole and s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
      and lower(split_part(c.ajuste, '=', 1)) = %1$L
    order by s.setdatabase desc limit 1), current_setting(%1$L))$sql$;
  v_nos jsonb;
begin
  if not audit_interno.distribuida(relacao) then
    return;
  end if;
  execute 'select jsonb_object_agg(format(''%s:%s'', r.nodename, r.nodeport), string_to_array(r.result, '' '')) from run_command_on_workers($1) as r where r.success'
  into v_nos using format('select concat_ws('' '', %s, %s)', format(v_valor, 'timezone'), format(v_valor, 'lock_timeout'));
  return query
    with no as materialized (
      select n.nome, n.dito ->> 0 as fuso, n.dito ->> 1 as espera from jsonb_each(v_nos) as n (nome, dito)
    )
    select 'fuso dos nós', 'erro', format('%s; o do Conferente (agenda.fuso) é %s', string_agg(format('%s: %s', n.nome, n.fuso), ', ' order by n.nome), audit.fuso()),
      format('As regras contariam lá outros dias. No coordenador: alter database %I set timezone = %L; o Citus leva aos nós.', current_database(), audit.fuso())
    from no n where n.fuso <> audit.fuso()
    having count(*) > 0
    union all
    select 'lock_timeout dos nós', 'aviso', format('sem limite: %s', string_agg(n.nome, ', ' order by n.nome)),
      'Ao gravar vale sessao.espera_trava; uma leitura espera lá sem fim por quem trave a tabela. No coordenador: alter role conferente_escrita set lock_timeout = ''1min''; o Citus leva aos nós.'
    from no n where n.espera = '0'
    having count(*) > 0;
end
$$;
comment on function audit_interno.terreno_nos(regclass) is 'Nodes of Citus with another time zone, or on which nothing ends a wait: rows like those of audit_interno.terreno.';
