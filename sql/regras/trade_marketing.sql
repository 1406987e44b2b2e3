-- Finds marketing entries booked under another category: the business's patterns (audit.padroes_trade_marketing) over
-- supplier, description and account, all folded. The confidence starts from the business's policy and falls where the
-- supplier's own other entries say that the booked category is right. Reads dw.lancamentos, the patterns and the settings;
-- changes nothing. Called by the engine for a window, and again over corrected keys to verify them.
create or replace function regras.trade_marketing(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_base numeric := audit_interno.confianca_base('trade_marketing', 0.95);
  v_categoria text := nullif(btrim(audit_interno.configuracao('trade_marketing.categoria') #>> '{}'), '');
  v_meses int := coalesce((audit_interno.configuracao('trade_marketing.meses_historico') #>> '{}')::int, 12);
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_categoria_dobrada text;
  v_descricao text := audit_interno.expressao_padroes('incluir', 'descricao', false);
  v_descricao_regex text := audit_interno.expressao_padroes('incluir', 'descricao', true);
  v_fornecedor text := audit_interno.expressao_padroes('incluir', 'fornecedor', false);
  v_fornecedor_regex text := audit_interno.expressao_padroes('incluir', 'fornecedor', true);
  v_conta text := audit_interno.expressao_padroes('incluir', 'conta_contabil', false);
  v_conta_regex text := audit_interno.expressao_padroes('incluir', 'conta_contabil', true);
  v_descricao_filtro text[] := audit_interno.filtro_padroes('incluir', 'descricao');
  v_fornecedor_filtro text[] := audit_interno.filtro_padroes('incluir', 'fornecedor');
  v_conta_filtro text[] := audit_interno.filtro_padroes('incluir', 'conta_contabil');
begin
  if v_categoria is null then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'a configuração trade_marketing.categoria está vazia',
      hint = 'Informe a categoria que os lançamentos de marketing devem ter.';
  end if;
  v_categoria_dobrada := audit_interno.dobrar(v_categoria);
  if coalesce(v_descricao, v_descricao_regex, v_fornecedor, v_fornecedor_regex, v_conta, v_conta_regex) is null then
    return;
  end if;

  return query
  with casado as materialized (
    select l.id, l.data_lancamento, l.categoria, l.valor, l.fornecedor,
      audit_interno.dobrar(l.descricao) as descricao_dobrada,
      audit_interno.dobrar(l.fornecedor) as fornecedor_dobrado,
      audit_interno.dobrar(l.conta_contabil) as conta_dobrada,
      audit_interno.dobrar(coalesce(btrim(l.categoria), '')) as categoria_dobrada,
      audit_interno.chave_fornecedor(l.fornecedor_id, l.fornecedor) as chave
    from dw.lancamentos l
    -- the quick filter first; no pattern, no test: a null expression folds the whole arm away
    where ((audit_interno.dobrar(l.descricao) like any (v_descricao_filtro) and audit_interno.dobrar(l.descricao) ~ v_descricao)
        or (audit_interno.dobrar(l.fornecedor) like any (v_fornecedor_filtro) and audit_interno.dobrar(l.fornecedor) ~ v_fornecedor)
        or (audit_interno.dobrar(l.conta_contabil) like any (v_conta_filtro)
          and audit_interno.dobrar(l.conta_contabil) ~ v_conta)
        or audit_interno.dobrar(l.descricao) ~* v_descricao_regex
        or audit_interno.dobrar(l.fornecedor) ~* v_fornecedor_regex
        or audit_interno.dobrar(l.conta_contabil) ~* v_conta_regex)
      and l.categoria is distinct from v_categoria
      and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
      and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
      and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
      and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
      and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
  ), padrao as materialized (
    select p.id, p.campo, p.tipo, p.acao, p.padrao
    from audit.padroes_trade_marketing p
    where p.ativo
  ), nomeado as materialized (
    select c.*, n.padroes
    from casado c
    cross join lateral (
      select
        jsonb_agg(jsonb_build_object('id', p.id, 'campo', p.campo, 'tipo', p.tipo, 'padrao', p.padrao) order by p.id)
          filter (where p.acao = 'incluir') as padroes,
        bool_or(p.acao = 'excluir') as excluido
      from padrao p
      where audit_interno.padrao_casa(p.tipo, p.padrao,
        case p.campo when 'descricao' then c.descricao_dobrada when 'fornecedor' then c.fornecedor_dobrado else c.conta_dobrada end)
    ) n
    where n.padroes is not null and not n.excluido and c.categoria_dobrada <> v_categoria_dobrada
  ), periodo as (
    select
      min(n.data_lancamento) filter (where n.data_lancamento between '0002-01-01' and '9990-12-31') - v_meses * 31 as inicio,
      max(n.data_lancamento) filter (where n.data_lancamento between '0002-01-01' and '9990-12-31') + v_meses * 31 as fim
    from nomeado n
    where n.chave is not null
  ), grafia as materialized (
    -- few spellings, many entries: keys are computed once for each spelling
    select g.fornecedor_id, g.fornecedor, g.chave
    from (
      select s.fornecedor_id, s.fornecedor, audit_interno.chave_fornecedor(s.fornecedor_id, s.fornecedor) as chave
      from (
        select coalesce(h.fornecedor_id, '') as fornecedor_id, coalesce(h.fornecedor, '') as fornecedor
        from dw.lancamentos h
        where h.data_lancamento between (select p.inicio from periodo p) and (select p.fim from periodo p)
        group by 1, 2
      ) s
      offset 0
    ) g
    where g.chave in (select n.chave from nomeado n)
  ), historico as (
    -- the supplier's entries that no pattern matches: what it does when it does not look like marketing
    select h.chave, audit_interno.dobrar(btrim(h.categoria)) as categoria_dobrada, count(*) as lancamentos
    from (
      select g.chave, l.categoria, l.descricao, l.fornecedor, l.conta_contabil
      from grafia g
      join dw.lancamentos l on coalesce(l.fornecedor_id, '') = g.fornecedor_id and coalesce(l.fornecedor, '') = g.fornecedor
      where l.data_lancamento between (select p.inicio from periodo p) and (select p.fim from periodo p)
        and btrim(l.categoria) <> ''
      -- or the expressions would be matched before the join, against everybody's entries
      offset 0
    ) h
    where not coalesce(audit_interno.dobrar(h.descricao) ~ v_descricao, false)
      and not coalesce(audit_interno.dobrar(h.descricao) ~* v_descricao_regex, false)
      and not coalesce(audit_interno.dobrar(h.fornecedor) ~ v_fornecedor, false)
      and not coalesce(audit_interno.dobrar(h.fornecedor) ~* v_fornecedor_regex, false)
      and not coalesce(audit_interno.dobrar(h.conta_contabil) ~ v_conta, false)
      and not coalesce(audit_interno.dobrar(h.conta_contabil) ~* v_conta_regex, false)
      and audit_interno.dobrar(btrim(h.categoria)) <> all (v_pendentes)
    group by 1, 2
  ), resumo as (
    select h.chave,
      sum(h.lancamentos) as total,
      coalesce(sum(h.lancamentos) filter (where h.categoria_dobrada = v_categoria_dobrada), 0) as marketing,
      coalesce(max(h.lancamentos) filter (where h.categoria_dobrada <> v_categoria_dobrada), 0) as maior_outra,
      jsonb_object_agg(h.categoria_dobrada, h.lancamentos) as por_categoria
    from historico h
    group by h.chave
  )
  select
    null::text,
    n.id::text,
    jsonb_build_object('categoria', v_categoria),
    o.confianca,
    jsonb_build_object(
      'padroes', n.padroes,
      'categoria_lancada', n.categoria,
      'historico_fornecedor', jsonb_build_object(
        'lancamentos', coalesce(r.total, 0), 'na_categoria_lancada', e.contra, 'em_marketing', coalesce(r.marketing, 0),
        'meses', v_meses),
      'a_favor', audit_interno.frase_padroes(n.padroes),
      'contra', f.contra),
    audit_interno.frase_padroes(n.padroes) || ' e a categoria lançada é ' || coalesce('"' || n.categoria || '"', '(vazia)') || '.'
      || coalesce(' Contra: ' || f.contra || '.', ''),
    nullif(abs(n.valor), 'NaN') -- one unreadable amount must not cost the others
  from nomeado n
  left join resumo r on r.chave = n.chave
  cross join lateral (
    -- a pending entry has no booked category to defend: the supplier's usual one takes its place
    select case
      when n.categoria_dobrada = '' or n.categoria_dobrada = any (v_pendentes) then coalesce(r.maior_outra, 0)
      else coalesce((r.por_categoria ->> n.categoria_dobrada)::bigint, 0)
    end as contra
  ) e
  cross join lateral (
    -- one or two entries are no history
    select case when e.contra >= 3 and e.contra > coalesce(r.marketing, 0) then
      e.contra || ' de ' || r.total || ' outros lançamentos do fornecedor, sem padrão de marketing, estão '
        || case when n.categoria_dobrada = '' or n.categoria_dobrada = any (v_pendentes) then 'em outra categoria'
             else 'na categoria lançada' end
    end as contra
  ) f
  cross join lateral audit_interno.confianca_contestada(
    v_base, coalesce(r.marketing, 0), case when f.contra is null then 0 else e.contra end) o (confianca);
end
$$;

comment on function regras.trade_marketing(audit.janela) is
  'Rule: entries that match the business''s marketing patterns under another category. Proposes the category of the setting trade_marketing.categoria; the confidence falls where the supplier''s own history defends the booked one. Amount at stake: the entry''s.';
revoke execute on function regras.trade_marketing(audit.janela) from public;
