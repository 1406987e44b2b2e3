--! Previous: sha1:dc83531895e57480648c5e58d93860464da4ff0e
--! Hash: sha1:3a0e4b12f7f26e9e569082723ea9df7878be4bdf
--! Message: pendentes iguais juntos marketing por codigo

set local role conferente_dono;

drop function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean);
drop function audit_interno.sugerir_pendencias(audit.janela, int4range, int);
drop function audit_interno.historico_marketing(date, date, text[]);
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
-- changed its business of late shows there first. bases and palavras are told of a back-test only. With provas, also what the history says at each level and
-- word of the best category, undecayed, as a reviewer would find it in the ledger. Entries of which
-- the very same is known, as of a rent paid each month, share a row: ids and certas go together. Reads audit_interno.estatistica_* and, through
-- entradas_pendencia, dw.lancamentos; changes nothing. Called by sugerir_pendencias and by the calibration.
create or replace function audit_interno.pontuar_pendencias(janela audit.janela, retroteste int4range, amostra int, provas boolean)
returns table (
  ids text[], com_conta boolean, certas int[], classe smallint, lacuna smallint, categorias int[], bases double precision[], palavras double precision[],
  repetidas double precision[], recentes double precision[], notas double precision[], niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[]
)
language plpgsql stable rows 10000
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

comment on function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean) is
  'Categories scored for each entry in question, best first: logarithms of the hierarchical back-off (bases), naive Bayes over words (palavras) and both together (notas); with provas, earlier entries and those of the best category at each level and word.';
revoke execute on function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean) from public;
--! EndIncluded regras/pontuar_pendencias.sql
--! Included regras/sugerir_pendencias.sql
-- The best category for each pending entry of a window, the runner-up, the calibrated confidence and what spoke for it. Entries
-- with nothing to infer from are missing from the result; those of which the very same is known share a row (ids and certas go together). Reads the statistics and dw.lancamentos; changes nothing.
-- Called by regras.pendente_verificacao and by back-tests (retroteste given: decided entries instead of pending ones).
create or replace function audit_interno.sugerir_pendencias(janela audit.janela, retroteste int4range, amostra int)
returns table (
  ids text[], com_conta boolean, certas int[], categoria int, segunda int, bruta double precision, bruta_segunda double precision,
  confianca double precision, casos int, acertos int, niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[]
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  return query
  select s.ids, s.com_conta, s.certas, s.categorias[1], s.categorias[2], b.bruta, b.bruta * exp(s.notas[2] - s.notas[1]),
    audit_interno.confianca_calibrada(u.curva, t.curvas, t.confiancas, i.posicao),
    coalesce(t.casos[j.faixa], 0), coalesce(t.acertos[j.faixa], 0), s.niveis, s.termos, s.lancamentos, s.iguais
  from audit_interno.pontuar_pendencias(janela, retroteste, amostra, retroteste is null) s
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

comment on function audit_interno.sugerir_pendencias(audit.janela, int4range, int) is
  'Best category, runner-up, calibrated confidence and evidence for each pending entry of a window that has anything to infer from.';
revoke execute on function audit_interno.sugerir_pendencias(audit.janela, int4range, int) from public;
--! EndIncluded regras/sugerir_pendencias.sql
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
    from audit_interno.sugerir_pendencias(janela, null, null) s
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
    and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
    and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
    and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
    and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
    and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)));
end
$$;

comment on function regras.pendente_verificacao(audit.janela) is
  'Rule: entries under a pending label. Proposes the category inferred from history (supplier by code, company and spelling, cost centre, account, amount band, words) with a calibrated confidence, or only flags when there is nothing to infer from. Amount at stake: the entry''s.';
revoke execute on function regras.pendente_verificacao(audit.janela) from public;
--! EndIncluded regras/pendente_verificacao.sql
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
    insert into audit_interno.estatistica_pergunta (id, com_conta, classe, lacuna, certa, categorias, bases, palavras, repetidas, recentes)
    select u.id, p.com_conta, p.classe, p.lacuna, u.certa, p.categorias, p.bases, p.palavras, p.repetidas, p.recentes
    from audit_interno.pontuar_pendencias(null, retroteste, v_amostra, false) p
    cross join lateral unnest(p.ids, p.certas) u (id, certa);
    perform audit_interno.ajustar_lambdas(v_pesos);
    perform audit_interno.calibrar_pendencias();
    delete from audit_interno.estatistica_pergunta;
  end if;
