-- The deferrable constraints that a door checks right after a write (audit_interno.escrever) instead of at commit. First element: the names
-- of those of the relation, of what lies below it, and of others outside our schemas, because a trigger may feed any table and defer any
-- constraint. Second: those of them to be deferred again for the next write. Quoted, separated by commas; null when there are none. Left
-- out are tables that the caller wrote earlier in this transaction, whose checks are the caller's own, and whatever conferente_escrita may
-- not name (see fora_do_alcance and audit_interno.reabrir_porta).
create or replace function audit_interno.adiaveis(relacao regclass)
returns text[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select array[string_agg(distinct format('%I.%I', n.nspname, c.conname), ', '),
    string_agg(distinct format('%I.%I', n.nspname, c.conname), ', ') filter (where c.condeferred)]
  from pg_constraint c join pg_namespace n on n.oid = c.connamespace
  where c.condeferrable
    and (c.conrelid in (select audit_interno.relacoes_abaixo(relacao)) or c.confrelid in (select audit_interno.relacoes_abaixo(relacao))
      or n.nspname not in ('audit', 'audit_interno', 'graphile_worker')
        and has_schema_privilege('conferente_escrita', n.oid, 'usage')
        and not exists (
          select from audit_interno.portas_abertas p
          where p.pid = pg_backend_pid() and p.transacao = pg_current_xact_id_if_assigned() and array[c.conrelid, c.confrelid] && p.alheias))
$$;
comment on function audit_interno.adiaveis(regclass) is 'Deferrable constraints to be checked after a write to a relation, and those of them to be deferred again.';

-- Which schemas of a relation's constraints conferente_escrita may not even name, in one sentence with the grant that fixes it, or null.
-- What such constraints check or change at commit could not be seen before it. Called before a batch is applied.
create or replace function audit_interno.fora_do_alcance(relacao regclass)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'o data warehouse tem gatilhos ou restrições que só rodam no commit, e conferente_escrita não pode vê-los: ' || string_agg(distinct format('grant usage on schema %I to conferente_escrita', n.nspname), '; ')
  from pg_constraint c join pg_namespace n on n.oid = c.connamespace
  where c.condeferrable and (c.conrelid in (select audit_interno.relacoes_abaixo(relacao)) or c.confrelid in (select audit_interno.relacoes_abaixo(relacao)))
    and not has_schema_privilege('conferente_escrita', n.oid, 'usage')
$$;
comment on function audit_interno.fora_do_alcance(regclass) is 'Why deferred work of a relation cannot be checked before the commit, or null.';
