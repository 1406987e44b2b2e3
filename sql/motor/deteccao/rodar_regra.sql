-- Runs a rule over a long window: the planner expects many rows from it, where it expects a thousand from other functions. Called in the
-- statement that audit_interno.levantar_achados reads through its door.
create or replace function audit_interno.rodar_regra(funcao text, janela audit.janela)
returns setof audit.achado
language plpgsql
stable rows 200000
set search_path = pg_catalog, pg_temp
as $$
begin
  return query execute format('select * from %s($1)', rodar_regra.funcao) using rodar_regra.janela;
end
$$;
comment on function audit_interno.rodar_regra(text, audit.janela) is 'What a rule, given as audit_interno.chamada_sql names it, finds in a window.';
grant execute on function audit_interno.rodar_regra(text, audit.janela) to conferente_regra;
