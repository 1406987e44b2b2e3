-- The key of a supplier: the company root of its code, or its folded name where there is no code. Null when neither is known. Touches
-- nothing. Called by the rules; an expression that the planner inlines.
create or replace function regra_trade_marketing.chave_fornecedor(codigo text, nome text) returns text
language sql immutable parallel safe
return coalesce(
  regras.raiz_fornecedor(codigo),
  '=' || nullif(audit_interno.dobrar(pg_catalog.left(pg_catalog.btrim(nome), 200)), ''));

comment on function regra_trade_marketing.chave_fornecedor(text, text) is
  'Key of a supplier: company root of the code, else "=" and the folded name; null when unknown.';
revoke execute on function regra_trade_marketing.chave_fornecedor(text, text) from public;

-- The codes of the given suppliers, as written, among the entries between two days. Codes are few and entries many, so each code's owner is
-- looked up once. Return query, because it may run in parallel. Reads dw.lancamentos; changes nothing. Called by
-- regra_trade_marketing.historico_marketing.
create or replace function regra_trade_marketing.codigos_marketing(inicio date, fim date, chaves text[]) returns setof text
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_nos boolean := audit_interno.distribuida('dw.lancamentos');
begin
  return query
  select g.fornecedor_id
  from (
    select distinct l.fornecedor_id::text as fornecedor_id
    from dw.lancamentos l
    where l.data_lancamento between codigos_marketing.inicio and codigos_marketing.fim and l.fornecedor_id is not null
      -- on Citus each node sends only those
      and (not v_nos or regras.raiz_fornecedor(l.fornecedor_id) = any (codigos_marketing.chaves))
    offset 0
  ) g
  where regras.raiz_fornecedor(g.fornecedor_id) in (select k from unnest(codigos_marketing.chaves) k);
end
$$;

comment on function regra_trade_marketing.codigos_marketing(date, date, text[]) is 'Codes as written of the given suppliers.';
revoke execute on function regra_trade_marketing.codigos_marketing(date, date, text[]) from public;

-- What the given suppliers do: their entries between two days, by name and category, without pending ones. Entries that a marketing pattern
-- matches are included, because a supplier that is itself a pattern must be able to say otherwise. All entries are read: three of thousands
-- can defend a category, and a sample would lose them. What we booked and nobody confirmed is left out, or the rule would believe itself.
-- Reads dw.lancamentos, the audit tables and the settings; changes nothing. Called by regra_trade_marketing.fornecedores_marketing.
create or replace function regra_trade_marketing.historico_marketing(inicio date, fim date, chaves text[])
returns table (chave text, nome text, categoria_dobrada text, lancamentos bigint, desde date)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- a list too long to be hashed would be scanned for every entry
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes() || ''::text;
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_codigos text[] := array(
    select regra_trade_marketing.codigos_marketing(historico_marketing.inicio, historico_marketing.fim, historico_marketing.chaves));
  v_sem_codigo boolean := exists (select 1 from unnest(historico_marketing.chaves) k where k like '=%');
begin
  return query
  with grupo as (
    select l.fornecedor_id, l.fornecedor, l.categoria, count(*) as lancamentos, min(l.data_lancamento)::date as desde
    from dw.lancamentos l
    where l.data_lancamento between historico_marketing.inicio and historico_marketing.fim
      -- few codes use an index; with many the planner would estimate each, and one scan by parallel workers is faster
      and (cardinality(v_codigos) <= 500 and l.fornecedor_id = any (v_codigos)
        or cardinality(v_codigos) > 500 and l.fornecedor_id in (select c from unnest(v_codigos) c))
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    group by 1, 2, 3
    union all
    select null, l.fornecedor, l.categoria, count(*), min(l.data_lancamento)::date
    from dw.lancamentos l
    where v_sem_codigo and l.data_lancamento between historico_marketing.inicio and historico_marketing.fim
      and regras.inicio_fornecedor(l.fornecedor_id) = ''
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    group by 2, 3
  ), outro as (
    select regra_trade_marketing.chave_fornecedor(g.fornecedor_id, g.fornecedor) as chave, coalesce(regras.nome_canonico(g.fornecedor), '') as nome,
      coalesce(audit_interno.dobrar_categoria(g.categoria), '') as categoria_dobrada, g.lancamentos, g.desde
    from grupo g
    offset 0
  )
  select o.chave, o.nome, coalesce(r.para, o.categoria_dobrada), sum(o.lancamentos)::bigint, min(o.desde)
  from outro o
  -- under its present name
  left join regras.categorias_renomeadas() r on r.de = o.categoria_dobrada
  where o.chave = any (historico_marketing.chaves) and o.categoria_dobrada <> all (v_pendentes)
  group by 1, 2, 3;
