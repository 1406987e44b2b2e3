-- An empty list of the findings that a person's act leaves as they are, each with its reason.
create or replace function audit_interno.criar_deixadas()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
begin
  drop table if exists pg_temp.conferente_deixada;
  create temp table conferente_deixada (divergencia_id bigint primary key, codigo text not null, explicacao text not null) on commit drop;
end
$$;
comment on function audit_interno.criar_deixadas() is 'Creates pg_temp.conferente_deixada, empty.';
