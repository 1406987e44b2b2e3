--! Previous: sha1:9f9bc4edc8598a443ee65f694a7e9902d1c22af9
--! Hash: sha1:628cd3cc3831ec843f18fc14896f8b37af02bdd0
--! Message: integridade provada, historia recente, duplicatas em paralelo

set local role conferente_dono;

create unlogged table audit_interno.estatistica_pergunta (
  id text not null,
  com_conta boolean not null,
  classe smallint not null,
  lacuna smallint not null,
  certa int not null,
  categorias int[] not null,
  bases double precision[] not null,
  palavras double precision[] not null,
  repetidas double precision[] not null,
  recentes double precision[] not null,
  primary key (id, com_conta)
);
comment on table audit_interno.estatistica_pergunta is 'Work table of the back-test: what the two opinions gave each category of each sampled entry, before they are weighed against each other.';
-- emptied: they are fitted anew
truncate audit_interno.estatistica_retroteste, audit_interno.estatistica_curva;
alter table audit_interno.estatistica_retroteste add column recente double precision not null;
alter table audit_interno.estatistica_curva add column r double precision not null;
comment on table audit_interno.estatistica_retroteste is 'The last back-test: each sampled entry''s class, months without history before it, raw score (and its log-odds), ln(1 + earlier payments of the same supplier, cost centre and amount in the suggested category), log-odds of that category among the latest entries of the supplier and cost centre, and whether the suggestion was right.';
comment on table audit_interno.estatistica_curva is 'Logistic calibration: confidence = 1 / (1 + exp(-(a + b * log-odds of the raw score + g * ln(1 + months without history) + h * ln(1 + earlier payments alike) + r * log-odds among the latest entries))); b, g, h and r are the same in classes 0 to 3, and in 4 to 7.';
drop function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean);
drop function audit_interno.calibrar_pendencias(int4range, int);
drop function audit_interno.ajustar_lambdas(int4range, int);
drop function audit_interno.curva(double precision, double precision, double precision, double precision, double precision, int, double precision);
--! Included regras/chaves_texto.sql
-- What an entry is compared by, as far as its text goes: 10 supplier with the same words, and 20 each word of name and
-- description. texto: the description as words. Touches nothing. Called where history is counted and where entries are asked;
-- inlined by the planner.
create or replace function audit_interno.chaves_texto(fornecedor text, nome text, texto text)
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

comment on function audit_interno.chaves_texto(text, text, text) is
  'Levels by which an entry is compared with history, as far as its text goes: level, hashed key, and the word itself for words.';
revoke execute on function audit_interno.chaves_texto(text, text, text) from public;
--! EndIncluded regras/chaves_texto.sql
--! Included regras/descrever_provas.sql
-- What spoke for a suggestion, for a reviewer: at each level of knowledge how many entries of earlier months there were and how
-- many had the category, finest first; the five words that pulled towards it most; and the finest level by itself, for the
-- sentence. The arrays go together. Touches nothing. Called by regras.pendente_verificacao.
create or replace function audit_interno.descrever_provas(
  niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[]
) returns table (por_nivel jsonb, palavras jsonb, lista text, todas bigint, certas bigint, por text)
language sql immutable parallel safe rows 1
begin atomic
  select n.por_nivel, p.palavras, p.lista, n.todas, n.certas, n.por
  from (
    select
      pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('por', v.nome, 'lancamentos', v.todas, 'na_categoria', v.iguais) order by v.nivel desc) as por_nivel,
      (pg_catalog.array_agg(v.todas order by v.nivel desc))[1] as todas, (pg_catalog.array_agg(v.iguais order by v.nivel desc))[1] as certas,
      (pg_catalog.array_agg(v.nome order by v.nivel desc))[1] as por
    from (
      select u.nivel, u.todas, u.iguais,
        case u.nivel
          when 2 then 'centro de custo' when 3 then 'centro de custo e faixa de valor' when 4 then 'empresa do fornecedor'
          when 5 then 'nome do fornecedor' when 6 then 'código do fornecedor' when 7 then 'fornecedor e centro de custo'
          when 8 then 'fornecedor, centro de custo e faixa de valor' when 9 then 'fornecedor, centro de custo e valor'
          when 10 then 'fornecedor e mesmo texto' when 11 then 'fornecedor e conta' when 21 then 'conta contábil'
        end as nome
      from unnest(niveis, lancamentos, iguais) u (nivel, todas, iguais)
      where u.nivel <> 20
    ) v
  ) n
  cross join (
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('palavra', v.termo, 'lancamentos', v.todas, 'na_categoria', v.iguais)) as palavras,
      pg_catalog.string_agg(v.termo, ', ') as lista
    from (
      select u.termo, u.todas, u.iguais
      from unnest(niveis, termos, lancamentos, iguais) u (nivel, termo, todas, iguais)
      where u.nivel = 20 and u.iguais > 0
      order by u.iguais / (u.todas + 5)::double precision desc, u.iguais desc, u.termo
      limit 5
    ) v
  ) p;
end;

comment on function audit_interno.descrever_provas(smallint[], text[], bigint[], bigint[]) is
  'Levels and words that spoke for a suggestion, with their counts, as evidence.';
revoke execute on function audit_interno.descrever_provas(smallint[], text[], bigint[], bigint[]) from public;
--! EndIncluded regras/descrever_provas.sql
--! Included regras/curva.sql
-- The logistic calibration: a raw score's log-odds, the months without history, how often the very same payment was made
-- before and what the supplier's latest entries say, as a confidence. Touches nothing. Called by the calibration and by audit_interno.sugerir_pendencias; the planner inlines it.
create or replace function audit_interno.curva(
  a double precision, b double precision, g double precision, h double precision, r double precision, chance double precision, lacuna int,
  repetida double precision, recente double precision
) returns double precision
language sql immutable parallel safe
return 1 / (1 + pg_catalog.exp(-(a + b * chance + g * pg_catalog.ln(1 + lacuna::double precision) + h * repetida + r * recente)));

comment on function audit_interno.curva(
  double precision, double precision, double precision, double precision, double precision, double precision, int, double precision, double precision) is
  'Logistic confidence of a raw score given as log-odds; lacuna in months; repetida: logarithm of one and the earlier payments alike; recente: log-odds among the latest entries.';
revoke execute on function audit_interno.curva(
  double precision, double precision, double precision, double precision, double precision, double precision, int, double precision, double precision) from public;
