-- The largest findings that a session left, each with its evidence and its address. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_itens(sessao_id bigint, so_espera boolean, quantos integer)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', d.id, 'regra', d.regra, 'tabela', d.tabela, 'registro_id', d.registro_id, 'status', d.status,
    'antes', audit_interno.conteudo_valores(d.valores_originais),
    'depois', audit_interno.conteudo_valores(coalesce(d.valores_digitados, d.valores_propostos)), 'confianca', d.confianca,
    'justificativa', d.justificativa, 'valor', audit_interno.centavos(d.valor_em_risco), 'motivo', d.motivo,
    'vezes', d.vezes_detectada, 'desde', d.detectada_em,
    'link', audit_interno.pagina('?divergencia=' || d.id))
    order by d.valor_em_risco desc, d.id), '[]')
  from (
    select *
    from audit_interno.achadas_na_sessao(conteudo_itens.sessao_id) d
    where (audit.aguarda_pessoa(d.status) or not so_espera and d.status = 'corrigida')
    order by d.valor_em_risco desc, d.id
    limit quantos
  ) as d
$$;
comment on function audit_interno.conteudo_itens(bigint, boolean, integer) is
  'JSON array of the findings with most at stake that the session saw: those that wait for a person and, unless so_espera, those corrected.';
