-- What we last wrote for a finding. If that is in the archive, it is read from the finding itself: what was proposed or typed, and what the
-- row held in those columns. Called by conferir_corrigidas.
create or replace function audit_interno.ultima_alteracao(d audit.divergencias_processadas)
returns table (operacao_id bigint, antes jsonb, depois jsonb)
language sql
stable
as $$
  (select a.operacao_id, a.antes, a.depois from audit.alteracoes a where a.divergencia_id = d.id order by a.operacao_id desc limit 1)
  union all
  (select v.alteracao_id, (
      select pg_catalog.jsonb_object_agg(k, d.valores_originais -> k) from pg_catalog.jsonb_object_keys(coalesce(d.valores_digitados, d.valores_propostos)) as k),
    coalesce(d.valores_digitados, d.valores_propostos)
  from audit_interno.divergencias_arquivadas v
  where v.divergencia_id = d.id and v.alteracao_id is not null and not exists (select from audit.alteracoes a where a.divergencia_id = d.id))
$$;
comment on function audit_interno.ultima_alteracao(audit.divergencias_processadas) is 'Operation, columns before and columns after of the last alteration; no row where there was none.';
