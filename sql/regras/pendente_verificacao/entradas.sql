-- A booking month as a number, year * 12 + month - 1, so that months can be subtracted. Null for dates without a year of
-- four digits. Touches nothing. Called by the statistics of regra_pendente_verificacao.detectar.
create or replace function regra_pendente_verificacao.mes_indice(data date) returns int
language sql immutable parallel safe
return case when data >= '0001-01-01'::date and data <= '9999-12-31'::date
  then (date_part('year', data) * 12 + date_part('month', data) - 1)::int end;

comment on function regra_pendente_verificacao.mes_indice(date) is 'Booking month as year * 12 + month - 1.';
revoke execute on function regra_pendente_verificacao.mes_indice(date) from public;

-- The half of the ledger that a supplier belongs to, 0 or 1, so that two processes can share work without talking to each other. Touches
-- nothing; inlined by the planner. Called by entradas_pendencia and explicar_pendencias.
create or replace function regra_pendente_verificacao.metade_fornecedor(codigo text, nome text) returns int
language sql immutable parallel safe
return (pg_catalog.hashtextextended(coalesce(nullif(codigo, ''), nome, ''), 0) & 1)::int;

comment on function regra_pendente_verificacao.metade_fornecedor(text, text) is 'Half of the ledger that a supplier belongs to: 0 or 1.';
revoke execute on function regra_pendente_verificacao.metade_fornecedor(text, text) from public;

-- The keys by which an entry is compared, one row for each that it has: 0 everything, 2 cost centre, 3 cost centre with amount band (the
-- sign and thirds of a power of ten: 100 to 215, 215 to 464, …), 4 company, 5 name, 6 code, 7 supplier with cost centre, 8 that with the
-- band, 9 that with the exact amount, 11 supplier with account, 21 account. The supplier is the company, or '=' and the name where there is
-- no code. A blank value has no key and so does not count. Each text is hashed once and pairs are hashes of hashes, because this runs for
-- every entry of the history. Touches nothing. Called where history is counted and where entries are scored; inlined by the planner.
create or replace function regra_pendente_verificacao.chaves(raiz text, nome text, codigo text, centro text, conta text, valor numeric)
returns table (nivel smallint, chave bigint)
language sql immutable parallel safe rows 11
begin atomic
  select v.nivel, v.chave
  from (
    select a.*, pg_catalog.hashint8extended(a.centro, a.fornecedor) as com_centro,
      pg_catalog.hashint8extended(coalesce(a.centro, 0), a.fornecedor) as ambos
    from (
      select pg_catalog.hashtextextended(coalesce(raiz, '=' || nome), 0) as fornecedor, pg_catalog.hashtextextended(centro, 0) as centro,
        pg_catalog.hashtextextended(conta, 0) as conta,
        pg_catalog.hashtextextended(case
          when valor is null or valor = 'NaN' then null
          when pg_catalog.abs(valor) < 0.01 then '0'
          when pg_catalog.abs(valor) > 1e30 then 'infinito'
          else pg_catalog.sign(valor)::text || pg_catalog.floor(3 * pg_catalog.log(pg_catalog.abs(valor::double precision)))::text
        end, 0) as faixa
      offset 0
    ) a
    offset 0
  ) h
  -- unnest over arrays costs half of a values list for each entry
  cross join lateral unnest('{0,2,3,4,5,6,7,8,9,11,21}'::smallint[], array[0, h.centro, pg_catalog.hashint8extended(h.centro, h.faixa),
    pg_catalog.hashtextextended(raiz, 0), pg_catalog.hashtextextended(nome, 0), pg_catalog.hashtextextended(codigo, 0), h.com_centro,
    pg_catalog.hashint8extended(h.faixa, h.ambos), pg_catalog.hash_numeric_extended(valor, h.ambos),
    pg_catalog.hashint8extended(h.conta, h.fornecedor), h.conta]) v (nivel, chave)
  where v.chave is not null;
