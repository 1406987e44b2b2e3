-- Whether the caller may act as this role: by the role that the session took (callers of the API), or else by the login. current_user is no
-- help: in a definer function it is the owner.
create or replace function audit_interno.tem_papel(papel text)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select pg_has_role(case when current_setting('role') = 'none' then session_user::text else current_setting('role') end, tem_papel.papel, 'USAGE')
$$;
comment on function audit_interno.tem_papel(text) is 'Whether the caller has the role.';
