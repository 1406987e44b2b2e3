--! Previous: sha1:ff7fed5c1b35120af94d2828ad37b8e3882b4d7a
--! Hash: sha1:f45aa75110f861edbe0d98a06d2c11ba4558dc8f
--! Message: two processes for pending entries

set local role conferente_dono;

drop function if exists audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean);
drop function if exists audit_interno.sugerir_pendencias(audit.janela, int4range, int);
drop function if exists audit_interno.entradas_pendencia(audit.janela, int4range, int);
drop function if exists audit_interno.contar_historia(int[], text[]);

--! Included regras/metade_fornecedor.sql
-- Which half of the ledger a supplier belongs to, 0 or 1, so that two processes may share a work without asking each other. Touches
-- nothing; inlined by the planner. Called by entradas_pendencia and explicar_pendencias.
create or replace function audit_interno.metade_fornecedor(codigo text, nome text) returns int
language sql immutable parallel safe
return (pg_catalog.hashtextextended(coalesce(nullif(codigo, ''), nome, ''), 0) & 1)::int;

comment on function audit_interno.metade_fornecedor(text, text) is 'Half of the ledger that a supplier belongs to: 0 or 1.';
revoke execute on function audit_interno.metade_fornecedor(text, text) from public;
--! EndIncluded regras/metade_fornecedor.sql
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
      where audit_interno.dobrar(btrim(l.categoria)) = any (v_pendentes)
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
  left join audit_interno.estatistica_nome n on n.escrito = d.escrito
  where metade is null or audit_interno.metade_fornecedor(d.fornecedor_id, d.escrito) = metade;
end
$$;

comment on function audit_interno.entradas_pendencia(audit.janela, int4range, int, int) is
  'Entries in question (pending ones, or a back-test sample), what they are compared by, and the first month they may not see.';
revoke execute on function audit_interno.entradas_pendencia(audit.janela, int4range, int, int) from public;
--! EndIncluded regras/entradas_pendencia.sql
--! Included regras/ajustar_alfas.sql
-- Fits how strongly each level is shrunk towards the wider one, by maximum likelihood on the back-test: level after level,
-- the strength under which the true categories were most probable, or none at all (1e9) where the level only misleads.
-- A supplier with one entry proves little on one ledger and much on another: this is where that is learned. Reads the
-- statistics and dw.lancamentos; writes estatistica_peso and its work table. Called by audit_interno.calibrar_historia.
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
    from audit_interno.entradas_pendencia(null, retroteste, amostra, null) e
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
-- unknown size and in no order, so it is hashed
set enable_nestloop = off
set enable_mergejoin = off
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
    -- a word in a fifth of all entries says nothing and costs most
    select x.nivel, x.chave, x.corte, x.x, t.total as w, t.recentes, t.todas as linhas,
      case when x.nivel >= 20 and (x.nivel > 20 or t.total < 0.2 * g.total) and t.total >= 1 then t.total / g.total end as frequencia
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
--! Included regras/perguntar_retroteste.sql
-- The back-test's questions with what both opinions gave each category, by two processes side by side where parallel query is allowed:
-- each takes half of the suppliers. Return query, because insert never runs in parallel. Reads what pontuar_pendencias reads; changes
-- nothing. Called by audit_interno.calibrar_historia.
create or replace function audit_interno.perguntar_retroteste(retroteste int4range, amostra int)
returns setof audit_interno.estatistica_pergunta
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  return query
  select u.id, p.com_conta, p.classe, p.lacuna, u.certa, p.categorias, p.bases, p.palavras, p.repetidas, p.recentes
  from (
    select x.* from audit_interno.pontuar_pendencias(null, retroteste, amostra, false, 0) x
    union all
    select x.* from audit_interno.pontuar_pendencias(null, retroteste, amostra, false, 1) x
  ) p
  cross join lateral unnest(p.ids, p.certas) u (id, certa);
end
$$;

comment on function audit_interno.perguntar_retroteste(int4range, int) is
  'Questions of the back-test, as estatistica_pergunta keeps them: a sample of some months'' entries.';
revoke execute on function audit_interno.perguntar_retroteste(int4range, int) from public;
--! EndIncluded regras/perguntar_retroteste.sql
--! Included regras/calibrar_historia.sql
-- Fits the weights and the calibration on a back-test over the given months, a sample of at most six thousand entries; without
-- months, forgets them. Reads the statistics and dw.lancamentos; writes estatistica_peso, estatistica_curva,
-- estatistica_calibracao and their work tables. Called by regras.preparar_pendente_verificacao and by back-tests over a past window.
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
    insert into audit_interno.estatistica_pergunta select * from audit_interno.perguntar_retroteste(retroteste, v_amostra);
    perform audit_interno.ajustar_lambdas(v_pesos);
    perform audit_interno.calibrar_pendencias();
    delete from audit_interno.estatistica_pergunta;
  end if;
end
$$;

