-- Where Citus is, brings the nodes what our statements call there, and makes the door that reads the warehouse belong to the role that
-- writes it: in one transaction Citus shows what was written on a node only to the role that wrote it, and a correction is verified by
-- reading. Rules still can write nothing, because the door is read-only (25006). True if anything here changed. Does nothing where no node
-- is. Called by `conferente migrar`, and again by an administrator who added the extension later, as a superuser.
create or replace function audit_interno.preparar_nos()
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ler regprocedure := 'audit_interno.ler(text, audit.janela, text[])'::regprocedure;
  v_nos boolean := false;
  v_funcoes regprocedure[];
  v_definicoes text;
  v_fechar text;
begin
  if to_regclass('pg_catalog.pg_dist_node') is not null then
    execute 'select exists (select from pg_catalog.pg_dist_node n where n.groupid <> 0)' into v_nos;
  end if;
  if not v_nos then
    return false;
  end if;
  -- statements, not settings: Citus passes these on to the nodes
  set local citus.propagate_set_commands = 'local';
  set local check_function_bodies = off;
  set local citus.enable_ddl_propagation = on;
  grant conferente_regra to conferente_escrita;
  execute 'grant execute on function pg_catalog.recover_prepared_transactions() to conferente_escrita';
  -- whoever may call these writes on a node outside our transaction, and a rule may read as the role that may write there
  select string_agg(format('revoke execute on function %s from public', p.oid::regprocedure), '; ') into v_fechar
  from pg_proc p
  where p.pronamespace = 'pg_catalog'::regnamespace and p.proname in ('run_command_on_workers', 'run_command_on_placements',
    'run_command_on_colocated_placements', 'run_command_on_shards', 'run_command_on_all_nodes', 'run_command_on_coordinator',
    'master_run_on_worker', 'citus_run_local_command');
  execute 'select count(*) from run_command_on_workers($1) r' using v_fechar;
  execute v_fechar;
  execute 'grant execute on function pg_catalog.run_command_on_workers(text, boolean),
    pg_catalog.master_run_on_worker(text[], integer[], text[], boolean) to conferente_dono';
  -- what a rule or the engine may call of a row; not what stands on our tables, which are here alone
  select array_agg(p.oid::regprocedure order by p.oid), string_agg(pg_get_functiondef(p.oid), ';' order by p.oid)
  into v_funcoes, v_definicoes
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in ('audit', 'audit_interno', 'regras', 'regra_trade_marketing', 'regra_pendente_verificacao', 'regra_validacao_valores', 'regra_notas_fiscais')
    and p.prokind = 'f' and p.provolatile <> 'v' and not p.prosecdef and has_function_privilege('conferente_escrita', p.oid, 'execute')
    and not exists (
      select from pg_depend d
      where d.classid = 'pg_proc'::regclass and d.objid = p.oid and (
        d.refclassid = 'pg_class'::regclass or d.refclassid = 'pg_type'::regclass and exists (
          select from pg_type t join pg_class c on c.oid = t.typrelid where t.oid = d.refobjid and c.relkind in ('r', 'p'))));
  execute 'select count(create_distributed_function(f.funcao)) from unnest($1) with ordinality as f (funcao, n)
    where not exists (
      select from pg_catalog.pg_dist_object o where o.classid = ''pg_catalog.pg_proc''::regclass and o.objid = f.funcao)'
  using v_funcoes;
  execute 'select count(*) from run_command_on_workers($1) r' using format('set check_function_bodies = off; %s', v_definicoes);
  if (select p.proowner from pg_proc p where p.oid = v_ler) = 'conferente_escrita'::regrole then
    return false;
  end if;
  alter function audit_interno.ler(text, audit.janela, text[]) owner to conferente_escrita;
  return true;
end
$$;
comment on function audit_interno.preparar_nos() is 'Gives the nodes of a Citus cluster the functions that our statements call; true if the schema here changed.';