end
$$;

comment on function regra_trade_marketing.historico_marketing(date, date, text[]) is
  'For each supplier key, canonical name and folded category: entries between two booking dates, both included, and the first of them.';
revoke execute on function regra_trade_marketing.historico_marketing(date, date, text[]) from public;

-- What suppliers of the given canonical names do under any code: like regra_trade_marketing.historico_marketing, for names that appear
-- under an unknown code. Reads dw.lancamentos, the audit tables and the settings; changes nothing. Called by
-- regra_trade_marketing.fornecedores_marketing.
create or replace function regra_trade_marketing.historico_nomes_marketing(inicio date, fim date, nomes text[])
returns table (chave text, nome text, categoria_dobrada text, lancamentos bigint, desde date)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes() || ''::text;
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_grafias text[];
begin
  select array_agg(g.fornecedor) into v_grafias
  from (
    select distinct l.fornecedor
    from dw.lancamentos l
    where l.data_lancamento between historico_nomes_marketing.inicio and historico_nomes_marketing.fim
    offset 0
  ) g
  where regras.nome_canonico(g.fornecedor) = any (historico_nomes_marketing.nomes);

  return query
  with grupo as (
    select l.fornecedor_id, l.fornecedor, l.categoria, count(*) as lancamentos, min(l.data_lancamento)::date as desde
    from dw.lancamentos l
    where l.data_lancamento between historico_nomes_marketing.inicio and historico_nomes_marketing.fim
      and l.fornecedor in (select g from unnest(v_grafias) g)
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    group by 1, 2, 3
  ), outro as (
    select regra_trade_marketing.chave_fornecedor(g.fornecedor_id, g.fornecedor) as chave, coalesce(regras.nome_canonico(g.fornecedor), '') as nome,
      coalesce(audit_interno.dobrar_categoria(g.categoria), '') as categoria_dobrada, g.lancamentos, g.desde
    from grupo g
    offset 0
  )
  select o.chave, o.nome, coalesce(r.para, o.categoria_dobrada), sum(o.lancamentos)::bigint, min(o.desde)
  from outro o
  -- under its present name
  left join regras.categorias_renomeadas() r on r.de = o.categoria_dobrada
  where o.categoria_dobrada <> all (v_pendentes)
  group by 1, 2, 3;
end
$$;

comment on function regra_trade_marketing.historico_nomes_marketing(date, date, text[]) is
  'For each supplier key, canonical name among those given and folded category: entries between two booking dates, both included, and the first of them.';
revoke execute on function regra_trade_marketing.historico_nomes_marketing(date, date, text[]) from public;

