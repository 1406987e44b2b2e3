-- Who acts: the login itself, or whom a login of conferente_servico (the API) speaks for. Anybody else who sets
-- conferente.ator is not believed, or one person could play two.
create or replace function audit_interno.ator()
returns text
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := nullif(current_setting('conferente.ator', true), '');
begin
  if v_ator is not null and exists (
    select from pg_auth_members m
    where m.roleid = 'conferente_servico'::regrole and m.member = session_user::regrole
  ) then
    return v_ator;
  end if;
  return session_user;
end
$$;
comment on function audit_interno.ator() is 'Name of the person who acts in this session.';
