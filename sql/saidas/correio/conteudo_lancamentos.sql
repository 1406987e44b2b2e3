-- What a letter says, with the columns by which a person recognises the entry of each finding. They are added where the letter leaves:
-- everybody who reads audit reads audit.notificacoes, and the setting resumo.leitores may keep summaries from readers. Called by
-- iniciar_envio.
create or replace function audit_interno.conteudo_lancamentos(conteudo jsonb)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case when conteudo_lancamentos.conteudo ? 'itens' then conteudo_lancamentos.conteudo || jsonb_build_object('itens', (
    select coalesce(jsonb_agg(i.item || jsonb_build_object('lancamento', coalesce(l.valores, '[]')) order by i.n), '[]')
    from jsonb_array_elements(conteudo_lancamentos.conteudo -> 'itens') with ordinality as i (item, n)
    cross join lateral (
      select jsonb_agg(audit_interno.conteudo_valores(s.resumo) -> c.coluna order by c.posto) as valores
      from audit_interno.resumos_divergencias s
      join audit.regras r on r.nome = i.item ->> 'regra'
      cross join lateral unnest(r.colunas_resumo) with ordinality as c (coluna, posto)
      where s.divergencia_id = (i.item ->> 'id')::bigint and rtrim(s.resumo ->> c.coluna) <> ''
    ) as l)) else conteudo_lancamentos.conteudo end
$$;
comment on function audit_interno.conteudo_lancamentos(jsonb) is
  'The same, each of its findings (itens) with lancamento: the values that its rule registers in colunas_resumo, numbers as an object of their decimal text.';
