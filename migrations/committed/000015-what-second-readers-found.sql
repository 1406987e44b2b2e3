--! Previous: sha1:56cc71e3b74b395a4459c95d1d5560d251232a83
--! Hash: sha1:766efd866498cec2f8d8d481ac9bbe8cf46d8d9a
--! Message: what second readers found

set local role conferente_dono;

--! Included comum/dobrar_categoria.sql
-- Folds a category or a label and drops the blanks at its ends: those that spreadsheets and exports leave there too, which nobody sees
-- (tab, line end, no-break spaces, byte order mark). Folded first and trimmed then: written the other way round, the trimming would be
-- inlined into every branch of the folding. Touches nothing; kept as a plain expression, so that the planner inlines it.
create or replace function audit_interno.dobrar_categoria(texto text)
returns text
language sql
immutable parallel safe
return pg_catalog.btrim(audit_interno.dobrar(texto), U&'\0020\0009\000A\000B\000C\000D\00A0\2007\202F\FEFF');
comment on function audit_interno.dobrar_categoria(text) is 'Category in lower case, without accents and without blanks at its ends, for comparison.';
revoke execute on function audit_interno.dobrar_categoria(text) from public;
--! EndIncluded comum/dobrar_categoria.sql
--! Included regras/raiz_fornecedor.sql
-- The company behind a supplier code: the first 8 positions of a CNPJ (written with or without punctuation), any other code as it
-- is, also one that zeros fill up to as many positions; in lower case, for a CNPJ may
-- have letters since 2026. Null for an empty code. Touches nothing. Called by the three rules; kept
-- as a plain expression without settings of its own, so that the planner can inline it.
create or replace function audit_interno.raiz_fornecedor(codigo text) returns text
language sql immutable parallel safe
return nullif(pg_catalog.lower(
  case when pg_catalog.length(pg_catalog.translate(codigo, './- ', '')) = 14
      and pg_catalog.left(pg_catalog.translate(codigo, './- ', ''), 8) <> '00000000'
    then pg_catalog.left(pg_catalog.translate(codigo, './- ', ''), 8)
    else pg_catalog.translate(codigo, './- ', '')
  end), '');

comment on function audit_interno.raiz_fornecedor(text) is
  'Company root of a supplier code: 8 positions of a CNPJ, or the whole code without punctuation; null when empty.';
revoke execute on function audit_interno.raiz_fornecedor(text) from public;
--! EndIncluded regras/raiz_fornecedor.sql
--! Included regras/rotulos_pendentes.sql
-- The labels that mean "category not decided yet" (setting pendente.rotulos), folded and trimmed. Reads the settings only.
-- Called by the rules and by the preparation of their statistics.
create or replace function audit_interno.rotulos_pendentes() returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(distinct audit_interno.dobrar_categoria(r.rotulo)), '{}')
  from jsonb_array_elements_text(
    case jsonb_typeof(audit_interno.configuracao('pendente.rotulos'))
      when 'array' then audit_interno.configuracao('pendente.rotulos') else '[]' end) r (rotulo)
  where audit_interno.dobrar_categoria(r.rotulo) <> ''
$$;

comment on function audit_interno.rotulos_pendentes() is 'Folded labels that mean pending, from the setting pendente.rotulos.';
revoke execute on function audit_interno.rotulos_pendentes() from public;
--! EndIncluded regras/rotulos_pendentes.sql
--! Included regras/acompanhar_historia.sql
-- Brings the counts up to date at the cost of what changed. Rows that came are added. A month is counted again when one of its
-- rows was changed, deleted or moved, which shows by rows missing from those remembered (see audit_interno.marcar_borda), or when
-- we changed something in it that had been learned. Assumes what the contract says: a load that changes a row sets carregado_em.
-- Reads dw.lancamentos and the audit tables; writes audit_interno.estatistica_*. Returns the months counted again.
-- Called by regras.preparar_pendente_verificacao.
create or replace function audit_interno.acompanhar_historia(limite timestamptz, operacao_ate bigint, limite_novo timestamptz) returns int[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- each of these joins is of what was changed or came, and statistics from before that say that it is nothing
set enable_nestloop = off
as $$
declare
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_corrigidas bigint[];
  v_alteradas text[];
  v_eram_pendentes text[];
  v_chegadas text[];
  v_meses int[];
  v_refazer int[];
  v_inicio date;
  v_fim date;
begin
  v_corrigidas := array(select distinct a.divergencia_id from audit.alteracoes a where a.operacao_id > acompanhar_historia.operacao_ate);
  -- what each row held when it was last counted: pending, and not learned then, or something else. In one pass over what we changed
  -- since: looked up row by row, stale statistics made it a pass for each
  select array_agg(n.registro_id), array_agg(n.registro_id) filter (where n.era_pendente) into v_alteradas, v_eram_pendentes
  from (
    select distinct on (d.registro_id) d.registro_id,
      a.antes ? 'categoria' and coalesce(audit_interno.dobrar_categoria(a.antes ->> 'categoria'), '') = any (v_pendentes || ''::text) as era_pendente
    from audit.alteracoes a
    join audit.divergencias_processadas d on d.id = a.divergencia_id
    where a.operacao_id > acompanhar_historia.operacao_ate and d.id = any (v_corrigidas) and d.tabela = 'dw.lancamentos'
    order by d.registro_id, a.operacao_id
  ) n;

  with lida as materialized (
    select l.id::text as id, audit_interno.mes_indice(l.data_lancamento) as mes, l.carregado_em
    from dw.lancamentos l where l.carregado_em >= limite
  ), alterada as (
    select l.id::text as id, audit_interno.mes_indice(l.data_lancamento) as mes, coalesce(l.id::text = any (v_eram_pendentes), false) as era_pendente
    from dw.lancamentos l
    where l.id = any (audit_interno.chaves_como(v_alteradas, (null::dw.lancamentos).id))
  ), chegada as materialized (
    select l.id, l.mes from lida l
    where not exists (
      select from audit_interno.estatistica_borda b where b.registro_id = l.id and b.carregado_em = l.carregado_em)
    union
    select a.id, a.mes from alterada a where a.era_pendente
  ), mexida as (
    select a.mes from alterada a where not a.era_pendente
    union
    select b.mes from audit_interno.estatistica_borda b
    where not exists (select from lida l where l.id = b.registro_id and l.carregado_em = b.carregado_em)
  )
  select (select array_agg(distinct m.mes) from mexida m where m.mes is not null),
    array_agg(distinct c.mes), array_agg(c.id order by c.id)
  into v_refazer, v_meses, v_chegadas
  from chegada c
  where c.mes is not null;

  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(v_meses) m;

  -- older rows that are fewer than they were, or more; an expression, not select into: that never runs in parallel
  v_refazer := (
    select array_agg(distinct m.mes)
    from (
      select r.mes from unnest(v_refazer) r (mes)
      union
      select m.mes
      from unnest(v_meses) m (mes)
      left join (
        select audit_interno.mes_indice(l.data_lancamento) as mes, count(*) as linhas
        from dw.lancamentos l
        where l.data_lancamento >= v_inicio and l.data_lancamento < v_fim and (l.carregado_em < limite or l.carregado_em is null)
        group by 1
      ) a on a.mes = m.mes
      left join audit_interno.estatistica_antigas e on e.mes = m.mes
      where coalesce(a.linhas, 0) <> coalesce(e.linhas, 0)
    ) m
  );

  if v_refazer is not null then
    perform audit_interno.contar_meses(v_refazer);
    select array_agg(l.id::text), array_agg(distinct audit_interno.mes_indice(l.data_lancamento))
    into v_chegadas, v_meses
    from dw.lancamentos l
    where l.id = any (audit_interno.chaves_como(v_chegadas, (null::dw.lancamentos).id))
      and audit_interno.mes_indice(l.data_lancamento) <> all (v_refazer);
  end if;
  perform audit_interno.contar_chegadas(v_meses, v_chegadas);

  -- what has become old since
  insert into audit_interno.estatistica_antigas as a (mes, linhas)
  select audit_interno.mes_indice(l.data_lancamento), count(*)
  from dw.lancamentos l
  where l.carregado_em >= limite and l.carregado_em < limite_novo and audit_interno.mes_indice(l.data_lancamento) is not null
  group by 1
  on conflict (mes) do update set linhas = a.linhas + excluded.linhas;
  return coalesce(v_refazer, '{}');
end
$$;

comment on function audit_interno.acompanhar_historia(timestamptz, bigint, timestamptz) is
  'Adds what came to the counts and counts months again in which something was changed. Returns those months.';
revoke execute on function audit_interno.acompanhar_historia(timestamptz, bigint, timestamptz) from public;
--! EndIncluded regras/acompanhar_historia.sql
--! Included regras/conhecer_grafias.sql
-- Gives numbers to categories and one spelling to supplier names that were not known yet: few of them, many entries, so each is
-- spelled out once. Of some months, of some keys, or of all when both are null. Reads dw.lancamentos, writes
-- estatistica_categoria and estatistica_nome. Called before history is counted.
create or replace function audit_interno.conhecer_grafias(meses int[], chaves text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_inicio date;
  v_fim date;
  v_categorias text[];
  v_nomes text[];
begin
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  -- read first and written then: what only reads may run in parallel
  select array_agg(distinct g.categoria) filter (where btrim(g.categoria) <> ''), array_agg(distinct g.escrito) filter (where g.escrito is not null)
  into v_categorias, v_nomes
  from (
    select l.categoria, left(l.fornecedor, 200) as escrito
    from dw.lancamentos l
    where (conhecer_grafias.meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim)
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
    group by l.categoria, left(l.fornecedor, 200)
  ) g;

  insert into audit_interno.estatistica_categoria (categoria)
  select c.categoria from unnest(v_categorias) c (categoria)
  where not exists (select from audit_interno.estatistica_categoria k where k.categoria = c.categoria);

  insert into audit_interno.estatistica_nome (escrito, nome)
  select n.escrito, audit_interno.nome_canonico(n.escrito) from unnest(v_nomes) n (escrito)
  where not exists (select from audit_interno.estatistica_nome k where k.escrito = n.escrito);

  -- believed to be empty, as after a count that was taken back or while one was vacuumed: every name would be held against every text
  if exists (select from pg_class c where c.oid in ('audit_interno.estatistica_categoria'::regclass, 'audit_interno.estatistica_nome'::regclass)
    and c.reltuples <= 0)
  then
    analyze audit_interno.estatistica_categoria, audit_interno.estatistica_nome;
  end if;
end
$$;

comment on function audit_interno.conhecer_grafias(int[], text[]) is 'Numbers for new categories and one spelling for new supplier names.';
revoke execute on function audit_interno.conhecer_grafias(int[], text[]) from public;
--! EndIncluded regras/conhecer_grafias.sql
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
  from audit_interno.contar_em_metades(meses) h
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
--! Included regras/contar_historia.sql
-- Counts what the learnable history says: how often each key of each level went with a category in each booking month, of some
-- months, of some entries, or of all when both are null. Never learns from entries that are pending, have no category or no
-- usable date, or were corrected by us without a person's word. Words have a query of their own, grouped first by the text, so that
-- amounts do not multiply words; return query, because it may run in parallel.
-- Reads dw.lancamentos, the audit tables, estatistica_categoria and estatistica_nome (which must know the entries' categories
-- and names); changes nothing. Called by audit_interno.contar_meses and contar_chegadas.
create or replace function audit_interno.contar_historia(meses int[], chaves text[], metade int default null)
returns table (nivel smallint, chave bigint, mes int, categoria int, linhas int)
-- the cost says: worth a process of its own
language plpgsql stable parallel safe cost 1e9 rows 1000000
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
      where audit_interno.dobrar_categoria(k.categoria) <> all (v_pendentes || ''::text)
      offset 0
    ) c on c.categoria = l.categoria
    left join audit_interno.estatistica_nome n on n.escrito = left(l.fornecedor, 200)
    cross join lateral (select audit_interno.raiz_fornecedor(l.fornecedor_id) as raiz offset 0) r
    where btrim(l.categoria) <> ''
      and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
        and audit_interno.mes_indice(l.data_lancamento) = any (meses))
      and (metade is null or audit_interno.mes_indice(l.data_lancamento) & 1 <> 1 - metade)
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    -- or each of these expressions is reckoned once for every key
    offset 0
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
        and (metade is null or audit_interno.mes_indice(l.data_lancamento) & 1 <> 1 - metade)
        and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
        and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
      group by audit_interno.mes_indice(l.data_lancamento), l.categoria, left(l.fornecedor, 200), l.fornecedor_id, l.descricao
    ) g
    offset 0
  ) h
  join (
    select k.id, k.categoria
    from audit_interno.estatistica_categoria k
    where audit_interno.dobrar_categoria(k.categoria) <> all (v_pendentes || ''::text)
    offset 0
  ) c on c.categoria = h.categoria
  left join audit_interno.estatistica_nome n on n.escrito = h.escrito
  cross join lateral audit_interno.chaves_texto(coalesce(h.raiz, '=' || n.nome), n.nome, h.texto) f
  where h.mes is not null
  group by f.nivel, f.chave, h.mes, c.id;