end;

comment on function regra_pendente_verificacao.chaves(text, text, text, text, text, numeric) is
  'Levels by which an entry is compared with history, as far as supplier, cost centre, account and amount go: level and hashed key.';
revoke execute on function regra_pendente_verificacao.chaves(text, text, text, text, text, numeric) from public;

-- The keys by which an entry is compared, from its text: 10 supplier with the same words, and 20 each word of name and description. texto:
-- the description as words. Touches nothing. Called where history is counted and where entries are scored; inlined by the planner.
create or replace function regra_pendente_verificacao.chaves_texto(fornecedor text, nome text, texto text)
returns table (nivel smallint, chave bigint, termo text)
language sql immutable parallel safe
begin atomic
  select 10::smallint, pg_catalog.hashtextextended(fornecedor || E'\n' || texto, 0), null::text
  where fornecedor is not null and texto <> ''
  union all
  select distinct 20::smallint, pg_catalog.hashtextextended(p.termo, 0), p.termo
  from pg_catalog.unnest(pg_catalog.string_to_array(pg_catalog.concat_ws(' ', nome, texto), ' ')) p (termo)
  where pg_catalog.length(p.termo) > 2;
end;

comment on function regra_pendente_verificacao.chaves_texto(text, text, text) is
  'Levels by which an entry is compared with history, as far as its text goes: level, hashed key, and the word itself for words.';
revoke execute on function regra_pendente_verificacao.chaves_texto(text, text, text) from public;

-- The last booking month before the given one that has at least a tenth of a usual month's rows. Null when there is
-- none. Reads regra_pendente_verificacao.estatistica_mes. Called by regra_pendente_verificacao.entradas_pendencia and
-- pontuar_pendencias.
create or replace function regra_pendente_verificacao.ultimo_mes_conhecido(corte int) returns int
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select max(m.mes)
  from regra_pendente_verificacao.estatistica_mes m
  where m.mes < ultimo_mes_conhecido.corte
    and m.linhas >= 0.1 * (select sum(t.linhas * t.linhas) / nullif(sum(t.linhas), 0) from regra_pendente_verificacao.estatistica_mes t)
$$;

comment on function regra_pendente_verificacao.ultimo_mes_conhecido(int) is 'Last month before the given one with a usual amount of history.';
revoke execute on function regra_pendente_verificacao.ultimo_mes_conhecido(int) from public;

-- Which of the given entries contradict their own supplier code, judged by the ledger before the given month. By name (nome): the company had
-- names before, and none of them is at all like this one. By text (texto): the company has ten texts or more, the entry shares no word with
-- them except words that one entry in twenty has, and other companies use most of its words. Codes are reassigned, copied and mistyped, so a
-- code identifies the supplier only if nothing contradicts it. The arrays belong together; entries without a contradiction are not
-- returned. Reads regra_pendente_verificacao.estatistica_*; changes nothing. Called by regra_pendente_verificacao.entradas_pendencia.
create or replace function regra_pendente_verificacao.contradizem_codigo(raizes text[], nomes text[], textos text[], cortes int[])
returns table (n bigint, contra text)
language plpgsql stable rows 100
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off
as $$
declare
  v_linhas bigint := (select sum(m.linhas) from regra_pendente_verificacao.estatistica_mes m);
