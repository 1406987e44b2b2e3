-- Whether a name that a rule declares as part of its code is a schema, or a schema-qualified function or view.
create or replace function audit_interno.dependencia_conhecida(nome text)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.esquema(nome) is not null or exists (select from audit_interno.codigo_nomeado(nome, '{}'))
$$;
comment on function audit_interno.dependencia_conhecida(text) is 'True when there is such a schema, function, view or type.';
