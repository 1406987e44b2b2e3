-- The session itself: its row, plus amounts that the row does not have. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_sessao(sessao_id bigint)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select to_jsonb(s) - array['resumo', 'simulada', 'etapa', 'total_valor', 'valor_em_risco', 'valor_corrigido'] || jsonb_build_object(
    'valor_em_risco', audit_interno.centavos(s.valor_em_risco),
    'valor_corrigido', audit_interno.centavos(s.valor_corrigido),
    'valor_novas', audit_interno.centavos(v.novas),
    'valor_recorrentes', audit_interno.centavos(v.recorrentes),
    'segundos', round(extract(epoch from s.fim_processamento - s.inicio_processamento)))
  from audit.sessoes_processamento s
  cross join lateral (
    select coalesce(sum(d.valor_em_risco) filter (where d.sessao_id = s.id), 0) as novas,
      coalesce(sum(d.valor_em_risco) filter (where d.sessao_id <> s.id), 0) as recorrentes
    from audit_interno.achadas_na_sessao(s.id) d
  ) as v
  where s.id = conteudo_sessao.sessao_id
$$;
comment on function audit_interno.conteudo_sessao(bigint) is 'JSON object: the session''s row, amounts as text, and its duration in seconds.';
