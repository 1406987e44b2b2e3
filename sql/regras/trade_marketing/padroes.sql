-- A text without accents, its case kept: a regular expression must not be lower-cased, because \S and \s differ. Touches nothing. Called by
-- regra_trade_marketing.expressao_padroes and by everything that matches single patterns.
create or replace function regra_trade_marketing.sem_acentos(texto text) returns text
language sql immutable parallel safe
return case
  when pg_catalog.octet_length(texto) = pg_catalog.length(texto) then texto
  else pg_catalog.translate(normalize(texto, nfc),
    'ÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑÝáàâãäåéèêëíìîïóòôõöúùûüçñýÿ',
    'AAAAAAEEEEIIIIOOOOOUUUUCNYaaaaaaeeeeiiiiooooouuuucnyy')
end;

comment on function regra_trade_marketing.sem_acentos(text) is 'Text without accents, upper and lower case kept.';
revoke execute on function regra_trade_marketing.sem_acentos(text) from public;

-- Whether one marketing pattern matches one text, as regra_trade_marketing.expressao_padroes decides it for all patterns together. For
-- naming the patterns in the evidence, and for previews. A null text or an empty pattern never matches. Touches nothing. Called by
-- regra_trade_marketing.candidatos_marketing, audit.propor_padroes and audit.previsao_padrao.
create or replace function regra_trade_marketing.padrao_casa(tipo text, padrao text, texto_dobrado text) returns boolean
language sql immutable parallel safe
return coalesce(case
  when pg_catalog.btrim(padrao, E' \t\r\n') = '' then false
  when tipo = 'regex' then texto_dobrado ~* regra_trade_marketing.sem_acentos(padrao)
  when tipo = 'palavra' then
    pg_catalog.regexp_replace(audit_interno.dobrar(padrao), '[^a-z0-9]+', '', 'g') <> ''
    and pg_catalog.strpos(
      ' ' || pg_catalog.regexp_replace(texto_dobrado, '[^a-z0-9]+', ' ', 'g') || ' ',
      ' ' || pg_catalog.btrim(pg_catalog.regexp_replace(audit_interno.dobrar(padrao), '[^a-z0-9]+', ' ', 'g')) || ' ') > 0
  else pg_catalog.strpos(
    pg_catalog.regexp_replace(texto_dobrado, '\s+', ' ', 'g'),
    pg_catalog.regexp_replace(audit_interno.dobrar(padrao), '\s+', ' ', 'g')) > 0
end, false);

comment on function regra_trade_marketing.padrao_casa(text, text, text) is
  'Whether a pattern (contem, palavra, regex) matches a folded text; false for nulls and empty patterns.';
revoke execute on function regra_trade_marketing.padrao_casa(text, text, text) from public;

-- Whether a folded text matches any of many marketing patterns: the quick filter first, then the expression that decides; then the
-- expression of the patterns without a filter. A null expression drops out of the plan. Touches nothing; inlined by the planner. Called by
-- the parts of regra_trade_marketing.detectar, with the results of filtro_padroes and expressao_padroes.
create or replace function regra_trade_marketing.texto_casa(dobrado text, filtro text[], filtravel text, sem_filtro text) returns boolean
language sql immutable parallel safe
return coalesce(dobrado like any (filtro) and dobrado ~* filtravel, false) or coalesce(dobrado ~* sem_filtro, false);

comment on function regra_trade_marketing.texto_casa(text, text[], text, text) is
  'Whether a folded text matches one of the marketing patterns, given as quick filters, their expression, and the expression of those without a filter; false for nulls.';
revoke execute on function regra_trade_marketing.texto_casa(text, text[], text, text) from public;

