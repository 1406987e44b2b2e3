-- Whether this is a session of the API, which speaks for absent people: its login is conferente_servico or a member of it.
create or replace function audit_interno.pela_api()
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select session_user = 'conferente_servico' or exists (
    select from pg_auth_members m
    where m.roleid = 'conferente_servico'::regrole and m.member = session_user::regrole)
$$;
comment on function audit_interno.pela_api() is 'True in a session of the login that serves the API.';
