-- Why the closed months are unknown, in one sentence, or null. Called by the limits of a session and by the diagnosis.
create or replace function audit_interno.defeito_periodos()
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform audit_interno.meses_fechados();
  return null;
exception when sqlstate 'NC022' then
  return sqlerrm;
end
$$;
comment on function audit_interno.defeito_periodos() is 'What is wrong with the list that periodos.fonte names, or null.';