end
$$;

comment on function audit_interno.contar_historia(int[], text[], int) is
  'Counts of the learnable history by level, key, booking month and category: of some months, of some keys, or of all.';
revoke execute on function audit_interno.contar_historia(int[], text[], int) from public;
--! EndIncluded regras/contar_historia.sql
--! Included regras/entradas_pendencia.sql
-- The entries in question and what is known of each. Either the pending entries of a window, each allowed to see the months
-- before its own (corte); or (retroteste) decided entries of the given months: a sample, each allowed to see the months before
-- some wait, or without a size (amostra) all of them without a wait. metade: of all suppliers (null) or of one half (0, 1). Reads dw.lancamentos and the statistics; changes nothing.
-- Called by audit_interno.pontuar_pendencias and by the fitting of the weights.
create or replace function audit_interno.entradas_pendencia(janela audit.janela, retroteste int4range, amostra int, metade int)
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
      where audit_interno.dobrar_categoria(l.categoria) = any (v_pendentes)
        and (metade is null or audit_interno.metade_fornecedor(l.fornecedor_id, l.fornecedor) = metade)
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
      where audit_interno.dobrar_categoria(k.categoria) <> all (v_pendentes || ''::text)
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
  left join audit_interno.estatistica_nome n on n.escrito = d.escrito
  where metade is null or audit_interno.metade_fornecedor(d.fornecedor_id, d.escrito) = metade;
end
$$;

comment on function audit_interno.entradas_pendencia(audit.janela, int4range, int, int) is
  'Entries in question (pending ones, or a back-test sample), what they are compared by, and the first month they may not see.';
revoke execute on function audit_interno.entradas_pendencia(audit.janela, int4range, int, int) from public;
--! EndIncluded regras/entradas_pendencia.sql
--! Included regras/explicar_pendencias.sql
-- The pending entries of a window as findings: what is proposed for each, how surely, and what spoke for it, in figures and in a
-- sentence. metade: of all suppliers (null) or of one half (0, 1). Reads dw.lancamentos, the settings and the statistics that
-- regras.preparar_pendente_verificacao keeps; changes nothing. Called by regras.pendente_verificacao.
create or replace function audit_interno.explicar_pendencias(janela audit.janela, metade int) returns setof audit.achado
-- costly enough to be worth a process of its own
language plpgsql stable parallel safe cost 1e9
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set enable_nestloop = off
as $$
declare
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_minima constant numeric := 0.05;
begin
  return query
  with sugestao as materialized (
    select s.ids, s.bruta, s.bruta_segunda, s.confianca, s.casos, s.acertos, c.categoria as proposta, d.categoria as alternativa,
      e.por_nivel, e.palavras, e.lista, e.todas, e.certas, e.por
    from audit_interno.sugerir_pendencias(janela, null, null, metade) s
    join audit_interno.estatistica_categoria c on c.id = s.categoria
    left join audit_interno.estatistica_categoria d on d.id = s.segunda
    cross join lateral audit_interno.descrever_provas(s.niveis, s.termos, s.lancamentos, s.iguais) e
  )
  select
    null::text,
    l.id::text,
    case when q.propor then jsonb_build_object('categoria', s.proposta) else '{}'::jsonb end,
    case when s.id is null then 0.01 else round(s.confianca::numeric, 4) end,
    jsonb_strip_nulls(jsonb_build_object(
      'rotulo', l.categoria,
      'sugestao', s.proposta,
      'alternativa', s.alternativa,
      'nota', round(s.bruta::numeric, 4),
      'nota_alternativa', round(s.bruta_segunda::numeric, 4),
      'niveis', s.por_nivel,
      'palavras', s.palavras,
      'calibracao', case when s.casos > 0 then jsonb_build_object('casos', s.casos, 'acertos', s.acertos) end)),
    case
      when s.id is null then 'Pendente, e o histórico não tem nada parecido de onde inferir a categoria.'
      else coalesce(case when s.certas > 0 then
          s.certas || ' de ' || s.todas || ' lançamentos de meses anteriores com '
            || case when s.por in ('empresa do fornecedor', 'conta contábil') then 'a mesma ' else 'o mesmo ' end || s.por || ' estão em "' || s.proposta || '". ' end,
          'Nenhum lançamento igual em meses anteriores; "' || s.proposta || '" vem de grupos mais amplos. ')
        || coalesce('Palavras: ' || s.lista || '. ', '')
        || coalesce('A segunda opção é "' || s.alternativa || '". ', '')
        || case when s.casos > 0 then 'De ' || s.casos || ' sugestões passadas com confiança parecida, '
            || s.acertos || ' estavam certas.'
          else 'Ainda não há meses anteriores suficientes para conferir a nota.' end
        || case when q.propor then '' else ' Confiança baixa demais para propor.' end
    end,
    nullif(abs(l.valor), 'NaN')
  from dw.lancamentos l
  left join (select i.id, x.* from sugestao x cross join lateral unnest(x.ids) i (id)) s on s.id = l.id::text
  cross join lateral (select coalesce(s.confianca >= v_minima, false) as propor) q
  where audit_interno.dobrar_categoria(l.categoria) = any (v_pendentes)
    and (metade is null or audit_interno.metade_fornecedor(l.fornecedor_id, l.fornecedor) = metade)
    and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
    and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
    and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
    and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
    and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)));
end
$$;

comment on function audit_interno.explicar_pendencias(audit.janela, int) is
  'Findings of pendente_verificacao: of a window''s pending entries, of all suppliers or of one half of them.';
