-- Whether two processes may share work: where PostgreSQL may run queries in parallel, except where several workers already run side by side
-- (conferente.lado_a_lado, set by audit_interno.repartir_regra and detectar_parte), and where Citus is: its parallel processes cannot join a
-- transaction over several nodes. Touches nothing. Called by
-- regra_pendente_verificacao.detectar and its preparation.
create or replace function regra_pendente_verificacao.em_metades() returns boolean
language sql stable
return pg_catalog.current_setting('max_parallel_workers_per_gather')::int > 0
  and coalesce(pg_catalog.current_setting('conferente.lado_a_lado', true), '') = ''
  and pg_catalog.to_regclass('pg_catalog.pg_dist_node') is null;

comment on function regra_pendente_verificacao.em_metades() is 'Whether two processes may share work: parallel query is allowed, and no other worker shares it already.';
revoke execute on function regra_pendente_verificacao.em_metades() from public;

-- Gives new categories a number, new supplier names their one spelling and new accounts a key. They are few and entries are many, so each
-- is spelled out only once. For some months, some keys, or everything when both are null. Reads dw.lancamentos, writes
-- estatistica_categoria, estatistica_grafia, estatistica_nome and estatistica_conta. Called before history is counted.
create or replace function regra_pendente_verificacao.conhecer_grafias(meses int[], chaves text[]) returns void
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
  v_contas text[];
begin
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  -- read before writing, because only a pure read may run in parallel
  select array_agg(distinct g.categoria) filter (where btrim(g.categoria) <> ''), array_agg(distinct g.escrito) filter (where g.escrito is not null),
    array_agg(distinct g.conta) filter (where g.conta <> '')
  into v_categorias, v_nomes, v_contas
  from (
    select l.categoria, left(l.fornecedor, 200) as escrito, btrim(l.conta_contabil) as conta
    from dw.lancamentos l
    where (conhecer_grafias.meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim)
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
    group by l.categoria, left(l.fornecedor, 200), btrim(l.conta_contabil)
  ) g;

  v_categorias := array(
    select c from unnest(v_categorias) c where not exists (select 1 from regra_pendente_verificacao.estatistica_grafia g where g.escrita = c));
  insert into regra_pendente_verificacao.estatistica_categoria (categoria)
  select min(c) from unnest(v_categorias) c
  where audit_interno.dobrar_categoria(c) not in (
    select audit_interno.dobrar_categoria(k.categoria) from regra_pendente_verificacao.estatistica_categoria k)
  group by audit_interno.dobrar_categoria(c);
  insert into regra_pendente_verificacao.estatistica_grafia (escrita, categoria)
  select c, min(k.id)
  from unnest(v_categorias) c
  join regra_pendente_verificacao.estatistica_categoria k on audit_interno.dobrar_categoria(k.categoria) = audit_interno.dobrar_categoria(c)
  group by c;

  insert into regra_pendente_verificacao.estatistica_nome (escrito, nome)
  select n.escrito, regras.nome_canonico(n.escrito) from unnest(v_nomes) n (escrito)
  where not exists (select 1 from regra_pendente_verificacao.estatistica_nome k where k.escrito = n.escrito);

  insert into regra_pendente_verificacao.estatistica_conta (chave, conta)
  select hashtextextended(c.conta, 0), c.conta from unnest(v_contas) c (conta)
  on conflict (chave) do nothing;

  -- Statistics that say empty (after a rolled back count, or while a table was being vacuumed) would make the planner compare every name
  -- with every text.
  if exists (select 1 from pg_class c where c.oid in ('regra_pendente_verificacao.estatistica_categoria'::regclass, 'regra_pendente_verificacao.estatistica_grafia'::regclass, 'regra_pendente_verificacao.estatistica_nome'::regclass)
    and c.reltuples <= 0)
  then
    analyze regra_pendente_verificacao.estatistica_categoria, regra_pendente_verificacao.estatistica_grafia, regra_pendente_verificacao.estatistica_nome;
  end if;
end
$$;

comment on function regra_pendente_verificacao.conhecer_grafias(int[], text[]) is 'Numbers for new categories and one spelling for new supplier names.';
revoke execute on function regra_pendente_verificacao.conhecer_grafias(int[], text[]) from public;

