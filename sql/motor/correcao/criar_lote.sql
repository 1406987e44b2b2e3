-- An empty batch: the one form in which corrections and rollbacks reach the warehouse. Its rows are written once: resultado
-- says what is meant until something else happens, so nothing is written back where every row took what it was to take.
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
    entrada jsonb not null, -- which entry the row was
    entrada_nossa jsonb, -- and which it is by our own later corrections; only where there were any
    de jsonb not null,
    para jsonb not null,
    valor numeric, -- at stake
    impressao bytea, -- of the columns the rule decides by; null in a rollback, which is held against de alone
    reverte_operacao_id bigint,
    resultado text not null default 'aplicada', -- or movida, outra, ja_certa, ausente, recusada, fechada, infiel, desfeita; of a rollback superada
    outras jsonb, -- what must not move along, before the write; only where something could make it move
    agora jsonb, -- what the row holds; null of a row that took para as it is, and of one that is gone
    erro text
  ) on commit drop;
  grant select on pg_temp.conferente_lote to conferente_escrita;
end
$$;
comment on function audit_interno.criar_lote() is 'Creates pg_temp.conferente_lote, empty.';
