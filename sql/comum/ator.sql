-- Who is acting: the login itself, or the person for whom a login of conferente_servico (the API) speaks. Anybody else who sets
-- conferente.ator is ignored, or one person could play two. Case makes no other person: psql folds the case of logins, a token does not.
create or replace function audit_interno.ator()
returns text
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := nullif(current_setting('conferente.ator', true), '');
begin
  if v_ator is null or not audit_interno.pela_api() then
    v_ator := session_user;
  end if;
  return audit_interno.nome_pessoa(v_ator);
end
$$;
comment on function audit_interno.ator() is 'Name of the person acting in this session.';