-- Gives each category the spelling of most of its entries, counted only where it has several. Reads dw.lancamentos; writes
-- estatistica_grafia and estatistica_categoria. Called by regra_pendente_verificacao.preparar when it fits again, and when a spelling is
-- new.
create or replace function regra_pendente_verificacao.eleger_grafias() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_varias text[] := array(
    select g.escrita from regra_pendente_verificacao.estatistica_grafia g
    where g.categoria in (select x.categoria from regra_pendente_verificacao.estatistica_grafia x group by x.categoria having count(*) > 1));
begin
  update regra_pendente_verificacao.estatistica_grafia g set linhas = 0 where g.linhas is null;
  if v_varias <> '{}' then
    update regra_pendente_verificacao.estatistica_grafia g
    set linhas = c.linhas
    from (select l.categoria::text as escrita, count(*) as linhas from dw.lancamentos l where l.categoria = any (v_varias) group by 1) c
    where g.escrita = c.escrita and g.linhas <> c.linhas;
  end if;
  update regra_pendente_verificacao.estatistica_categoria k
  set categoria = g.escrita
  from (
    select distinct on (x.categoria) x.categoria, x.escrita from regra_pendente_verificacao.estatistica_grafia x
    order by x.categoria, x.linhas desc, x.escrita
  ) g
  where k.id = g.categoria and k.categoria <> g.escrita;
end
$$;

comment on function regra_pendente_verificacao.eleger_grafias() is 'Gives each category the spelling that most of its entries have.';
revoke execute on function regra_pendente_verificacao.eleger_grafias() from public;

-- The names and words with which each company was booked in each month, for some months, some entries, or everything when both are null.
-- Covers the entries that contar_historia counts, if they have a code. Reads dw.lancamentos, the audit tables, estatistica_grafia and
-- estatistica_nome; changes nothing. Called by regra_pendente_verificacao.contar_meses and contar_chegadas.
create or replace function regra_pendente_verificacao.contar_fornecedores(meses int[], chaves text[]) returns setof regra_pendente_verificacao.estatistica_fornecedor
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_inicio date;
  v_fim date;
begin
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  if chaves is null and audit_interno.distribuida('dw.lancamentos') then
    return query
    select t.raiz, t.nome, t.mes, t.quantos::int, array(
      select distinct p from unnest(t.textos) x cross join lateral string_to_table(x, ' ') p where length(p) >= 4 order by p)
    from regra_pendente_verificacao.textos_nos(meses) t;
    return;
  end if;
  return query
  with g as materialized (
    select regra_pendente_verificacao.mes_indice(l.data_lancamento) as mes, left(l.fornecedor, 200) as escrito, l.fornecedor_id, l.descricao, count(*) as linhas
    from dw.lancamentos l
    where l.categoria in (
        select k.escrita from regra_pendente_verificacao.estatistica_grafia k
        where audit_interno.dobrar_categoria(k.escrita) <> all (v_pendentes || ''::text))
      and l.fornecedor_id <> ''
      and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
        and regra_pendente_verificacao.mes_indice(l.data_lancamento) = any (meses))
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    group by 1, 2, 3, 4
  ), f as materialized (
    select regras.raiz_fornecedor(g.fornecedor_id) as raiz, coalesce(n.nome, '') as nome, g.mes, g.linhas,
      nullif(regras.palavras_texto(g.descricao), '') as texto
    from g
    left join regra_pendente_verificacao.estatistica_nome n on n.escrito = g.escrito
    offset 0
  ), p as (
    select f.raiz, f.nome, f.mes, array_agg(distinct w) as palavras
    from (select distinct f.raiz, f.nome, f.mes, f.texto from f where f.texto is not null) f
    cross join lateral string_to_table(f.texto, ' ') w
    where length(w) >= 4
    group by 1, 2, 3
  )
  select t.raiz, t.nome, t.mes, t.textos, coalesce(p.palavras, '{}')
  from (
    select f.raiz, f.nome, f.mes, coalesce(sum(f.linhas) filter (where f.texto is not null), 0)::int as textos
    from f
    where f.raiz is not null and f.mes is not null
    group by 1, 2, 3
  ) t
  left join p on p.raiz = t.raiz and p.nome = t.nome and p.mes = t.mes;
end
$$;

comment on function regra_pendente_verificacao.contar_fornecedores(int[], text[]) is
  'Names and words under which each company was booked in each month: of some months, of some entries, or of all.';