--! EndIncluded regras/curva.sql
--! Included regras/resolver_sistema.sql
-- Solves a system of linear equations with a symmetric positive definite matrix (no pivoting needed) by Gauss-Jordan elimination.
-- Its loops go over unknowns, of which there are a handful. Touches nothing. Called by audit_interno.ajustar_curvas.
create or replace function audit_interno.resolver_sistema(matriz double precision[], lado double precision[]) returns double precision[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_n constant int := cardinality(lado);
  v_fator double precision;
begin
  for i in 1..v_n loop
    for j in 1..v_n loop
      continue when j = i;
      v_fator := matriz[j][i] / matriz[i][i];
      for k in i..v_n loop
        matriz[j][k] := matriz[j][k] - v_fator * matriz[i][k];
      end loop;
      lado[j] := lado[j] - v_fator * lado[i];
    end loop;
  end loop;
  return array(select lado[i] / matriz[i][i] from generate_series(1, v_n) i order by i);
end
$$;

comment on function audit_interno.resolver_sistema(double precision[], double precision[]) is
  'Unknowns of a system of linear equations: a symmetric positive definite matrix by rows, and its right side.';
revoke execute on function audit_interno.resolver_sistema(double precision[], double precision[]) from public;
--! EndIncluded regras/resolver_sistema.sql
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
-- word of the best category, undecayed, as a reviewer would find it in the ledger. Reads audit_interno.estatistica_* and, through
-- entradas_pendencia, dw.lancamentos; changes nothing. Called by sugerir_pendencias and by the calibration.
create or replace function audit_interno.pontuar_pendencias(janela audit.janela, retroteste int4range, amostra int, provas boolean)
returns table (
  id text, com_conta boolean, certa int, classe smallint, lacuna smallint, categorias int[], bases double precision[], palavras double precision[],
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
  ), kx as materialized (
    -- coeficiente: 1 / (N_l + alfa_l), times what the finer levels leave over to this one; level 11, the account, is asked apart
    select c.n, c.nivel, c.termo, c.x, c.w, c.recentes, c.linhas, c.frequencia, a.peso,
      exp(coalesce(sum(ln(a.peso / (c.w + a.peso))) filter (where c.nivel < 11) over (
        partition by c.n order by c.nivel desc rows between unbounded preceding and 1 preceding), 0))
        / (c.w + a.peso) as coeficiente
    from conhecidas c
    join audit_interno.alfas() a (nivel, peso) on a.nivel = c.nivel
    union all
    select c.n, c.nivel, c.termo, c.x, c.w, null, c.linhas, c.frequencia, null, null from conhecidas c where c.nivel >= 20
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
      case when c.nivel >= 20 then ln((c.w + 5 * h.frequencia) / (5 * h.frequencia)) end as soma
    from contagem c
    join conhecida h on h.x = c.x
    where case when c.nivel < 4 then c.posicao <= 15 when c.nivel < 20 then c.posicao <= 30 else h.frequencia is not null end
  ), medida as materialized (
    select f.n, u.categoria, sum(u.w * f.coeficiente) as base, coalesce(sum(u.soma), 0) as soma, coalesce(sum(u.repetida), 0) as repetida,
      coalesce(sum(u.recente), 0) as recente
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
      select q.*, m.categoria, m.base, m.soma, m.repetida, m.recente, d.peso
      from medida m
      join pergunta q on q.n = m.n
      join audit_interno.lambdas() d on d.classe = q.classe
      offset 0
    ) m
    join geral g on g.corte = m.corte and g.categoria = m.categoria
    left join conta c on m.com_conta and c.n = m.n and c.categoria = m.categoria
    cross join lateral (select case when m.com_conta then m.resto * m.base + coalesce(c.base, 0) else m.base end as base) b
    cross join lateral (select (m.termos + case when m.com_conta then m.contas else 0 end) * ln(5 / (g.w + 5)) + m.soma
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
  select e.id, l.com_conta, e.certa, l.classe, e.lacuna, l.categorias, l.bases, l.palavras, l.repetidas, l.recentes, l.notas,
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
--! Included regras/ajustar_lambdas.sql
-- Fits the weight of the words and the account in each class of audit_interno.classe_apoio: the one of a grid under which the
-- right categories of the back-test were most probable; a class seen in fewer than a hundred entries keeps its default. Of the
-- back-test's entries at most so many are read (amostra). Reads estatistica_pergunta; writes estatistica_peso. Called by audit_interno.calibrar_historia, after the strengths of the
-- levels are known and before the calibration.
create or replace function audit_interno.ajustar_lambdas(amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  delete from audit_interno.estatistica_peso p where p.nome like 'lambda\_%';

  with pergunta as materialized (
    select q.classe, q.certa, q.categorias, q.bases, q.palavras,
      -- scores are told apart by their difference; the largest is about here, and exp() of it in range
      q.bases[1] as base, q.palavras[1] as palavra
    from (
      select x.*, dense_rank() over (order by hashtextextended(x.id, 1)) as sorte from audit_interno.estatistica_pergunta x
    ) q
    where q.sorte <= amostra
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

comment on function audit_interno.ajustar_lambdas(int) is 'Fits the weight of words and account in each class of knowledge on the ledger''s own past.';
revoke execute on function audit_interno.ajustar_lambdas(int) from public;
--! EndIncluded regras/ajustar_lambdas.sql
--! Included regras/ajustar_curvas.sql
-- Fits the logistic calibration to the back-test (Platt 1999) by Newton's method, entries with and without a known account apart: one
-- slope each on the raw score's log-odds, on the months without history, on how often the very same payment was made before and on
-- the supplier's latest entries; an intercept for each class of knowledge. An account that settles everything says nothing of the
-- entries without one. Few cases move little: the slopes are drawn towards the modest curve that serves a ledger without a past
-- (0.22: a raw .999 becomes .82), the intercepts towards their mean. Pooled over the classes, because a curve of its own for each
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
      select s.classe, count(*) as casos, sum(s.w) as h00,
        sum(s.w * s.x1) as h01, sum(s.w * s.x2) as h02, sum(s.w * s.x3) as h03, sum(s.w * s.x4) as h04,
        sum(s.w * s.x1 * s.x1) as h11, sum(s.w * s.x1 * s.x2) as h12, sum(s.w * s.x1 * s.x3) as h13, sum(s.w * s.x1 * s.x4) as h14,
        sum(s.w * s.x2 * s.x2) as h22, sum(s.w * s.x2 * s.x3) as h23, sum(s.w * s.x2 * s.x4) as h24,
        sum(s.w * s.x3 * s.x3) as h33, sum(s.w * s.x3 * s.x4) as h34, sum(s.w * s.x4 * s.x4) as h44,
        sum(s.erro) as d0, sum(s.erro * s.x1) as d1, sum(s.erro * s.x2) as d2, sum(s.erro * s.x3) as d3, sum(s.erro * s.x4) as d4
      from s
      group by s.classe
    ), media as (
      -- few cases in all: towards nought
      select k.classe / 4 as grupo, sum(k.a * n.casos) / (sum(n.casos) + 30) as a
      from audit_interno.estatistica_curva k
      join soma n on n.classe = k.classe
      group by k.classe / 4
    ), classe as (
      select k.classe, k.classe / 4 as grupo, 3 + coalesce(n.h00, 0) as h00, coalesce(n.d0, 0) - 3 * (k.a - coalesce(m.a, 0)) as d0,
        array[coalesce(n.h01, 0), coalesce(n.h02, 0), coalesce(n.h03, 0), coalesce(n.h04, 0)] as h0
      from audit_interno.estatistica_curva k
      left join media m on m.grupo = k.classe / 4
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
            array(select case when j = c.classe % 4 then c.h00 else 0 end from generate_series(0, 3) j) || c.h0 as linha
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
  select q.id || case when q.com_conta then '' else ' sem conta' end, q.classe, q.lacuna, ln(1 + n.repetidas[1]),
    n.recentes[1], b.bruta, audit_interno.chance_bruta(b.bruta), (n.categorias[1] = q.certa)::int
  from audit_interno.estatistica_pergunta q
  join audit_interno.lambdas() d on d.classe = q.classe
  cross join lateral (
    select array_agg(c.categoria order by c.nota desc, c.categoria) as categorias, array_agg(c.repetida order by c.nota desc, c.categoria) as repetidas,
      array_agg(c.recente order by c.nota desc, c.categoria) as recentes,
      array_agg(c.nota order by c.nota desc, c.categoria) as notas
    from (
      select p.categoria, p.repetida, p.recente, p.base + d.peso * p.palavra as nota
      from unnest(q.categorias, q.bases, q.palavras, q.repetidas, q.recentes) p (categoria, base, palavra, repetida, recente)
      offset 0
    ) c
  ) n
  cross join lateral (select 1 / sum(exp(greatest(t.nota - n.notas[1], -60))) as bruta from unnest(n.notas) t (nota)) b;

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
  delete from audit_interno.estatistica_pergunta;
  if retroteste is not null then
    perform audit_interno.ajustar_alfas(retroteste, v_pesos);
    insert into audit_interno.estatistica_pergunta (id, com_conta, classe, lacuna, certa, categorias, bases, palavras, repetidas, recentes)
    select p.id, p.com_conta, p.classe, p.lacuna, p.certa, p.categorias, p.bases, p.palavras, p.repetidas, p.recentes
    from audit_interno.pontuar_pendencias(null, retroteste, v_amostra, false) p;
    perform audit_interno.ajustar_lambdas(v_pesos);
    perform audit_interno.calibrar_pendencias();
    delete from audit_interno.estatistica_pergunta;
  end if;
end
$$;

comment on function audit_interno.calibrar_historia(int4range) is 'Fits weights and calibration on the ledger''s own past.';
revoke execute on function audit_interno.calibrar_historia(int4range) from public;
--! EndIncluded regras/calibrar_historia.sql
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
  v_assinatura text := md5(concat_ws('|', 4, current_setting('server_version_num')::int / 10000,
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
--! Included configuracao/preparar_padrao.sql
-- Folds a pattern and refuses one that cannot be used, whoever writes it and however.
create or replace function audit_interno.preparar_padrao()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  new.padrao_dobrado := case when new.tipo = 'regex'
    -- folding must not turn a class such as \S or \D into another
    then regexp_replace(translate(normalize(new.padrao, nfc),
      'áàâãäéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ', 'aaaaaeeeeiiiiooooouuuucnAAAAAEEEEIIIIOOOOOUUUUCN'), '^(\(\?[a-z]+\))?', '(?i)')
    else btrim(regexp_replace(audit_interno.dobrar(new.padrao), '\s+', ' ', 'g')) end;
  if btrim(new.padrao) = '' or new.padrao_dobrado = '' then
    raise exception using errcode = 'NC014', message = 'padrão vazio', hint = 'Um padrão vazio alcançaria tudo.';
  end if;
  if length(new.padrao) > 500 then
    raise exception using errcode = 'NC014', message = 'padrão longo demais', detail = format('%s caracteres; o máximo é 500', length(new.padrao));
  end if;
  if new.tipo = 'regex' then
    begin
      if '' ~ new.padrao_dobrado then
        raise exception using errcode = 'NC014', message = format('a expressão %s alcança o texto vazio, e assim tudo', new.padrao);
      end if;
      -- as regras.trade_marketing uses it, one alternative among others
      perform '' ~ format('(?:%s)', audit_interno.sem_acentos(new.padrao));
    exception when invalid_regular_expression then
      raise exception using errcode = 'NC014', message = format('expressão regular inválida: %s', new.padrao), detail = sqlerrm,
        hint = case when new.padrao ~ '^(\(\?[a-z]|\*\*\*)' then
          'Opções no começo, como (?i), não cabem: maiúsculas e acentos nunca importam.'
          else 'A sintaxe é a das expressões regulares do PostgreSQL.' end;
    end;
  end if;
  return new;
end
$$;
comment on function audit_interno.preparar_padrao() is 'Keeps padrao_dobrado and refuses an unusable pattern with NC014.';

create or replace trigger preparar before insert or update on audit.padroes_trade_marketing
  for each row execute function audit_interno.preparar_padrao();
--! EndIncluded configuracao/preparar_padrao.sql
--! Included regras/chave_duplicidade.sql
-- Amount without sign and begin of the supplier's code as one number: equal for the same document booked twice, and few others.
-- A number because one is kept for each entry of the window: half the memory of the two, and no disk. Touches nothing; inlined by
-- the planner. Called by audit_interno.duplicidades for every entry it reads.
create or replace function audit_interno.chave_duplicidade(valor numeric, codigo text) returns bigint
language sql immutable parallel safe
return pg_catalog.hash_numeric_extended(pg_catalog.abs(valor), pg_catalog.hashtextextended(audit_interno.inicio_fornecedor(codigo), 0));

comment on function audit_interno.chave_duplicidade(numeric, text) is
  'Hash of an amount without sign and the begin of a supplier''s code.';
revoke execute on function audit_interno.chave_duplicidade(numeric, text) from public;
--! EndIncluded regras/chave_duplicidade.sql
--! Included regras/chaves_suspeitas.sql
-- Keys (audit_interno.chave_duplicidade) that more than one entry of the days has; with sozinhas also those of a single one: of a few
-- rows it is cheaper to ask who resembles them. Coarse and cheap: equal amounts and begins of the supplier's code; what is dearer
-- sees only what has a companion. A function of its own, and return query, so that it may run in parallel. Reads dw.lancamentos;
-- changes nothing. Called by audit_interno.duplicidades.
create or replace function audit_interno.chaves_suspeitas(janela audit.janela, de date, ate date, sozinhas boolean) returns setof bigint
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_hashagg = off -- nearly as many keys as entries: sorted they take half the time, and no disk
as $$
begin
  return query
  select audit_interno.chave_duplicidade(l.valor, l.fornecedor_id)
  from dw.lancamentos l
  where l.valor <> 0 and l.documento <> ''
    and l.data_lancamento between de and ate
    and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
    and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
    and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
  group by 1
  having count(*) > 1 or sozinhas;
end
$$;

comment on function audit_interno.chaves_suspeitas(audit.janela, date, date, boolean) is
  'Hashed amounts and suppliers of a window that more than one entry has, or with sozinhas any.';
revoke execute on function audit_interno.chaves_suspeitas(audit.janela, date, date, boolean) from public;
--! EndIncluded regras/chaves_suspeitas.sql
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
set work_mem = '64MB'
as $$
declare
  v_dias int := coalesce((audit_interno.configuracao('valores.dias_duplicidade') #>> '{}')::int, 10);
  v_de date := greatest(greatest(janela.data_inicio, '0001-02-01') - v_dias, '0001-02-01');
  v_ate date := least(janela.data_fim, '9999-12-31');
  v_por_data boolean := janela.carregado_desde is null and janela.carregado_ate is null and janela.chaves is null;
  v_datas date[];
  v_quantas int;
  v_suspeitas bigint[]; -- an array of constants is looked up by hash, also by parallel workers
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

  v_suspeitas := array(select s.chave from audit_interno.chaves_suspeitas(janela, v_de, v_ate, not v_por_data) s (chave));
  if v_suspeitas = '{}' then
    return;
  end if;

  return query
  with comparavel as (
    select l.id, l.data_lancamento, l.carregado_em, l.filial, l.documento, l.valor, l.descricao,
      c.fornecedor, c.numero, c.parcela
    from (
      -- then the last character of the number, which no spelling changes
      select e.*, count(*) over (partition by e.chave, lower(right(rtrim(e.documento, ' -./'), 1))) as companhia
      from (
        select f.*, audit_interno.chave_duplicidade(f.valor, f.fornecedor_id) as chave
        from dw.lancamentos f
        where audit_interno.chave_duplicidade(f.valor, f.fornecedor_id) = any (v_suspeitas) and f.valor <> 0 and f.documento <> ''
          and f.data_lancamento between v_de and v_ate
          and (v_datas is null or f.data_lancamento = any (v_datas))
        offset 0
      ) e
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
comment on column audit.deteccoes.resumo is 'SHA-256 over identity, confidence, evidence, sentence, amount at stake and the rule''s hash at that time, and over the original values and the time when it was first found.';
--! Included integridade/tabelas.sql
-- What audit.verificar_integridade answers, and what the functions behind it find. No table: a verification leaves nothing behind.
create type audit.verificacao as (
  situacao text,
  elo bigint,
  operacao_id bigint,
  objeto text,
  esperado text,
  encontrado text,
  ocorrencias bigint,
  operacoes bigint,
  fatos bigint,
  selo text
);
comment on type audit.verificacao is 'What a verification of the audit trail says: one row provada, or one row for each kind of break, the first broken link first.';
comment on column audit.verificacao.situacao is 'provada: nothing is broken. Otherwise the kind of break. Of the chain: operacao_ausente (an operation between two others is gone), elo_repetido, operacao_alterada (the operation, or a fact that carries its id, was changed, deleted or added), selo_anterior_errado, selo_errado, cauda_ausente (the last operations are gone), cabeca_errada (the head is not the last operation''s), testemunha_contradita (the elo does not bear the selo given), operacao_sem_selo (ended, or of a kind that never stays under way, and not sealed). Of facts: fato_sem_operacao, fato_sem_selo (its operation is not sealed), fato_sem_divergencia (its finding is gone), divergencia_sem_deteccao (nobody found it), divergencia_alterada (not what the last detection recorded), excecao_alterada and acesso_alterado (revocations of exceptions, tokens, revocations of access: not what the sealed operations say). Of the guard: protecao_ausente, protecao_alterada, protecao_desligada (of the triggers that refuse change).';
comment on column audit.verificacao.elo is 'Position in the chain of the first break of this kind, or of the operation that its object names; null where no operation is concerned. Of provada: the head.';
comment on column audit.verificacao.operacao_id is 'The operation there, if any.';
comment on column audit.verificacao.objeto is 'Table and key of what is broken, and the part of it.';
comment on column audit.verificacao.esperado is 'What the trail says it should be; digests in hexadecimal.';
comment on column audit.verificacao.encontrado is 'What is there.';
comment on column audit.verificacao.ocorrencias is 'How many breaks of this kind there are; null in provada.';
comment on column audit.verificacao.operacoes is 'Sealed operations that were proven; null in a break.';
comment on column audit.verificacao.fatos is 'Detections, alterations, decisions and exceptions that were proven; null in a break.';
comment on column audit.verificacao.selo is 'Seal of the head, hexadecimal: with elo, what a message bears witness to. Null in a break.';

create type audit_interno.quebra as (
  situacao text,
  elo bigint,
  operacao_id bigint,
  objeto text,
  esperado text,
  encontrado text
);
comment on type audit_interno.quebra is 'One break of the audit trail; see audit.verificacao.';
--! EndIncluded integridade/tabelas.sql
--! Included deteccao/resumo_achado.sql
-- Digest of a finding as a detection leaves it, kept with the detection. No settings of its own, so that the planner inlines
-- it: a session takes it of every finding. Nothing in its text depends on the session's settings; the time goes as a number.
-- A row as text, because building a JSON array of the same costs three times as much.
create or replace function audit_interno.resumo_achado(achado audit.divergencias_processadas)
returns bytea
language sql
stable
as $$
  select pg_catalog.sha256(achado.identidade || pg_catalog.convert_to(row(achado.confianca, achado.evidencia, achado.justificativa,
    achado.valor_em_risco, achado.hash_regra, achado.valores_originais, extract(epoch from achado.detectada_em))::text, 'UTF8'))
$$;
comment on function audit_interno.resumo_achado(audit.divergencias_processadas) is
  'SHA-256 over identity, confidence, evidence, sentence, amount at stake, the rule''s hash, original values and the time when it was first found.';
--! EndIncluded deteccao/resumo_achado.sql
--! Included deteccao/registrar_achados.sql
-- Takes pg_temp.conferente_achado into audit.divergencias_processadas: new ones are opened, known ones counted. A finding
-- that a person rejected or rolled back stays as it is; one that had closed by itself, or by an exception that is no longer
-- in force, is open again.
create or replace function audit_interno.registrar_achados(sessao_id bigint, regra audit.regras, operacao_id bigint, hash_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_agora timestamptz := clock_timestamp();
  v_suprimidas bigint;
  v_novas bigint;
  v_total bigint;
  v_valor numeric;
begin
  delete from pg_temp.conferente_achado a
  using audit.excecoes e
  where e.regra = registrar_achados.regra.nome and e.tabela = a.tabela and e.registro_id = a.registro_id
    and e.revogada_em is null and e.expira_em > v_agora;
  get diagnostics v_suprimidas = row_count;

  with gravada as (
    insert into audit.divergencias_processadas as d (
      sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id, valores_originais, valores_propostos, confianca,
      evidencia, justificativa, valor_em_risco, detectada_em, ultima_deteccao, identidade, impressao)
    select registrar_achados.sessao_id, registrar_achados.sessao_id, registrar_achados.regra.nome, registrar_achados.hash_regra,
      a.tabela, a.registro_id, a.valores_originais, a.valores_propostos, round(a.confianca, 4), a.evidencia, a.justificativa,
      round(a.valor_em_risco, 2), v_agora, v_agora, a.identidade, a.impressao
    from pg_temp.conferente_achado a
    -- ids in the order of the keys (numbers too), so that a batch of corrections lies together in the warehouse; and two
    -- at once take the same rows in the same order
    order by length(a.registro_id), a.registro_id collate "C", a.identidade
    on conflict (registro_id, identidade) do update
    set sessao_ultima_id = excluded.sessao_ultima_id, hash_regra = excluded.hash_regra, confianca = excluded.confianca,
      evidencia = excluded.evidencia, justificativa = excluded.justificativa, valor_em_risco = excluded.valor_em_risco,
      ultima_deteccao = excluded.ultima_deteccao, vezes_detectada = d.vezes_detectada + 1,
      (status, motivo, decidida_em, decidida_por) = (
        select case when r.reabre then 'aberta' else d.status end, case when r.reabre then 'encontrada de novo' else d.motivo end,
          case when r.reabre then v_agora else d.decidida_em end, case when r.reabre then 'conferente' else d.decidida_por end
        from (select case d.status when 'obsoleta' then true when 'resolvida' then true
          when 'rejeitada' then coalesce((
            select c.tipo = 'excecao' from audit.decisoes c where c.divergencia_id = d.id order by c.id desc limit 1), false)
          else false end as reabre) as r)
    where d.sessao_ultima_id <> excluded.sessao_ultima_id -- another part of this session was faster: counted once
    returning d.id, d.vezes_detectada, d.confianca, d.valor_em_risco, audit_interno.resumo_achado(d) as resumo
  ), registrada as (
    insert into audit.deteccoes (operacao_id, divergencia_id, confianca, resumo)
    select registrar_achados.operacao_id, g.id, g.confianca, g.resumo
    from gravada g
  )
  select count(*), count(*) filter (where g.vezes_detectada = 1), coalesce(sum(g.valor_em_risco), 0)
  into v_total, v_novas, v_valor
  from gravada g;

  update audit.execucoes_regra e
  set encontradas = e.encontradas + v_total, novas = e.novas + v_novas, recorrentes = e.recorrentes + v_total - v_novas,
    suprimidas = e.suprimidas + v_suprimidas, valor_em_risco = e.valor_em_risco + v_valor
  where e.sessao_id = registrar_achados.sessao_id and e.regra = registrar_achados.regra.nome;
end
$$;
comment on function audit_interno.registrar_achados(bigint, audit.regras, bigint, text) is
  'Opens new findings, counts known ones, withholds those under an exception.';
--! EndIncluded deteccao/registrar_achados.sql
--! Included integridade/resumos_operacoes.sql
-- Digests of all sealed operations at once, by the formula and the settings of audit_interno.resumo_operacao, which asks for
-- one: here each table of facts is read once. Changes nothing. Called by quebras_cadeia.
create or replace function audit_interno.resumos_operacoes()
returns table (operacao_id bigint, deteccoes bigint, alteracoes bigint, decisoes bigint, excecoes bigint, resumo bytea)
language sql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
  with deteccao as (
    select x.operacao_id, count(*) as fatos, sha256(string_agg(x.resumo, '' order by x.divergencia_id)) as resumo
    from (
      select d.operacao_id, d.divergencia_id, sha256(convert_to(row(d.divergencia_id, d.confianca, d.resumo)::text, 'UTF8')) as resumo
      from audit.deteccoes d
    ) as x
    group by x.operacao_id
  ), alteracao as (
    select x.operacao_id, count(*) as fatos, sha256(string_agg(x.resumo, '' order by x.divergencia_id)) as resumo
    from (
      select a.operacao_id, a.divergencia_id,
        sha256(convert_to(row(a.divergencia_id, a.reverte_operacao_id, a.antes, a.depois)::text, 'UTF8')) as resumo
      from audit.alteracoes a
    ) as x
    group by x.operacao_id
  ), decisao as (
    select x.operacao_id, count(*) as fatos, sha256(string_agg(x.resumo, '' order by x.id)) as resumo
    from (
      select c.operacao_id, c.id, sha256(convert_to(row(c.id, c.divergencia_id, c.tipo, c.ator, c.motivo, c.valores, c.confianca,
        c.decidida_em)::text, 'UTF8')) as resumo
      from audit.decisoes c
    ) as x
    group by x.operacao_id
  ), excecao as (
    select x.operacao_id, count(*) as fatos, sha256(string_agg(x.resumo, '' order by x.id)) as resumo
    from (
      select e.operacao_id, e.id, sha256(convert_to(row(e.id, e.regra, e.tabela, e.registro_id, e.motivo, e.autor, e.criada_em,
        e.expira_em)::text, 'UTF8')) as resumo
      from audit.excecoes e
    ) as x
    group by x.operacao_id
  )
  select o.id, coalesce(d.fatos, 0), coalesce(a.fatos, 0), coalesce(c.fatos, 0), coalesce(e.fatos, 0), sha256(
    sha256(convert_to(row(o.id, o.tipo, o.status, o.sessao_id, o.regra, o.ator, o.motivo, o.iniciada_em, o.finalizada_em,
      o.linhas, o.detalhes)::text, 'UTF8'))
    || coalesce(d.resumo, sha256('')) || coalesce(a.resumo, sha256('')) || coalesce(c.resumo, sha256(''))
    || coalesce(e.resumo, sha256('')))
  from audit.operacoes o
  left join deteccao d on d.operacao_id = o.id
  left join alteracao a on a.operacao_id = o.id
  left join decisao c on c.operacao_id = o.id
  left join excecao e on e.operacao_id = o.id
  where o.elo is not null
$$;
comment on function audit_interno.resumos_operacoes() is
  'Of each sealed operation how many facts carry its id, and what audit_interno.resumo_operacao gives for it.';
--! EndIncluded integridade/resumos_operacoes.sql
--! Included integridade/quebras_cadeia.sql
-- Walks the chain from its beginning: positions without gaps, each seal built on the one before it and on a digest that the
-- operation and its facts still have. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_cadeia()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with elos as (
    select o.id, o.elo, o.linhas, o.resumo, o.selo_anterior, o.selo, r.deteccoes, r.alteracoes, r.decisoes, r.excecoes,
      r.resumo as refeito, sha256(o.selo_anterior || int8send(o.elo) || o.resumo) as selo_refeito,
      lag(o.elo, 1, 0::bigint) over w as elo_antes, lag(o.selo, 1, sha256('conferente')) over w as selo_antes
    from audit.operacoes o
    join audit_interno.resumos_operacoes() r on r.operacao_id = o.id
    window w as (order by o.elo, o.id)
  )
  select q.situacao, case q.situacao when 'operacao_ausente' then e.elo_antes + 1 else e.elo end,
    case when q.situacao <> 'operacao_ausente' then e.id end,
    case when q.situacao <> 'operacao_ausente' then format('audit.operacoes %s', e.id) else 'audit.operacoes' end,
    case q.situacao
      when 'operacao_ausente' then format('elo %s', e.elo_antes + 1)
      when 'elo_repetido' then format('elo %s', e.elo_antes + 1)
      when 'operacao_alterada' then format('resumo %s', encode(e.resumo, 'hex'))
      when 'selo_anterior_errado' then format('selo_anterior %s', encode(e.selo_antes, 'hex'))
      else format('selo %s', encode(e.selo_refeito, 'hex')) end,
    case q.situacao
      when 'operacao_ausente' then format('elo %s, operação %s', e.elo, e.id)
      when 'elo_repetido' then format('elo %s', e.elo)
      when 'operacao_alterada' then format('resumo %s; linhas %s; deteccoes %s, alteracoes %s, decisoes %s, excecoes %s',
        encode(e.refeito, 'hex'), e.linhas, e.deteccoes, e.alteracoes, e.decisoes, e.excecoes)
      when 'selo_anterior_errado' then format('selo_anterior %s', encode(e.selo_anterior, 'hex'))
      else format('selo %s', encode(e.selo, 'hex')) end
  from elos e
  cross join lateral (values
    ('operacao_ausente', e.elo > e.elo_antes + 1),
    ('elo_repetido', e.elo <= e.elo_antes),
    ('operacao_alterada', e.resumo is distinct from e.refeito),
    -- behind a gap there is nothing to compare with
    ('selo_anterior_errado', e.elo <= e.elo_antes + 1 and e.selo_anterior is distinct from e.selo_antes),
    ('selo_errado', e.selo is distinct from e.selo_refeito)
  ) as q (situacao, quebrou)
  where q.quebrou
$$;
comment on function audit_interno.quebras_cadeia() is
  'operacao_ausente, elo_repetido, operacao_alterada, selo_anterior_errado, selo_errado.';
--! EndIncluded integridade/quebras_cadeia.sql
--! Included integridade/quebras_cabeca.sql
-- Holds the last operation against the head of the chain, and the chain against a witness: a position and its seal, as a
-- message carried them. Whoever rewrites the whole chain is contradicted by the witness alone. Changes nothing. Called by
-- verificar_integridade.
create or replace function audit_interno.quebras_cabeca(elo bigint, selo bytea)
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case when c.elo > u.elo then 'cauda_ausente' else 'cabeca_errada' end,
    case when c.elo > u.elo then u.elo + 1 else u.elo end, case when c.elo > u.elo then null else u.id end, 'audit_interno.cadeia',
    case when c.elo > u.elo then format('elo %s, selo %s', c.elo, encode(c.selo, 'hex'))
      else format('elo %s, selo %s', u.elo, encode(u.selo, 'hex')) end,
    case when c.elo > u.elo then format('a última operação tem o elo %s', u.elo)
      when c.elo is null then 'nada'
      else format('elo %s, selo %s', c.elo, encode(c.selo, 'hex')) end
  from (
    select o.id, o.elo, o.selo from audit.operacoes o where o.elo is not null
    union all
    select null, 0, sha256('conferente') -- before the first operation
    order by 2 desc limit 1
  ) as u
  left join audit_interno.cadeia c on true
  where (c.elo, c.selo) is distinct from (u.elo, u.selo)
  union all
  select 'testemunha_contradita', t.elo, t.id, case when t.id is not null then format('audit.operacoes %s', t.id) else 'audit.operacoes' end,
    format('selo %s', encode(quebras_cabeca.selo, 'hex')), coalesce('selo ' || encode(t.selo, 'hex'), 'nenhuma operação com este elo')
  from (
    select quebras_cabeca.elo, o.id, case when quebras_cabeca.elo = 0 then sha256('conferente') else o.selo end as selo
    from (values (1)) as uma (linha)
    left join audit.operacoes o on o.elo = quebras_cabeca.elo
    where quebras_cabeca.elo is not null
  ) as t
  where t.selo is distinct from quebras_cabeca.selo
$$;
comment on function audit_interno.quebras_cabeca(bigint, bytea) is
  'cauda_ausente, cabeca_errada; testemunha_contradita where elo and selo are given.';
--! EndIncluded integridade/quebras_cabeca.sql
--! Included integridade/quebras_fatos.sql
-- Facts that hang in the air, and operations that were never sealed. What the caller's own transaction has written is sealed
-- only when it commits: its rows are known by their age, which is below 1 for nothing else that is ended and unsealed.
-- Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_fatos()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'operacao_sem_selo', null::bigint, o.id, format('audit.operacoes %s', o.id), 'selo',
    format('tipo %s, status %s, sem selo', o.tipo, o.status)
  from audit.operacoes o
  where o.elo is null and age(o.xmin) > 0 and (o.finalizada_em is not null or o.tipo not in ('externa', 'exportacao'))
  union all
  select case when o.id is null then 'fato_sem_operacao' else 'fato_sem_selo' end, null, x.operacao_id,
    format('audit.%s %s', x.tabela, x.chave), format('audit.operacoes %s', x.operacao_id),
    case when o.id is null then 'nenhuma operação com este id' else format('tipo %s, status %s, sem selo', o.tipo, o.status) end
  from (
    select 'deteccoes' as tabela, d.operacao_id, format('divergencia_id %s, operacao_id %s', d.divergencia_id, d.operacao_id) as chave
    from audit.deteccoes d
    where not exists (select from audit.operacoes o where o.id = d.operacao_id and o.elo is not null)
    union all
    select 'alteracoes', a.operacao_id, format('divergencia_id %s, operacao_id %s', a.divergencia_id, a.operacao_id)
    from audit.alteracoes a
    where not exists (select from audit.operacoes o where o.id = a.operacao_id and o.elo is not null)
    union all
    select 'decisoes', c.operacao_id, c.id::text
    from audit.decisoes c
    where not exists (select from audit.operacoes o where o.id = c.operacao_id and o.elo is not null)
    union all
    select 'excecoes', e.operacao_id, e.id::text
    from audit.excecoes e
    where not exists (select from audit.operacoes o where o.id = e.operacao_id and o.elo is not null)
  ) as x
  left join audit.operacoes o on o.id = x.operacao_id
  where o.id is null or age(o.xmin) > 0
  union all
  select 'fato_sem_divergencia', o.elo, x.operacao_id, format('audit.%s %s', x.tabela, x.chave),
    format('audit.divergencias_processadas %s', x.divergencia_id), 'nenhuma divergência com este id'
  from (
    select 'deteccoes' as tabela, d.operacao_id, d.divergencia_id,
      format('divergencia_id %s, operacao_id %s', d.divergencia_id, d.operacao_id) as chave
    from audit.deteccoes d
    where not exists (select from audit.divergencias_processadas p where p.id = d.divergencia_id)
    union all
    select 'alteracoes', a.operacao_id, a.divergencia_id, format('divergencia_id %s, operacao_id %s', a.divergencia_id, a.operacao_id)
    from audit.alteracoes a
    where not exists (select from audit.divergencias_processadas p where p.id = a.divergencia_id)
    union all
    select 'decisoes', c.operacao_id, c.divergencia_id, c.id::text
    from audit.decisoes c
    where not exists (select from audit.divergencias_processadas p where p.id = c.divergencia_id)
  ) as x
  left join audit.operacoes o on o.id = x.operacao_id
$$;
comment on function audit_interno.quebras_fatos() is 'operacao_sem_selo, fato_sem_operacao, fato_sem_selo, fato_sem_divergencia.';
--! EndIncluded integridade/quebras_fatos.sql
--! Included integridade/quebras_divergencias.sql
-- Holds every finding against its detections: its identity can be computed again from its columns, the last detection says
-- what it looked like, the number of detections and their sessions how often and where it was found. The last detection is
-- the one highest in the chain: whoever counts a finding again holds its row until the commit, which seals.
-- What is decided about it later (status and who decided, typed values) is the present state, not a fact: decisions and
-- alterations are. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_divergencias()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- narrow rows are sorted, findings are not: they are wide
  with vista as (
    select x.divergencia_id, x.resumo, o.id as operacao_id, o.elo, o.sessao_id, first_value(o.sessao_id) over w as sessao_primeira,
      row_number() over w as vezes, lead(true) over w is null as ultima
    from audit.deteccoes x
    join audit.operacoes o on o.id = x.operacao_id
    window w as (partition by x.divergencia_id order by o.elo nulls last, x.operacao_id)
  )
  select case q.parte when 'deteccoes' then 'divergencia_sem_deteccao' else 'divergencia_alterada' end, v.elo, v.operacao_id,
    format('audit.divergencias_processadas %s: %s', d.id, q.parte),
    case q.parte
      when 'deteccoes' then 'audit.deteccoes'
      when 'identidade' then encode(d.identidade, 'hex')
      when 'ultima deteccao' then encode(v.resumo, 'hex')
      when 'vezes_detectada' then v.vezes::text
      when 'sessao_id' then v.sessao_primeira::text
      else v.sessao_id::text end,
    case q.parte
      when 'deteccoes' then 'nenhuma detecção'
      when 'identidade' then encode(i.identidade, 'hex')
      when 'ultima deteccao' then encode(audit_interno.resumo_achado(d), 'hex')
      when 'vezes_detectada' then d.vezes_detectada::text
      when 'sessao_id' then d.sessao_id::text
      else d.sessao_ultima_id::text end
  from audit.divergencias_processadas d
  left join vista v on v.divergencia_id = d.id and v.ultima
  cross join lateral (
    select sha256(convert_to(jsonb_build_array(d.regra, d.tabela, d.registro_id, d.valores_propostos,
      case when d.valores_propostos = '{}' then d.evidencia ->> 'tipo' end)::text, 'UTF8') || d.impressao) as identidade
  ) as i
  cross join lateral (select case
    when v.vezes is null then 'deteccoes'
    when d.identidade <> i.identidade then 'identidade'
    when v.resumo <> audit_interno.resumo_achado(d)
      -- as detections once left it, without the original values and the time
      and v.resumo <> sha256(d.identidade || convert_to(
        jsonb_build_array(d.confianca, d.evidencia, d.justificativa, d.valor_em_risco, d.hash_regra)::text, 'UTF8'))
      then 'ultima deteccao'
    when d.vezes_detectada <> v.vezes then 'vezes_detectada'
    when d.sessao_id is distinct from v.sessao_primeira then 'sessao_id'
    when d.sessao_ultima_id is distinct from v.sessao_id then 'sessao_ultima_id'
  end as parte) as q
  where q.parte is not null
$$;
comment on function audit_interno.quebras_divergencias() is 'divergencia_sem_deteccao, divergencia_alterada.';
--! EndIncluded integridade/quebras_divergencias.sql
--! Included integridade/quebras_acesso.sql
-- What the chain does not hold itself but its operations tell: which exceptions were taken back and by whom, which tokens
-- were issued, and who was shut out. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_acesso()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'excecao_alterada', o.elo, o.id, format('audit.excecoes %s: revogada_por', coalesce(e.id::text, o.excecao)),
    coalesce(o.ator, 'em vigor'), coalesce(e.revogada_por, 'em vigor')
  from (
    select p.id, p.elo, p.ator, p.detalhes ->> 'revogada' as excecao
    from audit.operacoes p where p.tipo = 'excecao' and p.detalhes ? 'revogada'
  ) as o
  full join (select r.* from audit.excecoes r where r.revogada_em is not null) as e on e.id::text = o.excecao
  where e.revogada_por is distinct from o.ator
  union all
  select 'acesso_alterado', o.elo, coalesce(o.id, t.operacao_id), format('audit.tokens %s', coalesce(t.id, o.detalhes ->> 'token')),
    case when o.id is null then 'nenhum token'
      else format('%s, %s, até %s, emitido por %s', o.detalhes ->> 'nome', o.detalhes ->> 'papel', o.detalhes ->> 'expira_em', o.ator) end,
    case when t.id is null then 'nenhum token'
      else format('%s, %s, até %s, emitido por %s', t.nome, t.papel, to_jsonb(t.expira_em) #>> '{}', t.emitido_por) end
  from (
    select p.id, p.elo, p.ator, p.detalhes,
      -- a text that is no time is not what was sealed, and quebras_cadeia says so
      case when p.detalhes ->> 'expira_em' ~ '^\d{4}-(0\d|1[0-2])-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?[+-]\d\d(:\d\d)?$'
        then (p.detalhes ->> 'expira_em')::timestamptz end as expira_em
    from audit.operacoes p where p.tipo = 'acesso' and p.detalhes ->> 'ato' = 'token emitido'
  ) as o
  full join audit.tokens t on t.operacao_id = o.id and t.id = o.detalhes ->> 'token'
  where o.id is null or t.id is null or t.nome <> o.detalhes ->> 'nome' or t.papel <> o.detalhes ->> 'papel'
    or t.emitido_por <> o.ator or t.expira_em <> o.expira_em
  union all
  select 'acesso_alterado', o.elo, coalesce(o.id, r.operacao_id), format('audit.revogacoes %s', coalesce(r.id::text, 'da operação ' || o.id)),
    case when o.id is null then 'nenhuma revogação'
      else format('token %s, nome %s, por %s: %s', o.token, o.nome, o.ator, o.motivo) end,
    case when r.id is null then 'nenhuma revogação'
      else format('token %s, nome %s, por %s: %s', r.token_id, r.nome, r.revogado_por, r.motivo) end
  from (
    select p.id, p.elo, p.ator, p.motivo, p.detalhes ->> 'token' as token, p.detalhes ->> 'nome' as nome
    from audit.operacoes p where p.tipo = 'acesso' and p.detalhes ->> 'ato' = 'acesso revogado'
  ) as o
  full join audit.revogacoes r on r.operacao_id = o.id
  where (o.id, o.token, o.nome, o.ator, o.motivo) is distinct from (r.operacao_id, r.token_id, r.nome, r.revogado_por, r.motivo)
$$;
comment on function audit_interno.quebras_acesso() is 'excecao_alterada, acesso_alterado.';
--! EndIncluded integridade/quebras_acesso.sql
--! Included integridade/quebras_protecao.sql
-- Are the triggers that refuse change, and the one that seals, there as recusar_mudanca.sql, selar_operacao.sql and
-- transicao_permitida.sql made them, and do they fire? Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_protecao()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select s.situacao, null::bigint, null::bigint, format('gatilho %s de audit.%s', e.gatilho, e.tabela), format('%s, ligado', e.funcao),
    case s.situacao
      when 'protecao_ausente' then 'nenhum gatilho'
      when 'protecao_alterada' then pg_get_triggerdef(g.oid)
      else format('tgenabled %s, session_replication_role %s', g.tgenabled, current_setting('session_replication_role')) end
  from (
    -- tgtype: 1 for each row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate
    select t.tabela, 'proteger' as gatilho, 'audit_interno.recusar_mudanca()' as funcao, 1 + 2 + 8 + 16 as tipo, 0 as colunas, false as quando
    from unnest(array['operacoes', 'deteccoes', 'alteracoes', 'decisoes', 'excecoes', 'tokens', 'revogacoes']) as t (tabela)
    union all
    select t.tabela, 'proteger_truncate', 'audit_interno.recusar_mudanca()', 2 + 32, 0, false
    from unnest(array['operacoes', 'deteccoes', 'alteracoes', 'decisoes', 'excecoes', 'tokens', 'revogacoes',
      'divergencias_processadas']) as t (tabela)
    union all
    values ('divergencias_processadas', 'proteger', 'audit_interno.recusar_mudanca()', 1 + 2 + 8, 0, false),
      ('divergencias_processadas', 'proteger_identidade', 'audit_interno.recusar_mudanca()', 1 + 2 + 16, 10, false),
      ('divergencias_processadas', 'proteger_transicao', 'audit_interno.recusar_transicao()', 1 + 2 + 16, 1, true),
      ('operacoes', 'selar', 'audit_interno.selar_operacao()', 1 + 4 + 16, 0, false)
  ) as e
  left join pg_trigger g on g.tgrelid = to_regclass('audit.' || e.tabela) and g.tgname = e.gatilho and not g.tgisinternal
  cross join lateral (select case
    when g.oid is null then 'protecao_ausente'
    when g.tgfoid is distinct from to_regprocedure(e.funcao) or g.tgtype <> e.tipo or cardinality(g.tgattr::int2[]) <> e.colunas
      or (g.tgqual is not null) <> e.quando then 'protecao_alterada'
    when g.tgenabled in ('D', 'R') or g.tgenabled = 'O' and current_setting('session_replication_role') = 'replica'
      then 'protecao_desligada'
  end as situacao) as s
  where s.situacao is not null
$$;
comment on function audit_interno.quebras_protecao() is 'protecao_ausente, protecao_alterada, protecao_desligada.';
--! EndIncluded integridade/quebras_protecao.sql
--! Included integridade/verificar_integridade.sql
-- Proves the audit trail, or names what is broken. Reads every audit fact once, in one snapshot (stable, all of it), and
-- changes nothing; locks nothing out. Definer, because the head of the chain is nobody's to read.
create or replace function audit.verificar_integridade(elo bigint default null, selo text default null)
returns setof audit.verificacao
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_selo bytea;
begin
  if num_nonnulls(verificar_integridade.elo, verificar_integridade.selo) = 1 then
    raise exception using errcode = 'NC001', message = 'uma testemunha é um elo com seu selo',
      hint = 'Copie ambos da mesma mensagem, ou não dê nenhum.';
  end if;
  if verificar_integridade.elo < 0 or btrim(verificar_integridade.selo) !~* '^[0-9a-f]{64}$' then
    raise exception using errcode = 'NC001', message = 'a testemunha está mal escrita',
      hint = 'O elo é um número desde 0, o selo tem 64 dígitos hexadecimais.';
  end if;
  v_selo := decode(btrim(verificar_integridade.selo), 'hex');

  return query
    with quebra as (
      select 1 as ordem, q.* from audit_interno.quebras_cadeia() q
      union all
      select 2, q.* from audit_interno.quebras_cabeca(verificar_integridade.elo, v_selo) q
      union all
      select 3, q.* from audit_interno.quebras_fatos() q
      union all
      select 4, q.* from audit_interno.quebras_divergencias() q
      union all
      select 5, q.* from audit_interno.quebras_acesso() q
      union all
      select 6, q.* from audit_interno.quebras_protecao() q
    ), primeira as (
      select distinct on (q.situacao) q.*, count(*) over (partition by q.situacao) as ocorrencias
      from quebra q
      order by q.situacao, q.elo, q.operacao_id, length(q.objeto), q.objeto collate "C"
    )
    select p.situacao, p.elo, p.operacao_id, p.objeto, p.esperado, p.encontrado, p.ocorrencias, null::bigint, null::bigint, null::text
    from primeira p
    order by p.elo, p.ordem, p.situacao collate "C";
  if found then
    return;
  end if;
  return query
    select 'provada', c.elo, o.id, null::text, null::text, null::text, null::bigint,
      (select count(*) from audit.operacoes x where x.elo is not null),
      (select count(*) from audit.deteccoes) + (select count(*) from audit.alteracoes) + (select count(*) from audit.decisoes)
        + (select count(*) from audit.excecoes),
      encode(c.selo, 'hex')
    from audit_interno.cadeia c
    left join audit.operacoes o on o.elo = c.elo;
end
$$;
comment on function audit.verificar_integridade(bigint, text) is
  'Proves the audit trail: every operation, detection, alteration, decision, exception and finding against the chain of seals, and the triggers that keep them. One row provada with the head of the chain, or one row for each kind of break, the first broken link first. elo and selo: a witness, as a message carried them; without one, a trail that was rewritten as a whole, or cut off at its end together with the head, cannot be told from an honest one. Reads every audit fact: bounded by statement_timeout. Errors: NC001 half a witness, or one badly written.';
grant execute on function audit.verificar_integridade(bigint, text) to conferente_leitor;
--! EndIncluded integridade/verificar_integridade.sql

reset role;
