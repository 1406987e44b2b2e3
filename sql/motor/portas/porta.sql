-- Tables that this transaction has written, ours included, by the locks that a write takes. Called by abrir_porta and fechar_porta.
create or replace function audit_interno.tabelas_gravadas()
returns oid[]
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(distinct l.relation), '{}')
  from pg_locks l
  where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.mode = 'RowExclusiveLock'
    and l.database = (select d.oid from pg_database d where d.datname = current_database())
$$;
comment on function audit_interno.tabelas_gravadas() is 'Tables that this transaction has written.';

-- Tables and sequences outside our schemas that this transaction has written or locked against others, and how many rows it wrote,
-- including those it took back. Called by gravacoes and by preparar_regra.
create or replace function audit_interno.gravado()
returns table (relacao oid, esquema oid, linhas bigint)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select c.oid, c.relnamespace,
    pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid) + pg_stat_get_xact_tuples_deleted(c.oid)
  from pg_class c
  where c.oid in (
      select l.relation from pg_locks l
      where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.mode not in ('AccessShareLock', 'RowShareLock')
        and l.database = (select d.oid from pg_database d where d.datname = current_database()))
    and c.relkind in ('r', 'f', 'S') and c.relpersistence <> 't' and c.relnamespace not in (
      select n.oid from pg_namespace n where n.nspname in ('audit', 'audit_interno', 'graphile_worker', 'pg_catalog', 'pg_toast'))
$$;
comment on function audit_interno.gravado() is 'Tables and sequences that are not ours and that this transaction has written to or locked, with the rows that it wrote.';
grant execute on function audit_interno.gravado() to conferente_escrita;

-- The number of rows in all. Called by disparar_todos.
create or replace function audit_interno.gravacoes()
returns numeric
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(sum(g.linhas), 0) from audit_interno.gravado() g
$$;
comment on function audit_interno.gravacoes() is 'Rows that this transaction has written to tables that are not ours.';
grant execute on function audit_interno.gravacoes() to conferente_escrita;

-- Marks that foreign code begins to write in this transaction. Called by the engine, before preparar and escrever.
create or replace function audit_interno.abrir_porta()
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  delete from audit_interno.portas_abertas p where p.pid in (
    select x.pid from audit_interno.portas_abertas x
    where x.pid <> pg_backend_pid() and x.transacao < pg_snapshot_xmin(pg_current_snapshot())
    for update skip locked);
  insert into audit_interno.portas_abertas as p (pid, transacao, aberta, alheias)
  values (pg_backend_pid(), pg_current_xact_id(), true, audit_interno.tabelas_gravadas())
  on conflict (pid) do update set transacao = excluded.transacao, aberta = true, confirmando = false,
    alheias = case when p.transacao = excluded.transacao
      then p.alheias || array(select unnest(excluded.alheias) except select unnest(p.vistas)) else excluded.alheias end;
$$;
comment on function audit_interno.abrir_porta() is 'Until audit_interno.fechar_porta, this transaction may begin no operation of ours.';

-- Marks that it has ended for now. What it deferred to the commit runs behind the door that opens again there.
create or replace function audit_interno.fechar_porta()
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update audit_interno.portas_abertas p set aberta = false, vistas = audit_interno.tabelas_gravadas() where p.pid = pg_backend_pid();
$$;
comment on function audit_interno.fechar_porta() is 'Closes the door: the engine goes on.';

-- Deferred: its event is queued before those of the code that was let in, so at the commit the door is open before a deferred trigger of
-- the warehouse runs. That code may say "set constraints all immediate" and would then have the commit to itself; in that case the event is
-- queued again.
create or replace function audit_interno.reabrir_porta()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update audit_interno.portas_abertas p set aberta = true, confirmando = true
  where p.pid = pg_backend_pid() and p.transacao = pg_current_xact_id() and not p.aberta;
  if not found then
    set constraints audit_interno.reabrir deferred;
    update audit_interno.portas_abertas p set transacao = p.transacao
    where p.pid = pg_backend_pid() and p.transacao = pg_current_xact_id() and not p.confirmando;
  end if;
  return null;
end
$$;
comment on function audit_interno.reabrir_porta() is 'Reopens this transaction''s door at the commit.';
do $$
begin
  if not exists (select from pg_catalog.pg_trigger where tgname = 'reabrir' and tgrelid = 'audit_interno.portas_abertas'::regclass) then
    create constraint trigger reabrir after insert or update of transacao on audit_interno.portas_abertas
      deferrable initially deferred for each row execute function audit_interno.reabrir_porta();
  end if;
end
$$;

-- Refuses to act for foreign code while it writes: it would act in the name of whoever started the session. Called by everything that opens
-- an operation or a session.
create or replace function audit_interno.recusar_de_dentro()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from audit_interno.portas_abertas p
    where p.pid = pg_backend_pid() and p.aberta and p.transacao = pg_current_xact_id_if_assigned())
  then
    raise exception using errcode = 'NC012', message = 'um gatilho ou uma regra tentou agir em nome de quem iniciou a sessão',
      hint = 'Gatilhos e preparações leem e gravam as suas próprias tabelas; decidir e configurar cabe a pessoas.';
  end if;
end
$$;
comment on function audit_interno.recusar_de_dentro() is 'NC012 when called from a trigger of the warehouse or from a rule''s preparation.';
