-- Roles, schemas and default privileges. Run by `conferente migrar` as the login that migrates, before graphile-migrate continues as
-- conferente_dono. Safe to repeat: roles belong to the whole cluster and outlive a database.
do $$
declare
  v_papel text;
begin
  foreach v_papel in array array[
    'conferente_dono', 'conferente_regra', 'conferente_escrita', 'conferente_leitor', 'conferente_revisor',
    'conferente_operador', 'conferente_administrador', 'conferente_servico'
  ] loop
    if not exists (select from pg_catalog.pg_roles where rolname = v_papel) then
      begin
        execute format('create role %I nologin', v_papel);
      exception when duplicate_object or unique_violation then
        null; -- another migration of the same cluster was faster
      end;
    end if;
  end loop;
  -- since PostgreSQL 16 the creator of a role may administer it, but must be granted it to become it
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    execute format('grant conferente_dono to %I', current_user);
  end if;
  execute format('grant connect, create, temporary on database %I to conferente_dono', current_database());
end
$$;

-- Code that others wrote never runs with the owner's rights. Rules, and everything that reads the warehouse, run as conferente_regra;
-- everything that writes to it, and the triggers this fires, as conferente_escrita. The owner may become both, so that functions can belong
-- to them, but inherits none of their rights: whatever tried to reach the warehouse past the two doors (sql/motor/portas) is refused.
do $$
begin
  if (select rolinherit from pg_catalog.pg_roles where rolname = 'conferente_dono') then
    alter role conferente_dono noinherit;
  end if;
  grant conferente_regra, conferente_escrita to conferente_dono;
  if current_setting('server_version_num')::int >= 160000 then -- where inheritance belongs to each membership
    execute 'grant conferente_regra, conferente_escrita to conferente_dono with inherit false, set true';
  end if;
end
$$;

-- Who sees, who decides, who runs, who configures. Every working role may read.
grant conferente_leitor to conferente_revisor, conferente_operador, conferente_administrador;
-- The API's login has nothing of its own: it takes the caller's role for each request, and inherits none of them.
do $$
begin
  if (select rolinherit from pg_catalog.pg_roles where rolname = 'conferente_servico') then
    alter role conferente_servico noinherit;
  end if;
end
$$;
grant conferente_leitor, conferente_revisor, conferente_operador, conferente_administrador to conferente_servico;

create schema if not exists audit authorization conferente_dono;
create schema if not exists audit_interno authorization conferente_dono;
create schema if not exists audit_arquivo authorization conferente_dono;
create schema if not exists regras authorization conferente_dono;
create schema if not exists regra_trade_marketing authorization conferente_dono;
create schema if not exists regra_pendente_verificacao authorization conferente_dono;
create schema if not exists regra_validacao_valores authorization conferente_dono;
create schema if not exists regra_notas_fiscais authorization conferente_dono;
create schema if not exists exemplo authorization conferente_dono;

comment on schema audit is 'Divergências, sessões, operações e decisões: o que a API e as pessoas veem.';
comment on schema audit_interno is 'Internal helpers. No API sees them; only conferente_dono may use them.';
comment on schema audit_arquivo is 'Months of facts that were detached (audit.arquivar_meses). Administrators may read them; the owner of the server may move them elsewhere.';
comment on schema regras is 'What the bundled detection rules share: how names, texts and labels are read.';
comment on schema regra_trade_marketing is 'Rule trade_marketing: entry point detectar(audit.janela), requisitos(), helpers.';
comment on schema regra_pendente_verificacao is 'Rule pendente_verificacao: entry point detectar(audit.janela), preparar(audit.janela), requisitos(), helpers, statistics.';
comment on schema regra_validacao_valores is 'Rule validacao_valores: entry point detectar(audit.janela), helpers.';
comment on schema regra_notas_fiscais is 'Rule notas_fiscais: entry point detectar(audit.janela), preparar(audit.janela), requisitos(), helpers, and which entry is of which note.';
comment on schema exemplo is 'The demonstration warehouse of `conferente demo`. Empty of data until it is called.';

grant usage on schema audit to conferente_leitor;
grant usage on schema regras to conferente_leitor;
grant usage on schema audit, audit_interno, regras, regra_trade_marketing, regra_pendente_verificacao, regra_validacao_valores,
  regra_notas_fiscais to conferente_regra;
grant usage on schema audit_interno to conferente_escrita;
grant usage on schema audit_interno to conferente_servico;
grant usage on schema audit_arquivo to conferente_administrador;

-- Nothing is executable by everybody, nor will anything created later be.
alter default privileges for role conferente_dono revoke execute on functions from public;
alter default privileges for role conferente_dono
  in schema regras, regra_trade_marketing, regra_pendente_verificacao, regra_validacao_valores, regra_notas_fiscais
  grant execute on functions to conferente_regra;
-- (as the roles themselves: the login that migrates may become them, and need not inherit their rights)
set local role conferente_regra;
alter default privileges revoke execute on functions from public;
set local role conferente_escrita;
alter default privileges revoke execute on functions from public;
reset role;

comment on role conferente_dono is 'Owns every object of Conferente; nobody logs in as it. Needs no rights in the warehouse.';
comment on role conferente_regra is 'Runs the rules and reads the warehouse; nobody logs in as it. Needs usage on its schema, select on its relation, and execute on rules of one''s own.';
comment on role conferente_escrita is 'Writes corrections and rollbacks; nobody logs in as it. Needs usage on the warehouse''s schema, select and update on its relation.';
comment on role conferente_leitor is 'Reads schema audit.';
comment on role conferente_revisor is 'Reads, and decides: approves, rejects, corrects by hand, rolls back, declares exceptions.';
comment on role conferente_operador is 'Reads, runs and cancels sessions, rolls back operations and sessions.';
comment on role conferente_administrador is 'Reads, and changes settings, rules and patterns.';
comment on role conferente_servico is 'Marks a login (the API''s) that may speak for others: audit believes its setting conferente.ator.';