comment on function audit_interno.calibrar_historia(int4range) is 'Fits weights and calibration on the ledger''s own past.';
revoke execute on function audit_interno.calibrar_historia(int4range) from public;
--! EndIncluded regras/calibrar_historia.sql
--! Included regras/sugerir_pendencias.sql
-- The best category for each pending entry of a window, the runner-up, the calibrated confidence and what spoke for it. Entries
-- with nothing to infer from are missing from the result; those of which the very same is known share a row (ids and certas go
-- together). metade: of all suppliers (null) or of one half (0, 1). Reads the statistics and dw.lancamentos; changes nothing. Called
-- by explicar_pendencias and by back-tests (retroteste given: decided entries instead of pending ones).
create or replace function audit_interno.sugerir_pendencias(janela audit.janela, retroteste int4range, amostra int, metade int default null)
returns table (
  ids text[], com_conta boolean, certas int[], categoria int, segunda int, bruta double precision, bruta_segunda double precision,
  confianca double precision, casos int, acertos int, niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[]
)
language plpgsql stable parallel safe cost 1e9 rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  return query
  select s.ids, s.com_conta, s.certas, s.categorias[1], s.categorias[2], b.bruta, b.bruta * exp(s.notas[2] - s.notas[1]),
    audit_interno.confianca_calibrada(u.curva, t.curvas, t.confiancas, i.posicao),
    coalesce(t.casos[j.faixa], 0), coalesce(t.acertos[j.faixa], 0), s.niveis, s.termos, s.lancamentos, s.iguais
  from audit_interno.pontuar_pendencias(janela, retroteste, amostra, retroteste is null, metade) s
  left join audit_interno.estatistica_curva k on k.classe = s.classe
  left join audit_interno.curvas_calibradas() t on t.grupo = k.classe / 4
  cross join lateral (select 1 / sum(exp(greatest(n.nota - s.notas[1], -60))) as bruta from unnest(s.notas) n (nota)) b
  -- without a back-test, a modest curve that never reaches .90
  cross join lateral (select audit_interno.curva(
    coalesce(k.a, 0), coalesce(k.b, 0.22), coalesce(k.g, 0), coalesce(k.h, 0), coalesce(k.r, 0),
    audit_interno.chance_bruta(b.bruta), s.lacuna, ln(1 + s.repetidas[1]), s.recentes[1]) as curva) u
  cross join lateral (select width_bucket(u.curva, t.curvas) as posicao) i
  cross join lateral (select case
    when i.posicao = 0 or i.posicao < cardinality(t.curvas) and t.curvas[i.posicao + 1] - u.curva < u.curva - t.curvas[i.posicao]
    then i.posicao + 1 else i.posicao end as faixa) j;
end
$$;

comment on function audit_interno.sugerir_pendencias(audit.janela, int4range, int, int) is
  'Best category, runner-up, calibrated confidence and evidence for each pending entry of a window that has anything to infer from.';
revoke execute on function audit_interno.sugerir_pendencias(audit.janela, int4range, int, int) from public;
--! EndIncluded regras/sugerir_pendencias.sql
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
  where audit_interno.dobrar(btrim(l.categoria)) = any (v_pendentes)
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
  if current_setting('max_parallel_workers_per_gather')::int = 0 or (
    select count(*)
    from (
      select
      from dw.lancamentos l
      where audit_interno.dobrar(btrim(l.categoria)) = any (v_pendentes)
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
      and (metade is null or audit_interno.mes_indice(l.data_lancamento) & 1 = metade)
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
        and (metade is null or audit_interno.mes_indice(l.data_lancamento) & 1 = metade)
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
--! Included regras/contar_em_metades.sql
-- As contar_historia of some months, or of all when null, by two processes side by side where parallel query is allowed: one counts the
-- even months, one the odd ones. Return query, because insert never runs in parallel. Reads what contar_historia reads; changes nothing.
-- Called by audit_interno.contar_meses.
create or replace function audit_interno.contar_em_metades(meses int[])
returns table (nivel smallint, chave bigint, mes int, categoria int, linhas int)
language plpgsql stable rows 1000000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if cardinality(meses) = 1 or current_setting('max_parallel_workers_per_gather')::int = 0 then
    return query select h.* from audit_interno.contar_historia(meses, null) h;
    return;
  end if;
  return query
  select h.* from audit_interno.contar_historia(meses, null, 0) h
  union all
  select h.* from audit_interno.contar_historia(meses, null, 1) h;
end
$$;

comment on function audit_interno.contar_em_metades(int[]) is 'Counts of the learnable history, as audit_interno.contar_historia, by two processes where it pays.';
revoke execute on function audit_interno.contar_em_metades(int[]) from public;
--! EndIncluded regras/contar_em_metades.sql
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
  from (
    -- two processes side by side, where parallel query is allowed
    select x.* from audit_interno.sugerir_pendencias(null, int4range(v_primeiro, v_ultimo + 1), null, 0) x
    union all
    select x.* from audit_interno.sugerir_pendencias(null, int4range(v_primeiro, v_ultimo + 1), null, 1) x
  ) s
  cross join lateral unnest(s.ids, s.certas) u (id, certa);

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