begin
  return query
  with entrada as materialized (
    select u.n, u.raiz, u.nome, u.texto, u.corte
    from unnest(raizes, nomes, textos, cortes) with ordinality u (raiz, nome, texto, corte, n)
    where u.raiz is not null
  ), historia as materialized (
    select f.raiz, f.nome, min(f.mes) as mes
    from regra_pendente_verificacao.estatistica_fornecedor f
    where f.raiz in (select e.raiz from entrada e)
    group by f.raiz, f.nome
  ), nova as materialized (
    -- the pairs never booked together, where the code had other names
    select e.raiz, e.nome, e.corte
    from (select distinct e.raiz, e.nome, e.corte from entrada e where e.nome is not null) e
    join historia h on h.raiz = e.raiz and h.mes < e.corte and h.nome <> ''
    group by e.raiz, e.nome, e.corte
    having bool_and(h.nome <> e.nome)
  ), grafia as materialized (
    select g.nome, regras.trigramas(regras.nome_proprio(g.nome)) as trigramas
    from (select n.nome from nova n union select h.nome from nova n join historia h on h.raiz = n.raiz where h.nome <> '') g
    offset 0
  ), estranha as (
    select n.raiz, n.nome, n.corte
    from nova n
    join historia h on h.raiz = n.raiz and h.mes < n.corte and h.nome <> ''
    join grafia a on a.nome = n.nome
    join grafia b on b.nome = h.nome
    group by n.raiz, n.nome, n.corte
    having not bool_or(regras.nomes_parecidos(a.nome, a.trigramas, b.nome, b.trigramas))
  ), falante as materialized (
    -- companies with enough texts to judge by
    select f.raiz, c.corte
    from (select distinct e.raiz, e.corte from entrada e where e.texto <> '') c
    join regra_pendente_verificacao.estatistica_fornecedor f on f.raiz = c.raiz and f.mes < c.corte
    group by f.raiz, c.corte
    having sum(f.textos) >= 10
  ), dita as materialized (
    select e.raiz, e.corte, e.texto, w.palavra
    from (select distinct e.raiz, e.corte, e.texto from entrada e where e.texto <> '') e
    join falante f on f.raiz = e.raiz and f.corte = e.corte
    cross join lateral string_to_table(e.texto, ' ') w (palavra)
    where length(w.palavra) >= 4
  ), geral as materialized (
    -- each word in the ledger as a whole: whether it is common, and whether it is known at all
    select p.palavra, coalesce(c.linhas, 0) > 0.05 * v_linhas as comum, c.linhas is not null as vista
    from (select distinct d.palavra, hashtextextended(d.palavra, 0) as chave from dita d) p
    cross join lateral (
      select sum(c.linhas) as linhas from regra_pendente_verificacao.estatistica_contagem c where c.nivel = 20 and c.chave = p.chave offset 0) c
  ), sabida as (
    select f.raiz, w.palavra, min(f.mes) as mes
    from regra_pendente_verificacao.estatistica_fornecedor f
    cross join lateral unnest(f.palavras) w (palavra)
    where f.raiz in (select x.raiz from falante x)
    group by f.raiz, w.palavra
  ), muda as (
    select d.raiz, d.corte, d.texto
    from dita d
    join geral g on g.palavra = d.palavra
    left join sabida s on s.raiz = d.raiz and s.palavra = d.palavra and s.mes < d.corte
    group by d.raiz, d.corte, d.texto
    -- a word that nobody ever wrote says nothing
    having count(s.palavra) filter (where not g.comum) = 0
      and count(*) filter (where s.palavra is null and g.vista) > count(s.palavra)
  )
  select e.n, case when x.raiz is not null then 'nome' else 'texto' end
  from entrada e
  left join estranha x on x.raiz = e.raiz and x.nome = e.nome and x.corte = e.corte
  left join muda m on m.raiz = e.raiz and m.texto = e.texto and m.corte = e.corte
  where x.raiz is not null or m.raiz is not null;
end
$$;

comment on function regra_pendente_verificacao.contradizem_codigo(text[], text[], text[], int[]) is
  'Entries whose name (nome) or text (texto) is new under their supplier''s code and unlike all that was booked under it, by their place in the arrays.';
revoke execute on function regra_pendente_verificacao.contradizem_codigo(text[], text[], text[], int[]) from public;