end
$$;

comment on function audit_interno.calibrar_historia(int4range) is 'Fits weights and calibration on the ledger''s own past.';
revoke execute on function audit_interno.calibrar_historia(int4range) from public;
--! EndIncluded regras/calibrar_historia.sql
--! Included regras/calibrar_pendencias.sql
-- Calibrates: a logistic curve over the back-test's best suggestions, then bins of equal size by that curve, each bin's share of right ones made monotone (isotonic
-- regression by the min-max formula). Entries with and without a known account are counted apart. Sources: Platt 1999;
-- Zadrozny and Elkan 2001, 2002; Barlow et al. 1972. Reads estatistica_pergunta; writes estatistica_retroteste,
-- estatistica_curva and estatistica_calibracao. Called by audit_interno.calibrar_historia.
create or replace function audit_interno.calibrar_pendencias() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  delete from audit_interno.estatistica_calibracao;
  delete from audit_interno.estatistica_retroteste;

  insert into audit_interno.estatistica_retroteste (id, classe, lacuna, repetida, recente, bruta, chance, acertou)
  select q.id || case when q.com_conta then '' else ' sem conta' end, q.classe, q.lacuna, ln(1 + n.repetida),
    n.recente, b.bruta, audit_interno.chance_bruta(b.bruta), (n.categoria = q.certa)::int
  from audit_interno.estatistica_pergunta q
  join audit_interno.lambdas() d on d.classe = q.classe
  cross join lateral (
    select p.categoria, p.repetida, p.recente, p.base + d.peso * p.palavra as nota
    from unnest(q.categorias, q.bases, q.palavras, q.repetidas, q.recentes) p (categoria, base, palavra, repetida, recente)
    order by nota desc, p.categoria
    limit 1
  ) n
  cross join lateral (
    select 1 / sum(exp(greatest(p.base + d.peso * p.palavra - n.nota, -60))) as bruta from unnest(q.bases, q.palavras) p (base, palavra)
  ) b;

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
      select round(audit_interno.curva(k.a, k.b, k.g, k.h, k.r, s.chance, s.lacuna, s.repetida, s.recente)::numeric, 5)::double precision as curva) u
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

comment on function audit_interno.calibrar_pendencias() is 'Calibrates the confidence on the ledger''s own past.';
revoke execute on function audit_interno.calibrar_pendencias() from public;
--! EndIncluded regras/calibrar_pendencias.sql
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
    and btrim(l.categoria) <> '' and audit_interno.dobrar(btrim(l.categoria)) <> all (v_pendentes)
    and not exists (select from unnest(audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)) n (id) where n.id = l.id);

  return query select * from audit_interno.resumir_avaliacao(regra, 'retroteste', (select count(*) from pg_temp.conferente_julgado));
end
$$;
comment on function audit_interno.avaliar_retroteste(audit.regras, date, date) is
  'Back-test of the inference of pendente_verificacao against today''s categories. Only inside a subtransaction that is rolled back.';
