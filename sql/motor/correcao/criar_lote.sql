-- An empty batch: the one form in which corrections and rollbacks reach the warehouse. resultado starts as the intended outcome and is
-- changed only where something else happens, so a batch in which every row succeeds updates nothing here.
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
    entrada jsonb not null, -- the entry that the row was
    entrada_nossa jsonb, -- the entry that it is after our own later corrections; only where there were any
    de jsonb not null,
    para jsonb not null,
    valor numeric, -- at stake
    impressao bytea, -- of the columns that the rule decides by; null in a rollback, which compares with de alone
    reverte_operacao_id bigint,
    resultado text not null default 'aplicada', -- or movida, outra, ja_certa, ausente, recusada, fechada, infiel, desfeita; in a rollback also superada
    outras jsonb, -- columns that must not change, as they were before the write; only where something could change them
    agora jsonb, -- what the row holds; null for a row that took para as it is, and for one that is gone
    erro text
  ) on commit drop;
  grant select on pg_temp.conferente_lote to conferente_escrita;
end
$$;
comment on function audit_interno.criar_lote() is 'Creates pg_temp.conferente_lote, empty.';