-- The entries to be judged and what is known about each. In a session: the pending entries of a window, each with the months up to its own as
-- history (before corte). In a back-test (retroteste): decided entries of the given months, each with the history before its own month, or
-- before a waiting time. With a sample size (amostra) a sample of them; without one all of them, none with a wait. espera: the history ends
-- more than a month before the entry. An entry that contradicts its supplier's code (contra: nome, texto; see
-- regra_pendente_verificacao.contradizem_codigo) is judged without the code. metade: all suppliers (null) or one half of them (0, 1). Reads
-- dw.lancamentos and the statistics; changes nothing. Called by regra_pendente_verificacao.pontuar_pendencias and by the fitting of the
-- weights.
create or replace function regra_pendente_verificacao.entradas_pendencia(janela audit.janela, retroteste int4range, amostra int, metade int)
returns table (
  id text, mes int, corte int, espera boolean, certa int, raiz text, nome text, codigo text, centro text, conta text, valor numeric, texto text,
  contra text
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_nossas text[] := case when retroteste is not null then regras.corrigidas_sem_palavra() end;
  v_inicio date := make_date(lower(retroteste) / 12, lower(retroteste) % 12 + 1, 1);
  v_fim date := make_date(upper(retroteste) / 12, upper(retroteste) % 12 + 1, 1);
  -- not written out below: Citus takes no sub-select as the argument of a function in a statement over the ledger
  v_meses int[] := array(select generate_series(lower(retroteste), upper(retroteste) - 1));
  v_limiar bigint;
begin
  if retroteste is null then
    return query
    with pendente as materialized (
      select l.id::text as id, coalesce(regra_pendente_verificacao.mes_indice(l.data_lancamento), -1) as mes,
        left(l.fornecedor, 200) as escrito, l.fornecedor_id, l.centro_custo, l.conta_contabil, l.valor, l.descricao
      from dw.lancamentos l
      where coalesce(audit_interno.dobrar_categoria(l.categoria), '') = any (v_pendentes)
        and (metade is null or regra_pendente_verificacao.metade_fornecedor(l.fornecedor_id, l.fornecedor) = metade)
        and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id)
    ), mes as materialized (
      -- what is decided in the entry's own month counts at once: a new supplier's first entries teach the next one
      select m.mes, m.mes + 1 as corte, coalesce(regra_pendente_verificacao.ultimo_mes_conhecido(m.mes + 1) < m.mes - 1, true) as espera
      from (select distinct p.mes from pendente p) m
    ), entrada as materialized (
      select row_number() over () as n, p.id, p.mes, m.corte, m.espera, regras.raiz_fornecedor(p.fornecedor_id) as raiz,
        case when n.escrito is null then regras.nome_canonico(p.escrito) else n.nome end as nome,
        nullif(btrim(p.fornecedor_id), '') as codigo, nullif(btrim(p.centro_custo), '') as centro,
        nullif(btrim(p.conta_contabil), '') as conta, p.valor, regras.palavras_texto(p.descricao) as texto
      from pendente p
      join mes m on m.mes = p.mes
      left join regra_pendente_verificacao.estatistica_nome n on n.escrito = p.escrito
    ), contraria as materialized (
      select c.* from (select array_agg(e.raiz order by e.n) as raizes, array_agg(e.nome order by e.n) as nomes,
        array_agg(e.texto order by e.n) as textos, array_agg(e.corte order by e.n) as cortes from entrada e) a
      cross join lateral regra_pendente_verificacao.contradizem_codigo(a.raizes, a.nomes, a.textos, a.cortes) c
    )
    select e.id, e.mes, e.corte, e.espera, null::int, case when c.n is null then e.raiz end, e.nome, case when c.n is null then e.codigo end,
      e.centro, e.conta, e.valor, e.texto, c.contra
    from entrada e
    left join contraria c on c.n = e.n;
    return;
  end if;

  -- hashes are spread evenly, so of a large ledger only as many entries are read as surely fill the sample
  select case when 2 * amostra < sum(m.linhas) then ((2.0 * amostra / sum(m.linhas) - 0.5) * 18446744073709551615)::bigint end
  into v_limiar
  from regra_pendente_verificacao.estatistica_mes m
  where m.mes <@ retroteste;

  return query
  with decidida as materialized (
    select l.id::text as id, regra_pendente_verificacao.mes_indice(l.data_lancamento) as mes, c.id as certa,
      left(l.fornecedor, 200) as escrito, l.fornecedor_id, l.centro_custo, l.conta_contabil, l.valor, l.descricao
    from dw.lancamentos l
    join (
      select k.categoria as id, k.escrita
      from regra_pendente_verificacao.estatistica_grafia k
      where audit_interno.dobrar_categoria(k.escrita) <> all (v_pendentes || ''::text)
      offset 0
    ) c on c.escrita = l.categoria
    where l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
      and (v_limiar is null or hashtextextended(l.id::text, 1) <= v_limiar)
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    -- the same ledger always gives the same sample
    order by hashtextextended(l.id::text, 1)
    limit amostra
  ), espera as materialized (
    -- most entries are asked about at once, as in real life; the others wait for one to eleven months
    select p.mes, p.corte, p.sorte, coalesce(u.ultimo < p.mes - 1, true) as espera
    from (
      select m.mes, g.sorte,
        case when amostra is null then m.mes else greatest(m.mes - g.meses, lower(retroteste)) end as corte
      from generate_series(lower(retroteste), upper(retroteste) - 1) m (mes)
      cross join unnest('{0,0,0,0,0,0,0,0,0,0,1,2,3,5,8,11}'::int[]) with ordinality g (meses, sorte)
    ) p
    join (
      select c.corte, regra_pendente_verificacao.ultimo_mes_conhecido(c.corte) as ultimo
      from generate_series(lower(retroteste), upper(retroteste) - 1) c (corte)
      offset 0
    ) u on u.corte = p.corte
  ), entrada as materialized (
    select row_number() over () as n, d.id, d.mes, e.corte, e.espera, d.certa, regras.raiz_fornecedor(d.fornecedor_id) as raiz,
      case when n.escrito is null then regras.nome_canonico(d.escrito) else n.nome end as nome,
      nullif(btrim(d.fornecedor_id), '') as codigo, nullif(btrim(d.centro_custo), '') as centro,
      nullif(btrim(d.conta_contabil), '') as conta, d.valor, regras.palavras_texto(d.descricao) as texto
    from decidida d
    join espera e on e.mes = d.mes and e.sorte = 1 + (hashtextextended(d.id, 2) & 15)
    left join regra_pendente_verificacao.estatistica_nome n on n.escrito = d.escrito
    where metade is null or regra_pendente_verificacao.metade_fornecedor(d.fornecedor_id, d.escrito) = metade
  ), contraria as materialized (
    select c.* from (select array_agg(e.raiz order by e.n) as raizes, array_agg(e.nome order by e.n) as nomes,
      array_agg(e.texto order by e.n) as textos, array_agg(e.corte order by e.n) as cortes from entrada e) a
    cross join lateral regra_pendente_verificacao.contradizem_codigo(a.raizes, a.nomes, a.textos, a.cortes) c
  )
  select e.id, e.mes, e.corte, e.espera, coalesce(s.para, e.certa), case when c.n is null then e.raiz end, e.nome, case when c.n is null then e.codigo end,
    e.centro, e.conta, e.valor, e.texto, c.contra
  from entrada e
  left join contraria c on c.n = e.n
  -- booked under a name that had already ended
  left join regra_pendente_verificacao.sucessoes_em(v_meses) s
    on s.mes = e.mes and s.de = e.certa and s.quantas = 1 and s.renasce is null;
end
$$;

comment on function regra_pendente_verificacao.entradas_pendencia(audit.janela, int4range, int, int) is
  'Entries in question (pending ones, or a back-test sample), what they are compared by, and the first month they may not see.';
revoke execute on function regra_pendente_verificacao.entradas_pendencia(audit.janela, int4range, int, int) from public;
