-- The key of sessions that can make good what another left undone: the same window, where all incremental ones count as one. Called by
-- conferir_alarmes and its parts.
create or replace function audit_interno.faixa_sessao(sessao audit.sessoes_processamento)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when (faixa_sessao.sessao).incremental then 'incremental'
    else format('%s a %s', coalesce(to_char((faixa_sessao.sessao).data_inicio, 'YYYY-MM-DD'), '…'), coalesce(to_char((faixa_sessao.sessao).data_fim, 'YYYY-MM-DD'), '…')) end
$$;
comment on function audit_interno.faixa_sessao(audit.sessoes_processamento) is 'incremental, or the days of the window, as 2026-01-01 a 2026-01-31.';
