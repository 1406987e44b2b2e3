-- Digest of a finding as a detection leaves it, kept with the detection. No settings of its own, so that the planner inlines it: a session
-- computes it for every finding. Its text depends on no session setting; the time goes in as a number. A row as text, because a JSON array
-- of the same values costs three times as much.
create or replace function audit_interno.resumo_achado(achado audit.divergencias_processadas)
returns bytea
language sql
stable
as $$
  select pg_catalog.sha256(achado.identidade || pg_catalog.convert_to(row(achado.confianca, achado.evidencia, achado.justificativa,
    achado.valor_em_risco, achado.valor_decisao, achado.hash_regra, achado.valores_originais, extract(epoch from achado.detectada_em))::text, 'UTF8'))
$$;
comment on function audit_interno.resumo_achado(audit.divergencias_processadas) is
  'SHA-256 over identity, confidence, evidence, sentence, both amounts, the rule''s hash, original values and the time when it was first found.';
