-- A role of the API as a person writes it, with or without its prefix. Called by everything that gives somebody a role.
create or replace function audit_interno.papel_api(papel text)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_papel text := 'conferente_' || lower(regexp_replace(papel_api.papel, '^conferente_', ''));
begin
  if v_papel is null or v_papel not in ('conferente_leitor', 'conferente_revisor', 'conferente_operador', 'conferente_administrador') then
    raise exception using errcode = 'NC001', message = format('papel desconhecido: %s', coalesce(papel_api.papel, 'nulo')),
      hint = 'São possíveis: leitor, revisor, operador, administrador.';
  end if;
  return v_papel;
end
$$;
comment on function audit_interno.papel_api(text) is 'The role with its prefix. NC001 when it is none of the four.';
