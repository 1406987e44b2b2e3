-- The audit table that people put on any table: 2ndQuadrant's audit-trigger (audit.logged_actions, if_modified_func), its columns, indexes
-- and the work of its trigger for each row. No state, no check, no seal, no way back.
create extension if not exists hstore;
create table bancada.logged_actions (
  event_id bigserial primary key, schema_name text not null, table_name text not null, relid oid not null, session_user_name text,
  action_tstamp_tx timestamptz not null, action_tstamp_stm timestamptz not null, action_tstamp_clk timestamptz not null, transaction_id bigint,
  application_name text, client_addr inet, client_port integer, client_query text, action text not null check (action in ('I', 'D', 'U', 'T')),
  row_data hstore, changed_fields hstore, statement_only boolean not null
);
create index on bancada.logged_actions (relid);
create index on bancada.logged_actions (action_tstamp_stm);
create index on bancada.logged_actions (action);
create function bancada.if_modified_func() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  audit_row bancada.logged_actions;
begin
  audit_row := row(nextval('bancada.logged_actions_event_id_seq'), tg_table_schema::text, tg_table_name::text, tg_relid, session_user::text,
    current_timestamp, statement_timestamp(), clock_timestamp(), txid_current(), current_setting('application_name'), inet_client_addr(),
    inet_client_port(), current_query(), substring(tg_op, 1, 1), null, null, 'f');
  audit_row.row_data := hstore(old.*);
  audit_row.changed_fields := hstore(new.*) - audit_row.row_data;
  if audit_row.changed_fields = hstore('') then
    return null;
  end if;
  insert into bancada.logged_actions values (audit_row.*);
  return null;
end
$$;
create trigger audit_trigger_row after insert or update or delete on dw.fato_lancamentos
  for each row execute function bancada.if_modified_func();
alter table dw.fato_lancamentos disable trigger audit_trigger_row
