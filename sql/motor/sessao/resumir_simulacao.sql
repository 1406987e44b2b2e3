-- What a simulation would have changed: for each rule the totals and the first rows, largest amount first, and the corrections that would
-- fail, each with its reason.
create or replace function audit_interno.resumir_simulacao(sessao_id bigint)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'regras', (
      select coalesce(jsonb_agg(to_jsonb(e) - array['sessao_id', 'hash_funcao', 'inicio', 'fim'] order by r.prioridade, e.regra), '[]')
      from audit.execucoes_regra e join audit.regras r on r.nome = e.regra where e.sessao_id = resumir_simulacao.sessao_id),
    'exemplos', (
      select coalesce(jsonb_agg(x.exemplo order by x.regra, x.ordem), '[]')
      from (
        select d.regra, row_number() over (partition by d.regra order by d.status <> 'corrigida', d.valor_em_risco desc, d.id) as ordem,
          jsonb_build_object('regra', d.regra, 'tabela', d.tabela, 'registro_id', d.registro_id, 'corrigiria', d.status = 'corrigida',
            'antes', d.valores_originais, 'depois', d.valores_propostos, 'confianca', d.confianca,
            'valor_em_risco', d.valor_em_risco, 'justificativa', d.justificativa) as exemplo
        from audit.divergencias_processadas d
        where d.sessao_ultima_id = resumir_simulacao.sessao_id and d.status in ('aberta', 'corrigida')
      ) as x
      where x.ordem <= 20),
    'falhas', (
      select coalesce(jsonb_agg(x.falha order by x.regra, x.ordem), '[]')
      from (
        select d.regra, row_number() over (partition by d.regra order by d.valor_em_risco desc, d.id) as ordem,
          jsonb_build_object('regra', d.regra, 'tabela', d.tabela, 'registro_id', d.registro_id, 'antes', d.valores_originais,
            'depois', d.valores_propostos, 'confianca', d.confianca, 'valor_em_risco', d.valor_em_risco, 'justificativa', d.justificativa,
            'motivo', d.motivo) as falha
        from audit.divergencias_processadas d
        where d.sessao_ultima_id = resumir_simulacao.sessao_id and d.status = 'falha'
      ) as x
      where x.ordem <= 1000))
$$;
comment on function audit_interno.resumir_simulacao(bigint) is 'JSON: regras (counts of each), exemplos (up to 20 findings of each, with before and after) and falhas (corrections that would fail, up to 1000 of each, with motivo).';
