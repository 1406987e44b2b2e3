--! Previous: sha1:5ed1fb0857ca3f45a8c6d2790a702b035d3697fb
--! Hash: sha1:60f48f2ef29b586c08c07d0863705fbe08526086
--! Message: historia do fornecedor inteira

set local role conferente_dono;

drop function audit_interno.codigos_marketing(date, date, text[]);
drop function audit_interno.historico_marketing(date, date, text[]);
--! Included regras/codigos_marketing.sql
-- The codes of the given suppliers, as written, among the entries between two days. Codes are few beside entries: whose each is, is
-- asked once. Return query, because it may run in parallel. Reads dw.lancamentos; changes nothing. Called by
-- audit_interno.historico_marketing.
create or replace function audit_interno.codigos_marketing(inicio date, fim date, chaves text[]) returns setof text
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  return query
  select g.fornecedor_id
  from (
    select distinct l.fornecedor_id::text as fornecedor_id
    from dw.lancamentos l
    where l.data_lancamento between codigos_marketing.inicio and codigos_marketing.fim and l.fornecedor_id is not null
    offset 0
  ) g
  where audit_interno.raiz_fornecedor(g.fornecedor_id) in (select k from unnest(codigos_marketing.chaves) k);
end
$$;

comment on function audit_interno.codigos_marketing(date, date, text[]) is 'Codes as written of the given suppliers.';
revoke execute on function audit_interno.codigos_marketing(date, date, text[]) from public;
--! EndIncluded regras/codigos_marketing.sql
--! Included regras/historico_marketing.sql
-- What the given suppliers do when they do not look like marketing: their entries between two days that no including pattern
-- matches, by category, pending ones left out. All of them are read: three of thousands defend a category, and a sample would
-- lose them. Reads dw.lancamentos, the patterns and the settings; changes nothing. Called by regras.trade_marketing.
create or replace function audit_interno.historico_marketing(inicio date, fim date, chaves text[])
returns table (chave text, categoria_dobrada text, lancamentos bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- a list that may not be hashed is gone through for every entry
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_descricao_filtro text[] := audit_interno.filtro_padroes('incluir', 'descricao');
  v_descricao text := audit_interno.expressao_padroes('incluir', 'descricao', true);
  v_descricao_livre text := audit_interno.expressao_padroes('incluir', 'descricao', false);
  v_fornecedor_filtro text[] := audit_interno.filtro_padroes('incluir', 'fornecedor');
  v_fornecedor text := audit_interno.expressao_padroes('incluir', 'fornecedor', true);
  v_fornecedor_livre text := audit_interno.expressao_padroes('incluir', 'fornecedor', false);
  v_conta_filtro text[] := audit_interno.filtro_padroes('incluir', 'conta_contabil');
  v_conta text := audit_interno.expressao_padroes('incluir', 'conta_contabil', true);
  v_conta_livre text := audit_interno.expressao_padroes('incluir', 'conta_contabil', false);
  v_codigos text[] := array(
    select audit_interno.codigos_marketing(historico_marketing.inicio, historico_marketing.fim, historico_marketing.chaves));
  v_sem_codigo boolean := exists (select from unnest(historico_marketing.chaves) k where k like '=%');
begin
  return query
  with grupo as (
    -- descriptions are many; what else is folded and matched is few, once grouped
    select l.fornecedor_id, l.fornecedor, l.categoria, l.conta_contabil, count(*) as lancamentos
    from dw.lancamentos l
    cross join lateral (select audit_interno.dobrar(l.descricao) as descricao offset 0) d
    where l.data_lancamento between historico_marketing.inicio and historico_marketing.fim
      -- of few an index is used; of many the planner would weigh each, and one scan by parallel workers is faster
      and (cardinality(v_codigos) <= 500 and l.fornecedor_id = any (v_codigos)
        or cardinality(v_codigos) > 500 and l.fornecedor_id in (select c from unnest(v_codigos) c))
      and not audit_interno.texto_casa(d.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
    group by 1, 2, 3, 4
    union all
    select null, l.fornecedor, l.categoria, l.conta_contabil, count(*)
    from dw.lancamentos l
    cross join lateral (select audit_interno.dobrar(l.descricao) as descricao offset 0) d
    where v_sem_codigo and l.data_lancamento between historico_marketing.inicio and historico_marketing.fim
      and audit_interno.inicio_fornecedor(l.fornecedor_id) = ''
      and not audit_interno.texto_casa(d.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
    group by 2, 3, 4
  ), outro as (
    select audit_interno.chave_fornecedor(g.fornecedor_id, g.fornecedor) as chave, audit_interno.dobrar(g.fornecedor) as nome,
      audit_interno.dobrar(g.conta_contabil) as conta, audit_interno.dobrar(coalesce(btrim(g.categoria), '')) as categoria_dobrada, g.lancamentos
    from grupo g
    offset 0
  )
  select o.chave, o.categoria_dobrada, sum(o.lancamentos)::bigint
  from outro o
  where o.chave = any (historico_marketing.chaves) and o.categoria_dobrada <> '' and o.categoria_dobrada <> all (v_pendentes)
    and not audit_interno.texto_casa(o.conta, v_conta_filtro, v_conta, v_conta_livre)
    and not audit_interno.texto_casa(o.nome, v_fornecedor_filtro, v_fornecedor, v_fornecedor_livre)
  group by o.chave, o.categoria_dobrada;
end
$$;

comment on function audit_interno.historico_marketing(date, date, text[]) is
  'For each supplier key and folded category: entries between two booking dates, both included, that no marketing pattern matches.';
revoke execute on function audit_interno.historico_marketing(date, date, text[]) from public;
--! EndIncluded regras/historico_marketing.sql
--! Included regras/candidatos_marketing.sql
-- The entries of a window that bear a matched text under another category, with the patterns that match and the words that
-- may speak for the booked category: those of name and description that no pattern names. An excluding pattern silences
-- its entries. Reads dw.lancamentos, the patterns and the settings; changes nothing. Called by regras.trade_marketing.
create or replace function audit_interno.candidatos_marketing(
  janela audit.janela, categoria text, descricoes text[], fornecedores text[], contas text[]
) returns table (
  id text, data_lancamento date, categoria_lancada text, categoria_dobrada text, valor numeric, chave text, padroes jsonb, palavras text[]
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- a list that may not be hashed is gone through for every entry
set work_mem = '64MB'
as $$
declare
  v_categoria_dobrada text := audit_interno.dobrar(candidatos_marketing.categoria);
  v_dos_padroes text[];
begin
  select coalesce(array_agg(distinct m[1]), '{}') into v_dos_padroes
  from audit.padroes_trade_marketing p
  cross join lateral regexp_matches(audit_interno.dobrar(p.padrao), '[a-z]{3,}', 'g') m
  where p.ativo and p.acao = 'incluir';

  return query
  with casado as materialized (
    select l.id::text as id, l.data_lancamento::date as data_lancamento, l.categoria::text as categoria, l.valor::numeric as valor,
      l.fornecedor_id, l.fornecedor, l.descricao, l.conta_contabil,
      audit_interno.dobrar(coalesce(btrim(l.categoria), '')) as categoria_dobrada
    from dw.lancamentos l
    -- hashed lists: of an array written out the planner would weigh each member, in every partition
    where (l.descricao in (select unnest(candidatos_marketing.descricoes))
        or l.fornecedor in (select unnest(candidatos_marketing.fornecedores))
        or l.conta_contabil in (select unnest(candidatos_marketing.contas)))
      and l.categoria is distinct from candidatos_marketing.categoria
      and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
      and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
      and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
      and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
      and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
  ), texto as (
    select 'descricao' as campo, c.descricao as texto from casado c
    union
    select 'fornecedor', c.fornecedor from casado c
    union
    select 'conta_contabil', c.conta_contabil from casado c
  ), nomeado as materialized (
    select t.campo, t.texto, bool_or(p.acao = 'excluir') as excluido,
      jsonb_agg(jsonb_build_object('id', p.id, 'campo', p.campo, 'tipo', p.tipo, 'padrao', p.padrao) order by p.id)
        filter (where p.acao = 'incluir') as padroes
    from (select x.campo, x.texto, audit_interno.dobrar(x.texto) as dobrado from texto x where x.texto <> '' offset 0) t
    join (
      select p.*, audit_interno.filtro_padrao(p.tipo, p.padrao_dobrado) as filtro
      from audit.padroes_trade_marketing p where p.ativo
      offset 0
    ) p on p.campo = t.campo
    -- the quick filter first; not every expression has one
    where (p.filtro is null or t.dobrado like p.filtro) and audit_interno.padrao_casa(p.tipo, p.padrao, t.dobrado)
    group by t.campo, t.texto
  )
  select c.id, c.data_lancamento, c.categoria, c.categoria_dobrada, c.valor,
    audit_interno.chave_fornecedor(c.fornecedor_id, c.fornecedor),
    coalesce(d.padroes, '[]') || coalesce(f.padroes, '[]') || coalesce(k.padroes, '[]'),
    array(
      select distinct w
      from string_to_table(concat_ws(' ', audit_interno.palavras_texto(c.fornecedor), audit_interno.palavras_texto(c.descricao)), ' ') w
      where length(w) >= 4 and w <> all (v_dos_padroes))
  from casado c
  left join nomeado d on d.campo = 'descricao' and d.texto = c.descricao
  left join nomeado f on f.campo = 'fornecedor' and f.texto = c.fornecedor
  left join nomeado k on k.campo = 'conta_contabil' and k.texto = c.conta_contabil
  where c.categoria_dobrada <> v_categoria_dobrada
    and coalesce(d.padroes, f.padroes, k.padroes) is not null
    and (d.excluido or f.excluido or k.excluido) is not true;
end
$$;

comment on function audit_interno.candidatos_marketing(audit.janela, text, text[], text[], text[]) is
  'Entries of the window that marketing patterns match under a category other than the given one: patterns, supplier key and the words no pattern names.';
revoke execute on function audit_interno.candidatos_marketing(audit.janela, text, text[], text[], text[]) from public;
--! EndIncluded regras/candidatos_marketing.sql
--! Included regras/trade_marketing.sql
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
  v_base numeric := audit_interno.confianca_base('trade_marketing', 0.95);
  v_categoria text := nullif(btrim(audit_interno.configuracao('trade_marketing.categoria') #>> '{}'), '');
  v_meses int := coalesce((audit_interno.configuracao('trade_marketing.meses_historico') #>> '{}')::int, 12);
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_descricoes text[] := audit_interno.textos_casados('descricao', janela);
  v_fornecedores text[] := audit_interno.textos_casados('fornecedor', janela);
  v_contas text[] := audit_interno.textos_casados('conta_contabil', janela);
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
    select * from audit_interno.candidatos_marketing(janela, v_categoria, v_descricoes, v_fornecedores, v_contas)
  ), periodo as materialized (
    select
      min(c.data_lancamento) filter (where c.data_lancamento between '0030-01-01' and '9970-12-31') - v_meses * 31 as inicio,
      max(c.data_lancamento) filter (where c.data_lancamento between '0030-01-01' and '9970-12-31') + v_meses * 31 as fim,
      array_agg(distinct c.chave) as chaves,
      array(select distinct w from candidato p cross join lateral unnest(p.palavras) w) as palavras
    from candidato c
  ), frase as materialized (
    -- few combinations of patterns, many entries
    select x.padroes, audit_interno.frase_padroes(x.padroes) as texto from (select distinct c.padroes from candidato c) x
  ), resumo as (
    select h.chave,
      sum(h.lancamentos) as total,
      coalesce(sum(h.lancamentos) filter (where h.categoria_dobrada = audit_interno.dobrar(v_categoria)), 0) as marketing,
      coalesce(max(h.lancamentos) filter (where h.categoria_dobrada <> audit_interno.dobrar(v_categoria)), 0) as maior_outra,
      jsonb_object_agg(h.categoria_dobrada, h.lancamentos) as por_categoria
    from periodo p
    cross join lateral audit_interno.historico_marketing(p.inicio, p.fim, p.chaves) h
    group by h.chave
  ), firme as materialized (
    -- a word that several suppliers use, nine times in ten for one category
    select p.palavra, p.categoria_dobrada, p.lancamentos, p.total
    from periodo x
    cross join lateral audit_interno.palavras_marketing(x.inicio, x.fim, x.palavras) p
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
    select c.categoria_dobrada = '' or c.categoria_dobrada = any (v_pendentes) as pendente
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
      case when t.contra is not null then
        'a palavra "' || (t.palavras -> 0 ->> 'palavra') || '" está na categoria lançada em '
          || (t.palavras -> 0 ->> 'na_categoria') || ' de ' || (t.palavras -> 0 ->> 'total') || ' lançamentos' end), '') as contra
  ) f
  cross join lateral audit_interno.confianca_contestada(
    v_base, case when g.fornecedor then coalesce(r.marketing, 0) else 0 end,
    -- a word is not the supplier itself: it weighs no more than twenty of its entries
    greatest(case when g.fornecedor then e.contra else 0 end, least(coalesce(t.contra, 0), 20))) o (confianca);
end
$$;

comment on function regras.trade_marketing(audit.janela) is
  'Rule: entries that match the business''s marketing patterns under another category. Proposes the category of the setting trade_marketing.categoria; the confidence falls where the supplier''s own history, or words of name and description, defend the booked one. Amount at stake: the entry''s.';
revoke execute on function regras.trade_marketing(audit.janela) from public;
--! EndIncluded regras/trade_marketing.sql

reset role;