revoke execute on function audit_interno.explicar_pendencias(audit.janela, int) from public;
--! EndIncluded regras/explicar_pendencias.sql
--! Included regras/pendente_verificacao.sql
-- Finds entries parked under a pending label and infers their category from the ledger's own history, with a confidence
-- calibrated on that history's past; entries with nothing to infer from are flagged without a correction. Reads
-- dw.lancamentos, the settings and the statistics that regras.preparar_pendente_verificacao keeps; changes nothing.
-- Called by the engine for a window, and again over corrected keys to verify them.
create or replace function regras.pendente_verificacao(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := audit_interno.rotulos_pendentes();
begin
  -- a second process costs more than a few entries
  if not audit_interno.em_metades() or (
    select count(*)
    from (
      select
      from dw.lancamentos l
      where audit_interno.dobrar_categoria(l.categoria) = any (v_pendentes)
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
      limit 2000
    ) l
  ) < 2000 then
    return query select * from audit_interno.explicar_pendencias(janela, null);
    return;
  end if;
  return query
  select * from audit_interno.explicar_pendencias(janela, 0)
  union all
  select * from audit_interno.explicar_pendencias(janela, 1);
end
$$;

comment on function regras.pendente_verificacao(audit.janela) is
  'Rule: entries under a pending label. Proposes the category inferred from history (supplier by code, company and spelling, cost centre, account, amount band, words) with a calibrated confidence, or only flags when there is nothing to infer from. Amount at stake: the entry''s.';
revoke execute on function regras.pendente_verificacao(audit.janela) from public;
--! EndIncluded regras/pendente_verificacao.sql
--! Included regras/pontuar_pendencias.sql
-- Scores the categories for each entry in question. Two opinions, apart:
--   base    hierarchical Dirichlet back-off: p_l = (n_l + alfa_l * p_(l-1)) / (N_l + alfa_l), from everything down to the
--           finest level known. Unrolled, it is a sum over levels of n_l times a coefficient of the entry alone.
--   palavras  naive Bayes over words and account: sum of ln P(w | c) / P(w), smoothed towards P(w).
-- Counts lose half their weight in nine months of history; months without any do not age them, as they did not in the back-test:
-- what a wait costs is the calibration's to say. A back-test asks an entry with an account twice, with it and without, because
-- pending entries often have none yet; both come out of one reckoning. repetidas: earlier entries of the same supplier, cost centre
-- and exact amount in each category (a rent, a subscription). recentes: log-odds of each category among the latest entries of the
-- same supplier and cost centre, counts losing half their weight in six weeks; nought where there are none: a supplier that has
-- changed its business of late shows there first. bases and palavras are told of a back-test only. With provas, also what the
-- history says at each level and word of the best category, undecayed, as a reviewer would find it in the ledger. Entries of which
-- the very same is known, as of several alike in one month, share a row: ids and certas go together. metade: of all suppliers (null) or of one
-- half (0, 1). Reads audit_interno.estatistica_* and, through entradas_pendencia, dw.lancamentos; changes nothing. Called by
-- sugerir_pendencias and perguntar_retroteste.
create or replace function audit_interno.pontuar_pendencias(
  janela audit.janela, retroteste int4range, amostra int, provas boolean, metade int default null
) returns table (
  ids text[], com_conta boolean, certas int[], classe smallint, lacuna smallint, categorias int[], bases double precision[], palavras double precision[],
  repetidas double precision[], recentes double precision[], notas double precision[], niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[]
)
-- costly enough to be worth a process of its own
language plpgsql stable parallel safe cost 1e9 rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
-- the one nested loop wanted is written as a lateral index look-up; what else is joined is of this statement's own making, of
-- unknown size and in no order, so it is hashed, and so are its groups
set enable_nestloop = off
set enable_mergejoin = off
set enable_sort = off
as $$
declare
  v_meses int := coalesce((audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int, 36);
begin
  return query
  with entrada as materialized (
    select row_number() over ()::int as n, e.* from audit_interno.entradas_pendencia(janela, retroteste, amostra, metade) e
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
    select x.x, x.nivel, x.corte, e.categoria, e.w, e.linhas, e.recente,
      row_number() over (partition by x.x order by e.w desc, e.categoria) as posicao,
      sum(e.w) over (partition by x.x) as total, sum(e.recente) over (partition by x.x) as recentes, sum(e.linhas) over (partition by x.x)::bigint as todas
    from contexto x
    cross join lateral (
      select c.categoria, sum(c.linhas * power(0.5::double precision, greatest(x.ultimo - c.mes, 0)::double precision / 9)) as w,
        sum(c.linhas * power(0.5::double precision, greatest(x.ultimo - c.mes, 0)::double precision / 1.5)) filter (where x.nivel = 7) as recente,
        sum(c.linhas) as linhas
      from audit_interno.estatistica_contagem c
      where c.nivel = x.nivel and c.chave = x.chave and c.mes < x.corte and c.mes >= x.corte - v_meses
      group by c.categoria
      offset 0
    ) e
  ), geral as materialized (
    select c.corte, c.categoria, c.w, c.total from contagem c where c.nivel = 0
  ), conhecida as materialized (
    -- a word in more than a fifth of all entries says nothing and costs most; a hair more: of a fifth exactly, rounding would decide
    select x.nivel, x.chave, x.corte, x.x, t.total as w, t.recentes, t.todas as linhas,
      case when x.nivel >= 20 and (x.nivel > 20 or t.total < 0.200001 * g.total) and t.total >= 1 then t.total / g.total end as frequencia
    from contagem t
    join contexto x on x.x = t.x
    join (select distinct g.corte, g.total from geral g) g on g.corte = t.corte
    where t.posicao = 1
  ), conhecidas as materialized (
    select k.n, k.nivel, k.termo, c.x, c.w, c.recentes, c.linhas, c.frequencia
    from k
    join conhecida c on c.nivel = k.nivel and c.chave = k.chave and c.corte = k.corte
  ), modelo as materialized (
    -- entries of which the very same is known are reckoned once, as the first of them
    select min(e.n) as n, array_agg(e.id order by e.n) as ids, array_agg(e.certa order by e.n) as certas
    from (select c.n, array_agg(c.x order by c.x) as contextos from conhecidas c group by c.n) s
    join entrada e on e.n = s.n
    group by s.contextos, e.lacuna, retroteste is not null and e.conta is null
  ), sabida as materialized (
    select c.* from conhecidas c join modelo m on m.n = c.n
  ), kx as materialized (
    -- coeficiente: 1 / (N_l + alfa_l), times what the finer levels leave over to this one; level 11, the account, is asked apart
    select c.n, c.nivel, c.termo, c.x, c.w, c.recentes, c.linhas, c.frequencia, a.peso,
      exp(coalesce(sum(ln(a.peso / (c.w + a.peso))) filter (where c.nivel < 11) over (
        partition by c.n order by c.nivel desc rows between unbounded preceding and 1 preceding), 0))
        / (c.w + a.peso) as coeficiente
    from sabida c
    join audit_interno.alfas() a (nivel, peso) on a.nivel = c.nivel
    union all
    select c.n, c.nivel, c.termo, c.x, c.w, null, c.linhas, c.frequencia, null, null from sabida c where c.nivel >= 20
  ), resumo as materialized (
    select f.n, coalesce(max(f.w) filter (where f.nivel between 4 and 11), 0) as apoio,
      count(f.frequencia) filter (where f.nivel = 20) as termos, count(f.frequencia) filter (where f.nivel = 21) as contas,
      -- what the account's level leaves to the others
      coalesce(max(f.peso / (f.w + f.peso)) filter (where f.nivel = 11), 1) as resto,
      max(f.recentes) as recentes
    from kx f
    group by f.n
  ), util as materialized (
    -- what each count adds, reckoned once for all the entries that share it
    select c.x, c.categoria, case when c.nivel < 20 then c.w end as w, case when c.nivel = 9 then c.w end as repetida,
      c.recente,
      case when c.nivel >= 20 then ln((c.w + 5 * h.frequencia) / (5 * h.frequencia)) end as soma, ln(5 / (g.w + 5)) as raridade
    from contagem c
    join conhecida h on h.x = c.x
    join geral g on g.corte = c.corte and g.categoria = c.categoria
    where case when c.nivel < 4 then c.posicao <= 15 when c.nivel < 20 then c.posicao <= 30 else h.frequencia is not null end
  ), medida as materialized (
    select f.n, u.categoria, sum(u.w * f.coeficiente) as base, coalesce(sum(u.soma), 0) as soma, coalesce(sum(u.repetida), 0) as repetida,
      coalesce(sum(u.recente), 0) as recente, min(u.raridade) as raridade
    from kx f
    join util u on u.x = f.x
    where f.nivel not in (11, 21)
    group by f.n, u.categoria
    having sum(u.w * f.coeficiente) > 0
  ), conta as materialized (
    select f.n, u.categoria, coalesce(sum(u.w * f.coeficiente), 0) as base, coalesce(sum(u.soma), 0) as soma
    from kx f
    join util u on u.x = f.x
    where f.nivel in (11, 21)
    group by f.n, u.categoria
  ), pergunta as materialized (
    select e.n, e.corte, v.com_conta, r.resto, r.recentes, r.termos, r.contas, audit_interno.classe_apoio(r.apoio, v.com_conta and r.contas > 0) as classe
    from entrada e
    join resumo r on r.n = e.n
    -- an account that the history never saw is mostly a category that it never saw: what is learned of these would be held
    -- against entries without an account
    join (values (true), (false)) v (com_conta) on case when retroteste is null or e.conta is null then v.com_conta
      else not v.com_conta or r.contas > 0 end
  ), ponto as (
    select m.n, m.com_conta, m.classe, m.categoria, m.repetida,
      coalesce(ln((m.recente + 0.25) / (greatest(m.recentes - m.recente, 0) + 0.25)), 0) as recente, ln(b.base) as base, s.palavras, ln(b.base) + m.peso * s.palavras as nota
    from (
      -- offset 0: or every entry would be multiplied by every category first
      select q.*, m.categoria, m.base, m.soma, m.repetida, m.recente, m.raridade, d.peso
      from medida m
      join pergunta q on q.n = m.n
      join audit_interno.lambdas() d on d.classe = q.classe
      offset 0
    ) m
    left join conta c on m.com_conta and c.n = m.n and c.categoria = m.categoria
    cross join lateral (select case when m.com_conta then m.resto * m.base + coalesce(c.base, 0) else m.base end as base) b
    cross join lateral (select (m.termos + case when m.com_conta then m.contas else 0 end) * m.raridade + m.soma
      + coalesce(c.soma, 0) as palavras) s
    where b.base > 0
  ), lista as materialized (
    select p.n, p.com_conta, p.classe, array_agg(p.categoria order by p.nota desc, p.categoria) as categorias,
      array_agg(p.nota order by p.nota desc, p.categoria) as notas, array_agg(p.repetida order by p.nota desc, p.categoria) as repetidas,
      array_agg(p.recente order by p.nota desc, p.categoria) as recentes,
      array_agg(p.base order by p.nota desc, p.categoria) filter (where retroteste is not null) as bases,
      array_agg(p.palavras order by p.nota desc, p.categoria) filter (where retroteste is not null) as palavras
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
  select m.ids, l.com_conta, m.certas, l.classe, e.lacuna, l.categorias, l.bases, l.palavras, l.repetidas, l.recentes, l.notas,
    v.niveis, v.termos, v.lancamentos, v.iguais
  from lista l
  join modelo m on m.n = l.n
  join entrada e on e.n = l.n
  left join prova v on v.n = l.n;
end
$$;

comment on function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean, int) is
  'Categories scored for each entry in question, best first: logarithms of the hierarchical back-off (bases), naive Bayes over words (palavras) and both together (notas); with provas, earlier entries and those of the best category at each level and word.';
revoke execute on function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean, int) from public;
--! EndIncluded regras/pontuar_pendencias.sql
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
  v_assinatura text := md5(concat_ws('|', 6, current_setting('server_version_num')::int / 10000,
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
      coalesce(audit_interno.dobrar_categoria(l.categoria), '') as categoria_dobrada
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
      audit_interno.dobrar(g.conta_contabil) as conta, coalesce(audit_interno.dobrar_categoria(g.categoria), '') as categoria_dobrada, g.lancamentos
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
      audit_interno.dobrar(l.conta_contabil) as conta, coalesce(audit_interno.dobrar_categoria(l.categoria), '') as categoria_dobrada,
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
--! Included regras/propor_padroes.sql
-- Proposes marketing patterns from what people confirmed: suppliers, words and pairs of words of entries whose correction to
-- the marketing category a person decided. Support is the confirmed entries that have it; precision, the share of all the
-- ledger's decided entries with it that are marketing (confirmed or booked so). Nothing is saved: a person accepts. Reads
-- dw.lancamentos, the decisions, the patterns and the settings. Called by whoever maintains the patterns.
create or replace function audit.propor_padroes(suporte_minimo int default 3, precisao_minima numeric default 0.9)
returns table (campo text, tipo text, padrao text, suporte bigint, lancamentos bigint, precisao numeric)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_categoria text := audit_interno.dobrar_categoria(audit_interno.configuracao('trade_marketing.categoria') #>> '{}');
  v_pendentes text[] := audit_interno.rotulos_pendentes();
begin
  return query
  with confirmado as materialized (
    select distinct d.registro_id
    from audit.divergencias_processadas d
    where d.tabela = 'dw.lancamentos' and d.status = 'corrigida'
      and audit_interno.dobrar_categoria(d.valores_propostos ->> 'categoria') = v_categoria
      and exists (select from audit.decisoes p
            where p.divergencia_id = d.id and p.tipo in ('aprovacao', 'segunda_aprovacao', 'correcao_manual'))
  ), entrada as materialized (
    select l.id::text as id, audit_interno.dobrar(btrim(l.fornecedor)) as fornecedor,
      string_to_array(nullif(audit_interno.palavras_texto(l.descricao), ''), ' ') as palavras,
      c.registro_id is not null as confirmada,
      c.registro_id is not null or audit_interno.dobrar_categoria(l.categoria) = v_categoria as marketing
    from dw.lancamentos l
    left join confirmado c on c.registro_id = l.id::text
    where audit_interno.dobrar_categoria(l.categoria) <> all (v_pendentes || ''::text)
  ), candidato as materialized (
    select e.id, e.confirmada, e.marketing, x.campo, x.texto
    from entrada e
    cross join lateral (
      select 'fornecedor' as campo, e.fornecedor as texto where e.fornecedor <> ''
      union
      select 'descricao', p from unnest(e.palavras) p where length(p) >= 4
      union
      select 'descricao', e.palavras[i] || ' ' || e.palavras[i + 1]
      from generate_series(1, cardinality(e.palavras) - 1) i
    ) x
    where (x.campo, x.texto) in (
      select f.campo, f.texto
      from entrada n
      cross join lateral (
        select 'fornecedor' as campo, n.fornecedor as texto where n.fornecedor <> ''
        union
        select 'descricao', p from unnest(n.palavras) p where length(p) >= 4
        union
        select 'descricao', n.palavras[i] || ' ' || n.palavras[i + 1]
        from generate_series(1, cardinality(n.palavras) - 1) i
      ) f
      where n.confirmada
      group by f.campo, f.texto
      having count(*) >= suporte_minimo
    )
  ), contado as (
    select c.campo, c.texto, count(*) filter (where c.confirmada) as suporte, count(*) as lancamentos,
      count(*) filter (where c.marketing) as marketing
    from candidato c
    group by c.campo, c.texto
  )
  select c.campo, 'palavra'::text, c.texto, c.suporte, c.lancamentos, round(c.marketing::numeric / c.lancamentos, 4)
  from contado c
  where c.marketing::numeric / c.lancamentos >= precisao_minima
    -- what an active pattern catches already needs no other
    and not exists (
      select from audit.padroes_trade_marketing p
      where p.ativo and p.acao = 'incluir' and p.campo = c.campo
        and audit_interno.padrao_casa(p.tipo, p.padrao, c.texto))
    -- a pair says nothing that one of its words does not say as precisely of as many
    and not exists (
      select from contado m
      where m.campo = c.campo and m.texto <> c.texto and ' ' || c.texto || ' ' like '% ' || replace(replace(m.texto, '\', ''), '%', '') || ' %'
        and c.campo = 'descricao' and m.suporte >= c.suporte and m.marketing::numeric / m.lancamentos >= precisao_minima)
  order by c.suporte desc, 6 desc, c.campo, c.texto;
exception
  when undefined_table or invalid_schema_name or undefined_column then
    raise exception using errcode = 'NC010', message = 'o armazém não pôde ser lido: falta dw.lancamentos ou uma de suas colunas',
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
end
$$;

comment on function audit.propor_padroes(int, numeric) is
  'Patterns worth adding, from confirmed corrections: suppliers, words and pairs of words with at least suporte_minimo confirmed entries and the given precision over the ledger. Saves nothing. Error: NC010 no warehouse to read.';
revoke execute on function audit.propor_padroes(int, numeric) from public;
grant execute on function audit.propor_padroes(int, numeric) to conferente_revisor, conferente_administrador;
--! EndIncluded regras/propor_padroes.sql
--! Included regras/previsao_padrao.sql
-- What a marketing pattern would match before anybody saves it: the entries, newest first, the category they are booked
-- under, and whether that is the marketing category already. Reads dw.lancamentos and the settings; changes nothing.
-- Called by whoever maintains the patterns. An invalid regular expression raises invalid_regular_expression; one that
-- explodes ends at statement_timeout.
create or replace function audit.previsao_padrao(campo text, tipo text, padrao text, limite int default 50)
returns table (
  registro_id text, data_lancamento date, categoria text, fornecedor text, descricao text, conta_contabil text,
  valor numeric, ja_em_marketing boolean
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_categoria text := audit_interno.dobrar_categoria(audit_interno.configuracao('trade_marketing.categoria') #>> '{}');
begin
  if campo is null or campo not in ('fornecedor', 'descricao', 'conta_contabil') then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'campo desconhecido: ' || coalesce(campo, '(nulo)'),
      hint = 'Use fornecedor, descricao ou conta_contabil.';
  end if;
  if tipo is null or tipo not in ('contem', 'palavra', 'regex') then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'tipo desconhecido: ' || coalesce(tipo, '(nulo)'),
      hint = 'Use contem, palavra ou regex.';
  end if;

  return query
  select l.id::text, l.data_lancamento::date, l.categoria::text, l.fornecedor::text, l.descricao::text,
    l.conta_contabil::text, l.valor::numeric,
    coalesce(audit_interno.dobrar_categoria(l.categoria) = v_categoria, false)
  from dw.lancamentos l
  where audit_interno.padrao_casa(previsao_padrao.tipo, previsao_padrao.padrao, audit_interno.dobrar(
    case previsao_padrao.campo when 'fornecedor' then l.fornecedor when 'descricao' then l.descricao else l.conta_contabil end))
  order by l.data_lancamento desc, l.id
  limit greatest(0, least(previsao_padrao.limite, 10000));
exception
  when undefined_table or invalid_schema_name or undefined_column then
    raise exception using errcode = 'NC010', message = 'o armazém não pôde ser lido: falta dw.lancamentos ou uma de suas colunas',
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
end
$$;

comment on function audit.previsao_padrao(text, text, text, int) is
  'Entries that a marketing pattern would match, newest first, before it is saved. campo: fornecedor, descricao or conta_contabil; tipo: contem, palavra or regex; limite: at most 10,000 rows. Errors: invalid_parameter_value, invalid_regular_expression, NC010 no warehouse to read.';
revoke execute on function audit.previsao_padrao(text, text, text, int) from public;
grant execute on function audit.previsao_padrao(text, text, text, int) to conferente_revisor, conferente_administrador;
--! EndIncluded regras/previsao_padrao.sql
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
  -- dates that leave room for the months of history on both sides
  v_primeira constant date := date '0030-01-01';
  v_ultima constant date := date '9970-12-31';
  -- what is not the supplier's own weighs no more than so many of its entries
  v_alheio constant int := 20;
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
      min(c.data_lancamento) filter (where c.data_lancamento between v_primeira and v_ultima) - v_meses * 31 as inicio,
      max(c.data_lancamento) filter (where c.data_lancamento between v_primeira and v_ultima) + v_meses * 31 as fim,
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
  cross join lateral audit_interno.confianca_contestada(
    v_base, case when g.fornecedor then coalesce(r.marketing, 0) else 0 end,
    greatest(case when g.fornecedor then e.contra else 0 end, least(coalesce(t.contra, 0), v_alheio),
      case when b.sem_data then v_alheio else 0 end)) o (confianca);
end
$$;

comment on function regras.trade_marketing(audit.janela) is
  'Rule: entries that match the business''s marketing patterns under another category. Proposes the category of the setting trade_marketing.categoria; the confidence falls where the supplier''s own history, or words of name and description, defend the booked one. Amount at stake: the entry''s.';
revoke execute on function regras.trade_marketing(audit.janela) from public;
--! EndIncluded regras/trade_marketing.sql
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
  select u.id, s.com_conta, s.confianca, s.categoria = u.certa as acertou
  from audit_interno.sugerir_pendencias(null, int4range(v_primeiro, v_ultimo + 1), null) s
  cross join lateral unnest(s.ids, s.certas) u (id, certa);

  create temp table conferente_julgado on commit drop as
  select l.id::text as registro_id, round(coalesce(s.confianca, 0.01)::numeric, 4) as confianca,
    coalesce(s.confianca >= v_minima, false) as propoe, coalesce(s.acertou and s.confianca >= v_minima, false) as certa, false as dano
  from dw.lancamentos l
  left join pg_temp.conferente_sugestao s
    on s.id = l.id::text and s.com_conta = (coalesce(btrim(l.conta_contabil), '') = '')
  where l.data_lancamento between avaliar_retroteste.data_inicio and avaliar_retroteste.data_fim
    and audit_interno.dobrar_categoria(l.categoria) <> all (v_pendentes || ''::text)
    and not exists (select from unnest(audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)) n (id) where n.id = l.id);

  return query select * from audit_interno.resumir_avaliacao(regra, 'retroteste', (select count(*) from pg_temp.conferente_julgado));
end
$$;
comment on function audit_interno.avaliar_retroteste(audit.regras, date, date) is
  'Back-test of the inference of pendente_verificacao against today''s categories. Only inside a subtransaction that is rolled back.';
--! EndIncluded avaliacao/avaliar_retroteste.sql
--! Included avaliacao/casos_avaliacao.sql
-- The rows of a window of which the truth about a rule's findings is known, one line a row, in the temporary table
-- conferente_caso: what the row held then, what is right (verdade), and whether it has to be put back for the rule to see
-- it as it was. A person's word goes before what the row held later; a correction of ours that nobody confirmed and a
-- rollback prove nothing. Writes nothing else. Called by audit_interno.avaliar_decisoes.
create or replace function audit_interno.casos_avaliacao(regra audit.regras, data_inicio date, data_fim date)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
-- a ledger that the planner takes for empty would be gone through for each decided finding
set enable_nestloop = off
as $$
declare
  v_tabela regclass := to_regclass(regra.tabela);
begin
  drop table if exists pg_temp.conferente_caso;
  execute format(
    'create temp table conferente_caso on commit drop as
     with fechada as (
       select distinct on (d.registro_id) d.registro_id, d.status, d.valores_propostos, o.originais, p.tipo as palavra,
         coalesce(d.valores_digitados, d.valores_propostos) as valores
       from audit.divergencias_processadas d
       left join lateral (
         select p.tipo from audit.decisoes p
         where p.divergencia_id = d.id and p.tipo in (''aprovacao'', ''segunda_aprovacao'', ''correcao_manual'', ''rejeicao'', ''excecao'')
         order by p.id desc limit 1
       ) p on true
       cross join lateral (
         select d.valores_originais || coalesce((
           select a.antes from audit.alteracoes a where a.divergencia_id = d.id order by a.operacao_id desc limit 1), ''{}'') as originais
       ) o
       where d.regra = $1 and d.tabela = $2 and d.status in (''corrigida'', ''resolvida'', ''rejeitada'')
       order by d.registro_id, p.tipo is not null desc, d.decidida_em desc, d.id desc
     ), linha as (
       select f.*, (select jsonb_object_agg(c, a.atual -> c) from jsonb_object_keys(f.originais) as c) as agora
       from fechada f
       join %1$s t on t.%2$I = f.registro_id::%3$s
       cross join lateral (select jsonb_build_object(%4$s) as atual) a
       where %5$s
     )
     select l.registro_id, l.status = ''rejeitada'' as rejeitada, l.valores_propostos as recusados, l.originais,
       case
         when l.status = ''rejeitada'' then null
         when l.status = ''corrigida'' and l.palavra is not null then l.valores
         -- back to what it was before the correction: a load may have written over it, which proves nothing
         when l.status = ''corrigida'' and not l.agora @> l.valores and l.agora <> l.originais then l.agora
         when l.status = ''resolvida'' and l.agora <> l.originais and not exists (
           select from audit.divergencias_processadas o
           where o.tabela = $2 and o.registro_id = l.registro_id and o.status = ''corrigida'' and not exists (
             select from audit.decisoes p
             where p.divergencia_id = o.id and p.tipo in (''aprovacao'', ''segunda_aprovacao'', ''correcao_manual'')))
         then l.agora
       end as verdade,
       l.status <> ''rejeitada'' and l.agora <> l.originais as rebobinar
     from linha l',
    audit_interno.nome_sql(v_tabela), regra.coluna_chave, audit_interno.tipo_coluna(v_tabela, regra.coluna_chave),
    (select string_agg(format('%L, %s', c, audit_interno.expressao_imagem(v_tabela, c, format('t.%I', c))), ', ')
      from unnest(regra.colunas) as c),
    case when regra.coluna_data is null then 'true' else format('t.%I between $3 and $4', regra.coluna_data) end)
  using regra.nome, regra.tabela, casos_avaliacao.data_inicio, casos_avaliacao.data_fim;
end
$$;
comment on function audit_interno.casos_avaliacao(audit.regras, date, date) is
  'Fills pg_temp.conferente_caso with the rows of the window whose truth is known.';
--! EndIncluded avaliacao/casos_avaliacao.sql
--! Included comum/nome_qualificado.sql
-- Whether a text is a schema and a name, quoted or not, and nothing more. To be asked before to_regclass and to_regprocedure:
-- they are null for what does not exist, but raise for what is no name at all. Called where a rule's names are checked.
create or replace function audit_interno.nome_qualificado(nome text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select nome ~ '^("([^"]|"")+"|[^\s.",()]+)\.("([^"]|"")+"|[^\s.",()]+)$'
$$;
comment on function audit_interno.nome_qualificado(text) is 'Whether a text is esquema.nome and nothing more.';
--! EndIncluded comum/nome_qualificado.sql
--! Included configuracao/conferir_caminho.sql
-- Why a function's search_path leaves it to its caller what it reads, in one sentence, or null. Called by
-- audit_interno.conferir_regra.
create or replace function audit_interno.conferir_caminho(funcao text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when f.caminho is null then
      format('a função %s não fixa o search_path: sem isso, quem a chama decide que tabelas ela lê; acrescente set search_path = pg_catalog, pg_temp', funcao)
    -- HAZARD: where pg_temp is not named it comes first, and a view that the caller puts there runs its functions as
    -- conferente_dono. An empty path makes the rule say every name in full.
    when f.caminho not in ('', '""') and f.caminho !~ '^((?!\mpg_temp\M).)*(^|[, ])(pg_temp|"pg_temp") *$' then
      format('o search_path da função %s deve nomear pg_temp uma vez, por último: sem isso, tabelas temporárias de quem a chama passam à frente das que ela lê', funcao)
  end
  from (select (
    select substr(c, length('search_path=') + 1)
    from pg_proc p cross join lateral unnest(p.proconfig) as c
    where p.oid = to_regprocedure(conferir_caminho.funcao || '(audit.janela)') and c like 'search\_path=%') as caminho) as f
$$;
comment on function audit_interno.conferir_caminho(text) is 'Why a function of one audit.janela is not safe from its caller''s search path, or null.';
--! EndIncluded configuracao/conferir_caminho.sql
--! Included configuracao/conferir_regra.sql
-- What is wrong with a rule as registered, in one sentence, or null. Called when a rule is registered, by every session, by
-- back-tests and by diagnostico.
create or replace function audit_interno.conferir_regra(regra audit.regras)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_funcao regprocedure;
  v_tabela regclass;
  v_proc pg_proc;
  v_nome text;
  v_faltam text;
  v_defeito text;
begin
  foreach v_nome in array array_remove(array[regra.funcao, regra.preparacao], null) loop
    if not audit_interno.nome_qualificado(v_nome) then
      return format('a função se dá pelo nome, com o esquema e sem argumentos, como regras.trade_marketing, e não %L', v_nome);
    end if;
    -- in another session the same name is another function, of whoever runs the rule
    if exists (
      select from pg_proc p
      where p.oid = to_regprocedure(v_nome || '(audit.janela)')
        and (p.pronamespace = pg_my_temp_schema() or pg_is_other_temp_schema(p.pronamespace)))
    then
      return format('a função %s está num esquema temporário, que cada sessão tem o seu', v_nome);
    end if;
  end loop;
  v_funcao := to_regprocedure(regra.funcao || '(audit.janela)');
  if v_funcao is null then
    return format('não existe a função %s(audit.janela)', regra.funcao);
  end if;
  select * into v_proc from pg_proc p where p.oid = v_funcao;
  if v_proc.prorettype <> 'audit.achado'::regtype or not v_proc.proretset then
    return format('a função %s deve devolver setof audit.achado', regra.funcao);
  end if;
  if v_proc.provolatile = 'v' then
    return format('a função %s deve ser stable: só assim lê a mesma fotografia que o motor, e não escreve', regra.funcao);
  end if;
  if regra.preparacao is not null and to_regprocedure(regra.preparacao || '(audit.janela)') is null then
    return format('não existe a função de preparação %s(audit.janela)', regra.preparacao);
  end if;
  foreach v_nome in array array_remove(array[regra.funcao, regra.preparacao], null) loop
    v_defeito := audit_interno.conferir_caminho(v_nome);
    if v_defeito is not null then
      return v_defeito;
    end if;
  end loop;
  if not audit_interno.nome_qualificado(regra.tabela) then
    return format('a tabela se dá como esquema.tabela, e não %L', regra.tabela);
  end if;
  v_tabela := to_regclass(regra.tabela);
  if v_tabela is null then
    return format('não existe a tabela %s', regra.tabela);
  end if;
  select string_agg(c.coluna, ', ' order by c.coluna) into v_faltam
  from unnest(regra.colunas || array[regra.coluna_chave, regra.coluna_data, regra.coluna_carga, regra.coluna_valor]) as c (coluna)
  where c.coluna is not null and not exists (
    select from pg_attribute a
    where a.attrelid = v_tabela and a.attname = c.coluna and a.attnum > 0 and not a.attisdropped);
  if v_faltam is not null then
    return format('a tabela %s não tem a(s) coluna(s) %s', regra.tabela, v_faltam);
  end if;
  if array_position(regra.colunas, null) is not null then
    return 'há um nome de coluna nulo';
  end if;
  if regra.coluna_chave = any (regra.colunas) then
    return format('a chave %s não pode estar entre as colunas que a regra corrige', regra.coluna_chave);
  end if;
  return null;
end
$$;
comment on function audit_interno.conferir_regra(audit.regras) is 'Why a rule cannot run, or null.';
--! EndIncluded configuracao/conferir_regra.sql
--! Included configuracao/conferir_tipos.sql
-- Which of a rule's date, load time and amount is of a type that the engine cannot go by, in one sentence, or null. Called by
-- audit.registrar_regra alone: a rule that was registered with a date that has a time of day keeps running.
create or replace function audit_interno.conferir_tipos(regra audit.regras)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('%s %s é do tipo %s, e deve ser %s', c.nome, c.coluna, t.tipo, c.deve)
  from (values
    (1, 'coluna_data', regra.coluna_data, '^date$',
      'date: uma janela vai de um dia a outro, e de uma coluna com hora perderia o último'),
    (2, 'coluna_carga', regra.coluna_carga, '^(date|timestamp.*)$', 'timestamptz, timestamp ou date'),
    (3, 'coluna_valor', regra.coluna_valor, '^(smallint|integer|bigint|numeric.*|real|double precision)$',
      'um número, que se soma: numeric, integer, bigint, smallint, double precision ou real')
  ) as c (ordem, nome, coluna, tipos, deve)
  cross join lateral (select audit_interno.tipo_coluna(to_regclass(regra.tabela), c.coluna) as tipo) as t
  where t.tipo !~ c.tipos
  order by c.ordem
  limit 1
$$;
comment on function audit_interno.conferir_tipos(audit.regras) is 'Which column of a rule is of a type that windows and control totals cannot go by, or null.';
--! EndIncluded configuracao/conferir_tipos.sql
--! Included configuracao/experimentar_regra.sql
-- Tries a rule out before it is registered: it must run, prepared, over up to
-- a hundred rows of its table, writing nothing, and return nothing that the engine would refuse. Everything it did is rolled back. What goes
-- wrong is told in one sentence; null when all is well, or when the table cannot be tried yet. Called by
-- audit.registrar_regra alone: sessions call the cheap audit_interno.conferir_regra.
create or replace function audit_interno.experimentar_regra(regra audit.regras)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tabela regclass := to_regclass(regra.tabela);
  v_chaves text[];
  v_codigo text;
  v_erro text;
  v_detalhe text;
begin
  if v_tabela is null then
    return null;
  end if;
  begin
    execute format('select array_agg(x.chave) from (select t.%I::text as chave from %s t limit 100) as x',
      regra.coluna_chave, audit_interno.nome_sql(v_tabela)) into v_chaves;
    if v_chaves is not null then
      if regra.preparacao is not null then
        execute format('select %s($1)', audit_interno.chamada_sql(regra.preparacao))
        using row(null, null, null, null, v_chaves)::audit.janela;
      end if;
      perform audit_interno.ler_sem_escrever(regra.funcao, row(null, null, null, null, v_chaves)::audit.janela);
      perform audit_interno.levantar_achados(regra, row(null, null, null, null, v_chaves)::audit.janela);
      if exists (select from pg_temp.conferente_achado a where a.registro_id <> all (v_chaves)) then
        raise exception using errcode = 'NC012', message = 'devolveu registros que não foram pedidos em janela.chaves';
      end if;
    end if;
    raise exception using errcode = 'NC999', message = 'simulação';
  exception
    when sqlstate 'NC999' then
      return null; -- the trial is undone
    when query_canceled then
      -- told on, never taken back: whoever gave up, or set the limit, is obeyed
      raise exception using errcode = 'query_canceled',
        message = format('a experiência da regra %s foi interrompida: %s', regra.nome, sqlerrm),
        detail = format('função %s, com %s registros', regra.funcao, coalesce(cardinality(v_chaves), 0)),
        hint = 'Se foi o tempo-limite (statement_timeout): a regra não termina, ou lê mais do que os registros de janela.chaves.';
    when others then
      get stacked diagnostics v_codigo = returned_sqlstate, v_erro = message_text, v_detalhe = pg_exception_detail;
      if left(v_codigo, 2) in ('40', '53', '57', '58') then
        raise;
      end if;
      return concat_ws('; ', format('a experiência com %s registros falhou (%s): %s',
        coalesce(cardinality(v_chaves), 0), v_codigo, v_erro), nullif(v_detalhe, ''));
  end;
end
$$;
comment on function audit_interno.experimentar_regra(audit.regras) is 'Why a rule fails when tried on up to a hundred rows, or null. Leaves nothing.';
--! EndIncluded configuracao/experimentar_regra.sql
--! Included configuracao/registrar_regra.sql
-- Registers a rule. Bundled rules are registered by the migration; this is for the business's own.
create or replace function audit.registrar_regra(
  nome text, descricao text, funcao text, tabela text, coluna_chave text, colunas text[],
  coluna_data text default null, coluna_carga text default null, coluna_valor text default null,
  confianca_base numeric default 0.5, limiar numeric default 0.95, automatica boolean default false,
  prioridade integer default 100, preparacao text default null
)
returns audit.regras
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_defeito text;
  v_operacao bigint;
begin
  if coalesce(cardinality(array_remove(registrar_regra.colunas, null)), 0) = 0 then
    raise exception using errcode = 'NC011',
      message = format('regra %s recusada: faltam as colunas por que ela decide', coalesce(registrar_regra.nome, 'sem nome')),
      detail = 'colunas está vazio.',
      hint = 'Dê ao menos uma coluna da tabela, como array[''categoria'']: um achado vale enquanto elas têm o que tinham.';
  end if;
  insert into audit.regras (nome, descricao, funcao, preparacao, tabela, coluna_chave, coluna_data, coluna_carga, coluna_valor,
    colunas, confianca_base, limiar, automatica, prioridade, registrada_por)
  values (registrar_regra.nome, registrar_regra.descricao, registrar_regra.funcao, registrar_regra.preparacao,
    -- one spelling for each table: findings are compared and looked up by it
    coalesce(case when audit_interno.nome_qualificado(registrar_regra.tabela)
      then audit_interno.nome_sql(to_regclass(registrar_regra.tabela)) end, registrar_regra.tabela), registrar_regra.coluna_chave, registrar_regra.coluna_data, registrar_regra.coluna_carga,
    registrar_regra.coluna_valor,
    (select array_agg(distinct c order by c) from unnest(registrar_regra.colunas) as c), registrar_regra.confianca_base,
    registrar_regra.limiar, registrar_regra.automatica, registrar_regra.prioridade, audit_interno.ator())
  returning * into v_regra;
  v_defeito := coalesce(audit_interno.conferir_regra(v_regra), audit_interno.conferir_tipos(v_regra), audit_interno.experimentar_regra(v_regra));
  if v_defeito is not null then
    raise exception using errcode = 'NC011', message = format('regra %s recusada: %s', registrar_regra.nome, v_defeito);
  end if;
  v_operacao := audit_interno.abrir_operacao('regra', regra => v_regra.nome, motivo => v_regra.descricao,
    detalhes => jsonb_build_object('depois', to_jsonb(v_regra)));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_regra;
exception
  when unique_violation then
    raise exception using errcode = 'NC011', message = format('já existe a regra %s', registrar_regra.nome),
      hint = 'Para mudá-la use audit.alterar_regra.';
  when check_violation or not_null_violation or numeric_value_out_of_range then
    raise exception using errcode = 'NC011', message = format('regra %s recusada: %s', coalesce(registrar_regra.nome, 'sem nome'), sqlerrm),
      hint = 'nome: minúsculas, dígitos e _; confianca_base e limiar: de 0 a 1; colunas: ao menos uma.';
end
$$;
comment on function audit.registrar_regra(text, text, text, text, text, text[], text, text, text, numeric, numeric, boolean, integer, text) is
  'Registers a detection rule. funcao: schema-qualified STABLE function f(audit.janela) returning setof audit.achado, with its search_path pinned; given by its name alone; it is tried on up to 100 rows, and the trial is undone. coluna_data: a date; coluna_carga: a time or date; coluna_valor: a number. colunas: what it decides by and may correct. automatica: whether auto mode may correct at or above limiar. Returns the rule. Errors: NC011 says what is wrong with it, 57014 the trial ran into statement_timeout.';
grant execute on function audit.registrar_regra(text, text, text, text, text, text[], text, text, text, numeric, numeric, boolean, integer, text) to conferente_administrador;
--! EndIncluded configuracao/registrar_regra.sql
--! Included avaliacao/exigir_dono.sql
-- Refuses a function whose owner could not have registered it: a back-test runs it with the rights of conferente_dono,
-- whoever asked. STABLE or a read-only transaction would not do: an error message carries out what was read.
-- The owner is asked and not the body, which its owner may replace at any time. Called by audit.avaliar_regra.
create or replace function audit_interno.exigir_dono(funcao text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_dono oid;
begin
  select p.proowner into v_dono from pg_proc p where p.oid = to_regprocedure(exigir_dono.funcao || '(audit.janela)');
  -- a superuser is a member of every role
  if (pg_has_role(v_dono, 'conferente_dono', 'member') or pg_has_role(v_dono, 'conferente_administrador', 'member')) is not true then
    raise exception using errcode = 'insufficient_privilege',
      message = format('a função %s é de %s, que não poderia registrá-la como regra', exigir_dono.funcao, pg_get_userbyid(v_dono)),
      detail = 'Uma avaliação roda a função com os direitos de conferente_dono.',
      hint = format('Ela pode ser de um superusuário ou de um membro de conferente_dono ou conferente_administrador: alter function %s(audit.janela) owner to conferente_dono.',
        audit_interno.chamada_sql(exigir_dono.funcao));
  end if;
end
$$;
comment on function audit_interno.exigir_dono(text) is 'Refuses (42501) a function whose owner is neither a superuser nor a member of conferente_dono or conferente_administrador.';
--! EndIncluded avaliacao/exigir_dono.sql
--! Included avaliacao/avaliar_versao.sql
-- Back-tests one version of a rule over a window. Each test runs in a subtransaction that is rolled back, whatever happens;
-- only the lines it returns remain. outra is the function it is compared with, or null: then an error says which of the two
-- failed, with its code and message unchanged. Called by audit.avaliar_regra alone.
create or replace function audit_interno.avaliar_versao(versao audit.regras, data_inicio date, data_fim date, outra text)
returns setof audit.avaliacao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_linhas audit.avaliacao[] := array[]::audit.avaliacao[];
  v_codigo text;
  v_erro text;
  v_detalhe text;
  v_dica text;
begin
  if versao.funcao = 'regras.pendente_verificacao' then
    begin
      v_linhas := v_linhas || array(
        select a from audit_interno.avaliar_retroteste(versao, avaliar_versao.data_inicio, avaliar_versao.data_fim) a);
      raise exception using errcode = 'NC999', message = 'simulação';
    exception when sqlstate 'NC999' then
      null; -- v_linhas stays, all else is undone
    end;
  end if;
  begin
    v_linhas := v_linhas || array(
      select a from audit_interno.avaliar_decisoes(versao, avaliar_versao.data_inicio, avaliar_versao.data_fim) a);
    raise exception using errcode = 'NC999', message = 'simulação';
  exception when sqlstate 'NC999' then
    null;
  end;
  return query select * from unnest(v_linhas);
exception when query_canceled or others then -- others does not take in who gives up, and which one took too long is to be told as well
  if outra is null then
    raise;
  end if;
  get stacked diagnostics v_codigo = returned_sqlstate, v_erro = message_text, v_detalhe = pg_exception_detail,
    v_dica = pg_exception_hint;
  raise exception using errcode = v_codigo, message = v_erro,
    detail = concat_ws('; ', nullif(v_detalhe, ''), format('função %s', versao.funcao)),
    hint = concat_ws(' ', nullif(v_dica, ''), format('Foi %s que falhou, e não %s.', versao.funcao, outra));
end
$$;
comment on function audit_interno.avaliar_versao(audit.regras, date, date, text) is
  'Back-test of one version of a rule, rolled back. Raises what the rule raises; compared with another, the error names the function.';
--! EndIncluded avaliacao/avaliar_versao.sql
--! Included avaliacao/avaliar_regra.sql
-- Back-tests a rule, and if asked another version of it, over a past window. Everything runs in subtransactions that are
-- rolled back: no finding, no statistic and no row of the warehouse is changed when it returns. Rows that were corrected or
-- mended since are put back for the rule's eyes only; until it returns nobody else can change them. HAZARD: what it runs, it
-- runs as conferente_dono, and reviewers may call it: outra_funcao has to belong to somebody who may register rules.
create or replace function audit.avaliar_regra(regra text, data_inicio date, data_fim date, outra_funcao text default null)
returns setof audit.avaliacao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_versao audit.regras;
  v_funcoes text[];
  v_funcao text;
  v_defeito text;
begin
  select * into v_regra from audit.regras r where r.nome = avaliar_regra.regra;
  if not found then
    raise exception using errcode = 'NC003', message = format('regra desconhecida: %s', coalesce(avaliar_regra.regra, 'nula')),
      hint = 'Existem: ' || (select string_agg(r.nome, ', ' order by r.nome) from audit.regras r) || '.';
  end if;
  if not coalesce(isfinite(data_inicio) and isfinite(data_fim), false) then
    raise exception using errcode = 'NC001', message = 'faltam data_inicio e data_fim, duas datas do calendário',
      hint = 'Uma avaliação olha uma janela do passado.';
  end if;
  if data_inicio > data_fim then
    raise exception using errcode = 'NC002', message = format('janela invertida: %s é depois de %s', data_inicio, data_fim);
  end if;

  v_funcoes := array_remove(array[v_regra.funcao, outra_funcao], null);
  v_versao := v_regra;
  foreach v_funcao in array v_funcoes loop
    v_versao.funcao := v_funcao;
    v_defeito := audit_interno.conferir_regra(v_versao);
    -- the registered function was held to it by an administrator
    if v_defeito is null and v_funcao = outra_funcao then
      perform audit_interno.exigir_dono(outra_funcao);
    end if;
    if v_defeito is not null then
      raise exception using errcode = 'NC011', message = format('não se avalia %s: %s', v_funcao, v_defeito);
    end if;
  end loop;
  foreach v_funcao in array v_funcoes loop
    v_versao.funcao := v_funcao;
    return query select * from audit_interno.avaliar_versao(v_versao, avaliar_regra.data_inicio, avaliar_regra.data_fim,
      nullif(case when v_funcao = outra_funcao then v_regra.funcao else outra_funcao end, v_funcao));
  end loop;
end
$$;
comment on function audit.avaliar_regra(text, date, date, text) is
  'Back-tests a rule over a window of booking dates, both included, and changes nothing. What it finds, with the window''s rows as they were before they were mended, is judged by people''s decisions and by what the rows held later (fonte decisoes); for pendente_verificacao also entries with a real category are asked as if they were pending (fonte retroteste). One line for each band of confidence (reliability table), then só aponta, no limiar and total, where erro_calibracao is the expected calibration error: sum over bands of n_band / n * |precisao - confianca_media| (Naeini et al. 2015; Guo et al. 2017). Shares and confidences go from 0 to 1. outra_funcao: another version of the rule''s function, tried on the same rows and told apart by funcao; it must be fit to be registered, and belong to a superuser or a member of conferente_dono or conferente_administrador. Recall of the registered function is bounded by what it found itself. Errors: NC001 a date is missing or infinite, NC002 window reversed, NC003 unknown rule, NC011 a function that is no rule or does not pin its search_path, 42501 outra_funcao belongs to somebody who could not register it, NC012 a rule that returns nonsense, 55P03 a row is being changed.';
revoke execute on function audit.avaliar_regra(text, date, date, text) from public;
grant execute on function audit.avaliar_regra(text, date, date, text) to conferente_revisor, conferente_operador, conferente_administrador;
--! EndIncluded avaliacao/avaliar_regra.sql
--! Included regras/fim_documento.sql
-- The last character of audit_interno.documento_comparavel, told without the price of it where the number ends in an ASCII letter or
-- digit: equal numbers end alike, so what has no companion by it need not be compared. Anything else at the end (an accent, a bracket,
-- a blank of another kind), and what is longer than is compared, is folded in full, or a spelling would hide a duplicate.
-- Touches nothing; inlined by the planner. Called by audit_interno.duplicidades for every suspect.
create or replace function audit_interno.fim_documento(documento text) returns text
language sql immutable parallel safe
return case
  when pg_catalog.octet_length(documento) <= 200
    and pg_catalog.strpos('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
      pg_catalog.right(pg_catalog.rtrim(documento, ' -./'), 1)) > 0
    then pg_catalog.lower(pg_catalog.right(pg_catalog.rtrim(documento, ' -./'), 1))
  else pg_catalog.right(pg_catalog.rtrim(pg_catalog.regexp_replace(
    audit_interno.dobrar(pg_catalog.left(documento, 200)), '[^a-z0-9]+', '-', 'g'), '-'), 1)
end;

comment on function audit_interno.fim_documento(text) is
  'Last character of a document number made comparable: equal for equal numbers.';
revoke execute on function audit_interno.fim_documento(text) from public;
--! EndIncluded regras/fim_documento.sql
--! Included regras/parcela_dita.sql
-- Which instalment a description says it is, without leading zeros: "parcela 2/3", "parc. 02", "parcela nº 2", "2ª parcela". Empty where
-- it says none. The ordinal is asked first: what follows "2ª parcela" may be a date. A bare number before the word is none, for
-- "em 3 parcelas" says how many. Most texts name no instalment, and are spared both expressions. Touches nothing; inlined by the
-- planner. Called by audit_interno.duplicidades.
create or replace function audit_interno.parcela_dita(descricao text) returns text
language sql immutable parallel safe
return case when audit_interno.dobrar(pg_catalog.left(descricao, 500)) like '%parc%' then coalesce(
    pg_catalog.substring(audit_interno.dobrar(pg_catalog.left(descricao, 500)),
      '\m0*([0-9]{1,3})[.]?[ao°][. ]{0,3}parc(?:ela)?\M'),
    pg_catalog.substring(audit_interno.dobrar(pg_catalog.left(descricao, 500)),
      'parc[a-z]*[^0-9a-z]{0,6}(?:n(?:[or]|um|umero)?[^0-9a-z]{0,3})?0*([0-9]{1,3})'),
    '')
  else '' end;

comment on function audit_interno.parcela_dita(text) is
  'Number of the instalment that a description says it is; empty where it says none.';
revoke execute on function audit_interno.parcela_dita(text) from public;
--! EndIncluded regras/parcela_dita.sql
--! Included regras/duplicidades.sql
-- Finds documents that were booked twice: same supplier (company root, or name where there is no code), same document
-- number, same amount, exactly alike or within valores.dias_duplicidade days and across branches. Flags the later entry
-- only and never proposes a correction. An entry that was reversed and booked again is not a duplicate, nor one that was
-- reversed within those days afterwards, nor are instalments that say so, nor documents without a number. A reversal takes
-- back the latest booking that stands before it. The window restricts what is flagged; twins and reversals may lie outside.
-- Reads dw.lancamentos; changes nothing. Called by regras.validacao_valores.
create or replace function audit_interno.duplicidades(janela audit.janela, confianca_base numeric) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_dias int := coalesce((audit_interno.configuracao('valores.dias_duplicidade') #>> '{}')::int, 10);
  -- to the end of the last day, for within a day entries have places of their own
  v_perto interval := make_interval(days => v_dias, hours => 23);
  v_longe interval := make_interval(days => 2 * v_dias, hours => 23);
  v_inicio date := greatest(janela.data_inicio, '0001-02-01');
  v_fim date := least(janela.data_fim, '9999-12-31');
  -- twice the days before: a reversal between a booking too long ago and its twin is that booking's
  v_de date := greatest(v_inicio - 2 * v_dias, '0001-02-01');
  v_ate date := least(v_fim + v_dias, '9999-12-31');
  v_por_data boolean := janela.carregado_desde is null and janela.carregado_ate is null and janela.chaves is null;
  v_poucas boolean := not v_por_data or v_fim - v_inicio < v_dias;
  v_datas date[];
  v_quantas int;
  v_suspeitas bigint[]; -- an array of constants is looked up by hash, also by parallel workers
begin
  -- Twins and reversals are looked for on the flagged rows' own dates and the days around, so that a day's window reads days,
  -- not the table. What was loaded of late is mostly booked of late: then only its own dates are read, unless they are too many.
  if not v_por_data then
    select array_agg(distinct d.data + g.dias), count(distinct d.data) into v_datas, v_quantas
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
    cross join generate_series(-2 * v_dias, v_dias) g (dias);
    if v_datas is null then
      return;
    end if;
    if v_quantas > 400 then
      v_datas := null;
    end if;
  end if;

  v_suspeitas := array(
    select s.chave
    from audit_interno.chaves_suspeitas(janela, case when v_poucas then v_inicio else v_de end,
      case when v_poucas then v_fim else v_ate end, v_poucas) s (chave));
  if v_suspeitas = '{}' then
    return;
  end if;

  return query
  with numerada as (
    select l.*, audit_interno.documento_comparavel(l.documento) as numero
    from (
      -- then the end of the number, which no spelling changes
      select e.*, count(*) over (partition by e.chave, audit_interno.fim_documento(e.documento)) as companhia
      from (
        -- by name: a warehouse may have further columns, called anything
        select f.id, f.data_lancamento, f.carregado_em, f.filial, f.fornecedor_id, f.fornecedor, f.documento, f.valor, f.descricao,
          audit_interno.chave_duplicidade(f.valor, f.fornecedor_id) as chave
        from dw.lancamentos f
        where audit_interno.chave_duplicidade(f.valor, f.fornecedor_id) = any (v_suspeitas) and f.valor <> 0 and f.documento <> ''
          and f.data_lancamento between v_de and v_ate
          and (v_datas is null or f.data_lancamento = any (v_datas))
        offset 0
      ) e
    ) l
    where l.companhia > 1
  ), comparavel as (
    select l.id, l.data_lancamento, l.carregado_em, l.filial, l.documento, l.valor, l.descricao, l.numero,
      -- without a code by name: a full stop or a legal form otherwise written is no other supplier
      coalesce(audit_interno.raiz_fornecedor(l.fornecedor_id), '=' || audit_interno.nome_canonico(l.fornecedor)) as fornecedor,
      audit_interno.parcela_dita(l.descricao) as parcela
    from (
      select n.*, count(*) over (partition by n.chave, n.numero) as iguais
      from numerada n
      where n.numero is not null
    ) l
    where l.iguais > 1
  ), movimento as (
    select c.*, sign(c.valor) as sinal,
      -- one place for each entry, so that a day's own order counts within the days
      c.data_lancamento + row_number() over documento * interval '1 microsecond' as momento,
      sum(sign(c.valor)) over documento as saldo
    from comparavel c
    where c.fornecedor is not null
    window documento as (
      partition by c.fornecedor, c.numero, c.parcela, abs(c.valor) order by c.data_lancamento, c.carregado_em, c.id
      rows unbounded preceding)
  ), liquida as (
    select m.*,
      -- bookings less reversals up to this one: one booking, its reversal and the new booking leave one. Over the longer time a
      -- reversal meets its booking, over the shorter one nothing old is left to meet
      greatest(m.sinal * sum(m.sinal) over antes, m.sinal * sum(m.sinal) over muito_antes) as liquido,
      -- what was booked last is taken back first: it stands unless the balance falls below the one that it left
      case m.sinal when 1 then min(m.saldo) over depois < m.saldo else max(m.saldo) over depois > m.saldo end as estornada
    from movimento m
    window documento as (partition by m.fornecedor, m.numero, m.parcela, abs(m.valor) order by m.momento),
      antes as (documento range between v_perto preceding and current row),
      muito_antes as (documento range between v_longe preceding and current row),
      depois as (documento range between current row and v_perto following)
  ), par as (
    select l.*,
      lag(l.id) over gemeo as gemeo_id,
      lag(l.data_lancamento) over gemeo as gemeo_data,
      lag(l.filial) over gemeo as gemeo_filial,
      lag(l.documento) over gemeo as gemeo_documento,
      lag(l.descricao) over gemeo as gemeo_descricao
    from liquida l
    where not l.estornada
    window gemeo as (partition by l.fornecedor, l.numero, l.parcela, l.valor order by l.momento)
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

reset role;
