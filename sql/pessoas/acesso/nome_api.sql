-- The name of somebody who may sign in, in its one spelling. Called by everything that gives somebody a role.
create or replace function audit_interno.nome_api(nome text)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.nome_pessoa(nome_api.nome);
begin
  if coalesce(v_nome, '') = '' or length(v_nome) > 200 then
    raise exception using errcode = 'NC001', message = 'o nome falta ou passa de 200 caracteres';
  end if;
  if audit_interno.nome_do_sistema(v_nome) then
    raise exception using errcode = 'NC001', message = format('%s é um nome reservado ao sistema', v_nome);
  end if;
  return v_nome;
end
$$;
comment on function audit_interno.nome_api(text) is 'The name as it is recorded. NC001 when it is empty, longer than 200 characters or one of the system''s own.';
