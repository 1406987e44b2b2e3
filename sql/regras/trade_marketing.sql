-- Finds marketing entries booked under another category: the business's patterns (audit.padroes_trade_marketing) over
-- supplier, description and account, all folded. The confidence starts from the business's policy and falls where the
-- supplier's own other entries, or the words of name and description, say that the booked category is right. Reads dw.lancamentos,
-- the patterns and the settings; changes nothing. Called by the engine for a window, and again over corrected keys to verify them.
create or replace function regras.trade_marketing(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_base numeric := regras.confianca_base('trade_marketing', 0.95);
  v_categoria text := nullif(btrim(audit_interno.configuracao('trade_marketing.categoria') #>> '{}'), '');
  v_meses int := coalesce((audit_interno.configuracao('trade_marketing.meses_historico') #>> '{}')::int, 12);
  v_pendentes text[] := regras.rotulos_pendentes();
  -- dates that leave room for the months of history on both sides
  v_primeira constant date := date '0030-01-01';
  v_ultima constant date := date '9970-12-31';
  -- what is not the supplier's own weighs no more than so many of its entries
  v_alheio constant int := 20;
  v_descricoes text[] := regras.textos_casados('descricao', janela);
  v_fornecedores text[] := regras.textos_casados('fornecedor', janela);
  v_contas text[] := regras.textos_casados('conta_contabil', janela);
begin
  if v_categoria is null then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'a configuração trade_marketing.categoria está vazia',
      hint = 'Informe a categoria que os lançamentos de marketing devem ter.';
  end if;
  if v_descricoes = '{}' and v_fornecedores = '{}' and v_contas = '{}' then
    return;
  end if;

  return query
  with candidato as materialized (
    select * from regras.candidatos_marketing(janela, v_categoria, v_descricoes, v_fornecedores, v_contas)
  ), periodo as materialized (
    select
      min(c.data_lancamento) filter (where c.data_lancamento between v_primeira and v_ultima) - v_meses * 31 as inicio,
      max(c.data_lancamento) filter (where c.data_lancamento between v_primeira and v_ultima) + v_meses * 31 as fim,
      array_agg(distinct c.chave) as chaves,
      array(select distinct w from candidato p cross join lateral unnest(p.palavras) w) as palavras
    from candidato c
  ), frase as materialized (
    -- few combinations of patterns, many entries
    select x.padroes, regras.frase_padroes(x.padroes) as texto from (select distinct c.padroes from candidato c) x
  ), resumo as (
    select h.chave,
      sum(h.lancamentos) as total,
      coalesce(sum(h.lancamentos) filter (where h.categoria_dobrada = audit_interno.dobrar(v_categoria)), 0) as marketing,
      coalesce(max(h.lancamentos) filter (where h.categoria_dobrada <> audit_interno.dobrar(v_categoria)), 0) as maior_outra,
      jsonb_object_agg(h.categoria_dobrada, h.lancamentos) as por_categoria
    from periodo p
    cross join lateral regras.historico_marketing(p.inicio, p.fim, p.chaves) h
    group by h.chave
  ), firme as materialized (
    -- a word that several suppliers use, nine times in ten for one category
    select p.palavra, p.categoria_dobrada, p.lancamentos, p.total
    from periodo x
    cross join lateral regras.palavras_marketing(x.inicio, x.fim, x.palavras) p
    where p.fornecedores >= 3 and p.lancamentos >= 5 and p.lancamentos >= 0.9 * p.total
  ), texto as (
    select c.id,
      max(f.lancamentos) as contra,
      jsonb_agg(jsonb_build_object('palavra', f.palavra, 'na_categoria', f.lancamentos, 'total', f.total)
        order by f.lancamentos desc, f.palavra) as palavras
    from candidato c
    cross join lateral unnest(c.palavras) w (palavra)
    -- nothing defends a pending entry but its supplier's habit
    join firme f on f.palavra = w.palavra and f.categoria_dobrada = c.categoria_dobrada
    group by c.id
  )
  select
    null::text,
    c.id,
    jsonb_build_object('categoria', v_categoria),
    o.confianca,
    jsonb_build_object(
      'padroes', c.padroes,
      'categoria_lancada', c.categoria_lancada,
      'historico_fornecedor', jsonb_build_object(
        'lancamentos', coalesce(r.total, 0), 'na_categoria_lancada', e.contra, 'em_marketing', coalesce(r.marketing, 0),
        'meses', v_meses),
      'historico_texto', coalesce(t.palavras, '[]'),
      'a_favor', s.texto,
      'contra', f.contra),
    s.texto || ' e a categoria lançada é ' || coalesce('"' || c.categoria_lancada || '"', '(vazia)') || '.'
      || coalesce(' Contra: ' || f.contra || '.', ''),
    nullif(abs(c.valor), 'NaN') -- one unreadable amount must not cost the others
  from candidato c
  join frase s on s.padroes = c.padroes
  left join resumo r on r.chave = c.chave
  left join texto t on t.id = c.id
  cross join lateral (
    select c.categoria_dobrada = '' or c.categoria_dobrada = any (v_pendentes) as pendente,
      (c.data_lancamento between v_primeira and v_ultima) is not true as sem_data
  ) b
  cross join lateral (
    -- a pending entry has no booked category to defend: the supplier's usual one takes its place
    select case
      when b.pendente then coalesce(r.maior_outra, 0)
      else coalesce((r.por_categoria ->> c.categoria_dobrada)::bigint, 0)
    end as contra
  ) e
  cross join lateral (
    select e.contra >= 3 and e.contra > coalesce(r.marketing, 0) as fornecedor -- one or two entries are no history
  ) g
  cross join lateral (
    select nullif(concat_ws('; ',
      case when g.fornecedor then
        e.contra || ' de ' || r.total || ' outros lançamentos do fornecedor, sem padrão de marketing, estão '
          || case when b.pendente then 'em outra categoria' else 'na categoria lançada' end end,
      case when b.sem_data then 'sem uma data que sirva não há histórico com que comparar' end,
      case when t.contra is not null then
        'a palavra "' || (t.palavras -> 0 ->> 'palavra') || '" está na categoria lançada em '
          || (t.palavras -> 0 ->> 'na_categoria') || ' de ' || (t.palavras -> 0 ->> 'total') || ' lançamentos' end), '') as contra
  ) f
  cross join lateral regras.confianca_contestada(
    v_base, case when g.fornecedor then coalesce(r.marketing, 0) else 0 end,
    greatest(case when g.fornecedor then e.contra else 0 end, least(coalesce(t.contra, 0), v_alheio),
      case when b.sem_data then v_alheio else 0 end)) o (confianca);
end
$$;

comment on function regras.trade_marketing(audit.janela) is
  'Rule: entries that match the business''s marketing patterns under another category. Proposes the category of the setting trade_marketing.categoria; the confidence falls where the supplier''s own history, or words of name and description, defend the booked one. Amount at stake: the entry''s.';
revoke execute on function regras.trade_marketing(audit.janela) from public;
