-- Locks those rows of a group that still are what it is based on, and keeps the columns that must not change. Where a view's rows cannot be
-- locked (an outer join, a grouping), other writers are kept out of its tables until the batch commits. Called by aplicar_grupo where
-- written rows are read again.
create or replace function audit_interno.travar_grupo(tabela text, chave text, guarda text, outras text, ids bigint[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_leitura text := format('select l.divergencia_id, %s from %s t, pg_temp.conferente_lote l where l.divergencia_id = any ($1) and %s and %s',
    outras, tabela, chave, guarda);
begin
  update pg_temp.conferente_lote l set outras = null where l.divergencia_id = any (travar_grupo.ids) and l.outras is not null;
  begin
    update pg_temp.conferente_lote l set outras = x.outras
    from audit_interno.escrever(v_leitura || ' for update of t', ids) as x (divergencia_id bigint, outras jsonb)
    where l.divergencia_id = x.divergencia_id;
    perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
  exception when feature_not_supported then
    perform from audit_interno.escrever(format('select 1'), null, null, format('lock table %s in share row exclusive mode', tabela)) as x (um integer);
    perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
    update pg_temp.conferente_lote l set outras = x.outras
    from audit_interno.escrever(v_leitura, ids) as x (divergencia_id bigint, outras jsonb)
    where l.divergencia_id = x.divergencia_id;
    perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
  end;
end
$$;
comment on function audit_interno.travar_grupo(text, text, text, text, bigint[]) is
  'Locks rows for a group of pg_temp.conferente_lote and fills outras, except for rows that changed.';
