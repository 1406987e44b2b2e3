--! Previous: sha1:dd8577b407dc353b475e044afba96b6bdf797eb2
--! Hash: sha1:9f9bc4edc8598a443ee65f694a7e9902d1c22af9
--! Message: mais rapidas

set local role conferente_dono;

drop function audit_interno.expressao_padroes(text, text, boolean);
--! Included comum/dobrar_comuns.sql
-- Folds the letters that Portuguese writes with an accent, and lower-cases the rest: what audit_interno.dobrar gives wherever
-- only ASCII is left, at a fraction of the price of taking every accent apart (replace is a byte search, translate is not).
-- Touches nothing; inlined by the planner. Called by audit_interno.dobrar alone.
create or replace function audit_interno.dobrar_comuns(texto text)
returns text
language sql
immutable parallel safe
return pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
  pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
  pg_catalog.replace(pg_catalog.replace(pg_catalog.lower(texto),
    'ã', 'a'), 'ç', 'c'), 'á', 'a'), 'é', 'e'), 'í', 'i'), 'ó', 'o'),
    'õ', 'o'), 'ê', 'e'), 'ô', 'o'), 'ú', 'u'), 'â', 'a'), 'à', 'a'),
    'º', 'o'), 'ª', 'a');
comment on function audit_interno.dobrar_comuns(text) is 'Text in lower case, the accented letters of Portuguese without accents; other accents are kept.';
--! EndIncluded comum/dobrar_comuns.sql
--! Included comum/dobrar.sql
-- Folds a text for comparison: lower case, no accents. Works in every locale, C included: accents are taken apart from their
-- letters (NFD) and dropped, and only ASCII is left to lower(). Texts that are all ASCII skip that, and so do those that have only
-- the accents of Portuguese, at a third of the price. No settings of its own and not strict, so that the planner inlines it: the
-- rules fold millions of texts.
create or replace function audit_interno.dobrar(texto text)
returns text
language sql
immutable parallel safe
return case
  when pg_catalog.octet_length(texto) = pg_catalog.length(texto) then pg_catalog.lower(texto)
  when pg_catalog.octet_length(audit_interno.dobrar_comuns(texto)) = pg_catalog.length(texto) then audit_interno.dobrar_comuns(texto)
  else pg_catalog.lower(pg_catalog.translate(
    normalize(texto, nfd),
    -- ª º – — ’ ‘ “ ”, then the marks: acute, tilde, cedilla, circumflex, grave, diaeresis, ring
    U&'\00AA\00BA\2013\2014\2019\2018\201C\201D\0301\0303\0327\0302\0300\0308\030A',
    'ao--''''""'))
end;
comment on function audit_interno.dobrar(text) is 'Text in lower case and without accents, for comparison.';
--! EndIncluded comum/dobrar.sql
--! Included regras/filtro_padrao.sql
-- One pattern as a LIKE pattern that lets through every folded text it matches and little else, blanks standing for any run of
-- characters. Of an expression only the letters that every match must have are kept; one whose letters cannot be told this
-- simply (alternatives, escapes, counts, classes by name) has none. Null then, and for a pattern that matches nothing. Touches
-- nothing. Called by audit_interno.filtro_padroes, expressao_padroes and candidatos_marketing.
create or replace function audit_interno.filtro_padrao(tipo text, padrao_dobrado text) returns text
language sql immutable parallel safe
return case
  when pg_catalog.btrim(padrao_dobrado, E' \t\r\n') = '' or tipo = 'palavra' and padrao_dobrado !~ '[a-z0-9]' then null
  when tipo = 'regex' then (
    select case when x.letras !~ '[][\\|(){}]' and x.letras ~ '[^%]{3}' then '%' || x.letras || '%' end
    from (
      select pg_catalog.regexp_replace(
        -- classes and plain groups, with what repeats them; then what may be missing; then what stands for any character
        pg_catalog.regexp_replace(pg_catalog.regexp_replace(pg_catalog.regexp_replace(
          pg_catalog.lower(pg_catalog.regexp_replace(padrao_dobrado, '^\(\?i\)', '')),
          '\[[^][\\]+\][?*+]*', '%', 'g'), '\((\?:)?[^()?\\][^()\\]*\)[?*+]*', '%', 'g'), '[^%][?*][?*+]*', '%', 'g'),
        '[.+^$]|%[%?*+]+', '%', 'g') as letras
      where padrao_dobrado !~ '^(\(\?i\))?\*\*\*|\(\?[^:i]'
    ) x
  )
  else '%' || pg_catalog.regexp_replace(
    pg_catalog.btrim(case
      when tipo = 'palavra' then pg_catalog.regexp_replace(padrao_dobrado, '[^a-z0-9]+', ' ', 'g')
      else pg_catalog.regexp_replace(padrao_dobrado, '([\\%_])', '\\\1', 'g')
    end), '\s+', '%', 'g') || '%'
end;

comment on function audit_interno.filtro_padrao(text, text) is
  'LIKE pattern that every folded text matching a marketing pattern satisfies; null for an empty pattern, and for an expression of which that cannot be told.';
revoke execute on function audit_interno.filtro_padrao(text, text) from public;
--! EndIncluded regras/filtro_padrao.sql
--! Included regras/filtro_padroes.sql
-- The patterns of one action and field as LIKE patterns, where they have one: a list of them costs a third of the expression
-- that decides. Null where there is none. Reads the patterns only. Called by the parts of regras.trade_marketing, against folded text.
create or replace function audit_interno.filtro_padroes(acao text, campo text) returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(audit_interno.filtro_padrao(p.tipo, p.padrao_dobrado))
  from audit.padroes_trade_marketing p
  where p.ativo
    and p.acao = filtro_padroes.acao
    and p.campo = filtro_padroes.campo
    and audit_interno.filtro_padrao(p.tipo, p.padrao_dobrado) is not null
$$;

comment on function audit_interno.filtro_padroes(text, text) is
  'LIKE patterns that every folded text matching a marketing pattern satisfies; null where there is none.';
revoke execute on function audit_interno.filtro_padroes(text, text) from public;
--! EndIncluded regras/filtro_padroes.sql
--! Included regras/expressao_padroes.sql
-- One regular expression for all active marketing patterns of one action and field, so that a row is read once however
-- many patterns there are; matched against folded text without regard to case. Those that have a quick filter (filtravel) and
-- those without come apart. Null where there is no pattern. Raises
-- invalid_regular_expression for a pattern that is none. Reads the patterns only. Called by regras.trade_marketing.
create or replace function audit_interno.expressao_padroes(acao text, campo text, filtravel boolean) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(e.expressao, '|' order by p.id)
  from audit.padroes_trade_marketing p
  cross join lateral (
    select case
      when p.tipo = 'regex' then
        -- matched once alone: a pattern that is invalid by itself must not become valid between the others
        case when '' ~* audit_interno.sem_acentos(p.padrao) is not null
          then '(?:' || audit_interno.sem_acentos(p.padrao) || ')' end
      when p.tipo = 'palavra' then
        '(?:^|[^a-z0-9])' || nullif(regexp_replace(
          btrim(regexp_replace(p.padrao_dobrado, '[^a-z0-9]+', ' ', 'g')), ' ', '[^a-z0-9]+', 'g'), '') || '(?![a-z0-9])'
      else
        regexp_replace(regexp_replace(p.padrao_dobrado, '([^[:alnum:][:space:]])', '\\\1', 'g'), '\s+', '\\s+', 'g')
    end as expressao
  ) e
  where p.ativo
    and p.acao = expressao_padroes.acao
    and p.campo = expressao_padroes.campo
    and (audit_interno.filtro_padrao(p.tipo, p.padrao_dobrado) is not null) = expressao_padroes.filtravel
    and btrim(p.padrao, E' \t\r\n') <> ''
$$;

comment on function audit_interno.expressao_padroes(text, text, boolean) is
  'All active patterns of one action (incluir, excluir) and field as one regular expression; null where there is none.';
revoke execute on function audit_interno.expressao_padroes(text, text, boolean) from public;
--! EndIncluded regras/expressao_padroes.sql
--! Included regras/texto_casa.sql
-- Whether a folded text matches any of many marketing patterns: the quick filter first, then the expression that decides; then
-- the expression of those that have no filter. A null expression folds its arm away. Touches nothing; inlined by the planner.
-- Called by the parts of regras.trade_marketing, with what filtro_padroes and expressao_padroes give.
create or replace function audit_interno.texto_casa(dobrado text, filtro text[], filtravel text, sem_filtro text) returns boolean
language sql immutable parallel safe
return coalesce(dobrado like any (filtro) and dobrado ~* filtravel, false) or coalesce(dobrado ~* sem_filtro, false);

comment on function audit_interno.texto_casa(text, text[], text, text) is
  'Whether a folded text matches one of the marketing patterns, given as quick filters, their expression, and the expression of those without a filter; false for nulls.';
revoke execute on function audit_interno.texto_casa(text, text[], text, text) from public;
--! EndIncluded regras/texto_casa.sql
--! Included regras/textos_casados.sql
-- The texts of one field, as they are written in the window, that the business's including patterns match. Each text is
-- folded and matched once however many entries bear it, and only what passes the quick filter meets the expressions. Reads
-- dw.lancamentos and the patterns; changes nothing. Called by regras.trade_marketing.
create or replace function audit_interno.textos_casados(campo text, janela audit.janela) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_filtro text[] := audit_interno.filtro_padroes('incluir', campo);
  v_filtravel text := audit_interno.expressao_padroes('incluir', campo, true);
  v_sem_filtro text := audit_interno.expressao_padroes('incluir', campo, false);
begin
  if v_filtravel is null and v_sem_filtro is null then
    return array[]::text[];
  end if;
  -- an expression, not select into: that never runs in parallel
  return coalesce((
    select array_agg(t.texto)
    from (
      select d.texto, audit_interno.dobrar(d.texto) as dobrado
      from (
        select distinct case textos_casados.campo
          when 'descricao' then l.descricao when 'fornecedor' then l.fornecedor else l.conta_contabil end as texto
        from dw.lancamentos l
        where (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
          and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
          and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
          and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
          and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
      ) d
      -- or the folding would be repeated for every test below
      offset 0
    ) t
    where audit_interno.texto_casa(t.dobrado, v_filtro, v_filtravel, v_sem_filtro)
  ), array[]::text[]);
end
$$;

comment on function audit_interno.textos_casados(text, audit.janela) is
  'Distinct texts of a field (descricao, fornecedor, conta_contabil) in the window that an active including pattern matches.';
revoke execute on function audit_interno.textos_casados(text, audit.janela) from public;
--! EndIncluded regras/textos_casados.sql
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
--! Included regras/palavras_marketing.sql
-- Where the given words of names and descriptions are booked: a sample of some 20,000 entries between two days, drawn by their
-- keys so that the same ledger gives the same sample. For each word and category the entries, and of how many suppliers;
-- pending ones are left out, and those that a marketing pattern matches, for they are what is in question. Reads dw.lancamentos, the patterns and the settings; changes nothing. Called by regras.trade_marketing.
create or replace function audit_interno.palavras_marketing(inicio date, fim date, palavras text[])
returns table (palavra text, categoria_dobrada text, lancamentos bigint, total bigint, fornecedores bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
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
  v_passo bigint;
begin
  v_passo := (
    select greatest(1, count(*) / 20000)
    from dw.lancamentos l
    where l.data_lancamento between palavras_marketing.inicio and palavras_marketing.fim);

  return query
  with amostra as (
    select l.id::text as id, audit_interno.dobrar(l.descricao) as descricao, audit_interno.dobrar(l.fornecedor) as fornecedor,
      audit_interno.dobrar(l.conta_contabil) as conta, audit_interno.dobrar(coalesce(btrim(l.categoria), '')) as categoria_dobrada,
      audit_interno.chave_fornecedor(l.fornecedor_id, l.fornecedor) as chave,
      l.fornecedor as nome, l.descricao as memoria
    from dw.lancamentos l
    where l.data_lancamento between palavras_marketing.inicio and palavras_marketing.fim
      and (v_passo = 1 or hashtextextended(l.id::text, 0) % v_passo = 0)
    offset 0
  ), outra as (
    select a.id, a.categoria_dobrada, a.chave,
      concat_ws(' ', audit_interno.palavras_texto(a.nome), audit_interno.palavras_texto(a.memoria)) as texto
    from amostra a
    where a.categoria_dobrada <> '' and a.categoria_dobrada <> all (v_pendentes)
      and not audit_interno.texto_casa(a.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
      and not audit_interno.texto_casa(a.fornecedor, v_fornecedor_filtro, v_fornecedor, v_fornecedor_livre)
      and not audit_interno.texto_casa(a.conta, v_conta_filtro, v_conta, v_conta_livre)
    offset 0
  ), contado as (
    select w.palavra, a.categoria_dobrada, a.chave, count(distinct a.id) as lancamentos
    from outra a
    cross join lateral string_to_table(a.texto, ' ') w (palavra)
    where w.palavra = any (palavras_marketing.palavras)
    group by 1, 2, 3
  )
  select c.palavra, c.categoria_dobrada, sum(c.lancamentos)::bigint,
    (sum(sum(c.lancamentos)) over (partition by c.palavra))::bigint, count(distinct c.chave)
  from contado c
  group by c.palavra, c.categoria_dobrada;
end
$$;

comment on function audit_interno.palavras_marketing(date, date, text[]) is
  'For each word and folded category: sampled entries with that word, all of the word, and suppliers, between two booking dates, both included.';
revoke execute on function audit_interno.palavras_marketing(date, date, text[]) from public;
--! EndIncluded regras/palavras_marketing.sql
--! Included regras/inicio_fornecedor.sql
-- The first eight positions of a supplier's code without punctuation, lower case: equal for all codes of one company, and few
-- others. Empty where there is no code. replace is a byte search: four of them cost a third of one translate. Touches nothing;
-- inlined by the planner. Called by audit_interno.duplicidades and historico_marketing for every entry they read.
create or replace function audit_interno.inicio_fornecedor(codigo text) returns text
language sql immutable parallel safe
return coalesce(pg_catalog.lower(pg_catalog.left(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
  codigo, '.', ''), '/', ''), '-', ''), ' ', ''), 8)), '');

comment on function audit_interno.inicio_fornecedor(text) is
  'First eight positions of a supplier code without punctuation, lower case; empty where there is none.';
revoke execute on function audit_interno.inicio_fornecedor(text) from public;
--! EndIncluded regras/inicio_fornecedor.sql
--! Included regras/historico_marketing.sql
-- What the given suppliers do when they do not look like marketing: their entries between two days that no including pattern
-- matches, by category, pending ones left out. Reads dw.lancamentos, the patterns and the settings; changes nothing. Called by
-- regras.trade_marketing.
create or replace function audit_interno.historico_marketing(inicio date, fim date, chaves text[])
returns table (chave text, categoria_dobrada text, lancamentos bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
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
begin
  return query
  with entrada as (
    select l.fornecedor_id, l.fornecedor, l.categoria, l.conta_contabil, l.descricao
    from dw.lancamentos l
    where l.data_lancamento between historico_marketing.inicio and historico_marketing.fim
      -- cheap, and nearly always decisive
      and audit_interno.inicio_fornecedor(l.fornecedor_id) in (
        select case when c like '=%' then '' else left(c, 8) end from unnest(historico_marketing.chaves) c)
    offset 0
  ), dobrado as (
    select e.fornecedor_id, e.fornecedor, e.categoria, audit_interno.dobrar(e.conta_contabil) as conta,
      audit_interno.dobrar(e.descricao) as descricao, audit_interno.dobrar(e.fornecedor) as nome
    from entrada e
    where audit_interno.chave_fornecedor(e.fornecedor_id, e.fornecedor) = any (historico_marketing.chaves)
    offset 0
  ), outro as (
    select h.fornecedor_id, h.fornecedor, h.categoria, count(*) as lancamentos
    from dobrado h
    where not audit_interno.texto_casa(h.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
      and not audit_interno.texto_casa(h.conta, v_conta_filtro, v_conta, v_conta_livre)
      and not audit_interno.texto_casa(h.nome, v_fornecedor_filtro, v_fornecedor, v_fornecedor_livre)
    group by 1, 2, 3
  )
  select x.chave, x.categoria_dobrada, sum(x.lancamentos)::bigint
  from (
    select audit_interno.chave_fornecedor(o.fornecedor_id, o.fornecedor) as chave,
      audit_interno.dobrar(coalesce(btrim(o.categoria), '')) as categoria_dobrada, o.lancamentos
    from outro o
    offset 0
  ) x
  where x.categoria_dobrada <> '' and x.categoria_dobrada <> all (v_pendentes)
  group by x.chave, x.categoria_dobrada;
end
$$;

comment on function audit_interno.historico_marketing(date, date, text[]) is
  'For each supplier key and folded category: entries between two booking dates, both included, that no marketing pattern matches.';
revoke execute on function audit_interno.historico_marketing(date, date, text[]) from public;
--! EndIncluded regras/historico_marketing.sql
--! Included regras/duplicidades.sql
-- Finds documents that were booked twice: same supplier (company root, or name where there is no code), same document
-- number, same amount, exactly alike or within valores.dias_duplicidade days and across branches. Flags the later entry
-- only and never proposes a correction. An entry that was reversed and booked again is not a duplicate, nor are
-- instalments that say so, nor documents without a number. The window restricts what is flagged; the twin may lie outside.
-- Reads dw.lancamentos; changes nothing. Called by regras.validacao_valores.
create or replace function audit_interno.duplicidades(janela audit.janela, confianca_base numeric) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB' -- a row for each entry of the window: on disk it takes twice as long
as $$
declare
  v_dias int := coalesce((audit_interno.configuracao('valores.dias_duplicidade') #>> '{}')::int, 10);
  v_de date := greatest(greatest(janela.data_inicio, '0001-02-01') - v_dias, '0001-02-01');
  v_ate date := least(janela.data_fim, '9999-12-31');
  v_por_data boolean := janela.carregado_desde is null and janela.carregado_ate is null and janela.chaves is null;
  v_datas date[];
  v_quantas int;
begin
  -- Twins are looked for on the flagged rows' own dates and the days before, so that a day's window reads days, not the
  -- table. What was loaded of late is mostly booked of late: then only its own dates are read, unless they are too many.
  if not v_por_data then
    select array_agg(distinct d.data - g.dias), count(distinct d.data) into v_datas, v_quantas
    from (
      select distinct l.data_lancamento as data
      from dw.lancamentos l
      where l.valor <> 0 and l.documento <> ''
        and l.data_lancamento between '0001-02-01' and '9999-12-31'
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
      limit 401
    ) d
    cross join generate_series(0, v_dias) g (dias);
    if v_datas is null then
      return;
    end if;
    if v_quantas > 400 then
      v_datas := null;
    end if;
  end if;

  return query
  with suspeito as materialized (
    -- coarse and cheap: equal amounts, equal begin of the supplier's code; what is dearer sees only what has a companion in both.
    -- Of a few rows it is cheaper to ask who resembles them
    select abs(l.valor) as valor, audit_interno.inicio_fornecedor(l.fornecedor_id) as inicio
    from dw.lancamentos l
    where l.valor <> 0 and l.documento <> ''
      and l.data_lancamento between v_de and v_ate
      and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
      and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
      and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
    group by 1, 2
    having count(*) > 1 or not v_por_data
  ), comparavel as (
    select l.id, l.data_lancamento, l.carregado_em, l.filial, l.documento, l.valor, l.descricao,
      c.fornecedor, c.numero, c.parcela
    from (
      -- then the last character of the number, which no spelling changes
      select e.*, count(*) over (partition by abs(e.valor), e.inicio, lower(right(rtrim(e.documento, ' -./'), 1))) as companhia
      from (
        select f.*, audit_interno.inicio_fornecedor(f.fornecedor_id) as inicio
        from dw.lancamentos f
        where abs(f.valor) in (select s.valor from suspeito s) and f.documento <> ''
          and f.data_lancamento between v_de and v_ate
          and (v_datas is null or f.data_lancamento = any (v_datas))
        offset 0
      ) e
      join suspeito s on s.valor = abs(e.valor) and s.inicio = e.inicio
    ) l
    cross join lateral (
      select
        audit_interno.chave_fornecedor(l.fornecedor_id, l.fornecedor) as fornecedor,
        audit_interno.documento_comparavel(l.documento) as numero,
        coalesce(substring(audit_interno.dobrar(left(l.descricao, 500)) from 'parc[a-z]*[^0-9a-z]{0,6}([0-9]{1,3})'), '') as parcela
    ) c
    where l.companhia > 1 and c.fornecedor is not null and c.numero is not null
  ), par as (
    select c.*,
      lag(c.id) over gemeo as gemeo_id,
      lag(c.data_lancamento) over gemeo as gemeo_data,
      lag(c.filial) over gemeo as gemeo_filial,
      lag(c.documento) over gemeo as gemeo_documento,
      lag(c.descricao) over gemeo as gemeo_descricao,
      -- bookings less reversals up to this day: one booking, its reversal and the new booking leave one
      sign(c.valor) * sum(sign(c.valor)) over (
        partition by c.fornecedor, c.numero, c.parcela, abs(c.valor)
        order by c.data_lancamento range between make_interval(days => v_dias) preceding and current row) as liquido
    from comparavel c
    window gemeo as (partition by c.fornecedor, c.numero, c.parcela, c.valor order by c.data_lancamento, c.carregado_em, c.id)
  )
  select
    null::text,
    p.id::text,
    '{}'::jsonb,
    round(greatest(0.05, least(0.99, confianca_base + t.ajuste)), 4),
    jsonb_build_object(
      'tipo', t.tipo, 'valor', p.valor, 'documento', p.documento, 'filial', p.filial, 'data_lancamento', p.data_lancamento,
      'mesma_descricao', t.mesma_descricao,
      'gemeo', jsonb_build_object('id', p.gemeo_id::text, 'data_lancamento', p.gemeo_data, 'filial', p.gemeo_filial,
        'documento', p.gemeo_documento)),
    'O documento ' || left(p.documento, 60) || ' de ' || audit_interno.reais(p.valor) || ' já está no lançamento '
      || p.gemeo_id::text || ' de ' || to_char(p.gemeo_data, 'DD/MM/YYYY')
      || case when p.filial is distinct from p.gemeo_filial then ', filial ' || coalesce(p.gemeo_filial, '(sem filial)') else '' end
      || '; este seria a segunda vez.',
    abs(p.valor)
  from par p
  cross join lateral (
    select
      case when p.data_lancamento = p.gemeo_data and p.filial is not distinct from p.gemeo_filial
        then 'duplicidade' else 'duplicidade_proxima' end as tipo,
      audit_interno.dobrar(coalesce(p.descricao, '')) = audit_interno.dobrar(coalesce(p.gemeo_descricao, '')) as mesma_descricao,
      case when p.data_lancamento = p.gemeo_data and p.filial is not distinct from p.gemeo_filial then 0.10 else 0 end
        + case when audit_interno.dobrar(coalesce(p.descricao, '')) = audit_interno.dobrar(coalesce(p.gemeo_descricao, ''))
            then 0.05 else -0.15 end as ajuste
  ) t
  where p.gemeo_data >= p.data_lancamento - v_dias
    and p.liquido > 1
    and (janela.data_inicio is null or p.data_lancamento >= janela.data_inicio)
    and (janela.data_fim is null or p.data_lancamento <= janela.data_fim)
    and (janela.carregado_desde is null or p.carregado_em >= janela.carregado_desde)
    and (janela.carregado_ate is null or p.carregado_em < janela.carregado_ate)
    and (janela.chaves is null or p.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)));
end
$$;

comment on function audit_interno.duplicidades(audit.janela, numeric) is
  'Documents booked twice: flags the later entry, names its twin, proposes nothing.';
revoke execute on function audit_interno.duplicidades(audit.janela, numeric) from public;
--! EndIncluded regras/duplicidades.sql
--! Included exemplo/indexar.sql
-- Keys, foreign keys and indexes of the filled fact and of the truth, then statistics. After the rows, because building
-- them at once costs a fraction of keeping them up to date during the load.
create or replace function exemplo.indexar()
returns void
language plpgsql
volatile
set search_path = ''
set maintenance_work_mem = '128MB'
as $$
begin
  alter table dw.fato_lancamentos add primary key (id, data_lancamento);
  -- By the contract's key alone: the primary key serves "id = …" too, but this index is a third smaller.
  create index fato_lancamentos_id on dw.fato_lancamentos (id);
  create index fato_lancamentos_data_lancamento on dw.fato_lancamentos (data_lancamento);
  create index fato_lancamentos_carregado_em on dw.fato_lancamentos (carregado_em);
  create index fato_lancamentos_fornecedor_id on dw.fato_lancamentos (fornecedor_id);
  create index fato_lancamentos_documento on dw.fato_lancamentos (documento);
  alter table dw.fato_lancamentos
    add foreign key (filial) references dw.dim_filial,
    add foreign key (centro_custo) references dw.dim_centro_custo,
    add foreign key (conta_contabil) references dw.dim_conta_contabil,
    add foreign key (categoria) references dw.dim_categoria,
    add foreign key (fornecedor_id) references dw.dim_fornecedor;
  alter table exemplo.original add primary key (registro_id);
  create index verdade_registro_id on exemplo.verdade (registro_id);
  analyze dw.dim_filial, dw.dim_centro_custo, dw.dim_conta_contabil, dw.dim_categoria, dw.dim_fornecedor, dw.dim_concessionaria,
    dw.fato_lancamentos, exemplo.verdade, exemplo.original;
end
$$;

comment on function exemplo.indexar() is 'Example warehouse: keys, foreign keys, indexes and statistics, after the rows are in.';

revoke execute on function exemplo.indexar() from public;
--! EndIncluded exemplo/indexar.sql
drop function if exists audit_interno.aplicar_lote(bigint), audit_interno.autoverificar_lote(bigint, text),
  audit_interno.aplicar_grupo(bigint, regclass, text, text[], text[], bigint[]);
--! Included correcao/criar_lote.sql
-- An empty batch: the one form in which corrections and rollbacks reach the warehouse. Its rows are written once: resultado
-- says what is meant until something else happens, so nothing is written back where every row took what it was to take.
create or replace function audit_interno.criar_lote()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
begin
  drop table if exists pg_temp.conferente_lote;
  create temp table conferente_lote (
    divergencia_id bigint primary key,
    regra text not null,
    tabela text not null,
    registro_id text not null,
    de jsonb not null,
    para jsonb not null,
    valor numeric, -- at stake
    impressao bytea, -- of the columns the rule decides by; null in a rollback, which is held against de alone
    reverte_operacao_id bigint,
    resultado text not null default 'aplicada', -- or movida, ja_certa, ausente, recusada, desfeita; of a rollback superada
    agora jsonb, -- what the row holds; null of a row that took para as it is, and of one that is gone
    erro text
  ) on commit drop;
end
$$;
comment on function audit_interno.criar_lote() is 'Creates pg_temp.conferente_lote, empty.';
--! EndIncluded correcao/criar_lote.sql
--! Included correcao/aplicar_grupo.sql
-- Writes corrections of one table and one set of columns in one statement. When the warehouse refuses (a constraint, a
-- trigger), the group is halved until the rows that it refuses stand alone; the rest go through. Returns the days on which
-- the altered rows are booked, so that verification need not look for them in every partition: of a table without a column
-- of dates, of rows without a date, and where a trigger may write it afterwards, that is any day.
create or replace function audit_interno.aplicar_grupo(
  operacao_id bigint, relacao regclass, coluna_chave text, colunas_regra text[], colunas text[], ids bigint[], coluna_data text
)
returns daterange
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tabela text := audit_interno.nome_sql(relacao);
  v_chave text := format('t.%I = l.registro_id::%s', coluna_chave, audit_interno.tipo_coluna(relacao, coluna_chave));
  v_guarda text;
  v_ja_certa text;
  v_atribuicoes text;
  v_imagem text;
  v_alteracao text;
  v_data text := coalesce((
    select format('t.%I', a.attname) from pg_attribute a
    where a.attrelid = relacao and a.attname = aplicar_grupo.coluna_data and a.atttypid = 'date'::regtype and a.attnum > 0 and not a.attisdropped),
    'null::date');
  v_dias daterange;
  v_quantas bigint;
  v_imagens jsonb;
  v_adiaveis text;
  v_reler boolean := audit_interno.exige_releitura(relacao);
  v_meio integer := cardinality(ids) / 2;
  v_codigo text;
  v_erro text;
begin
  select
    string_agg(audit_interno.expressao_igual(relacao, c, 'l.de'), ' and '),
    string_agg(audit_interno.expressao_igual(relacao, c, 'l.para'), ' and '),
    string_agg(format('%I = %s', c, audit_interno.expressao_valor(relacao, c, 'l.para')), ', '),
    format('jsonb_build_object(%s)', string_agg(format('%L, t.%I', c, c), ', '))
  into v_guarda, v_ja_certa, v_atribuicoes, v_imagem
  from unnest(colunas) as c;
  select v_chave || audit_interno.limite_chaves(relacao, coluna_chave, array_agg(l.registro_id)) into v_chave
  from pg_temp.conferente_lote l where l.divergencia_id = any (ids);
  v_guarda := format('%s and (l.impressao is null or l.impressao = %s)', v_guarda,
    audit_interno.expressao_impressao(relacao, colunas_regra));

  begin
    if exists (select from pg_trigger g where g.tgrelid = relacao and g.tgtype & 64 = 64 and g.tgenabled <> 'D') then
      -- INSTEAD OF: the view's update neither locks nor re-reads rows, so they are locked in a statement of their own
      begin
        execute format('select count(*) from (select from %s t, pg_temp.conferente_lote l where l.divergencia_id = any ($1) and %s for update of t) as x',
          v_tabela, v_chave) using ids;
      exception when feature_not_supported then
        -- an outer join or a grouping in the view: its tables are kept from other writers until the batch is committed
        execute format('lock table %s in share row exclusive mode', v_tabela);
      end;
    end if;
    v_alteracao := format(
      'update %1$s t set %2$s
       from pg_temp.conferente_lote l
       where l.divergencia_id = any ($1) and %3$s and %4$s
       returning l.divergencia_id, l.reverte_operacao_id, l.de, %5$s as depois, %6$s as dia',
      v_tabela, v_atribuicoes, v_chave, v_guarda, v_imagem, v_data);
    if v_reler then
      execute format('with alterada as (%s) select count(*), coalesce(jsonb_object_agg(a.divergencia_id, a.depois), ''{}''), ''(,)''::daterange from alterada a', v_alteracao)
      into v_quantas, v_imagens, v_dias using ids;
    else
      execute format(
        'with alterada as (%s), imagem as (
           insert into audit.alteracoes (operacao_id, divergencia_id, reverte_operacao_id, antes, depois)
           select $2, a.divergencia_id, a.reverte_operacao_id, a.de, a.depois from alterada a
         )
         select count(*), case when count(*) = 0 then ''empty'' when count(a.dia) < count(*) then ''(,)''
           else daterange(min(a.dia), max(a.dia), ''[]'') end
         from alterada a', v_alteracao)
      into v_quantas, v_dias using ids, operacao_id;
    end if;
    -- what the warehouse checks only at commit is checked here, where a refusal can still be pinned on a row
    select string_agg(distinct format('%I.%I', n.nspname, c.conname), ', ') into v_adiaveis
    from pg_constraint c join pg_namespace n on n.oid = c.connamespace
    where c.condeferrable and n.nspname not in ('audit', 'audit_interno');
    if v_adiaveis is not null then
      execute format('set constraints %s immediate', v_adiaveis);
    end if;
    if v_reler then
      execute format(
        'with imagem as (
           update pg_temp.conferente_lote l set agora = coalesce((select %1$s from %2$s t where %3$s), $3 -> l.divergencia_id::text)
           where l.divergencia_id = any ($2) and $3 ? l.divergencia_id::text
           returning l.divergencia_id, l.reverte_operacao_id, l.de, l.agora
         )
         insert into audit.alteracoes (operacao_id, divergencia_id, reverte_operacao_id, antes, depois)
         select $1, i.divergencia_id, i.reverte_operacao_id, i.de, i.agora from imagem i',
        v_imagem, v_tabela, v_chave)
      using operacao_id, ids, v_imagens;
    end if;
  exception when others then
    get stacked diagnostics v_codigo = returned_sqlstate, v_erro = message_text;
    -- only what the data cause is pinned on rows; a deadlock, a lost privilege or a full disk is not a row's fault
    if left(v_codigo, 2) not in ('09', '21', '22', '23', '27', '38', '39', '44', '45', 'P0') and v_codigo !~ '^[5-9I-Z]..[0-9A-Z]{2}$'
      or left(v_codigo, 2) in ('53', '54', '55', '57', '58', 'XX')
    then
      raise;
    end if;
    if cardinality(ids) = 1 then
      update pg_temp.conferente_lote l set resultado = 'recusada', erro = format('%s: %s', v_codigo, v_erro)
      where l.divergencia_id = ids[1];
      return 'empty'::daterange;
    end if;
    return range_merge(
      audit_interno.aplicar_grupo(operacao_id, relacao, coluna_chave, colunas_regra, colunas, ids[:v_meio], coluna_data),
      audit_interno.aplicar_grupo(operacao_id, relacao, coluna_chave, colunas_regra, colunas, ids[v_meio + 1:], coluna_data));
  end;
  if v_quantas = cardinality(ids) then
    return v_dias;
  end if;

  execute format(
    'update pg_temp.conferente_lote l
     set agora = case when x.existe then x.imagem end,
       resultado = case when not x.existe then ''ausente'' when x.ja_certa then ''ja_certa'' when x.parada then ''recusada'' else ''movida'' end,
       erro = case when x.parada and not x.ja_certa then ''o banco não gravou e não disse por quê (um gatilho ou uma política de linha)'' end
     from (
       select l.divergencia_id, t.%1$I is not null as existe, %2$s as ja_certa, %3$s as parada, %4$s as imagem
       from pg_temp.conferente_lote l left join %5$s t on %6$s
       where l.divergencia_id = any ($1) and not exists (
         select from audit.alteracoes a where a.divergencia_id = l.divergencia_id and a.operacao_id = $2)
     ) as x
     where x.divergencia_id = l.divergencia_id',
    coluna_chave, v_ja_certa, v_guarda, v_imagem, v_tabela, v_chave)
  using ids, operacao_id;
  return v_dias;
end
$$;
comment on function audit_interno.aplicar_grupo(bigint, regclass, text, text[], text[], bigint[], text) is
  'Applies part of pg_temp.conferente_lote: one table, one set of columns. Returns the days on which the altered rows are booked.';
--! EndIncluded correcao/aplicar_grupo.sql
--! Included correcao/aplicar_lote.sql
-- Writes a batch to the warehouse: one statement for each table and set of columns. Tried are the rows that bear resultado;
-- they keep it where it worked. Rows that no longer hold what the batch was based on are left alone and told apart.
create or replace function audit_interno.aplicar_lote(operacao_id bigint, resultado text default 'aplicada')
returns daterange
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_colunas text[];
  v_ids bigint[];
  v_iguais boolean;
  v_grupo record;
  v_dias daterange := 'empty'::daterange;
begin
  perform set_config('lock_timeout',
    greatest(1, extract(epoch from (audit_interno.configuracao('sessao.espera_trava') #>> '{}')::interval) * 1000)::bigint::text, true); -- 0 would be for ever
  for v_regra in -- one turn for each rule of the batch
    select r.* from audit.regras r
    where r.nome in (select l.regra from pg_temp.conferente_lote l where l.resultado = aplicar_lote.resultado)
  loop
    -- nearly always a rule's corrections all change the same columns, which is told sooner than each one's columns
    select array(select jsonb_object_keys(l.para)) into v_colunas
    from pg_temp.conferente_lote l where l.regra = v_regra.nome and l.resultado = aplicar_lote.resultado limit 1;
    select array_agg(l.divergencia_id), bool_and(l.para ?& v_colunas and l.para - v_colunas = '{}') into v_ids, v_iguais
    from pg_temp.conferente_lote l where l.regra = v_regra.nome and l.resultado = aplicar_lote.resultado;
    for v_grupo in -- one turn for each kind of correction, not for each row
      select v_colunas as alteradas, v_ids as ids where v_iguais
      union all
      select c.alteradas, array_agg(l.divergencia_id)
      from pg_temp.conferente_lote l
      cross join lateral (select array(select jsonb_object_keys(l.para)) as alteradas) as c -- jsonb keeps its keys in order
      where not v_iguais and l.divergencia_id = any (v_ids)
      group by c.alteradas
    loop
      v_dias := range_merge(v_dias, audit_interno.aplicar_grupo(operacao_id, to_regclass(v_regra.tabela), v_regra.coluna_chave,
        v_regra.colunas, v_grupo.alteradas, v_grupo.ids, v_regra.coluna_data));
    end loop;
  end loop;
  return v_dias;
end
$$;
comment on function audit_interno.aplicar_lote(bigint, text) is
  'Applies the rows of pg_temp.conferente_lote that bear resultado under an operation, and writes audit.alteracoes. A row that did not take gets another resultado: movida, ja_certa, ausente or recusada. Returns the days on which the altered rows are booked.';
--! EndIncluded correcao/aplicar_lote.sql
--! Included correcao/ainda_apontadas.sql
-- The first look of verification: which rows a rule still points at. Nearly always none, and then nothing else need be
-- done: no finding is taken down, checked or compared. Called by autoverificar_lote.
create or replace function audit_interno.ainda_apontadas(regra audit.regras, janela audit.janela)
returns text[]
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_apontadas text[];
begin
  -- a finding without a key is for levantar_achados to refuse, which sees it only among all of them
  execute format('select case when bool_or(a.registro_id is null) then $2 else array_agg(distinct a.registro_id) end from %s($1) as a',
    audit_interno.chamada_sql(regra.funcao))
  into v_apontadas using janela, janela.chaves;
  return v_apontadas;
end
$$;
comment on function audit_interno.ainda_apontadas(audit.regras, audit.janela) is 'Those of the window''s keys that the rule finds something at; null when none.';
--! EndIncluded correcao/ainda_apontadas.sql
--! Included correcao/autoverificar_lote.sql
-- After a batch: the rule runs again over the rows that were changed. What it still flags is undone, as an operation of
-- its own, and left as desfeita. A flag without a correction counts only if it was not already known for the row.
create or replace function audit_interno.autoverificar_lote(sessao_id bigint, motivo text, dias daterange default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_janela audit.janela;
  v_operacao bigint;
begin
  for v_regra in -- one turn for each rule of the batch
    select r.* from audit.regras r
    where r.nome in (select l.regra from pg_temp.conferente_lote l where l.resultado = 'aplicada')
  loop
    select lower(dias), upper(dias) - 1, null::timestamptz, null::timestamptz, array_agg(l.registro_id) into v_janela
    from pg_temp.conferente_lote l where l.regra = v_regra.nome and l.resultado = 'aplicada';
    v_janela.chaves := audit_interno.ainda_apontadas(v_regra, v_janela);
    continue when v_janela.chaves is null;
    perform audit_interno.levantar_achados(v_regra, v_janela);
    update pg_temp.conferente_lote l
    set resultado = 'desfeita', erro = format('a regra %s ainda aponta o registro depois da correção: %s', v_regra.nome, a.justificativa)
    from pg_temp.conferente_achado a
    where l.regra = v_regra.nome and l.resultado = 'aplicada' and a.registro_id = l.registro_id
      and (a.valores_propostos ?| array(select jsonb_object_keys(l.para))
        or a.valores_propostos = '{}' and not exists (
          select from audit.divergencias_processadas d
          where d.tabela = l.tabela and d.registro_id = l.registro_id and d.regra = l.regra and d.id <> l.divergencia_id
            and d.valores_propostos = '{}' and d.evidencia ->> 'tipo' is not distinct from a.evidencia ->> 'tipo'));
  end loop;
  if not exists (select from pg_temp.conferente_lote l where l.resultado = 'desfeita') then
    return;
  end if;

  v_operacao := audit_interno.abrir_operacao('autoverificacao', autoverificar_lote.sessao_id, motivo => autoverificar_lote.motivo);
  -- de and para change sides; the image just written says what the row really held afterwards
  update pg_temp.conferente_lote l
  set de = a.depois, para = l.de, impressao = null, reverte_operacao_id = a.operacao_id
  from audit.alteracoes a
  where l.resultado = 'desfeita' and a.divergencia_id = l.divergencia_id and a.operacao_id = (
    select max(x.operacao_id) from audit.alteracoes x where x.divergencia_id = l.divergencia_id);
  perform audit_interno.aplicar_lote(v_operacao, 'desfeita');
  if exists (select from pg_temp.conferente_lote l where l.reverte_operacao_id is not null and l.resultado <> 'desfeita') then
    raise exception using errcode = 'NC019', message = 'uma correção não verificada não pôde ser desfeita; o lote inteiro volta atrás',
      detail = (select string_agg(format('registro %s: %s', l.registro_id, coalesce(l.erro, l.resultado)), '; ')
        from pg_temp.conferente_lote l where l.reverte_operacao_id is not null and l.resultado <> 'desfeita');
  end if;
  perform audit_interno.fechar_operacao(v_operacao, (select count(*) from pg_temp.conferente_lote l where l.resultado = 'desfeita'));
end
$$;
comment on function audit_interno.autoverificar_lote(bigint, text, daterange) is
  'Undoes what the rules still flag after the batch. NC019 when it cannot be undone: then nothing of the batch stands.';
--! EndIncluded correcao/autoverificar_lote.sql
--! Included correcao/concluir_lote.sql
-- Writes what became of each finding of a corrected batch, and counts it.
create or replace function audit_interno.concluir_lote(sessao_id bigint, decidida_por text, motivo text)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aplicadas bigint;
  v_de bigint;
  v_ate bigint;
begin
  select min(l.divergencia_id), max(l.divergencia_id) into v_de, v_ate from pg_temp.conferente_lote l;
  update audit.divergencias_processadas d
  set status = case l.resultado
      when 'aplicada' then 'corrigida' when 'ja_certa' then 'resolvida'
      when 'movida' then 'obsoleta' when 'ausente' then 'obsoleta' else 'falha' end,
    decidida_em = clock_timestamp(), decidida_por = concluir_lote.decidida_por,
    motivo = case l.resultado
      when 'aplicada' then concluir_lote.motivo when 'ja_certa' then 'o registro já tem o valor proposto'
      when 'movida' then 'o registro mudou depois de detectado' when 'ausente' then 'o registro não existe mais' else l.erro end
  from pg_temp.conferente_lote l
  where d.id = l.divergencia_id and d.id between v_de and v_ate; -- a batch's findings lie together: not all need be read

  with contada as (
    select l.regra, count(*) filter (where l.resultado = 'aplicada') as corrigidas,
      count(*) filter (where l.resultado in ('recusada', 'desfeita')) as falhas,
      count(*) filter (where l.resultado in ('movida', 'ausente')) as obsoletas,
      count(*) filter (where l.resultado = 'ja_certa') as resolvidas,
      coalesce(sum(l.valor) filter (where l.resultado = 'aplicada'), 0) as valor
    from pg_temp.conferente_lote l
    group by l.regra
  ), somada as (
    update audit.execucoes_regra e
    set corrigidas = e.corrigidas + c.corrigidas, falhas = e.falhas + c.falhas, obsoletas = e.obsoletas + c.obsoletas,
      resolvidas = e.resolvidas + c.resolvidas, valor_corrigido = e.valor_corrigido + c.valor
    from contada c
    where e.sessao_id = concluir_lote.sessao_id and e.regra = c.regra
  )
  select coalesce(sum(c.corrigidas), 0) into v_aplicadas from contada c;
  return v_aplicadas;
end
$$;
comment on function audit_interno.concluir_lote(bigint, text, text) is 'Sets the status of the batch''s findings; returns how many rows were corrected.';
--! EndIncluded correcao/concluir_lote.sql
--! Included correcao/elegiveis.sql
-- What auto may correct for one rule in one session, looked at alone: found in this session, sure enough, not so large that
-- it needs two people. What another finding contradicts is left out by contestadas. No settings of its own, so that the
-- planner inlines it.
create or replace function audit_interno.elegiveis(sessao_id bigint, regra audit.regras)
returns setof audit.divergencias_processadas
language sql
stable
as $$
  select d.*
  from audit.divergencias_processadas d
  where d.regra = elegiveis.regra.nome and d.sessao_ultima_id = elegiveis.sessao_id and d.status = 'aberta'
    and d.valores_propostos <> '{}' and d.confianca >= elegiveis.regra.limiar
    and d.valores_digitados is null -- a person had typed something else
    -- a subquery, or the setting would be read for each row. As a difference, or a planner without statistics would look
    -- for them by amount, in divergencias_processadas_valor: all that wait, again for each batch
    and d.valor_em_risco - (select (audit_interno.configuracao('aprovacao.valor_dupla') #>> '{}')::numeric) < 0
$$;
comment on function audit_interno.elegiveis(bigint, audit.regras) is 'Findings that auto mode may correct by itself, but for contested ones.';
--! EndIncluded correcao/elegiveis.sql
--! Included correcao/corrigir_lote.sql
-- The correction step: one batch of one rule in one session, atomic. Batches go up the findings' ids, so that each looks at
-- its own part of them only. When nothing is left the rule is done.
create or replace function audit_interno.corrigir_lote(sessao_id bigint, nome_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_desde bigint;
  v_ids bigint[];
  v_contestadas bigint[];
  v_ate bigint;
  v_operacao bigint;
  v_dias daterange;
  v_inicio timestamptz := clock_timestamp();
begin
  perform pg_advisory_xact_lock(hashtext('conferente.regra'), hashtext(nome_regra));
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  select e.corrigida_ate into strict v_desde
  from audit.execucoes_regra e where e.sessao_id = corrigir_lote.sessao_id and e.regra = nome_regra;
  perform audit_interno.criar_lote();
  if v_regra.automatica then
    v_ids := array(
      select d.id from audit_interno.elegiveis(corrigir_lote.sessao_id, v_regra) d
      where d.id > v_desde
      order by d.id
      limit (select (audit_interno.configuracao('sessao.tamanho_lote') #>> '{}')::bigint));
    insert into pg_temp.conferente_lote (divergencia_id, regra, tabela, registro_id, de, para, impressao, valor)
    select d.id, d.regra, d.tabela, d.registro_id, d.valores_originais, d.valores_propostos, d.impressao, d.valor_em_risco
    from audit.divergencias_processadas d
    where d.id = any (v_ids)
    order by d.id
    for update of d skip locked; -- what a reviewer is deciding at this moment is the reviewer's
  end if;
  v_ate := v_ids[cardinality(v_ids)]; -- of the batch as it was meant: reviewers may be at all of it
  if v_ate is null then
    update audit.execucoes_regra e set status = 'concluida', fim = clock_timestamp()
    where e.sessao_id = corrigir_lote.sessao_id and e.regra = nome_regra and e.status = 'detectada';
    return;
  end if;
  v_contestadas := array(select audit_interno.contestadas(v_ids));
  if v_contestadas <> '{}' then
    delete from pg_temp.conferente_lote l where l.divergencia_id = any (v_contestadas);
  end if;
  if exists (select from pg_temp.conferente_lote) then
    v_operacao := audit_interno.abrir_operacao('correcao', corrigir_lote.sessao_id, nome_regra,
      format('automática: confiança de %s ou mais', v_regra.limiar));
    v_dias := audit_interno.aplicar_lote(v_operacao);
    perform audit_interno.autoverificar_lote(corrigir_lote.sessao_id, format('a regra %s ainda apontava', nome_regra), v_dias);
    perform audit_interno.fechar_operacao(v_operacao, audit_interno.concluir_lote(corrigir_lote.sessao_id, 'conferente',
      format('corrigida automaticamente na sessão %s', corrigir_lote.sessao_id)));
  end if;
  update audit.execucoes_regra e
  set corrigida_ate = v_ate, duracao = e.duracao + (clock_timestamp() - v_inicio), fim = clock_timestamp()
  where e.sessao_id = corrigir_lote.sessao_id and e.regra = nome_regra;
end
$$;
comment on function audit_interno.corrigir_lote(bigint, text) is 'Corrects the next batch of a rule, or marks the rule as done.';
--! EndIncluded correcao/corrigir_lote.sql
--! Included reversao/criar_reversao.sql
-- An empty list of alterations to roll back, and one of what was rolled back.
create or replace function audit_interno.criar_reversao()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
begin
  drop table if exists pg_temp.conferente_reversao, pg_temp.conferente_revertida;
  create temp table conferente_reversao (operacao_id bigint not null, divergencia_id bigint primary key) on commit drop;
  create temp table conferente_revertida (divergencia_id bigint not null, regra text not null, operacao_id bigint not null) on commit drop;
end
$$;
comment on function audit_interno.criar_reversao() is
  'Creates pg_temp.conferente_reversao (what to roll back) and pg_temp.conferente_revertida (what was), empty.';
--! EndIncluded reversao/criar_reversao.sql
--! Included decisao/contar_reversoes.sql
-- What a rollback says of the rules: an automatic correction that a person takes back counts against its rule, and no more
-- once the rollback is itself undone; a person's approval that is taken back counts no longer. Reads
-- pg_temp.conferente_revertida as audit_interno.reverter_lote, its caller, leaves it.
create or replace function audit_interno.contar_reversoes()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aprovadas bigint[];
begin
  perform from audit.regras r
  where r.nome in (select l.regra from pg_temp.conferente_revertida l) order by r.nome for no key update;

  with feita as (
    select l.divergencia_id, l.regra, o.id, o.tipo, o.iniciada_em
    from pg_temp.conferente_revertida l join audit.operacoes o on o.id = l.operacao_id
  ), automatica as (
    select f.regra, 1 as quantas, f.iniciada_em from feita f where f.tipo = 'correcao'
    union all
    -- the rollback of a rollback, or of that in turn: what the first one had taken back, and which way it stands now
    select f.regra, case when d.status = 'revertida' then 1 else -1 end, o.iniciada_em
    from feita f
    join audit.divergencias_processadas d on d.id = f.divergencia_id
    join audit.operacoes o on o.tipo = 'correcao' and o.id = (
      select max(a.operacao_id) from audit.alteracoes a
      where a.divergencia_id = f.divergencia_id and a.operacao_id < f.id and a.reverte_operacao_id is null)
    where f.tipo = 'reversao'
  )
  update audit.regras r
  set automaticas_revertidas = greatest(0, r.automaticas_revertidas + x.quantas)
  from (
    select a.regra, sum(a.quantas) as quantas
    from automatica a join audit.regras g on g.nome = a.regra and a.iniciada_em >= g.contagem_desde
    group by a.regra
  ) x
  where r.nome = x.regra;

  select array_agg(v.divergencia_id) into v_aprovadas
  from pg_temp.conferente_revertida l join audit_interno.vereditos v on v.divergencia_id = l.divergencia_id
  where v.certo;
  if v_aprovadas is not null then
    perform audit_interno.contar_decisoes(v_aprovadas, null);
  end if;
  perform audit_interno.conferir_automatica(x.regra)
  from (select distinct l.regra from pg_temp.conferente_revertida l order by l.regra) x;
end
$$;
comment on function audit_interno.contar_reversoes() is 'Counts rolled back automatic corrections against their rules, and takes back approvals that were rolled back.';
--! EndIncluded decisao/contar_reversoes.sql
--! Included reversao/reverter_lote.sql
-- Exact rollback of the alterations in pg_temp.conferente_reversao (operacao_id, divergencia_id): each row gets back the
-- columns it had, if it still holds what was written; otherwise nothing happens to it and the three sides are returned.
-- Findings are locked in the order of their ids, batch after batch, as everybody locks them.
create or replace function audit_interno.reverter_lote(motivo text, sessao_id bigint default null)
returns setof audit.resultado_reversao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_tamanho bigint := (audit_interno.configuracao('sessao.tamanho_lote') #>> '{}')::bigint;
  v_operacao bigint;
  v_de bigint;
  v_ate bigint := 0;
  v_aplicadas bigint := 0;
  v_conflitos bigint := 0;
begin
  v_operacao := audit_interno.abrir_operacao('reversao', reverter_lote.sessao_id, motivo => reverter_lote.motivo);
  loop -- one turn for each batch: one transaction all the same, but what each turn handles fits in memory
    select min(x.divergencia_id), max(x.divergencia_id) into v_de, v_ate
    from (
      select r.divergencia_id from pg_temp.conferente_reversao r where r.divergencia_id > v_ate
      order by r.divergencia_id limit v_tamanho
    ) as x;
    exit when v_ate is null;
    perform from audit.divergencias_processadas d
    where d.id in (select r.divergencia_id from pg_temp.conferente_reversao r where r.divergencia_id between v_de and v_ate)
      and d.id between v_de and v_ate
    order by d.id for update;
    perform audit_interno.criar_lote();
    insert into pg_temp.conferente_lote (divergencia_id, regra, tabela, registro_id, de, para, reverte_operacao_id, resultado)
    select d.id, d.regra, d.tabela, d.registro_id, a.depois, a.antes, a.operacao_id,
      -- an alteration that another one followed is not the row's state any more, even if the values happen to agree; nor is
      -- one whose finding is no longer as that alteration left it: reopened, rejected, failed, mended elsewhere
      case
        when exists (
          select from audit.alteracoes p where p.divergencia_id = a.divergencia_id and p.operacao_id > a.operacao_id) then 'superada'
        when d.status = case
          when a.reverte_operacao_id is null then 'corrigida'
          -- each rollback after a correction turns it the other way
          when (
            select count(*) from audit.alteracoes p
            where p.divergencia_id = a.divergencia_id and p.operacao_id <= a.operacao_id and p.operacao_id > (
              select max(c.operacao_id) from audit.alteracoes c
              where c.divergencia_id = a.divergencia_id and c.operacao_id < a.operacao_id and c.reverte_operacao_id is null)
          ) % 2 = 1 then 'revertida' else 'corrigida' end then 'aplicada'
        else 'superada' end
    from pg_temp.conferente_reversao r
    join audit.alteracoes a on a.divergencia_id = r.divergencia_id and a.operacao_id = r.operacao_id
      and a.divergencia_id between v_de and v_ate
    join audit.divergencias_processadas d on d.id = r.divergencia_id and d.id between v_de and v_ate
    where r.divergencia_id between v_de and v_ate
    order by d.id;
    perform audit_interno.aplicar_lote(v_operacao);
    update pg_temp.conferente_lote l set agora = audit_interno.valores_atuais(l.divergencia_id, l.de) where l.resultado = 'superada';

    insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo)
    select v_operacao, l.divergencia_id, 'reversao', v_ator, reverter_lote.motivo
    from pg_temp.conferente_lote l where l.resultado = 'aplicada' order by l.divergencia_id;
    update audit.divergencias_processadas d
    set status = case when d.status = 'corrigida' then 'revertida' else 'corrigida' end, motivo = reverter_lote.motivo,
      decidida_em = clock_timestamp(), decidida_por = v_ator, proposta_por = null
    from pg_temp.conferente_lote l
    where d.id = l.divergencia_id and d.id between v_de and v_ate and l.resultado in ('aplicada', 'ja_certa') and d.status in ('corrigida', 'revertida');
    insert into pg_temp.conferente_revertida (divergencia_id, regra, operacao_id)
    select l.divergencia_id, l.regra, l.reverte_operacao_id
    from pg_temp.conferente_lote l where l.resultado in ('aplicada', 'ja_certa');
    select v_aplicadas + count(*) filter (where l.resultado = 'aplicada'),
      v_conflitos + count(*) filter (where l.resultado not in ('aplicada', 'ja_certa'))
    into v_aplicadas, v_conflitos
    from pg_temp.conferente_lote l;
    return query
      select l.divergencia_id, l.tabela, l.registro_id,
        case l.resultado when 'aplicada' then 'revertida' when 'ja_certa' then 'ja_revertida' when 'ausente' then 'ausente' when 'recusada' then 'recusada' else 'conflito' end,
        l.para, l.de, case when l.resultado = 'aplicada' then coalesce(l.agora, l.para) else l.agora end
      from pg_temp.conferente_lote l
      order by l.divergencia_id;
  end loop;
  perform audit_interno.contar_reversoes();
  perform audit_interno.fechar_operacao(v_operacao, v_aplicadas, detalhes => jsonb_build_object('conflitos', v_conflitos));
end
$$;
comment on function audit_interno.reverter_lote(text, bigint) is 'Rolls back pg_temp.conferente_reversao; returns what became of each row.';
--! EndIncluded reversao/reverter_lote.sql
-- what pendente_verificacao learned is counted and fitted anew after this: other keys, another curve
drop function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean);
drop function audit_interno.sugerir_pendencias(audit.janela, int4range, int);
drop function audit_interno.chaves_entrada(text, text, text, text, text, numeric, text);
drop function audit_interno.chaves_fornecedor(text, text, text, text, text, text);
drop function audit_interno.chaves_valor(text, text, numeric);
drop function audit_interno.curva(double precision, double precision, double precision, double precision, int);
truncate audit_interno.estatistica_controle, audit_interno.estatistica_retroteste, audit_interno.estatistica_curva;
alter table audit_interno.estatistica_retroteste add column repetida double precision not null;
alter table audit_interno.estatistica_curva add column h double precision not null;
comment on table audit_interno.estatistica_retroteste is 'The last back-test: each sampled entry''s class, months without history before it, raw score (and its log-odds), ln(1 + earlier payments of the same supplier, cost centre and amount in the suggested category) and whether the suggestion was right.';
comment on table audit_interno.estatistica_curva is 'Logistic calibration: confidence = 1 / (1 + exp(-(a + b * log-odds of the raw score + g * ln(1 + months without history) + h * ln(1 + earlier payments alike)))); b, g and h are the same in classes 0 to 3, and in 4 to 7.';

--! Included regras/mes_indice.sql
-- A booking month as a number, year * 12 + month - 1, so that months can be subtracted. Null for dates without a year of
-- four digits. Touches nothing. Called by the statistics of regras.pendente_verificacao.
create or replace function audit_interno.mes_indice(data date) returns int
language sql immutable parallel safe
return case when data >= '0001-01-01'::date and data <= '9999-12-31'::date
  then (date_part('year', data) * 12 + date_part('month', data) - 1)::int end;

comment on function audit_interno.mes_indice(date) is 'Booking month as year * 12 + month - 1.';
revoke execute on function audit_interno.mes_indice(date) from public;
--! EndIncluded regras/mes_indice.sql
--! Included regras/chaves_fornecedor.sql
-- What an entry is compared by, as far as its supplier, cost centre and account go, as one row: 2 cost centre, 4 company, 5 name,
-- 6 code, 7 supplier with cost centre, 11 supplier with account, 21 account. fornecedor is the company, or '=' and the name where
-- there is no code. A blank value has no key and so does not count. Each text is hashed once, pairs are hashes of hashes: this runs
-- for every entry of the history. Touches nothing. Called where history is counted and where entries are asked; inlined by the planner.
create or replace function audit_interno.chaves_fornecedor(
  raiz text, nome text, codigo text, fornecedor text, centro text, conta text
) returns table (k2 bigint, k4 bigint, k5 bigint, k6 bigint, k7 bigint, k11 bigint, k21 bigint)
language sql immutable parallel safe rows 1
begin atomic
  select h.centro, pg_catalog.hashtextextended(raiz, 0), pg_catalog.hashtextextended(nome, 0), pg_catalog.hashtextextended(codigo, 0),
    pg_catalog.hashint8extended(h.centro, h.fornecedor), pg_catalog.hashint8extended(h.conta, h.fornecedor), h.conta
  from (
    select pg_catalog.hashtextextended(fornecedor, 0) as fornecedor, pg_catalog.hashtextextended(centro, 0) as centro,
      pg_catalog.hashtextextended(conta, 0) as conta
    offset 0
  ) h;
end;

comment on function audit_interno.chaves_fornecedor(text, text, text, text, text, text) is
  'Hashed keys of the levels by which an entry is compared with history, as far as supplier, cost centre and account go; null where there is none.';
revoke execute on function audit_interno.chaves_fornecedor(text, text, text, text, text, text) from public;
--! EndIncluded regras/chaves_fornecedor.sql
--! Included regras/chaves_valor.sql
-- What an entry is compared by, as far as its amount goes, as one row: 3 cost centre with amount band, 8 supplier with cost centre
-- and band, 9 supplier with cost centre and exact amount. Touches nothing. Called where history is counted and where entries are
-- asked; inlined by the planner.
create or replace function audit_interno.chaves_valor(fornecedor text, centro text, valor numeric)
returns table (k3 bigint, k8 bigint, k9 bigint)
language sql immutable parallel safe rows 1
begin atomic
  select pg_catalog.hashint8extended(h.centro, h.faixa), pg_catalog.hashint8extended(h.faixa, h.ambos),
    pg_catalog.hash_numeric_extended(valor, h.ambos)
  from (
    select pg_catalog.hashtextextended(centro, 0) as centro, pg_catalog.hashtextextended(audit_interno.faixa_valor(valor), 0) as faixa,
      pg_catalog.hashint8extended(coalesce(pg_catalog.hashtextextended(centro, 0), 0), pg_catalog.hashtextextended(fornecedor, 0)) as ambos
    offset 0
  ) h;
end;

comment on function audit_interno.chaves_valor(text, text, numeric) is
  'Hashed keys of the levels by which an entry is compared with history, as far as its amount goes; null where there is none.';
revoke execute on function audit_interno.chaves_valor(text, text, numeric) from public;
--! EndIncluded regras/chaves_valor.sql
--! Included regras/niveis.sql
-- An entry's keys as one row for each level that it has, 0 (everything) included. Touches nothing. Called where history is counted
-- and where entries are asked; inlined by the planner.
create or replace function audit_interno.niveis(
  k2 bigint, k3 bigint, k4 bigint, k5 bigint, k6 bigint, k7 bigint, k8 bigint, k9 bigint, k11 bigint, k21 bigint
) returns table (nivel smallint, chave bigint)
language sql immutable parallel safe rows 11
begin atomic
  select v.nivel, v.chave
  -- a function over arrays: half the cost of a list of values for each entry
  from unnest('{0,2,3,4,5,6,7,8,9,11,21}'::smallint[], array[0, k2, k3, k4, k5, k6, k7, k8, k9, k11, k21]) v (nivel, chave)
  where v.chave is not null;
end;

comment on function audit_interno.niveis(bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint) is
  'Keys of an entry as rows: level and key, without those that are null.';
revoke execute on function audit_interno.niveis(bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint) from public;
--! EndIncluded regras/niveis.sql
--! Included regras/chaves_entrada.sql
-- Everything an entry is compared by: levels 0 (everything) to 11 (supplier with account), words (20) and account (21). History
-- is counted by the same three functions, so both go through the same keys. Touches nothing. Called by
-- audit_interno.pontuar_pendencias and ajustar_alfas; inlined by the planner.
create or replace function audit_interno.chaves_entrada(
  raiz text, nome text, codigo text, centro text, conta text, valor numeric, texto text
) returns table (nivel smallint, chave bigint, termo text)
language sql immutable parallel safe
begin atomic
  select f.nivel, f.chave, null::text
  from audit_interno.chaves_fornecedor(raiz, nome, codigo, coalesce(raiz, '=' || nome), centro, conta) k
  cross join audit_interno.chaves_valor(coalesce(raiz, '=' || nome), centro, valor) v
  cross join lateral audit_interno.niveis(k.k2, v.k3, k.k4, k.k5, k.k6, k.k7, v.k8, v.k9, k.k11, k.k21) f
  union all
  select t.nivel, t.chave, t.termo from audit_interno.chaves_texto(coalesce(raiz, '=' || nome), nome, texto) t;
end;

comment on function audit_interno.chaves_entrada(text, text, text, text, text, numeric, text) is
  'Levels and words by which an entry is compared with history: level, hashed key, and the word itself for words.';
revoke execute on function audit_interno.chaves_entrada(text, text, text, text, text, numeric, text) from public;
--! EndIncluded regras/chaves_entrada.sql
--! Included regras/contar_historia.sql
-- Counts what the learnable history says: how often each key of each level went with a category in each booking month, of some
-- months, of some entries, or of all when both are null. Never learns from entries that are pending, have no category or no
-- usable date, or were corrected by us without a person's word. Words have a query of their own, grouped first by the text, so that
-- amounts do not multiply words; return query, because it may run in parallel.
-- Reads dw.lancamentos, the audit tables, estatistica_categoria and estatistica_nome (which must know the entries' categories
-- and names); changes nothing. Called by audit_interno.contar_meses and contar_chegadas.
create or replace function audit_interno.contar_historia(meses int[], chaves text[])
returns table (nivel smallint, chave bigint, mes int, categoria int, linhas int)
language plpgsql stable rows 1000000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_nossas text[] := audit_interno.corrigidas_sem_palavra();
  v_inicio date;
  v_fim date;
begin
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  return query
  select f.nivel, f.chave, h.mes, h.categoria, count(*)::int
  from (
    select audit_interno.mes_indice(l.data_lancamento) as mes, c.id as categoria, n.nome, r.raiz, coalesce(r.raiz, '=' || n.nome) as fornecedor,
      nullif(btrim(l.fornecedor_id), '') as codigo, nullif(btrim(l.centro_custo), '') as centro, nullif(btrim(l.conta_contabil), '') as conta,
      l.valor
    from dw.lancamentos l
    join (
      select k.id, k.categoria
      from audit_interno.estatistica_categoria k
      where audit_interno.dobrar(btrim(k.categoria)) <> all (v_pendentes)
      offset 0
    ) c on c.categoria = l.categoria
    left join audit_interno.estatistica_nome n on n.escrito = left(l.fornecedor, 200)
    cross join lateral (select audit_interno.raiz_fornecedor(l.fornecedor_id) as raiz offset 0) r
    where btrim(l.categoria) <> ''
      and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
        and audit_interno.mes_indice(l.data_lancamento) = any (meses))
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
  ) h
  cross join lateral audit_interno.chaves_fornecedor(h.raiz, h.nome, h.codigo, h.fornecedor, h.centro, h.conta) k
  cross join lateral audit_interno.chaves_valor(h.fornecedor, h.centro, h.valor) v
  cross join lateral audit_interno.niveis(k.k2, v.k3, k.k4, k.k5, k.k6, k.k7, v.k8, v.k9, k.k11, k.k21) f
  where h.mes is not null
  group by f.nivel, f.chave, h.mes, h.categoria;

  return query
  select f.nivel, f.chave, h.mes, c.id, sum(h.linhas)::int
  from (
    select g.mes, g.categoria, g.escrito, g.fornecedor_id, g.descricao, g.linhas, audit_interno.palavras_texto(g.descricao) as texto,
      audit_interno.raiz_fornecedor(g.fornecedor_id) as raiz
    from (
      -- the same text of the same supplier is taken apart once
      select audit_interno.mes_indice(l.data_lancamento) as mes, l.categoria, left(l.fornecedor, 200) as escrito, l.fornecedor_id,
        l.descricao, count(*) as linhas
      from dw.lancamentos l
      where btrim(l.categoria) <> ''
        and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
          and audit_interno.mes_indice(l.data_lancamento) = any (meses))
        and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
        and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
      group by audit_interno.mes_indice(l.data_lancamento), l.categoria, left(l.fornecedor, 200), l.fornecedor_id, l.descricao
    ) g
    offset 0
  ) h
  join (
    select k.id, k.categoria
    from audit_interno.estatistica_categoria k
    where audit_interno.dobrar(btrim(k.categoria)) <> all (v_pendentes)
    offset 0
  ) c on c.categoria = h.categoria
  left join audit_interno.estatistica_nome n on n.escrito = h.escrito
  cross join lateral audit_interno.chaves_texto(coalesce(h.raiz, '=' || n.nome), n.nome, h.texto) f
  where h.mes is not null
  group by f.nivel, f.chave, h.mes, c.id;
end
$$;

comment on function audit_interno.contar_historia(int[], text[]) is
  'Counts of the learnable history by level, key, booking month and category: of some months, of some keys, or of all.';
revoke execute on function audit_interno.contar_historia(int[], text[]) from public;
--! EndIncluded regras/contar_historia.sql
--! Included regras/contar_meses.sql
-- Counts the learnable history of the given booking months anew, or of all months when null. Reads dw.lancamentos and the
-- audit tables; writes audit_interno.estatistica_* only. Called by regras.preparar_pendente_verificacao.
create or replace function audit_interno.contar_meses(meses int[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
begin
  delete from audit_interno.estatistica_contagem c where contar_meses.meses is null or c.mes = any (meses);
  delete from audit_interno.estatistica_mes m where contar_meses.meses is null or m.mes = any (meses);
  perform audit_interno.conhecer_grafias(meses, null);

  -- in order of the key: an index is filled many times faster from left to right
  insert into audit_interno.estatistica_contagem (nivel, chave, mes, categoria, linhas)
  select h.nivel, h.chave, h.mes, h.categoria, h.linhas
  from audit_interno.contar_historia(meses, null) h
  order by h.nivel, h.chave, h.mes, h.categoria;

  insert into audit_interno.estatistica_mes (mes, linhas)
  select c.mes, sum(c.linhas)
  from audit_interno.estatistica_contagem c
  where c.nivel = 0 and c.chave = 0 and (contar_meses.meses is null or c.mes = any (meses))
  group by c.mes;
end
$$;

comment on function audit_interno.contar_meses(int[]) is 'Recounts the learnable history of some booking months, or of all when null.';
revoke execute on function audit_interno.contar_meses(int[]) from public;
--! EndIncluded regras/contar_meses.sql
--! Included regras/contar_chegadas.sql
-- Adds entries that were not counted yet to the counts; meses: the booking months they are of. HAZARD: adding an entry twice is not noticed; that each is new has to be
-- known, see audit_interno.acompanhar_historia. Reads dw.lancamentos and the audit tables; writes audit_interno.estatistica_*.
create or replace function audit_interno.contar_chegadas(meses int[], chaves text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if chaves is null then
    return;
  end if;
  perform audit_interno.conhecer_grafias(meses, chaves);
  with somada as (
    insert into audit_interno.estatistica_contagem as c (nivel, chave, mes, categoria, linhas)
    select h.nivel, h.chave, h.mes, h.categoria, h.linhas
    from audit_interno.contar_historia(meses, chaves) h
    on conflict (nivel, chave, mes, categoria) do update set linhas = c.linhas + excluded.linhas
    returning c.nivel, c.mes
  )
  insert into audit_interno.estatistica_mes as m (mes, linhas)
  select c.mes, 0 from (select distinct s.mes from somada s where s.nivel = 0) c
  on conflict (mes) do nothing;
  update audit_interno.estatistica_mes m
  set linhas = t.linhas
  from (
    select c.mes, sum(c.linhas) as linhas from audit_interno.estatistica_contagem c
    where c.nivel = 0 and c.chave = 0
    group by c.mes
  ) t
  where t.mes = m.mes and t.linhas <> m.linhas;
end
$$;

comment on function audit_interno.contar_chegadas(int[], text[]) is 'Adds entries that were not counted yet to the counts.';
revoke execute on function audit_interno.contar_chegadas(int[], text[]) from public;
--! EndIncluded regras/contar_chegadas.sql
--! Included regras/entradas_pendencia.sql
-- The entries in question and what is known of each. Either the pending entries of a window, each allowed to see the months
-- before its own (corte); or (retroteste) decided entries of the given months: a sample, each allowed to see the months before
-- some wait, or without a size (amostra) all of them without a wait. Reads dw.lancamentos and the statistics; changes nothing.
-- Called by audit_interno.pontuar_pendencias and by the fitting of the weights.
create or replace function audit_interno.entradas_pendencia(janela audit.janela, retroteste int4range, amostra int)
returns table (
  id text, corte int, lacuna smallint, certa int, raiz text, nome text, codigo text, centro text, conta text, valor numeric, texto text
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_nossas text[] := case when retroteste is not null then audit_interno.corrigidas_sem_palavra() end;
  v_inicio date := make_date(lower(retroteste) / 12, lower(retroteste) % 12 + 1, 1);
  v_fim date := make_date(upper(retroteste) / 12, upper(retroteste) % 12 + 1, 1);
  v_limiar bigint;
begin
  if retroteste is null then
    return query
    with pendente as materialized (
      select l.id::text as id, coalesce(audit_interno.mes_indice(l.data_lancamento), -1) as corte,
        left(l.fornecedor, 200) as escrito, l.fornecedor_id, l.centro_custo, l.conta_contabil, l.valor, l.descricao
      from dw.lancamentos l
      where audit_interno.dobrar(btrim(l.categoria)) = any (v_pendentes)
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
    ), mes as materialized (
      select m.corte, audit_interno.lacuna(m.corte, audit_interno.ultimo_mes_conhecido(m.corte)) as lacuna
      from (select distinct p.corte from pendente p) m
    )
    select p.id, p.corte, m.lacuna, null::int, audit_interno.raiz_fornecedor(p.fornecedor_id),
      case when n.escrito is null then audit_interno.nome_canonico(p.escrito) else n.nome end,
      nullif(btrim(p.fornecedor_id), ''), nullif(btrim(p.centro_custo), ''), nullif(btrim(p.conta_contabil), ''), p.valor,
      audit_interno.palavras_texto(p.descricao)
    from pendente p
    join mes m on m.corte = p.corte
    left join audit_interno.estatistica_nome n on n.escrito = p.escrito;
    return;
  end if;

  -- of a large ledger only as many are looked at as make the sample surely full: hashes are spread evenly
  select case when 2 * amostra < sum(m.linhas) then ((2.0 * amostra / sum(m.linhas) - 0.5) * 18446744073709551615)::bigint end
  into v_limiar
  from audit_interno.estatistica_mes m
  where m.mes <@ retroteste;

  return query
  with decidida as materialized (
    select l.id::text as id, audit_interno.mes_indice(l.data_lancamento) as mes, c.id as certa,
      left(l.fornecedor, 200) as escrito, l.fornecedor_id, l.centro_custo, l.conta_contabil, l.valor, l.descricao
    from dw.lancamentos l
    join (
      select k.id, k.categoria
      from audit_interno.estatistica_categoria k
      where audit_interno.dobrar(btrim(k.categoria)) <> all (v_pendentes)
      offset 0
    ) c on c.categoria = l.categoria
    where l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
      and (v_limiar is null or hashtextextended(l.id::text, 1) <= v_limiar)
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    -- the same sample whenever the ledger is the same
    order by hashtextextended(l.id::text, 1)
    limit amostra
  ), espera as materialized (
    -- each is asked as if it had waited for none to eleven months, rather evenly: how long a real one waits is not known
    select p.mes, p.corte, p.sorte, audit_interno.lacuna(p.mes, u.ultimo) as lacuna
    from (
      select m.mes, g.sorte,
        case when amostra is null then m.mes else greatest(m.mes - g.meses, lower(retroteste)) end as corte
      from generate_series(lower(retroteste), upper(retroteste) - 1) m (mes)
      cross join unnest('{0,0,0,1,1,2,2,3,4,5,6,7,8,9,10,11}'::int[]) with ordinality g (meses, sorte)
    ) p
    join (
      select c.corte, audit_interno.ultimo_mes_conhecido(c.corte) as ultimo
      from generate_series(lower(retroteste), upper(retroteste) - 1) c (corte)
      offset 0
    ) u on u.corte = p.corte
  )
  select d.id, e.corte, e.lacuna, d.certa, audit_interno.raiz_fornecedor(d.fornecedor_id),
    case when n.escrito is null then audit_interno.nome_canonico(d.escrito) else n.nome end,
    nullif(btrim(d.fornecedor_id), ''), nullif(btrim(d.centro_custo), ''), nullif(btrim(d.conta_contabil), ''), d.valor,
    audit_interno.palavras_texto(d.descricao)
  from decidida d
  join espera e on e.mes = d.mes and e.sorte = 1 + (hashtextextended(d.id, 2) & 15)
  left join audit_interno.estatistica_nome n on n.escrito = d.escrito;
end
$$;

comment on function audit_interno.entradas_pendencia(audit.janela, int4range, int) is
  'Entries in question (pending ones, or a back-test sample), what they are compared by, and the first month they may not see.';
revoke execute on function audit_interno.entradas_pendencia(audit.janela, int4range, int) from public;
--! EndIncluded regras/entradas_pendencia.sql
--! Included regras/curva.sql
-- The logistic calibration: a raw score's log-odds, the months without history and how often the very same payment was made before
-- as a confidence. Touches nothing. Called by the calibration and by audit_interno.sugerir_pendencias; the planner inlines it.
create or replace function audit_interno.curva(
  a double precision, b double precision, g double precision, h double precision, chance double precision, lacuna int, repetida double precision
) returns double precision
language sql immutable parallel safe
return 1 / (1 + pg_catalog.exp(-(a + b * chance + g * pg_catalog.ln(1 + lacuna::double precision) + h * repetida)));

comment on function audit_interno.curva(double precision, double precision, double precision, double precision, double precision, int, double precision) is
  'Logistic confidence of a raw score given as log-odds; lacuna in months; repetida: logarithm of one and the earlier payments alike.';
revoke execute on function audit_interno.curva(double precision, double precision, double precision, double precision, double precision, int, double precision)
  from public;
--! EndIncluded regras/curva.sql
--! Included regras/pontuar_pendencias.sql
-- Scores the categories for each entry in question. Two opinions, apart:
--   base    hierarchical Dirichlet back-off: p_l = (n_l + alfa_l * p_(l-1)) / (N_l + alfa_l), from everything down to the
--           finest level known. Unrolled, it is a sum over levels of n_l times a coefficient of the entry alone.
--   palavras  naive Bayes over words and account: sum of ln P(w | c) / P(w), smoothed towards P(w).
-- Counts lose half their weight in nine months of history; months without any do not age them, as they did not in the back-test:
-- what a wait costs is the calibration's to say. A back-test asks an entry with an account twice, with it and without, because
-- pending entries often have none yet; both come out of one reckoning. repetida: ln(1 + n) of the n earlier entries of the same
-- supplier, cost centre and exact amount that have the best category (a rent, a subscription). With provas, also what the history says at each level and
-- word of the best category, undecayed, as a reviewer would find it in the ledger. Reads audit_interno.estatistica_* and, through
-- entradas_pendencia, dw.lancamentos; changes nothing. Called by sugerir_pendencias and by the calibration.
create or replace function audit_interno.pontuar_pendencias(janela audit.janela, retroteste int4range, amostra int, provas boolean)
returns table (
  id text, com_conta boolean, certa int, classe smallint, lacuna smallint, repetida double precision, categorias int[],
  bases double precision[], palavras double precision[], notas double precision[], niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[]
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
-- the one nested loop wanted is written as a lateral index look-up; no other may slip in on a bad estimate
set enable_nestloop = off
as $$
declare
  v_meses int := coalesce((audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int, 36);
begin
  return query
  with entrada as materialized (
    select row_number() over ()::int as n, e.* from audit_interno.entradas_pendencia(janela, retroteste, amostra) e
  ), k as materialized (
    select e.n, e.corte, c.nivel, c.chave, c.termo
    from entrada e
    cross join lateral audit_interno.chaves_entrada(e.raiz, e.nome, e.codigo, e.centro, e.conta, e.valor, e.texto) c
  ), corte as materialized (
    select d.corte, coalesce(audit_interno.ultimo_mes_conhecido(d.corte), d.corte - 1) as ultimo
    from (select distinct e.corte from entrada e) d
  ), contexto as materialized (
    select row_number() over ()::int as x, d.nivel, d.chave, d.corte, o.ultimo
    from (select k.nivel, k.chave, k.corte from k group by k.nivel, k.chave, k.corte) d
    join corte o on o.corte = d.corte
  ), contagem as materialized (
    select x.x, x.nivel, x.corte, e.categoria, e.w, e.linhas,
      row_number() over (partition by x.x order by e.w desc, e.categoria) as posicao,
      sum(e.w) over (partition by x.x) as total, sum(e.linhas) over (partition by x.x)::bigint as todas
    from contexto x
    cross join lateral (
      select c.categoria, sum(c.linhas * power(0.5::double precision, greatest(x.ultimo - c.mes, 0)::double precision / 9)) as w,
        sum(c.linhas) as linhas
      from audit_interno.estatistica_contagem c
      where c.nivel = x.nivel and c.chave = x.chave and c.mes < x.corte and c.mes >= x.corte - v_meses
      group by c.categoria
      offset 0
    ) e
  ), geral as materialized (
    select c.corte, c.categoria, c.w, c.total from contagem c where c.nivel = 0
  ), conhecida as materialized (
    -- a word in a fifth of all entries says nothing and costs most
    select x.nivel, x.chave, x.corte, x.x, t.total as w, t.todas as linhas,
      case when x.nivel >= 20 and (x.nivel > 20 or t.total < 0.2 * g.total) and t.total >= 1 then t.total / g.total end as frequencia
    from contagem t
    join contexto x on x.x = t.x
    join (select distinct g.corte, g.total from geral g) g on g.corte = t.corte
    where t.posicao = 1
  ), kx as materialized (
    -- coeficiente: 1 / (N_l + alfa_l), times what the finer levels leave over to this one; level 11, the account, is asked apart
    select k.n, k.nivel, k.termo, c.x, c.w, c.linhas, c.frequencia, a.peso,
      exp(coalesce(sum(ln(a.peso / (c.w + a.peso))) filter (where k.nivel < 11) over (
        partition by k.n order by k.nivel desc rows between unbounded preceding and 1 preceding), 0))
        / (c.w + a.peso) as coeficiente
    from k
    join conhecida c on c.nivel = k.nivel and c.chave = k.chave and c.corte = k.corte
    left join audit_interno.alfas() a (nivel, peso) on a.nivel = k.nivel
  ), resumo as materialized (
    select f.n, coalesce(max(f.w) filter (where f.nivel between 4 and 11), 0) as apoio,
      count(f.frequencia) filter (where f.nivel = 20) as termos, count(f.frequencia) filter (where f.nivel = 21) as contas,
      -- what the account's level leaves to the others
      coalesce(max(f.peso / (f.w + f.peso)) filter (where f.nivel = 11), 1) as resto
    from kx f
    group by f.n
  ), util as materialized (
    -- what each count adds, reckoned once for all the entries that share it
    select c.x, c.categoria, case when c.nivel < 20 then c.w end as w,
      case when c.nivel >= 20 then ln((c.w + 5 * h.frequencia) / (5 * h.frequencia)) end as soma
    from contagem c
    join conhecida h on h.x = c.x
    where case when c.nivel < 4 then c.posicao <= 15 when c.nivel < 20 then c.posicao <= 30 else h.frequencia is not null end
  ), medida as materialized (
    select f.n, u.categoria, coalesce(sum(u.w * f.coeficiente) filter (where f.nivel < 11), 0) as base,
      coalesce(sum(u.w * f.coeficiente) filter (where f.nivel = 11), 0) as base_conta,
      coalesce(sum(u.soma) filter (where f.nivel = 20), 0) as soma, coalesce(sum(u.soma) filter (where f.nivel = 21), 0) as soma_conta,
      coalesce(sum(u.w) filter (where f.nivel = 9), 0) as repetida
    from kx f
    join util u on u.x = f.x
    group by f.n, u.categoria
    having sum(u.w) > 0
  ), pergunta as materialized (
    select e.n, e.corte, v.com_conta, r.resto, r.termos, r.contas, audit_interno.classe_apoio(r.apoio, v.com_conta and r.contas > 0) as classe
    from entrada e
    join resumo r on r.n = e.n
    -- an account that the history never saw is mostly a category that it never saw: what is learned of these would be held
    -- against entries without an account
    join (values (true), (false)) v (com_conta) on case when retroteste is null or e.conta is null then v.com_conta
      else not v.com_conta or r.contas > 0 end
  ), ponto as (
    select q.n, q.com_conta, q.classe, m.categoria, m.repetida, ln(b.base) as base, s.palavras, ln(b.base) + d.peso * s.palavras as nota
    from medida m
    join pergunta q on q.n = m.n
    join geral g on g.corte = q.corte and g.categoria = m.categoria
    join audit_interno.lambdas() d on d.classe = q.classe
    cross join lateral (select case when q.com_conta then q.resto * m.base + m.base_conta else m.base end as base) b
    cross join lateral (select q.termos * ln(5 / (g.w + 5)) + m.soma
      + case when q.com_conta then q.contas * ln(5 / (g.w + 5)) + m.soma_conta else 0 end as palavras) s
    where b.base > 0
  ), lista as materialized (
    select p.n, p.com_conta, p.classe, array_agg(p.categoria order by p.nota desc, p.categoria) as categorias,
      array_agg(p.base order by p.nota desc, p.categoria) as bases, array_agg(p.palavras order by p.nota desc, p.categoria) as palavras,
      array_agg(p.nota order by p.nota desc, p.categoria) as notas, (array_agg(p.repetida order by p.nota desc, p.categoria))[1] as repetida
    from ponto p
    group by p.n, p.com_conta, p.classe
  ), prova as (
    select f.n, array_agg(f.nivel) as niveis, array_agg(f.termo) as termos, array_agg(f.linhas) as lancamentos,
      array_agg(coalesce(c.linhas, 0)) as iguais
    from kx f
    join lista l on l.n = f.n
    left join contagem c on c.x = f.x and c.categoria = l.categorias[1]
    where provas and f.nivel <> 0
    group by f.n
  )
  select e.id, l.com_conta, e.certa, l.classe, e.lacuna, ln(1 + l.repetida), l.categorias, l.bases, l.palavras, l.notas,
    v.niveis, v.termos, v.lancamentos, v.iguais
  from lista l
  join entrada e on e.n = l.n
  left join prova v on v.n = l.n;
end
$$;

comment on function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean) is
  'Categories scored for each entry in question, best first: logarithms of the hierarchical back-off (bases), naive Bayes over words (palavras) and both together (notas); with provas, earlier entries and those of the best category at each level and word.';
revoke execute on function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean) from public;
--! EndIncluded regras/pontuar_pendencias.sql
--! Included regras/ajustar_alfas.sql
-- Fits how strongly each level is shrunk towards the wider one, by maximum likelihood on the back-test: level after level,
-- the strength under which the true categories were most probable, or none at all (1e9) where the level only misleads.
-- A supplier with one entry proves little on one ledger and much on another: this is where that is learned. Reads the
-- statistics and dw.lancamentos; writes estatistica_peso and its work table. Called by regras.preparar_pendente_verificacao.
create or replace function audit_interno.ajustar_alfas(retroteste int4range, amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off
as $$
declare
  v_meses int := coalesce((audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int, 36);
  v_alfa double precision;
begin
  delete from audit_interno.estatistica_peso p where p.nome like 'alfa\_%';
  delete from audit_interno.estatistica_ajuste;

  insert into audit_interno.estatistica_ajuste (id, nivel, total, certas)
  with k as materialized (
    select e.id, e.corte, e.certa, c.nivel, c.chave
    from audit_interno.entradas_pendencia(null, retroteste, amostra) e
    cross join lateral audit_interno.chaves_entrada(e.raiz, e.nome, e.codigo, e.centro, e.conta, e.valor, e.texto) c
    where c.nivel < 20
  ), corte as materialized (
    select d.corte, coalesce(audit_interno.ultimo_mes_conhecido(d.corte), d.corte - 1) as ultimo from (select distinct k.corte from k) d
  ), contexto as materialized (
    select d.nivel, d.chave, d.corte, o.ultimo
    from (select distinct k.nivel, k.chave, k.corte from k) d
    join corte o on o.corte = d.corte
  ), contagem as materialized (
    select x.nivel, x.chave, x.corte, e.categoria, e.w, sum(e.w) over (partition by x.nivel, x.chave, x.corte) as total
    from contexto x
    cross join lateral (
      select c.categoria, sum(c.linhas * power(0.5::double precision, greatest(x.ultimo - c.mes, 0)::double precision / 9)) as w
      from audit_interno.estatistica_contagem c
      where c.nivel = x.nivel and c.chave = x.chave and c.mes < x.corte and c.mes >= x.corte - v_meses
      group by c.categoria
      offset 0
    ) e
  ), total as (
    select distinct c.nivel, c.chave, c.corte, c.total from contagem c
  )
  select k.id, k.nivel, t.total, coalesce(c.w, 0)
  from k
  join total t using (nivel, chave, corte)
  left join contagem c on c.nivel = k.nivel and c.chave = k.chave and c.corte = k.corte and c.categoria = k.certa;

  -- nivel 0 carries the running probability of the true category
  update audit_interno.estatistica_ajuste a set p = (a.certas + 0.1) / (a.total + 10) where a.nivel = 0;

  for v_nivel in 1..11 loop
    select g.alfa into v_alfa
    from (values (0.02), (0.05), (0.1), (0.2), (0.5), (1), (2), (4), (8), (16), (40), (100), (400), (1e9)) g (alfa)
    cross join (
      select a.certas, a.total, b.p
      from audit_interno.estatistica_ajuste a
      join audit_interno.estatistica_ajuste b on b.id = a.id and b.nivel = 0
      where a.nivel = v_nivel
    ) s
    group by g.alfa
    -- a level seen in few entries keeps its default
    having count(*) >= 100
    order by sum(ln((s.certas + g.alfa * s.p) / (s.total + g.alfa))) desc
    limit 1;
    if v_alfa is not null then
      insert into audit_interno.estatistica_peso (nome, peso) values ('alfa_' || v_nivel, v_alfa);
    end if;

    update audit_interno.estatistica_ajuste b
    set p = (a.certas + w.peso * b.p) / (a.total + w.peso)
    from audit_interno.estatistica_ajuste a, audit_interno.alfas() w
    where b.nivel = 0 and a.id = b.id and a.nivel = v_nivel and w.nivel = v_nivel;
  end loop;

  delete from audit_interno.estatistica_ajuste;
end
$$;

comment on function audit_interno.ajustar_alfas(int4range, int) is 'Fits the shrinkage of each level on the ledger''s own past.';
revoke execute on function audit_interno.ajustar_alfas(int4range, int) from public;
--! EndIncluded regras/ajustar_alfas.sql
--! Included regras/ajustar_lambdas.sql
-- Fits the weight of the words and the account in each class of audit_interno.classe_apoio: the one of a grid under which the
-- right categories of the back-test were most probable; a class seen in fewer than a hundred entries keeps its default. Reads the
-- statistics and dw.lancamentos; writes estatistica_peso. Called by audit_interno.calibrar_historia, after the strengths of the
-- levels are known and before the calibration.
create or replace function audit_interno.ajustar_lambdas(retroteste int4range, amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  delete from audit_interno.estatistica_peso p where p.nome like 'lambda\_%';

  with pergunta as materialized (
    select p.classe, p.certa, p.categorias, p.bases, p.palavras,
      -- scores are told apart by their difference; the largest is about here, and exp() of it in range
      p.bases[1] as base, p.palavras[1] as palavra
    from audit_interno.pontuar_pendencias(null, retroteste, amostra, false) p
  ), peso as (
    -- for each weight tried, how probable it makes the right category
    select p.classe, g.lambda, sum(ln(0.001 + 0.999 * n.certa / n.soma)) as verossimilhanca, count(*) as casos
    from pergunta p
    cross join (values (0), (0.03), (0.06), (0.1), (0.2), (0.35), (0.6), (1)) g (lambda)
    cross join lateral (
      select sum(e.e) as soma, coalesce(sum(e.e) filter (where c.categoria = p.certa), 0) as certa
      from unnest(p.categorias, p.bases, p.palavras) c (categoria, base, palavra)
      cross join lateral (select exp(least(greatest(c.base - p.base + g.lambda * (c.palavra - p.palavra), -300), 300)) as e offset 0) e
    ) n
    group by p.classe, g.lambda
  )
  insert into audit_interno.estatistica_peso (nome, peso)
  select distinct on (v.classe) 'lambda_' || v.classe, v.lambda
  from peso v
  where v.casos >= 100
  order by v.classe, v.verossimilhanca desc, v.lambda;
end
$$;

comment on function audit_interno.ajustar_lambdas(int4range, int) is 'Fits the weight of words and account in each class of knowledge on the ledger''s own past.';
revoke execute on function audit_interno.ajustar_lambdas(int4range, int) from public;
--! EndIncluded regras/ajustar_lambdas.sql
--! Included regras/ajustar_curvas.sql
-- Fits the logistic calibration to the back-test (Platt 1999) by Newton's method, entries with and without a known account apart: one
-- slope each on the raw score's log-odds, on the months without history and on how often the very same payment was made before;
-- an intercept for each class of knowledge. An account that settles everything says nothing of the entries without one. Few cases move little: the slopes are drawn towards the modest curve that serves a ledger without a past (0.22: a raw
-- .999 becomes .82), the intercepts towards their mean. Pooled over the
-- classes, because a curve of its own for each class follows the class's few
-- errors, which come in clusters. Reads audit_interno.estatistica_retroteste, writes estatistica_curva. Called by
-- audit_interno.calibrar_pendencias.
create or replace function audit_interno.ajustar_curvas() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_passo double precision;
begin
  delete from audit_interno.estatistica_curva;
  insert into audit_interno.estatistica_curva (classe, a, b, g, h) select n, 0, 0.22, 0, 0 from generate_series(0, 7) n;

  for v_volta in 1..30 loop
    with s as (
      select r.classe, r.acertou - u.p as erro, u.p * (1 - u.p) as w, r.chance as x, r.repetida as y, ln(1 + r.lacuna) as z
      from audit_interno.estatistica_retroteste r
      join audit_interno.estatistica_curva k on k.classe = r.classe
      cross join lateral (select audit_interno.curva(k.a, k.b, k.g, k.h, r.chance, r.lacuna, r.repetida) as p offset 0) u
    ), soma as materialized (
      select s.classe, count(*) as casos, sum(s.w) as haa, sum(s.w * s.x) as hax, sum(s.w * s.y) as hay, sum(s.w * s.z) as haz,
        sum(s.w * s.x * s.x) as hxx, sum(s.w * s.x * s.y) as hxy, sum(s.w * s.x * s.z) as hxz,
        sum(s.w * s.y * s.y) as hyy, sum(s.w * s.y * s.z) as hyz, sum(s.w * s.z * s.z) as hzz,
        sum(s.erro) as ra, sum(s.erro * s.x) as rx, sum(s.erro * s.y) as ry, sum(s.erro * s.z) as rz
      from s
      group by s.classe
    ), media as (
      -- few cases in all: towards nought
      select k.classe / 4 as grupo, sum(k.a * n.casos) / (sum(n.casos) + 30) as a
      from audit_interno.estatistica_curva k
      join soma n on n.classe = k.classe
      group by k.classe / 4
    ), classe as (
      select k.classe, 3 + coalesce(n.haa, 0) as haa, coalesce(n.hax, 0) as hax, coalesce(n.hay, 0) as hay, coalesce(n.haz, 0) as haz,
        n.hxx, n.hxy, n.hxz, n.hyy, n.hyz, n.hzz, coalesce(n.ra, 0) - 3 * (k.a - coalesce(m.a, 0)) as ra, n.rx, n.ry, n.rz, k.b, k.g, k.h
      from audit_interno.estatistica_curva k
      left join media m on m.grupo = k.classe / 4
      left join soma n on n.classe = k.classe
    ), reduzida as (
      -- the intercepts eliminated, three unknowns are left
      select c.classe / 4 as grupo, 15 + coalesce(sum(c.hxx - c.hax * c.hax / c.haa), 0) as hxx, coalesce(sum(c.hxy - c.hax * c.hay / c.haa), 0) as hxy,
        coalesce(sum(c.hxz - c.hax * c.haz / c.haa), 0) as hxz, 15 + coalesce(sum(c.hyy - c.hay * c.hay / c.haa), 0) as hyy,
        coalesce(sum(c.hyz - c.hay * c.haz / c.haa), 0) as hyz, 15 + coalesce(sum(c.hzz - c.haz * c.haz / c.haa), 0) as hzz,
        coalesce(sum(c.rx - c.hax * c.ra / c.haa), 0) - 15 * (max(c.b) - 0.22) as rx,
        coalesce(sum(c.ry - c.hay * c.ra / c.haa), 0) - 15 * max(c.h) as ry,
        coalesce(sum(c.rz - c.haz * c.ra / c.haa), 0) - 15 * max(c.g) as rz
      from classe c
      group by c.classe / 4
    ), cofator as (
      select r.*, r.hyy * r.hzz - r.hyz * r.hyz as cxx, r.hxz * r.hyz - r.hxy * r.hzz as cxy, r.hxy * r.hyz - r.hxz * r.hyy as cxz,
        r.hxx * r.hzz - r.hxz * r.hxz as cyy, r.hxy * r.hxz - r.hxx * r.hyz as cyz, r.hxx * r.hyy - r.hxy * r.hxy as czz
      from reduzida r
    ), passo as (
      select f.grupo, (f.cxx * f.rx + f.cxy * f.ry + f.cxz * f.rz) / d.det as b, (f.cxy * f.rx + f.cyy * f.ry + f.cyz * f.rz) / d.det as h,
        (f.cxz * f.rx + f.cyz * f.ry + f.czz * f.rz) / d.det as g
      from cofator f
      cross join lateral (select f.hxx * f.cxx + f.hxy * f.cxy + f.hxz * f.cxz as det) d
    ), andado as (
      -- no step longer than a half
      update audit_interno.estatistica_curva k
      set a = k.a + greatest(-0.5, least(0.5, v.a)), b = k.b + greatest(-0.5, least(0.5, p.b)),
        g = k.g + greatest(-0.5, least(0.5, p.g)), h = k.h + greatest(-0.5, least(0.5, p.h))
      from classe c
      join passo p on p.grupo = c.classe / 4
      cross join lateral (select (c.ra - c.hax * p.b - c.hay * p.h - c.haz * p.g) / c.haa as a) v
      where c.classe = k.classe
      returning abs(v.a) + abs(p.b) + abs(p.g) + abs(p.h) as passo
    )
    select max(d.passo) into v_passo from andado d;
    exit when v_passo < 0.0005;
  end loop;

  -- what the back-test hardly saw has no curve and keeps the modest one: a supplier with one entry proves little until it has
  -- proved something
  delete from audit_interno.estatistica_curva k
  where (select count(*) from audit_interno.estatistica_retroteste r where r.classe = k.classe) < 30;
end
$$;

comment on function audit_interno.ajustar_curvas() is 'Fits the logistic calibration on the last back-test.';
revoke execute on function audit_interno.ajustar_curvas() from public;
--! EndIncluded regras/ajustar_curvas.sql
--! Included regras/calibrar_pendencias.sql
-- Calibrates: a logistic curve over the back-test's best suggestions, then bins of equal size by that curve, each bin's share of right ones made monotone (isotonic
-- regression by the min-max formula). Entries with and without a known account are counted apart. Sources: Platt 1999;
-- Zadrozny and Elkan 2001, 2002; Barlow et al. 1972. Reads the statistics and dw.lancamentos; writes estatistica_retroteste,
-- estatistica_curva and estatistica_calibracao. Called by audit_interno.calibrar_historia.
create or replace function audit_interno.calibrar_pendencias(retroteste int4range, amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  delete from audit_interno.estatistica_calibracao;
  delete from audit_interno.estatistica_retroteste;

  insert into audit_interno.estatistica_retroteste (id, classe, lacuna, repetida, bruta, chance, acertou)
  select p.id || case when p.com_conta then '' else ' sem conta' end, p.classe, p.lacuna, p.repetida, b.bruta, audit_interno.chance_bruta(b.bruta),
    (p.categorias[1] is not distinct from p.certa)::int
  from audit_interno.pontuar_pendencias(null, retroteste, amostra, false) p
  cross join lateral (select 1 / sum(exp(greatest(n.nota - p.notas[1], -60))) as bruta from unnest(p.notas) n (nota)) b;

  perform audit_interno.ajustar_curvas();

  with sugestao as materialized (
    select s.classe / 4 as grupo, s.acertou, u.curva,
      -- bins of at least a hundred cases, at most twenty; equal scores go together
      (rank() over (partition by s.classe / 4 order by u.curva) - 1)
        * greatest(1, least(20, count(*) over (partition by s.classe / 4) / 100))
        / count(*) over (partition by s.classe / 4) as faixa,
      count(*) over (partition by s.classe / 4) as todas
    from audit_interno.estatistica_retroteste s
    join audit_interno.estatistica_curva k on k.classe = s.classe
    cross join lateral (
      select round(audit_interno.curva(k.a, k.b, k.g, k.h, s.chance, s.lacuna, s.repetida)::numeric, 5)::double precision as curva) u
  ), faixa as materialized (
    select s.grupo, s.faixa, avg(s.curva) as curva, count(*) as casos, sum(s.acertou) as acertos,
      -- ten pseudo-cases as the curve says
      count(*) + 10 as peso, sum(s.acertou) + 10 * avg(s.curva) as pontos
    from sugestao s
    where s.todas >= 100
    group by s.grupo, s.faixa
  )
  insert into audit_interno.estatistica_calibracao (grupo, faixa, curva, confianca, casos, acertos, casos_proximos, acertos_proximos)
  select f.grupo, f.faixa, f.curva,
    (
      select max(m.minimo)
      from (
        select a.faixa, min(media.valor) as minimo
        from faixa a
        join faixa b on b.grupo = a.grupo and b.faixa >= f.faixa
        cross join lateral (
          select sum(x.pontos) / sum(x.peso) as valor
          from faixa x
          where x.grupo = a.grupo and x.faixa between a.faixa and b.faixa
        ) media
        where a.grupo = f.grupo and a.faixa <= f.faixa
        group by a.faixa
      ) m
    ),
    f.casos, f.acertos, sum(f.casos) over vizinhas, sum(f.acertos) over vizinhas
  from faixa f
  window vizinhas as (partition by f.grupo order by f.faixa rows between 1 preceding and 1 following);
end
$$;

comment on function audit_interno.calibrar_pendencias(int4range, int) is 'Calibrates the confidence on the ledger''s own past.';
revoke execute on function audit_interno.calibrar_pendencias(int4range, int) from public;
--! EndIncluded regras/calibrar_pendencias.sql
--! Included regras/calibrar_historia.sql
-- Fits the weights and the calibration on a back-test over the given months, a sample of at most six thousand entries; without
-- months, forgets them. Reads the statistics and dw.lancamentos; writes estatistica_peso, estatistica_curva and
-- estatistica_calibracao. Called by regras.preparar_pendente_verificacao and by back-tests over a past window.
create or replace function audit_interno.calibrar_historia(retroteste int4range) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_amostra constant int := 6000;
  -- a dozen strengths and eight weights need fewer cases than a curve that is read at its far end
  v_pesos constant int := 3000;
begin
  delete from audit_interno.estatistica_peso;
  delete from audit_interno.estatistica_calibracao;
  delete from audit_interno.estatistica_curva;
  if retroteste is not null then
    perform audit_interno.ajustar_alfas(retroteste, v_pesos);
    perform audit_interno.ajustar_lambdas(retroteste, v_pesos);
    perform audit_interno.calibrar_pendencias(retroteste, v_amostra);
  end if;
end
$$;

comment on function audit_interno.calibrar_historia(int4range) is 'Fits weights and calibration on the ledger''s own past.';
revoke execute on function audit_interno.calibrar_historia(int4range) from public;
--! EndIncluded regras/calibrar_historia.sql
--! Included regras/sugerir_pendencias.sql
-- The best category for each pending entry of a window, the runner-up, the calibrated confidence and what spoke for it. Entries
-- with nothing to infer from are missing from the result. Reads the statistics and dw.lancamentos; changes nothing.
-- Called by regras.pendente_verificacao and by back-tests (retroteste given: decided entries instead of pending ones).
create or replace function audit_interno.sugerir_pendencias(janela audit.janela, retroteste int4range, amostra int)
returns table (
  id text, com_conta boolean, certa int, categoria int, segunda int, bruta double precision, bruta_segunda double precision,
  confianca double precision, casos int, acertos int, niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[]
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  return query
  select s.id, s.com_conta, s.certa, s.categorias[1], s.categorias[2], b.bruta, b.bruta * exp(s.notas[2] - s.notas[1]),
    audit_interno.confianca_calibrada(u.curva, t.curvas, t.confiancas, i.posicao),
    coalesce(t.casos[j.faixa], 0), coalesce(t.acertos[j.faixa], 0), s.niveis, s.termos, s.lancamentos, s.iguais
  from audit_interno.pontuar_pendencias(janela, retroteste, amostra, retroteste is null) s
  left join audit_interno.estatistica_curva k on k.classe = s.classe
  left join audit_interno.curvas_calibradas() t on t.grupo = k.classe / 4
  cross join lateral (select 1 / sum(exp(greatest(n.nota - s.notas[1], -60))) as bruta from unnest(s.notas) n (nota)) b
  -- without a back-test, a modest curve that never reaches .90
  cross join lateral (select audit_interno.curva(
    coalesce(k.a, 0), coalesce(k.b, 0.22), coalesce(k.g, 0), coalesce(k.h, 0), audit_interno.chance_bruta(b.bruta), s.lacuna, s.repetida) as curva) u
  cross join lateral (select width_bucket(u.curva, t.curvas) as posicao) i
  cross join lateral (select case
    when i.posicao = 0 or i.posicao < cardinality(t.curvas) and t.curvas[i.posicao + 1] - u.curva < u.curva - t.curvas[i.posicao]
    then i.posicao + 1 else i.posicao end as faixa) j;
end
$$;

comment on function audit_interno.sugerir_pendencias(audit.janela, int4range, int) is
  'Best category, runner-up, calibrated confidence and evidence for each pending entry of a window that has anything to infer from.';
revoke execute on function audit_interno.sugerir_pendencias(audit.janela, int4range, int) from public;
--! EndIncluded regras/sugerir_pendencias.sql
--! Included regras/preparar_pendente_verificacao.sql
-- Brings the statistics of regras.pendente_verificacao up to date: adds what was loaded or decided since the last time (counts
-- everything when settings or versions changed), and fits and calibrates anew when the history has a new month or has grown by
-- a tenth. Reads dw.lancamentos and the audit tables; writes audit_interno.estatistica_* only.
-- Called by the engine before the rule, in the same session. Two at once wait for each other.
create or replace function regras.preparar_pendente_verificacao(janela audit.janela) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_controle audit_interno.estatistica_controle;
  v_assinatura text := md5(concat_ws('|', 3, current_setting('server_version_num')::int / 10000,
    audit_interno.rotulos_pendentes(), audit_interno.configuracao('pendente.meses_historico')));
  v_operacao bigint := coalesce((select max(a.operacao_id) from audit.alteracoes a), 0);
  v_limite timestamptz;
  v_meses int[];
  v_linhas bigint;
  v_retroteste int4range;
  v_refazer boolean;
begin
  lock table audit_interno.estatistica_controle in share row exclusive mode;
  select * into v_controle from audit_interno.estatistica_controle;
  v_refazer := v_controle.assinatura is distinct from v_assinatura;
  -- a load commits later than the times it writes: look back further than the last time seen
  select greatest(v_controle.limite, case when max(l.carregado_em) is not null then least(max(l.carregado_em), now()) - interval '6 hours' end, '-infinity')
  into v_limite
  from dw.lancamentos l;
  if not v_refazer and v_controle.borda > 100000 then
    select (count(*), max(l.carregado_em)) is distinct from (v_controle.borda, v_controle.borda_ate) into v_refazer
    from dw.lancamentos l where l.carregado_em >= v_controle.limite;
  end if;

  if v_refazer then
    perform audit_interno.contar_meses(null);
  else
    v_meses := audit_interno.acompanhar_historia(case when v_controle.borda > 100000 then 'infinity' else v_controle.limite end,
      v_controle.operacao_ate, v_limite);
  end if;
  select m.linhas, m.ultima into v_controle.borda, v_controle.borda_ate from audit_interno.marcar_borda(v_limite, v_meses) m;

  select coalesce(sum(m.linhas), 0) into v_linhas from audit_interno.estatistica_mes m;
  v_retroteste := audit_interno.meses_retroteste();
  if v_refazer or coalesce(upper(v_retroteste), 0) is distinct from v_controle.calibrada_ate
    or abs(v_linhas - v_controle.linhas_calibradas) > 0.1 * v_linhas
  then
    analyze audit_interno.estatistica_contagem;
    perform audit_interno.calibrar_historia(v_retroteste);
    v_controle.calibrada_ate := coalesce(upper(v_retroteste), 0);
    v_controle.linhas_calibradas := v_linhas;
  end if;

  insert into audit_interno.estatistica_controle
    (assinatura, limite, borda, borda_ate, operacao_ate, calibrada_ate, linhas_calibradas, atualizada_em)
  values (v_assinatura, v_limite, v_controle.borda, v_controle.borda_ate, v_operacao, v_controle.calibrada_ate,
    v_controle.linhas_calibradas, now())
  on conflict (unica) do update set
    assinatura = excluded.assinatura,
    limite = excluded.limite,
    borda = excluded.borda,
    borda_ate = excluded.borda_ate,
    operacao_ate = excluded.operacao_ate,
    calibrada_ate = excluded.calibrada_ate,
    linhas_calibradas = excluded.linhas_calibradas,
    atualizada_em = excluded.atualizada_em;
end
$$;

comment on function regras.preparar_pendente_verificacao(audit.janela) is
  'Brings the statistics of pendente_verificacao up to date. Run it before the rule; a day''s load costs a day, and a calibration when a month is over or the ledger has grown by a tenth.';
revoke execute on function regras.preparar_pendente_verificacao(audit.janela) from public;
--! EndIncluded regras/preparar_pendente_verificacao.sql
--! Included avaliacao/avaliar_retroteste.sql
-- Asks the inference of pendente_verificacao for the entries of a window that have a real category today, as if all of them
-- were pending and nothing later than the window's first month were known: counts of the window's months are left out, and
-- weights and calibration are fitted on the months before it. Entries are asked without their account, which parked ones
-- seldom have. Reads dw.lancamentos; changes the statistics, so it must run inside a subtransaction that is rolled back.
-- Called by audit.avaliar_regra alone.
create or replace function audit_interno.avaliar_retroteste(regra audit.regras, data_inicio date, data_fim date)
returns setof audit.avaliacao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_minima constant numeric := 0.05; -- as in regras.pendente_verificacao: under it nothing is proposed
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_nossas text[] := audit_interno.corrigidas_sem_palavra();
  v_primeiro int := audit_interno.mes_indice(data_inicio);
  v_ultimo int := audit_interno.mes_indice(data_fim);
begin
  perform regras.preparar_pendente_verificacao(null);
  delete from audit_interno.estatistica_contagem c where c.mes >= v_primeiro;
  delete from audit_interno.estatistica_mes m where m.mes >= v_primeiro;
  analyze audit_interno.estatistica_contagem;
  perform audit_interno.calibrar_historia(audit_interno.meses_retroteste());

  create temp table conferente_sugestao on commit drop as
  select s.id, s.com_conta, s.confianca, s.categoria = s.certa as acertou
  from audit_interno.sugerir_pendencias(null, int4range(v_primeiro, v_ultimo + 1), null) s;

  create temp table conferente_julgado on commit drop as
  select l.id::text as registro_id, round(coalesce(s.confianca, 0.01)::numeric, 4) as confianca,
    coalesce(s.confianca >= v_minima, false) as propoe, coalesce(s.acertou and s.confianca >= v_minima, false) as certa, false as dano
  from dw.lancamentos l
  left join pg_temp.conferente_sugestao s
    on s.id = l.id::text and s.com_conta = (coalesce(btrim(l.conta_contabil), '') = '')
  where l.data_lancamento between avaliar_retroteste.data_inicio and avaliar_retroteste.data_fim
    and btrim(l.categoria) <> '' and audit_interno.dobrar(btrim(l.categoria)) <> all (v_pendentes)
    and not exists (select from unnest(audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)) n (id) where n.id = l.id);

  return query select * from audit_interno.resumir_avaliacao(regra, 'retroteste', (select count(*) from pg_temp.conferente_julgado));
end
$$;
comment on function audit_interno.avaliar_retroteste(audit.regras, date, date) is
  'Back-test of the inference of pendente_verificacao against today''s categories. Only inside a subtransaction that is rolled back.';
--! EndIncluded avaliacao/avaliar_retroteste.sql

reset role;
