-- An empty batch: the one form in which corrections and rollbacks reach the warehouse.
create or replace function audit_interno.criar_lote()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
begin
  drop table if exists pg_temp.conferente_lote;
  create temp table conferente_lote (
    divergencia_id bigint primary key,
    regra text not null,
    tabela text not null,
    registro_id text not null,
    de jsonb not null,
    para jsonb not null,
    valor numeric, -- at stake
    impressao bytea, -- of the columns the rule decides by; null in a rollback, which is held against de alone
    reverte_operacao_id bigint,
    resultado text, -- aplicada, movida, ja_certa, ausente, recusada, desfeita
    agora jsonb,
    erro text
  ) with (fillfactor = 50) on commit drop; -- each row is updated once or twice, on its page
end
$$;
comment on function audit_interno.criar_lote() is 'Creates pg_temp.conferente_lote, empty.';
