--! Previous: sha1:e38b72dd48681c94b70f595ae3c57a7f0ffd31e6
--! Hash: sha1:56cc71e3b74b395a4459c95d1d5560d251232a83
--! Message: calibration converges

set local role conferente_dono;

--! Included regras/medir_niveis.sql
-- What the history knew of each entry of a back-test at each level: how many earlier entries (total), and how many of them of the right
-- category (certas), counted as audit_interno.pontuar_pendencias counts them. metade: of all suppliers (null) or of one half (0, 1). Reads
-- the statistics and dw.lancamentos; changes nothing. Called by audit_interno.medir_em_metades.
create or replace function audit_interno.medir_niveis(retroteste int4range, amostra int, metade int default null)
returns table (id text, nivel smallint, total double precision, certas double precision)
-- the cost says: worth a process of its own
language plpgsql stable parallel safe cost 1e9 rows 30000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off
as $$
declare
  v_meses int := coalesce((audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int, 36);
begin
  return query
  with k as materialized (
    select e.id, e.corte, e.certa, c.nivel, c.chave
    from audit_interno.entradas_pendencia(null, retroteste, amostra, metade) e
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
end
$$;

comment on function audit_interno.medir_niveis(int4range, int, int) is
  'Earlier entries and those of the right category for each entry of a back-test at each level.';
revoke execute on function audit_interno.medir_niveis(int4range, int, int) from public;
--! EndIncluded regras/medir_niveis.sql
--! Included regras/medir_em_metades.sql
-- As medir_niveis, by two processes where audit_interno.em_metades allows it: each takes half of the suppliers. Return query, because insert
-- never runs in parallel. Reads what medir_niveis reads; changes nothing. Called by audit_interno.ajustar_alfas.
create or replace function audit_interno.medir_em_metades(retroteste int4range, amostra int)
returns table (id text, nivel smallint, total double precision, certas double precision)
language plpgsql stable rows 30000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if not audit_interno.em_metades() then
    return query select m.* from audit_interno.medir_niveis(retroteste, amostra) m;
    return;
  end if;
  return query
  select m.* from audit_interno.medir_niveis(retroteste, amostra, 0) m
  union all
  select m.* from audit_interno.medir_niveis(retroteste, amostra, 1) m;
end
$$;

comment on function audit_interno.medir_em_metades(int4range, int) is 'As audit_interno.medir_niveis, by two processes where it pays.';
revoke execute on function audit_interno.medir_em_metades(int4range, int) from public;
--! EndIncluded regras/medir_em_metades.sql
--! Included regras/ajustar_alfas.sql
-- Fits how strongly each level is shrunk towards the wider one, by maximum likelihood on the back-test: level after level,
-- the strength under which the true categories were most probable, or none at all (1e9) where the level only misleads.
-- A supplier with one entry proves little on one ledger and much on another: this is where that is learned. Reads the
-- statistics and dw.lancamentos; writes estatistica_peso. Called by audit_interno.calibrar_historia.
create or replace function audit_interno.ajustar_alfas(retroteste int4range, amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_nivel record;
  v_alfa double precision;
  -- the running probability of each entry's true category
  v_p double precision[];
begin
  delete from audit_interno.estatistica_peso p where p.nome like 'alfa\_%';

  for v_nivel in
    with m as materialized (
      select * from audit_interno.medir_em_metades(retroteste, amostra)
    )
    -- one array for each level, entries in one order; nulls where a level knows nothing of an entry
    select n.nivel, array_agg(m.total order by e.id) as totais, array_agg(m.certas order by e.id) as certas
    from (select m.id from m where m.nivel = 0) e
    cross join generate_series(0, 11) n (nivel)
    left join m on m.id = e.id and m.nivel = n.nivel
    group by n.nivel
    order by n.nivel
  loop
    if v_nivel.nivel = 0 then
      v_p := array(select (u.certas + 0.1) / (u.total + 10)
        from unnest(v_nivel.certas, v_nivel.totais) with ordinality u (certas, total, n) order by u.n);
      continue;
    end if;

    select g.alfa into v_alfa
    from unnest('{0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 4, 8, 16, 40, 100, 400, 1e9}'::double precision[]) g (alfa)
    cross join unnest(v_nivel.certas, v_nivel.totais, v_p) u (certas, total, p)
    where u.total is not null
    group by g.alfa
    -- a level seen in few entries keeps its default
    having count(*) >= 100
    order by sum(ln((u.certas + g.alfa * u.p) / (u.total + g.alfa))) desc
    limit 1;
    if v_alfa is not null then
      insert into audit_interno.estatistica_peso (nome, peso) values ('alfa_' || v_nivel.nivel, v_alfa);
    end if;

    v_p := array(select coalesce((u.certas + a.peso * u.p) / (u.total + a.peso), u.p)
      from audit_interno.alfas() a, unnest(v_nivel.certas, v_nivel.totais, v_p) with ordinality u (certas, total, p, n)
      where a.nivel = v_nivel.nivel order by u.n);
  end loop;
end
$$;

comment on function audit_interno.ajustar_alfas(int4range, int) is 'Fits the shrinkage of each level on the ledger''s own past.';
revoke execute on function audit_interno.ajustar_alfas(int4range, int) from public;
--! EndIncluded regras/ajustar_alfas.sql
drop table audit_interno.estatistica_ajuste;
--! Included regras/ajustar_lambdas.sql
-- Fits the weight of the words and the account in each class of audit_interno.classe_apoio: the one of a grid under which the
-- right categories of the back-test were most probable; a class seen in fewer than a hundred entries keeps its default. Of the
-- back-test's entries at most so many are read (amostra). Reads estatistica_pergunta; writes estatistica_peso. Called by
-- audit_interno.calibrar_historia, after the strengths of the levels are known and before the calibration.
create or replace function audit_interno.ajustar_lambdas(amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  delete from audit_interno.estatistica_peso p where p.nome like 'lambda\_%';

  with pergunta as materialized (
    select q.classe, q.bases, q.palavras, array_position(q.categorias, q.certa) as certa,
      -- scores are told apart by their difference; the largest is about here, and exp() of it in range
      q.bases[1] as base, q.palavras[1] as palavra
    from (
      select x.*, dense_rank() over (order by hashtextextended(x.id, 1)) as sorte from audit_interno.estatistica_pergunta x
    ) q
    where q.sorte <= amostra
  ), peso as (
    -- for each weight tried, how probable it makes the right category
    -- (of one that was not among the categories the least: next to nought)
    select p.classe, g.lambda, count(*) as casos, sum(ln(0.001 + 0.999
      * exp(least(greatest(p.bases[p.certa] - p.base + g.lambda * (p.palavras[p.certa] - p.palavra), -300), 300)) / n.soma)) as verossimilhanca
    from pergunta p
    cross join unnest('{0, 0.03, 0.06, 0.1, 0.2, 0.35, 0.6, 1}'::double precision[]) g (lambda)
    cross join lateral (
      select sum(exp(least(greatest(c.base - p.base + g.lambda * (c.palavra - p.palavra), -300), 300))) as soma
      from unnest(p.bases, p.palavras) c (base, palavra)
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

comment on function audit_interno.ajustar_lambdas(int) is 'Fits the weight of words and account in each class of knowledge on the ledger''s own past.';
revoke execute on function audit_interno.ajustar_lambdas(int) from public;
--! EndIncluded regras/ajustar_lambdas.sql
--! Included regras/ajustar_curvas.sql
-- Fits the logistic calibration to the back-test (Platt 1999) by Newton's method, entries with and without a known account apart: one
-- slope each on the raw score's log-odds, on the months without history, on how often the very same payment was made before and on
-- the supplier's latest entries; an intercept for each class of knowledge. An account that settles everything says nothing of the
-- entries without one. Few cases move little: the slopes are drawn towards the modest curve that serves a ledger without a past
-- (0.22: a raw .999 becomes .82), the intercepts towards the mean of the four and nought. Pooled over the classes, because a curve of its own for each
-- class follows the class's few errors, which come in clusters. Reads audit_interno.estatistica_retroteste, writes
-- estatistica_curva. Called by audit_interno.calibrar_pendencias.
create or replace function audit_interno.ajustar_curvas() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_passo double precision;
begin
  delete from audit_interno.estatistica_curva;
  insert into audit_interno.estatistica_curva (classe, a, b, g, h, r) select n, 0, 0.22, 0, 0, 0 from generate_series(0, 7) n;

  for v_volta in 1..30 loop
    with s as (
      select r.classe, r.acertou - u.p as erro, u.p * (1 - u.p) as w,
        r.chance as x1, ln(1 + r.lacuna) as x2, r.repetida as x3, r.recente as x4
      from audit_interno.estatistica_retroteste r
      join audit_interno.estatistica_curva k on k.classe = r.classe
      cross join lateral (
        select audit_interno.curva(k.a, k.b, k.g, k.h, k.r, r.chance, r.lacuna, r.repetida, r.recente) as p offset 0) u
    ), soma as materialized (
      -- gradient (d) and curvature (h) of the intercept (0) and of each slope (1 to 4)
      select s.classe, sum(s.w) as h00,
        sum(s.w * s.x1) as h01, sum(s.w * s.x2) as h02, sum(s.w * s.x3) as h03, sum(s.w * s.x4) as h04,
        sum(s.w * s.x1 * s.x1) as h11, sum(s.w * s.x1 * s.x2) as h12, sum(s.w * s.x1 * s.x3) as h13, sum(s.w * s.x1 * s.x4) as h14,
        sum(s.w * s.x2 * s.x2) as h22, sum(s.w * s.x2 * s.x3) as h23, sum(s.w * s.x2 * s.x4) as h24,
        sum(s.w * s.x3 * s.x3) as h33, sum(s.w * s.x3 * s.x4) as h34, sum(s.w * s.x4 * s.x4) as h44,
        sum(s.erro) as d0, sum(s.erro * s.x1) as d1, sum(s.erro * s.x2) as d2, sum(s.erro * s.x3) as d3, sum(s.erro * s.x4) as d4
      from s
      group by s.classe
    ), classe as (
      select k.classe, k.classe / 4 as grupo, 3 + coalesce(n.h00, 0) as h00,
        coalesce(n.d0, 0) - 3 * (k.a - sum(k.a) over (partition by k.classe / 4) / 5) as d0,
        array[coalesce(n.h01, 0), coalesce(n.h02, 0), coalesce(n.h03, 0), coalesce(n.h04, 0)] as h0
      from audit_interno.estatistica_curva k
      left join soma n on n.classe = k.classe
    ), grupo as (
      select k.classe / 4 as grupo,
        array[
          array[15 + coalesce(sum(n.h11), 0), coalesce(sum(n.h12), 0), coalesce(sum(n.h13), 0), coalesce(sum(n.h14), 0)],
          array[coalesce(sum(n.h12), 0), 15 + coalesce(sum(n.h22), 0), coalesce(sum(n.h23), 0), coalesce(sum(n.h24), 0)],
          array[coalesce(sum(n.h13), 0), coalesce(sum(n.h23), 0), 15 + coalesce(sum(n.h33), 0), coalesce(sum(n.h34), 0)],
          array[coalesce(sum(n.h14), 0), coalesce(sum(n.h24), 0), coalesce(sum(n.h34), 0), 15 + coalesce(sum(n.h44), 0)]] as h,
        array[
          coalesce(sum(n.d1), 0) - 15 * (max(k.b) - 0.22), coalesce(sum(n.d2), 0) - 15 * max(k.g),
          coalesce(sum(n.d3), 0) - 15 * max(k.h), coalesce(sum(n.d4), 0) - 15 * max(k.r)] as d
      from audit_interno.estatistica_curva k
      left join soma n on n.classe = k.classe
      group by k.classe / 4
    ), passo as (
      -- one system for each group: its four intercepts, then the slopes that they share
      select g.grupo, audit_interno.resolver_sistema(
        (select array_agg(l.linha order by l.n) from (
          select c.classe % 4 as n,
            array(select case when j = c.classe % 4 then c.h00 else 0 end - 0.6::double precision from generate_series(0, 3) j) || c.h0 as linha
          from classe c where c.grupo = g.grupo
          union all
          select 3 + i, array(select c.h0[i] from classe c where c.grupo = g.grupo order by c.classe)
            || array(select g.h[i][j] from generate_series(1, 4) j)
          from generate_series(1, 4) i) l),
        array(select c.d0 from classe c where c.grupo = g.grupo order by c.classe) || g.d) as p
      from grupo g
    ), andado as (
      -- no step longer than a half
      update audit_interno.estatistica_curva k
      set a = k.a + greatest(-0.5, least(0.5, p.p[1 + k.classe % 4])), b = k.b + greatest(-0.5, least(0.5, p.p[5])),
        g = k.g + greatest(-0.5, least(0.5, p.p[6])), h = k.h + greatest(-0.5, least(0.5, p.p[7])),
        r = k.r + greatest(-0.5, least(0.5, p.p[8]))
      from passo p
      where p.grupo = k.classe / 4
      returning abs(p.p[1 + k.classe % 4]) + abs(p.p[5]) + abs(p.p[6]) + abs(p.p[7]) + abs(p.p[8]) as passo
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
      where audit_interno.dobrar(btrim(k.categoria)) <> all (v_pendentes)
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
    where audit_interno.dobrar(btrim(k.categoria)) <> all (v_pendentes)
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
  if contar_meses.meses is null then
    -- filled a moment ago: statistics from before, as of a count that was taken back, say that there is nothing to join
    analyze audit_interno.estatistica_categoria, audit_interno.estatistica_nome;
  end if;

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

reset role;
