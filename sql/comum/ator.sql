-- Who acts: the login itself, or whom a login of conferente_servico (the API) speaks for. Anybody else who sets
-- conferente.ator is not believed, or one person could play two.
-- A name is the same person however it is written: psql folds the case of logins, a token does not.
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
comment on function audit_interno.ator() is 'Name of the person who acts in this session.';
