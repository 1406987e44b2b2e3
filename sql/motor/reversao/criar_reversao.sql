-- An empty list of alterations to roll back, and an empty one of those rolled back.
create or replace function audit_interno.criar_reversao()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
begin
  drop table if exists pg_temp.conferente_reversao, pg_temp.conferente_revertida;
  create temp table conferente_reversao (operacao_id bigint not null, divergencia_id bigint primary key) on commit drop;
  create temp table conferente_revertida (divergencia_id bigint not null, regra text not null, operacao_id bigint not null) on commit drop;
end
$$;
comment on function audit_interno.criar_reversao() is
  'Creates pg_temp.conferente_reversao (what to roll back) and pg_temp.conferente_revertida (what was), empty.';