revoke execute on function regra_pendente_verificacao.contar_fornecedores(int[], text[]) from public;

-- Counts the history that the rule may learn from: how often each key of each level went with a category in each booking month, for some
-- months, some entries, or everything when both are null. Never learns from entries that are pending, have no category or no usable date,
-- or that we corrected without a person's decision. Words have a separate query that groups by text first, so that amounts do not multiply
-- words. Where regra_pendente_verificacao.em_metades allows it, one process counts the even months and another the odd ones (metade): return
-- query may run in parallel, and insert may not. Reads dw.lancamentos, the audit tables, estatistica_grafia and estatistica_nome (which must
-- already contain the entries' categories and names); changes nothing. Called by regra_pendente_verificacao.contar_meses and contar_chegadas.
create or replace function regra_pendente_verificacao.contar_historia(meses int[], chaves text[], metade int default null)
returns table (nivel smallint, chave bigint, mes int, categoria int, linhas int)
-- the cost makes it worth a parallel process of its own
language plpgsql stable parallel safe cost 1e9 rows 1000000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_inicio date;
  v_fim date;
begin
  if metade is null and chaves is null and cardinality(meses) is distinct from 1 and regra_pendente_verificacao.em_metades() then
    return query
    select h.* from regra_pendente_verificacao.contar_historia(meses, null, 0) h
    union all
    select h.* from regra_pendente_verificacao.contar_historia(meses, null, 1) h;
    return;
  end if;
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  if chaves is null and audit_interno.distribuida('dw.lancamentos') then
    return query select * from regra_pendente_verificacao.contar_historia_nos(meses);
  else
    return query
    select f.nivel, f.chave, h.mes, h.categoria, count(*)::int
    from (
      select regra_pendente_verificacao.mes_indice(l.data_lancamento) as mes, c.id as categoria, n.nome, r.raiz,
        nullif(btrim(l.fornecedor_id), '') as codigo, nullif(btrim(l.centro_custo), '') as centro, nullif(btrim(l.conta_contabil), '') as conta,
        l.valor
      from dw.lancamentos l
      join (
        select k.categoria as id, k.escrita
        from regra_pendente_verificacao.estatistica_grafia k
        where audit_interno.dobrar_categoria(k.escrita) <> all (v_pendentes || ''::text)
        offset 0
      ) c on c.escrita = l.categoria
      left join regra_pendente_verificacao.estatistica_nome n on n.escrito = left(l.fornecedor, 200)
      cross join lateral (select regras.raiz_fornecedor(l.fornecedor_id) as raiz offset 0) r
      where btrim(l.categoria) <> ''
        and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
          and regra_pendente_verificacao.mes_indice(l.data_lancamento) = any (meses))
        and (metade is null or regra_pendente_verificacao.mes_indice(l.data_lancamento) & 1 <> 1 - metade)
        and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
        and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
      -- or each of these expressions would be evaluated again for every key
      offset 0
    ) h
    cross join lateral regra_pendente_verificacao.chaves(h.raiz, h.nome, h.codigo, h.centro, h.conta, h.valor) f
    where h.mes is not null
    group by f.nivel, f.chave, h.mes, h.categoria;

    return query
    select f.nivel, f.chave, h.mes, c.id, sum(h.linhas)::int
    from (
      select g.mes, g.categoria, g.escrito, g.fornecedor_id, g.descricao, g.linhas, regras.palavras_texto(g.descricao) as texto,
        regras.raiz_fornecedor(g.fornecedor_id) as raiz
      from (
        -- each text of a supplier is split into words once
        select regra_pendente_verificacao.mes_indice(l.data_lancamento) as mes, l.categoria, left(l.fornecedor, 200) as escrito, l.fornecedor_id,
          l.descricao, count(*) as linhas
        from dw.lancamentos l
        where btrim(l.categoria) <> ''
          and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
            and regra_pendente_verificacao.mes_indice(l.data_lancamento) = any (meses))
          and (metade is null or regra_pendente_verificacao.mes_indice(l.data_lancamento) & 1 <> 1 - metade)
          and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
          and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
        group by regra_pendente_verificacao.mes_indice(l.data_lancamento), l.categoria, left(l.fornecedor, 200), l.fornecedor_id, l.descricao
      ) g
      offset 0
    ) h
    join (
      select k.categoria as id, k.escrita
      from regra_pendente_verificacao.estatistica_grafia k
      where audit_interno.dobrar_categoria(k.escrita) <> all (v_pendentes || ''::text)
      offset 0
    ) c on c.escrita = h.categoria
    left join regra_pendente_verificacao.estatistica_nome n on n.escrito = h.escrito
    cross join lateral regra_pendente_verificacao.chaves_texto(coalesce(h.raiz, '=' || n.nome), n.nome, h.texto) f
    where h.mes is not null
    group by f.nivel, f.chave, h.mes, c.id;
  end if;

  -- accounts that hold waiting entries, about which nothing else is learned (22), and each category's negative entries (23)
  return query
  select g.nivel, g.chave, g.mes, g.categoria, count(*)::int
  from (
    select regra_pendente_verificacao.mes_indice(l.data_lancamento) as mes, x.nivel, x.chave, x.categoria
    from dw.lancamentos l
    left join (
      select k.escrita, case when audit_interno.dobrar_categoria(k.escrita) <> all (v_pendentes || ''::text) then k.categoria end as id
      from regra_pendente_verificacao.estatistica_grafia k
      offset 0
    ) c on c.escrita = l.categoria
    cross join lateral (values
      (22::smallint, hashtextextended(btrim(l.conta_contabil), 0), 0,
        btrim(l.conta_contabil) <> '' and (l.categoria is null or btrim(l.categoria) = '' or c.escrita is not null and c.id is null)),
      (23::smallint, 0::bigint, c.id, c.id is not null and btrim(l.categoria) <> '' and l.valor < 0
        and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id))))
    ) x (nivel, chave, categoria, serve)
    where x.serve
      and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
        and regra_pendente_verificacao.mes_indice(l.data_lancamento) = any (meses))
      and (metade is null or regra_pendente_verificacao.mes_indice(l.data_lancamento) & 1 <> 1 - metade)
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
  ) g
  where g.mes is not null
  group by 1, 2, 3, 4;
