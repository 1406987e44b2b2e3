-- Digest of a finding's state, which anotar_situacoes records as a fact. No settings of its own, so that the planner inlines it, and
-- nothing in its text depends on the session's: times go in as bytes, which is also quickest.
create or replace function audit_interno.resumo_situacao(achado audit.divergencias_processadas)
returns bytea
language sql
stable
as $$
  select pg_catalog.sha256(pg_catalog.convert_to(row(achado.status, achado.valores_digitados, achado.proposta_por, achado.decidida_por, achado.motivo,
    achado.encaminhada_para, achado.vezes_desfeita, achado.decidida_em is null, achado.adiada_ate is null)::text, 'UTF8')
    || coalesce(pg_catalog.timestamptz_send(achado.decidida_em), '') || coalesce(pg_catalog.date_send(achado.adiada_ate), ''))
$$;
comment on function audit_interno.resumo_situacao(audit.divergencias_processadas) is
  'SHA-256 over status, typed values, who proposed and who decided, when and why, postponement, forwarding and how often it was undone.';