-- The history of each suspicious entry's supplier: the entries under its code, unless the code had other names before the entry's month and
-- none like this one, because codes are reassigned, copied and mistyped (contradito). If the code had nothing before that month and the
-- name is known under another code, the name's entries count too. The arrays belong together. Reads the ledger through
-- regra_trade_marketing.historico_marketing and historico_nomes_marketing; changes nothing. Called by regra_trade_marketing.detectar.
create or replace function regra_trade_marketing.fornecedores_marketing(
  inicio date, fim date, categoria text, chaves text[], nomes text[], cortes date[]
) returns table (
  chave text, nome text, corte date, contradito boolean, total numeric, marketing numeric, maior_outra numeric, por_categoria jsonb
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off
as $$
declare
  v_marketing text := audit_interno.dobrar_categoria(fornecedores_marketing.categoria);
begin
  return query
  with suspeito as materialized (
    select u.chave, u.nome, u.corte, u.chave not like '=%' and u.nome <> '' as tem_ambos
    from unnest(chaves, nomes, cortes) u (chave, nome, corte)
    where u.chave is not null
  ), historia as materialized (
    select h.* from regra_trade_marketing.historico_marketing(inicio, fim, array(select distinct s.chave from suspeito s)) h
  ), antes as materialized (
    select distinct s.chave, s.nome, s.corte, h.nome as outro
    from suspeito s
    join historia h on h.chave = s.chave and h.desde < s.corte
    where s.tem_ambos
  ), nova as materialized (
    select a.chave, a.nome, a.corte from antes a where a.outro <> '' group by 1, 2, 3 having bool_and(a.outro <> a.nome)
  ), par as (
    select a.* from nova n join antes a using (chave, nome, corte) where a.outro <> ''
  ), grafia as materialized (
    select g.nome, regras.trigramas(regras.nome_proprio(g.nome)) as trigramas
    from (select p.nome from par p union select p.outro from par p) g
    offset 0
  ), estranha as materialized (
    select p.chave, p.nome, p.corte
    from par p
    join grafia a on a.nome = p.nome
    join grafia b on b.nome = p.outro
    group by 1, 2, 3
    having not bool_or(regras.nomes_parecidos(a.nome, a.trigramas, b.nome, b.trigramas))
  ), sem_passado as materialized (
    select s.chave, s.nome, s.corte
    from suspeito s
    left join antes a on a.chave = s.chave and a.nome = s.nome and a.corte = s.corte
    where s.tem_ambos and a.chave is null
  ), pelo_nome as materialized (
    select h.*
    from (select array_agg(distinct s.nome) as nomes from sem_passado s having count(*) > 0) n
    cross join lateral regra_trade_marketing.historico_nomes_marketing(inicio, fim, n.nomes) h
  ), conhecida as (
    select distinct s.chave, s.nome, s.corte from sem_passado s join pelo_nome h on h.nome = s.nome and h.desde < s.corte
  ), conta as (
    -- an entry under both code and name is in both: count it once
    select s.chave, s.nome, s.corte, h.chave as de, h.nome as quem, h.categoria_dobrada, h.lancamentos
    from suspeito s
    join historia h on h.chave = s.chave
    union
    select s.chave, s.nome, s.corte, h.chave, h.nome, h.categoria_dobrada, h.lancamentos
    from conhecida s
    join pelo_nome h on h.nome = s.nome
  ), soma as (
    select c.chave, c.nome, c.corte, c.categoria_dobrada, sum(c.lancamentos) as lancamentos from conta c group by 1, 2, 3, 4
  ), resumo as (
    select m.chave, m.nome, m.corte, sum(m.lancamentos) as total,
      sum(m.lancamentos) filter (where m.categoria_dobrada = v_marketing) as marketing,
      max(m.lancamentos) filter (where m.categoria_dobrada <> v_marketing) as maior_outra,
      jsonb_object_agg(m.categoria_dobrada, m.lancamentos) as por_categoria
    from soma m
    group by 1, 2, 3
  )
  select s.chave, s.nome, s.corte, e.chave is not null, r.total, r.marketing, r.maior_outra, r.por_categoria
  from suspeito s
  left join estranha e on e.chave = s.chave and e.nome = s.nome and e.corte = s.corte
  left join resumo r on r.chave = s.chave and r.nome = s.nome and r.corte = s.corte and e.chave is null;
end
$$;

comment on function regra_trade_marketing.fornecedores_marketing(date, date, text, text[], text[], date[]) is
  'For the supplier key, canonical name and month of each suspect: whether the name contradicts the code, and how many entries count as the supplier''s: in all, in the marketing category, in the largest other category and by category.';
revoke execute on function regra_trade_marketing.fornecedores_marketing(date, date, text, text[], text[], date[]) from public;

-- Where the given words of names and descriptions are booked, in a sample of some 20,000 entries between two days. The sample is drawn by
-- key, so the same ledger gives the same sample. For each word and category: the entries, and of how many suppliers. Left out are pending
-- entries, and those that a marketing pattern matches, because they are in question. Reads dw.lancamentos, the patterns and the settings;
-- changes nothing. Called by regra_trade_marketing.detectar.
create or replace function regra_trade_marketing.palavras_marketing(inicio date, fim date, palavras text[])
returns table (palavra text, categoria_dobrada text, lancamentos bigint, total bigint, fornecedores bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_descricao_filtro text[] := regra_trade_marketing.filtro_padroes('incluir', 'descricao');
  v_descricao text := regra_trade_marketing.expressao_padroes('incluir', 'descricao', true);
  v_descricao_livre text := regra_trade_marketing.expressao_padroes('incluir', 'descricao', false);
  v_fornecedor_filtro text[] := regra_trade_marketing.filtro_padroes('incluir', 'fornecedor');
  v_fornecedor text := regra_trade_marketing.expressao_padroes('incluir', 'fornecedor', true);
  v_fornecedor_livre text := regra_trade_marketing.expressao_padroes('incluir', 'fornecedor', false);
  v_conta_filtro text[] := regra_trade_marketing.filtro_padroes('incluir', 'conta_contabil');
  v_conta text := regra_trade_marketing.expressao_padroes('incluir', 'conta_contabil', true);
  v_conta_livre text := regra_trade_marketing.expressao_padroes('incluir', 'conta_contabil', false);
  v_passo bigint;
begin
  v_passo := (
    select greatest(1, count(*) / 20000)
    from dw.lancamentos l
    where l.data_lancamento between palavras_marketing.inicio and palavras_marketing.fim);

  if audit_interno.distribuida('dw.lancamentos') then
    return query
    with contado as materialized (
      -- one row for a word and a category, or each node would send one for each supplier
      select w.palavra, t.categoria_dobrada, count(*) as lancamentos, array_agg(t.chave) as chaves
      from dw.lancamentos l
      -- fences beside the entries: around them they would bring each one from the nodes of Citus, which count here
      cross join lateral (
        select string_to_array(coalesce(regras.palavras_texto(l.fornecedor), '') || ' ' || coalesce(regras.palavras_texto(l.descricao), ''), ' ') as ditas,
          coalesce(audit_interno.dobrar_categoria(l.categoria), '') as categoria_dobrada,
          regra_trade_marketing.chave_fornecedor(l.fornecedor_id, l.fornecedor) as chave
        offset 0
      ) t
      cross join lateral (
        select audit_interno.dobrar(l.descricao) as descricao, audit_interno.dobrar(l.fornecedor) as fornecedor, audit_interno.dobrar(l.conta_contabil) as conta
        offset 0
      ) d
      cross join lateral (select distinct p.palavra from unnest(t.ditas) p (palavra) where p.palavra = any (palavras_marketing.palavras)) w
      where l.data_lancamento between palavras_marketing.inicio and palavras_marketing.fim
        and (v_passo = 1 or hashtextextended(l.id::text, 0) % v_passo = 0)
        and t.categoria_dobrada <> '' and t.categoria_dobrada <> all (v_pendentes)
        and t.ditas && palavras_marketing.palavras
        and not regra_trade_marketing.texto_casa(d.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
        and not regra_trade_marketing.texto_casa(d.fornecedor, v_fornecedor_filtro, v_fornecedor, v_fornecedor_livre)
        and not regra_trade_marketing.texto_casa(d.conta, v_conta_filtro, v_conta, v_conta_livre)
      group by 1, 2
    )
    select c.palavra, coalesce(r.para, c.categoria_dobrada), sum(c.lancamentos)::bigint,
      (sum(sum(c.lancamentos)) over (partition by c.palavra))::bigint, count(distinct c.chave)
    from (
      -- the entries are counted with the first of their suppliers
      select c.palavra, c.categoria_dobrada, case when k.n = 1 then c.lancamentos else 0 end as lancamentos, k.chave
      from contado c
      cross join lateral unnest(c.chaves) with ordinality k (chave, n)
    ) c
    left join regras.categorias_renomeadas() r on r.de = c.categoria_dobrada
    group by 1, 2;
    return;
  end if;

  return query
  with amostra as (
    select l.id::text as id, audit_interno.dobrar(l.descricao) as descricao, audit_interno.dobrar(l.fornecedor) as fornecedor,
      audit_interno.dobrar(l.conta_contabil) as conta, coalesce(audit_interno.dobrar_categoria(l.categoria), '') as categoria_dobrada,
      regra_trade_marketing.chave_fornecedor(l.fornecedor_id, l.fornecedor) as chave,
      l.fornecedor as nome, l.descricao as memoria
    from dw.lancamentos l
    where l.data_lancamento between palavras_marketing.inicio and palavras_marketing.fim
      and (v_passo = 1 or hashtextextended(l.id::text, 0) % v_passo = 0)
    offset 0
  ), outra as (
    select a.id, a.categoria_dobrada, a.chave,
      concat_ws(' ', regras.palavras_texto(a.nome), regras.palavras_texto(a.memoria)) as texto
    from amostra a
    where a.categoria_dobrada <> '' and a.categoria_dobrada <> all (v_pendentes)
      and not regra_trade_marketing.texto_casa(a.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
      and not regra_trade_marketing.texto_casa(a.fornecedor, v_fornecedor_filtro, v_fornecedor, v_fornecedor_livre)
      and not regra_trade_marketing.texto_casa(a.conta, v_conta_filtro, v_conta, v_conta_livre)
    offset 0
  ), contado as (
    select w.palavra, a.categoria_dobrada, a.chave, count(distinct a.id) as lancamentos
    from outra a
    cross join lateral string_to_table(a.texto, ' ') w (palavra)
    where w.palavra = any (palavras_marketing.palavras)
    group by 1, 2, 3
  )
  select c.palavra, coalesce(r.para, c.categoria_dobrada), sum(c.lancamentos)::bigint,
    (sum(sum(c.lancamentos)) over (partition by c.palavra))::bigint, count(distinct c.chave)
  from contado c
  left join regras.categorias_renomeadas() r on r.de = c.categoria_dobrada
  group by 1, 2;
end
$$;

comment on function regra_trade_marketing.palavras_marketing(date, date, text[]) is
  'For each word and folded category: sampled entries with that word, all of the word, and suppliers, between two booking dates, both included.';
revoke execute on function regra_trade_marketing.palavras_marketing(date, date, text[]) from public;

-- The months of a stretch of booking dates in which anything was booked under one of the labels (marketing, folded) by somebody else than
-- us. nossas: keys that hold a value of ours, or null. Whoever asks wants to know whether the category is silent at some months (cortes). If
-- there are three of these at most, and the label as written was booked up to parada months before each, one such month for each is returned
-- and the rest is not read. Reads dw.lancamentos; changes nothing. Called by regra_trade_marketing.detectar, whose statement is more than
-- Citus can split: what it asks of the ledger it asks through functions.
create or replace function regra_trade_marketing.meses_marketing(
  de date, ate date, escrita text, marketing text[], nossas text[], cortes date[], parada int
) returns setof date
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_recentes date[];
begin
  if cardinality(cortes) <= 3 and not audit_interno.distribuida('dw.lancamentos') then
    v_recentes := array(
      select date_trunc('month', r.dia::timestamp)::date
      from unnest(cortes) c (corte)
      cross join lateral (
        select l.data_lancamento as dia
        from dw.lancamentos l
        where l.data_lancamento between (c.corte - make_interval(months => parada))::date and (c.corte + interval '1 month - 1 day')::date
          and l.categoria::text = escrita
          and (nossas is null or l.id <> all (audit_interno.chaves_como(nossas, (null::dw.lancamentos).id)))
        limit 1
      ) r);
    if cardinality(v_recentes) = cardinality(cortes) then
      return query select distinct m from unnest(v_recentes) m;
      return;
    end if;
  end if;
  return query
  select distinct g.mes
  from (
    -- folded once for each month, not for each entry
    select l.categoria, date_trunc('month', l.data_lancamento::timestamp)::date as mes
    from dw.lancamentos l
    where l.data_lancamento between de and ate
      and (nossas is null or l.id <> all (audit_interno.chaves_como(nossas, (null::dw.lancamentos).id)))
    group by 1, 2
    offset 0
  ) g
  where audit_interno.dobrar_categoria(g.categoria) = any (marketing);
end
$$;

comment on function regra_trade_marketing.meses_marketing(date, date, text, text[], text[], date[], int) is
  'Months with an entry of these categories that is not a correction of ours: all of the stretch, or one shortly before each month in question.';
revoke execute on function regra_trade_marketing.meses_marketing(date, date, text, text[], text[], date[], int) from public;

-- Whether anything was booked under one of the labels (folded) before a date. Reads dw.lancamentos; changes nothing. Called by
-- regra_trade_marketing.detectar.
create or replace function regra_trade_marketing.marketing_antes(dia date, marketing text[]) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
  return exists (select 1 from dw.lancamentos l where l.data_lancamento < dia and audit_interno.dobrar_categoria(l.categoria) = any (marketing));
end
$$;

comment on function regra_trade_marketing.marketing_antes(date, text[]) is 'Whether an entry of these categories is booked before the date.';
revoke execute on function regra_trade_marketing.marketing_antes(date, text[]) from public;
