-- Settings that foreign code (rules and warehouse triggers) could leave hidden in a connection: a plain SET beneath a SET LOCAL shows only
-- after the commit. The doors that keep what ran behind them (escrever, preparar, disparar_adiados) therefore own each of these settings
-- (alter function … set), give the code the caller's value for the time it runs, and end on another one. If nobody wrote SET, PostgreSQL
-- restores the caller's value; if somebody did, hidden or not, that other value stays, and rastro sees it. um and outro are two harmless
-- values; at least one differs from the caller's. The search path is the doors' own matter. conferente.ator is believed only of the API
-- (audit_interno.ator), which sets it in each transaction.
create or replace function audit_interno.ajustes_guardados(out nome text, out um text, out outro text)
returns setof record
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  values
    ('TimeZone', 'UTC', '<+01>-01'), ('DateStyle', 'ISO, YMD', 'ISO, DMY'), ('IntervalStyle', 'iso_8601', 'postgres'),
    ('client_encoding', 'UTF8', 'SQL_ASCII'), ('client_min_messages', 'notice', 'warning'),
    ('statement_timeout', '3600001ms', '3600002ms'), ('lock_timeout', '3600001ms', '3600002ms'),
    ('idle_in_transaction_session_timeout', '3600001ms', '3600002ms'), ('idle_session_timeout', '3600001ms', '3600002ms'),
    ('client_connection_check_interval', '3600001ms', '3600002ms'),
    ('default_transaction_isolation', 'read committed', 'repeatable read'), ('default_transaction_read_only', 'off', 'on'),
    ('default_transaction_deferrable', 'off', 'on'), ('synchronous_commit', 'on', 'local'), ('row_security', 'on', 'off'),
    ('check_function_bodies', 'on', 'off'), ('standard_conforming_strings', 'on', 'off'), ('escape_string_warning', 'on', 'off'),
    ('backslash_quote', 'safe_encoding', 'off'), ('quote_all_identifiers', 'off', 'on'), ('array_nulls', 'on', 'off'),
    ('transform_null_equals', 'off', 'on'), ('bytea_output', 'hex', 'escape'), ('extra_float_digits', '1', '2'),
    ('xmlbinary', 'base64', 'hex'), ('xmloption', 'content', 'document'), ('password_encryption', 'scram-sha-256', 'md5')
$$;
comment on function audit_interno.ajustes_guardados() is 'Settings that nobody may change behind a door, with two values each.';
grant execute on function audit_interno.ajustes_guardados() to conferente_regra, conferente_escrita;

-- Their current values, by name. The default of a door's argument, so it is read before the door's own settings are in force.
create or replace function audit_interno.ajustes()
returns jsonb
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_object_agg(g.nome, current_setting(g.nome)) from audit_interno.ajustes_guardados() g
$$;
comment on function audit_interno.ajustes() is 'Values of audit_interno.ajustes_guardados in this session.';

-- Called behind the door, before foreign code: it works under its caller's settings.
create or replace function audit_interno.dar_ajustes(ajustes jsonb)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config(a.key, a.value, true) from jsonb_each_text(dar_ajustes.ajustes) a;
end
$$;
comment on function audit_interno.dar_ajustes(jsonb) is 'Sets what audit_interno.ajustes read, for the door that calls it.';
grant execute on function audit_interno.dar_ajustes(jsonb) to conferente_regra, conferente_escrita;

-- And after it: a value found here once the door has closed was set by that code.
create or replace function audit_interno.trocar_ajustes(ajustes jsonb)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config(g.nome, case when trocar_ajustes.ajustes ->> g.nome = g.um then g.outro else g.um end, true)
  from audit_interno.ajustes_guardados() g;
end
$$;
comment on function audit_interno.trocar_ajustes(jsonb) is 'Sets each to a value other than the caller''s, for the door that calls it.';
grant execute on function audit_interno.trocar_ajustes(jsonb) to conferente_regra, conferente_escrita;