end
$$;

comment on function regra_pendente_verificacao.contar_historia(int[], text[], int) is
  'Counts of the learnable history by level, key, booking month and category: of some months, of some keys, or of all.';
revoke execute on function regra_pendente_verificacao.contar_historia(int[], text[], int) from public;

-- Counts the history of the given booking months again, or of all months when null. Reads dw.lancamentos and the audit tables; writes only
-- regra_pendente_verificacao.estatistica_*. Called by regra_pendente_verificacao.preparar.
create or replace function regra_pendente_verificacao.contar_meses(meses int[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
begin
  delete from regra_pendente_verificacao.estatistica_contagem c where contar_meses.meses is null or c.mes = any (meses);
  delete from regra_pendente_verificacao.estatistica_mes m where contar_meses.meses is null or m.mes = any (meses);
  delete from regra_pendente_verificacao.estatistica_fornecedor f where contar_meses.meses is null or f.mes = any (meses);
  perform regra_pendente_verificacao.conhecer_grafias(meses, null);
  insert into regra_pendente_verificacao.estatistica_fornecedor select * from regra_pendente_verificacao.contar_fornecedores(meses, null);

  -- In order of the key: an index fills many times faster from left to right, and rows that are read together lie together. The key stays,
  -- because conferente_regra may create nothing in this schema, not even an index to replace it.
  insert into regra_pendente_verificacao.estatistica_contagem (nivel, chave, mes, categoria, linhas)
  select h.nivel, h.chave, h.mes, h.categoria, h.linhas
  from regra_pendente_verificacao.contar_historia(meses, null) h
  order by h.nivel, h.chave, h.mes, h.categoria;
  insert into regra_pendente_verificacao.estatistica_mes (mes, linhas)
  select c.mes, sum(c.linhas)
  from regra_pendente_verificacao.estatistica_contagem c
  where c.nivel = 0 and c.chave = 0 and (contar_meses.meses is null or c.mes = any (meses))
  group by c.mes;
end
$$;

comment on function regra_pendente_verificacao.contar_meses(int[]) is 'Recounts the learnable history of some booking months, or of all when null.';
revoke execute on function regra_pendente_verificacao.contar_meses(int[]) from public;

-- Adds entries that were not counted yet to the counts; meses: their booking months. HAZARD: adding an entry twice goes unnoticed, so each
-- must be known to be new, see regra_pendente_verificacao.acompanhar_historia. Reads dw.lancamentos and the audit tables; writes
-- regra_pendente_verificacao.estatistica_*.
create or replace function regra_pendente_verificacao.contar_chegadas(meses int[], chaves text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if chaves is null then
    return;
  end if;
  perform regra_pendente_verificacao.conhecer_grafias(meses, chaves);
  insert into regra_pendente_verificacao.estatistica_fornecedor as f
  select * from regra_pendente_verificacao.contar_fornecedores(meses, chaves)
  on conflict (raiz, nome, mes) do update set textos = f.textos + excluded.textos,
    palavras = array(select distinct w from unnest(f.palavras || excluded.palavras) w);
  with somada as (
    insert into regra_pendente_verificacao.estatistica_contagem as c (nivel, chave, mes, categoria, linhas)
    select h.nivel, h.chave, h.mes, h.categoria, h.linhas
    from regra_pendente_verificacao.contar_historia(meses, chaves) h
    on conflict (nivel, chave, mes, categoria) do update set linhas = c.linhas + excluded.linhas
    returning c.nivel, c.mes
  )
  insert into regra_pendente_verificacao.estatistica_mes as m (mes, linhas)
  select c.mes, 0 from (select distinct s.mes from somada s where s.nivel = 0) c
  on conflict (mes) do nothing;
  update regra_pendente_verificacao.estatistica_mes m
  set linhas = t.linhas
  from (
    select c.mes, sum(c.linhas) as linhas from regra_pendente_verificacao.estatistica_contagem c
    where c.nivel = 0 and c.chave = 0
    group by c.mes
  ) t
  where t.mes = m.mes and t.linhas <> m.linhas;
end
$$;

comment on function regra_pendente_verificacao.contar_chegadas(int[], text[]) is 'Adds entries that were not counted yet to the counts.';
revoke execute on function regra_pendente_verificacao.contar_chegadas(int[], text[]) from public;

-- Records how far the ledger was read: rows loaded since the limit one by one, older ones as a number for each booking month (of some
-- months; of all when null). More than 100,000 rows are not recorded one by one; then any change among them makes everything be counted
-- again. Reads dw.lancamentos; writes estatistica_borda and estatistica_antigas. Called by regra_pendente_verificacao.preparar, which keeps
-- the numbers returned.
create or replace function regra_pendente_verificacao.marcar_borda(limite timestamptz, meses int[], out linhas bigint, out ultima timestamptz)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_inicio date;
  v_fim date;
begin
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  delete from regra_pendente_verificacao.estatistica_antigas a where marcar_borda.meses is null or a.mes = any (meses);
  insert into regra_pendente_verificacao.estatistica_antigas (mes, linhas)
  select regra_pendente_verificacao.mes_indice(l.data_lancamento), count(*)
  from dw.lancamentos l
  where (l.carregado_em < limite or l.carregado_em is null) and regra_pendente_verificacao.mes_indice(l.data_lancamento) is not null
    and (marcar_borda.meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
      and regra_pendente_verificacao.mes_indice(l.data_lancamento) = any (meses))
  group by 1;

  select count(*), max(l.carregado_em) into linhas, ultima from dw.lancamentos l where l.carregado_em >= limite;
  delete from regra_pendente_verificacao.estatistica_borda;
  if linhas <= 100000 then
    insert into regra_pendente_verificacao.estatistica_borda (registro_id, carregado_em, mes)
    select l.id::text, l.carregado_em, regra_pendente_verificacao.mes_indice(l.data_lancamento) from dw.lancamentos l where l.carregado_em >= limite;
  end if;
end
$$;

comment on function regra_pendente_verificacao.marcar_borda(timestamptz, int[]) is
  'Remembers which rows loaded since the limit are counted, and how many older ones each month has. Returns rows since the limit and the last load time.';
revoke execute on function regra_pendente_verificacao.marcar_borda(timestamptz, int[]) from public;

-- Brings the counts up to date at the cost of what changed. New rows are added. A month is counted again if one of its rows was changed,
-- deleted or moved, which shows as rows missing from the recorded ones (see regra_pendente_verificacao.marcar_borda), or if we changed
-- something in it that had been learned. Relies on the contract: a load that changes a row sets carregado_em. Reads dw.lancamentos and the
-- audit tables; writes regra_pendente_verificacao.estatistica_*. Returns the months counted again. Called by
-- regra_pendente_verificacao.preparar.
create or replace function regra_pendente_verificacao.acompanhar_historia(limite timestamptz, operacao_ate bigint, limite_novo timestamptz) returns int[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- these joins read what has just changed or arrived, when the planner's statistics still say that there is nothing
set enable_nestloop = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
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
  -- What each row held when it was last counted: pending, and so not learned, or something else. One pass over what we changed since: with
  -- stale statistics, looking up row by row became a pass for each row.
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
    select l.id::text as id, regra_pendente_verificacao.mes_indice(l.data_lancamento) as mes, l.carregado_em
    from dw.lancamentos l where l.carregado_em >= limite
  ), alterada as (
    select l.id::text as id, regra_pendente_verificacao.mes_indice(l.data_lancamento) as mes, coalesce(l.id::text = any (v_eram_pendentes), false) as era_pendente
    from dw.lancamentos l
    where l.id = any (audit_interno.chaves_como(v_alteradas, (null::dw.lancamentos).id))
  ), chegada as materialized (
    select l.id, l.mes from lida l
    where not exists (
      select 1 from regra_pendente_verificacao.estatistica_borda b where b.registro_id = l.id and b.carregado_em = l.carregado_em)
    union
    select a.id, a.mes from alterada a where a.era_pendente
  ), mexida as (
    select a.mes from alterada a where not a.era_pendente
    union
    select b.mes from regra_pendente_verificacao.estatistica_borda b
    where not exists (select 1 from lida l where l.id = b.registro_id and l.carregado_em = b.carregado_em)
  )
  select (select array_agg(distinct m.mes) from mexida m where m.mes is not null),
    array_agg(distinct c.mes), array_agg(c.id order by c.id)
  into v_refazer, v_meses, v_chegadas
  from chegada c
  where c.mes is not null;

  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(v_meses) m;

  -- older rows that are fewer or more than they were; an expression and not select into, which never runs in parallel
  v_refazer := (
    select array_agg(distinct m.mes)
    from (
      select r.mes from unnest(v_refazer) r (mes)
      union
      select m.mes
      from unnest(v_meses) m (mes)
      left join (
        select regra_pendente_verificacao.mes_indice(l.data_lancamento) as mes, count(*) as linhas
        from dw.lancamentos l
        where l.data_lancamento >= v_inicio and l.data_lancamento < v_fim and (l.carregado_em < limite or l.carregado_em is null)
        group by 1
      ) a on a.mes = m.mes
      left join regra_pendente_verificacao.estatistica_antigas e on e.mes = m.mes
      where coalesce(a.linhas, 0) <> coalesce(e.linhas, 0)
    ) m
  );

  if v_refazer is not null then
    perform regra_pendente_verificacao.contar_meses(v_refazer);
    select array_agg(l.id::text), array_agg(distinct regra_pendente_verificacao.mes_indice(l.data_lancamento))
    into v_chegadas, v_meses
    from dw.lancamentos l
    where l.id = any (audit_interno.chaves_como(v_chegadas, (null::dw.lancamentos).id))
      and regra_pendente_verificacao.mes_indice(l.data_lancamento) <> all (v_refazer);
  end if;
  perform regra_pendente_verificacao.contar_chegadas(v_meses, v_chegadas);

  -- rows that have become old since
  insert into regra_pendente_verificacao.estatistica_antigas as a (mes, linhas)
  select regra_pendente_verificacao.mes_indice(l.data_lancamento), count(*)
  from dw.lancamentos l
  where l.carregado_em >= limite and l.carregado_em < limite_novo and regra_pendente_verificacao.mes_indice(l.data_lancamento) is not null
  group by 1
  on conflict (mes) do update set linhas = a.linhas + excluded.linhas;
  return coalesce(v_refazer, '{}');
end
$$;

comment on function regra_pendente_verificacao.acompanhar_historia(timestamptz, bigint, timestamptz) is
  'Adds what came to the counts and counts months again in which something was changed. Returns those months.';
revoke execute on function regra_pendente_verificacao.acompanhar_historia(timestamptz, bigint, timestamptz) from public;