--! EndIncluded avaliacao/avaliar_retroteste.sql
--! Included regras/codigos_marketing.sql
-- The codes of the given suppliers, as written, among the entries between two days, and how densely each supplier's entries are
-- to be read: one in so many (um_em), so that of a large supplier five hundred to a thousand are. Codes are few beside entries: whose each
-- is, is asked once. Return query, because it may run in parallel. Reads dw.lancamentos; changes nothing. Called by
-- audit_interno.historico_marketing.
create or replace function audit_interno.codigos_marketing(inicio date, fim date, chaves text[])
returns table (fornecedor_id text, um_em bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  return query
  select c.fornecedor_id::text, greatest(1, sum(c.lancamentos) over (partition by c.raiz) / 500)::bigint
  from (
    select g.fornecedor_id, g.lancamentos, audit_interno.raiz_fornecedor(g.fornecedor_id) as raiz
    from (
      select l.fornecedor_id, count(*) as lancamentos
      from dw.lancamentos l
      where l.data_lancamento between codigos_marketing.inicio and codigos_marketing.fim and l.fornecedor_id is not null
      group by l.fornecedor_id
    ) g
    offset 0
  ) c
  where c.raiz in (select k from unnest(codigos_marketing.chaves) k);
end
$$;

comment on function audit_interno.codigos_marketing(date, date, text[]) is
  'Codes as written of the given suppliers, and of how many of its entries one is to be read.';
revoke execute on function audit_interno.codigos_marketing(date, date, text[]) from public;
--! EndIncluded regras/codigos_marketing.sql
--! Included regras/historico_marketing.sql
-- What the given suppliers do when they do not look like marketing: their entries between two days that no including pattern
-- matches, by category, pending ones left out. Of a large supplier one entry in so many (um_em) is read, drawn by its key so that
-- the same ledger gives the same. Reads dw.lancamentos, the patterns and the settings; changes nothing. Called by
-- regras.trade_marketing.
create or replace function audit_interno.historico_marketing(inicio date, fim date, chaves text[])
returns table (chave text, categoria_dobrada text, lancamentos bigint, um_em bigint)
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
  v_codigos text[];
  v_um_em bigint[];
  v_sem_codigo boolean := exists (select from unnest(historico_marketing.chaves) k where k like '=%');
begin
  select array_agg(c.fornecedor_id), array_agg(c.um_em) into v_codigos, v_um_em
  from audit_interno.codigos_marketing(historico_marketing.inicio, historico_marketing.fim, historico_marketing.chaves) c;

  return query
  with entrada as (
    select l.fornecedor_id, l.fornecedor, l.categoria, l.conta_contabil, l.descricao, c.um_em
    from dw.lancamentos l
    join unnest(v_codigos, v_um_em) c (codigo, um_em) on c.codigo = l.fornecedor_id
    where l.data_lancamento between historico_marketing.inicio and historico_marketing.fim
      -- of few an index is used, of many the planner would weigh each
      and (cardinality(v_codigos) > 500 or l.fornecedor_id = any (v_codigos))
      and (c.um_em = 1 or hashtextextended(l.id::text, 0) % c.um_em = 0)
    union all
    select null, l.fornecedor, l.categoria, l.conta_contabil, l.descricao, 1
    from dw.lancamentos l
    where v_sem_codigo and l.data_lancamento between historico_marketing.inicio and historico_marketing.fim
      and audit_interno.inicio_fornecedor(l.fornecedor_id) = ''
    offset 0
  ), dobrado as (
    select e.fornecedor_id, e.fornecedor, e.categoria, e.um_em, audit_interno.dobrar(e.conta_contabil) as conta,
      audit_interno.dobrar(e.descricao) as descricao, audit_interno.dobrar(e.fornecedor) as nome
    from entrada e
    where audit_interno.chave_fornecedor(e.fornecedor_id, e.fornecedor) = any (historico_marketing.chaves)
    offset 0
  ), outro as (
    select h.fornecedor_id, h.fornecedor, h.categoria, h.um_em, count(*) as lancamentos
    from dobrado h
    where not audit_interno.texto_casa(h.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
      and not audit_interno.texto_casa(h.conta, v_conta_filtro, v_conta, v_conta_livre)
      and not audit_interno.texto_casa(h.nome, v_fornecedor_filtro, v_fornecedor, v_fornecedor_livre)
    group by 1, 2, 3, 4
  )
  select x.chave, x.categoria_dobrada, sum(x.lancamentos)::bigint, max(x.um_em)
  from (
    select audit_interno.chave_fornecedor(o.fornecedor_id, o.fornecedor) as chave,
      audit_interno.dobrar(coalesce(btrim(o.categoria), '')) as categoria_dobrada, o.lancamentos, o.um_em
    from outro o
    offset 0
  ) x
  where x.categoria_dobrada <> '' and x.categoria_dobrada <> all (v_pendentes)
  group by x.chave, x.categoria_dobrada;
end
$$;

comment on function audit_interno.historico_marketing(date, date, text[]) is
  'For each supplier key and folded category: entries between two booking dates, both included, that no marketing pattern matches, and of how many of the supplier''s entries one was read.';
revoke execute on function audit_interno.historico_marketing(date, date, text[]) from public;
--! EndIncluded regras/historico_marketing.sql
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
      max(h.um_em) as um_em,
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
        'meses', v_meses) || case when r.um_em > 1 then jsonb_build_object('um_em', r.um_em) else '{}' end,
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
        e.contra || ' de ' || r.total || ' outros lançamentos do fornecedor' || case when r.um_em > 1 then ' (lido um em ' || r.um_em || ')' else '' end
          || ', sem padrão de marketing, estão '
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