-- One pattern as a LIKE pattern that lets through every folded text it matches and little else, with blanks standing for any run of
-- characters. Of an expression it keeps only the letters that every match must have. Null for an expression too complex for that
-- (alternatives, escapes, counts, named classes), and for a pattern that matches nothing. Touches nothing. Called by
-- regra_trade_marketing.filtro_padroes, expressao_padroes and candidatos_marketing.
create or replace function regra_trade_marketing.filtro_padrao(tipo text, padrao_dobrado text) returns text
language sql immutable parallel safe
return case
  when pg_catalog.btrim(padrao_dobrado, E' \t\r\n') = '' or tipo = 'palavra' and padrao_dobrado !~ '[a-z0-9]' then null
  when tipo = 'regex' then (
    select case when x.letras !~ '[][\\|(){}]' and x.letras ~ '[^%]{3}' then '%' || x.letras || '%' end
    from (
      select pg_catalog.regexp_replace(
        -- removes classes and plain groups with their quantifiers, then optional characters, then what matches any character
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

comment on function regra_trade_marketing.filtro_padrao(text, text) is
  'LIKE pattern that every folded text matching a marketing pattern satisfies; null for an empty pattern, and for an expression for which there is none.';
revoke execute on function regra_trade_marketing.filtro_padrao(text, text) from public;

-- The patterns of one action and field as LIKE patterns, where they have one: such a list costs a third of the expression that decides.
-- Null where there is none. Reads only the patterns. Called by the parts of regra_trade_marketing.detectar, for folded text.
create or replace function regra_trade_marketing.filtro_padroes(acao text, campo text) returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(regra_trade_marketing.filtro_padrao(p.tipo, p.padrao_dobrado))
  from audit.padroes_trade_marketing p
  where p.ativo
    and p.acao = filtro_padroes.acao
    and p.campo = filtro_padroes.campo
    and regra_trade_marketing.filtro_padrao(p.tipo, p.padrao_dobrado) is not null
$$;

comment on function regra_trade_marketing.filtro_padroes(text, text) is
  'LIKE patterns that every folded text matching a marketing pattern satisfies; null where there is none.';
revoke execute on function regra_trade_marketing.filtro_padroes(text, text) from public;

-- One regular expression for all active marketing patterns of one action and field, so that a row is read once however many patterns there
-- are. Matched against folded text, ignoring case. Patterns with a quick filter (filtravel) and those without give separate expressions.
-- Null where there is no pattern. Raises invalid_regular_expression for an invalid pattern. Reads only the patterns. Called by the parts of
-- regra_trade_marketing.detectar.
create or replace function regra_trade_marketing.expressao_padroes(acao text, campo text, filtravel boolean) returns text
language sql stable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
  select string_agg(e.expressao, '|' order by p.id)
  from audit.padroes_trade_marketing p
  cross join lateral (
    select case
      when p.tipo = 'regex' then
        -- tried alone first: a pattern that is invalid by itself must not become valid between the others
        case when '' ~* regra_trade_marketing.sem_acentos(p.padrao) is not null
          then '(?:' || regra_trade_marketing.sem_acentos(p.padrao) || ')' end
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
    and (regra_trade_marketing.filtro_padrao(p.tipo, p.padrao_dobrado) is not null) = expressao_padroes.filtravel
    and btrim(p.padrao, E' \t\r\n') <> ''
$$;

comment on function regra_trade_marketing.expressao_padroes(text, text, boolean) is
  'All active patterns of one action (incluir, excluir) and field as one regular expression; null where there is none.';
revoke execute on function regra_trade_marketing.expressao_padroes(text, text, boolean) from public;

-- The texts of one field, as written in the window, that the business's including patterns match. Each text is folded and matched once
-- however many entries have it, and expressions run only on what passes the quick filter. Reads dw.lancamentos and the patterns; changes
-- nothing. Called by regra_trade_marketing.detectar.
create or replace function regra_trade_marketing.textos_casados(campo text, janela audit.janela) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
-- texts that do not fit are sorted in one go; with hashing, each round after a spill may keep hardly any of millions
set enable_hashagg = off
as $$
declare
  v_filtro text[] := regra_trade_marketing.filtro_padroes('incluir', campo);
  v_filtravel text := regra_trade_marketing.expressao_padroes('incluir', campo, true);
  v_sem_filtro text := regra_trade_marketing.expressao_padroes('incluir', campo, false);
begin
  if v_filtravel is null and v_sem_filtro is null then
    return array[]::text[];
  end if;
  -- an expression and not select into, which never runs in parallel
  return coalesce((
    select array_agg(t.texto)
    from (
      select d.texto, audit_interno.dobrar(d.texto collate "default") as dobrado
      from (
        -- bytes are the cheapest to sort by
        select distinct (case textos_casados.campo
          when 'descricao' then l.descricao when 'fornecedor' then l.fornecedor else l.conta_contabil end) collate "C" as texto
        from dw.lancamentos l
        where audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id)
      ) d
      -- or every test below would repeat the folding
      offset 0
    ) t
    where regra_trade_marketing.texto_casa(t.dobrado, v_filtro, v_filtravel, v_sem_filtro)
  ), array[]::text[]);
end
$$;

comment on function regra_trade_marketing.textos_casados(text, audit.janela) is
  'Distinct texts of a field (descricao, fornecedor, conta_contabil) in the window that an active including pattern matches.';
revoke execute on function regra_trade_marketing.textos_casados(text, audit.janela) from public;

-- The patterns that matched, as a reviewer reads them. Touches nothing. Called by regra_trade_marketing.detectar.
create or replace function regra_trade_marketing.frase_padroes(padroes jsonb) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when count(*) = 1 then 'Casa com o padrão ' else 'Casa com os padrões ' end
    || string_agg('"' || left(p ->> 'padrao', 60) || '" em '
      || case p ->> 'campo' when 'descricao' then 'descrição' when 'conta_contabil' then 'conta contábil' else 'fornecedor' end,
      ', ' order by ordem)
  from jsonb_array_elements(padroes) with ordinality x (p, ordem)
  where ordem <= 5
$$;

comment on function regra_trade_marketing.frase_padroes(jsonb) is 'Sentence that names the marketing patterns that matched.';
revoke execute on function regra_trade_marketing.frase_padroes(jsonb) from public;
