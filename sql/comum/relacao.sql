-- Looks up what a rule names, its relation and its functions, whatever the caller may read of their schemas: to_regclass and
-- to_regprocedure refuse a schema that the caller may not use, and the engine may use none. Reads only catalogs. Without offset 0 the name
-- would be parsed for every row of a catalog.
create or replace function audit_interno.relacao(nome text)
returns regclass
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select c.oid::regclass
  from (select case when audit_interno.nome_qualificado(relacao.nome) then parse_ident(relacao.nome) end as partes offset 0) as n
  join pg_namespace s on s.nspname = n.partes[1]
  join pg_class c on c.relnamespace = s.oid and c.relname = n.partes[2]
$$;
comment on function audit_interno.relacao(text) is 'Relation of a schema-qualified name; null when there is none.';

create or replace function audit_interno.funcao_da_janela(nome text)
returns regprocedure
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select p.oid::regprocedure
  from (select case when audit_interno.nome_qualificado(funcao_da_janela.nome) then parse_ident(funcao_da_janela.nome) end as partes offset 0) as n
  join pg_namespace s on s.nspname = n.partes[1]
  join pg_proc p on p.pronamespace = s.oid and p.proname = n.partes[2] and p.pronargs = 1 and p.proargtypes[0] = 'audit.janela'::regtype
$$;
comment on function audit_interno.funcao_da_janela(text) is 'Function of one audit.janela with a schema-qualified name; null when there is none.';

create or replace function audit_interno.esquema(nome text)
returns oid
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select n.oid
  from pg_namespace n
  where n.nspname = (case when audit_interno.nome_qualificado(esquema.nome || '.x') then parse_ident(esquema.nome) end)[1]
$$;
comment on function audit_interno.esquema(text) is 'Schema of a name, quoted or not; null when it has none or is not a name.';
