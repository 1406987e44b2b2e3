-- The last fact about each row whose changes are facts. A row's changes follow one another, and each takes its number while it holds the
-- row. Called by quebras_estados, quebras_situacoes and registrar_instalacao.
create or replace function audit_interno.ultimos_estados()
returns table (tabela text, chave text, resumo bytea, operacao_id bigint, autor text, sal bytea)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select distinct on (u.chave collate "C", e.tabela collate "C") e.tabela, u.chave, u.resumo, e.operacao_id, e.autor, e.sal
  from audit_interno.estados e
  cross join lateral unnest(e.chaves, e.resumos) as u (chave, resumo)
  order by u.chave collate "C", e.tabela collate "C", e.id desc -- keys differ sooner than table names
$$;
comment on function audit_interno.ultimos_estados() is 'For each row, what it was after its last change (null: gone), in which operation, who changed it bypassing our functions, and the salt of its digest.';
