-- The best category for each pending entry of a window, the runner-up, the calibrated confidence and what supports it. Entries with nothing
-- to infer from are missing from the result; those about which exactly the same is known share a row (ids and certas belong together).
-- metade: all suppliers (null) or one half of them (0, 1). Reads the statistics and dw.lancamentos; changes nothing. Called by
-- explicar_pendencias and by back-tests (retroteste given: decided entries instead of pending ones).
create or replace function regra_pendente_verificacao.sugerir_pendencias(janela audit.janela, retroteste int4range, amostra int, metade int default null)
returns table (
  ids text[], com_conta boolean, certas int[], categoria int, segunda int, bruta double precision, bruta_segunda double precision,
  confianca double precision, casos int, acertos int, niveis smallint[], termos text[], lancamentos double precision[], iguais double precision[], contra text,
  mes int, parada int, silencio int, morta boolean, herdeira int, herdados bigint, sucessoras text
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_limiar double precision := coalesce((select r.limiar from audit.regras r where r.nome = 'pendente_verificacao'), 0.95);
begin
  return query
  with s as materialized (
    select x.* from regra_pendente_verificacao.pontuar_pendencias(janela, retroteste, amostra, retroteste is null, metade) x
  ), mes as materialized (
    select array_agg(distinct x.mes) as todos from s x
  ), parada as materialized (
    select p.* from mes m cross join lateral regra_pendente_verificacao.categorias_paradas(m.todos) p
  ), dividida as materialized (
    -- split categories whose remaining entries nobody can assign
    select d.mes, d.de, string_agg('"' || k.categoria || '"', ', ' order by k.categoria) as sucessoras
    from mes m
    cross join lateral regra_pendente_verificacao.sucessoes_em(m.todos) d
    join regra_pendente_verificacao.estatistica_categoria k on k.id = d.para
    where exists (select 1 from audit.sucessoras_categoria a where a.ativo) and d.quantas > 1 and d.renasce is null
    group by d.mes, d.de
  ), calibracao as materialized (
    select c.grupo, array_agg(c.bruta order by c.faixa) as brutas, array_agg(c.confianca order by c.faixa) as confiancas,
      array_agg(c.casos_proximos order by c.faixa) as casos, array_agg(c.acertos_proximos order by c.faixa) as acertos,
      sum(c.casos)::double precision as todos
    from regra_pendente_verificacao.estatistica_calibracao c
    group by c.grupo
  )
  select s.ids, s.com_conta, s.certas, s.categorias[1], s.categorias[2], b.bruta, case when s.categorias[2] is not null then b.bruta * exp(s.notas[2] - s.notas[1]) end,
    -- However low the threshold, a person decides if the code says one thing and the name or text another, if the category is no longer booked
    -- or was split into several, and if it has long been silent.
    least(x.confianca, case when s.contra is not null or d.de is not null or p.morta then 0.49 when p.categoria is not null then greatest(v_limiar - 0.01, 0) end),
    coalesce(t.casos[j.faixa], 0), coalesce(t.acertos[j.faixa], 0), s.niveis, s.termos, s.lancamentos, s.iguais, s.contra,
    s.mes, p.ultima, p.silencio, p.morta, p.herdeira, p.herdados, d.sucessoras
  from s
  left join parada p on p.mes = s.mes and p.categoria = s.categorias[1]
  left join dividida d on d.mes = s.mes and d.de = s.categorias[1]
  left join calibracao t on t.grupo = s.grupo
  cross join lateral (select 1 / sum(exp(greatest(n.nota - s.notas[1], -60))) as bruta from unnest(s.notas) n (nota)) b
  cross join lateral (select width_bucket(b.bruta, t.brutas) as posicao) i
  cross join lateral (
    -- The share of right ones in the bins, interpolated between the two nearest; without bins, the probability itself. A small past
    -- promises less: n cases at most n / (n + 5).
    select least(coalesce(t.todos / (t.todos + 5), 0.9), coalesce(case
      when i.posicao = 0 then t.confiancas[1] * b.bruta / t.brutas[1]
      when t.brutas[i.posicao + 1] > t.brutas[i.posicao] then t.confiancas[i.posicao] + (t.confiancas[i.posicao + 1] - t.confiancas[i.posicao])
        * (b.bruta - t.brutas[i.posicao]) / (t.brutas[i.posicao + 1] - t.brutas[i.posicao])
      else t.confiancas[i.posicao]
    end, b.bruta)) as confianca
  ) x
  cross join lateral (select case
    when i.posicao = 0 or i.posicao < cardinality(t.brutas) and t.brutas[i.posicao + 1] - b.bruta < b.bruta - t.brutas[i.posicao]
    then i.posicao + 1 else i.posicao end as faixa) j;
end
$$;

comment on function regra_pendente_verificacao.sugerir_pendencias(audit.janela, int4range, int, int) is
  'Best category, runner-up, calibrated confidence and evidence for each pending entry of a window that has anything to infer from.';
revoke execute on function regra_pendente_verificacao.sugerir_pendencias(audit.janela, int4range, int, int) from public;

-- What supports a suggestion, for a reviewer: at each level of knowledge how many entries there were up to that month and how many had the
-- category, finest first; the five words that pulled towards it most; and the finest level by itself, for the sentence. An account that
-- many suppliers share counts as wider than a supplier. The arrays belong together. Touches nothing. Called by
-- regra_pendente_verificacao.detectar.
create or replace function regra_pendente_verificacao.descrever_provas(
  niveis smallint[], termos text[], lancamentos double precision[], iguais double precision[]
) returns table (por_nivel jsonb, palavras jsonb, lista text, todas bigint, certas bigint, por text)
language sql immutable parallel safe rows 1
begin atomic
  select n.por_nivel, p.palavras, p.lista, n.todas, n.certas, n.por
  from (
    select
      pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('por', v.nome, 'lancamentos', v.todas, 'na_categoria', v.iguais) order by v.ordem desc) as por_nivel,
      (pg_catalog.array_agg(v.todas order by v.ordem desc))[1]::bigint as todas, (pg_catalog.array_agg(v.iguais order by v.ordem desc))[1]::bigint as certas,
      (pg_catalog.array_agg(v.nome order by v.ordem desc))[1] as por
    from (
      select u.todas, u.iguais, case u.nivel when 21 then 3.5 else u.nivel end as ordem,
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
      order by u.iguais / (u.todas + 5) desc, u.iguais desc, u.termo
      limit 5
    ) v
  ) p;
end;

comment on function regra_pendente_verificacao.descrever_provas(smallint[], text[], double precision[], double precision[]) is
  'Levels and words that spoke for a suggestion, with their counts, as evidence.';
revoke execute on function regra_pendente_verificacao.descrever_provas(smallint[], text[], double precision[], double precision[]) from public;

-- The pending entries of a window as findings: what is proposed for each, how surely, and what supports it, in figures and in a sentence.
-- metade: all suppliers (null) or one half of them (0, 1). Reads dw.lancamentos, the settings and the statistics that
-- regra_pendente_verificacao.preparar keeps; changes nothing. Called by regra_pendente_verificacao.detectar.
create or replace function regra_pendente_verificacao.explicar_pendencias(janela audit.janela, metade int) returns setof audit.achado
-- the cost makes it worth a parallel process of its own
language plpgsql stable parallel safe cost 1e9
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set enable_nestloop = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_minima constant numeric := 0.05;
begin
  return query
  with sugestao as materialized (
    select s.ids, s.mes, s.bruta, s.bruta_segunda, s.confianca, s.casos, s.acertos, c.categoria as proposta, d.categoria as alternativa,
      e.por_nivel, e.palavras, e.lista, e.todas, e.certas, e.por, s.contra,
      to_char(make_date(s.parada / 12, s.parada % 12 + 1, 1), 'MM/YYYY') as parada, s.silencio, s.morta, h.categoria as herdeira, s.herdados, s.sucessoras
    from regra_pendente_verificacao.sugerir_pendencias(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, null, null, metade) s
    join regra_pendente_verificacao.estatistica_categoria c on c.id = s.categoria
    left join regra_pendente_verificacao.estatistica_categoria d on d.id = s.segunda
    left join regra_pendente_verificacao.estatistica_categoria h on h.id = s.herdeira
    cross join lateral regra_pendente_verificacao.descrever_provas(s.niveis, s.termos, s.lancamentos, s.iguais) e
  ), conhecida as materialized (
    select c.*
    from (select array_agg(distinct s.mes) as todos from sugestao s) m
    cross join lateral regra_pendente_verificacao.contas_conhecidas('pendente_verificacao', m.todos) c
  ), lugar as materialized (
    select a.mes, a.conta, bool_or(a.papel = 'transitoria') as transitoria, min(a.categoria) as categoria, array_agg(a.categoria_dobrada) as dobradas
    from conhecida a
    where a.papel <> 'esquecida'
    group by a.mes, a.conta
  )
  select
    null::text,
    l.id::text,
    case when not q.propor then '{}'::jsonb
      when k.conta is not null and k.propoe then jsonb_build_object('categoria', s.proposta, 'conta_contabil', k.conta)
      else jsonb_build_object('categoria', s.proposta) end,
    case when s.id is null then 0.01 else q.confianca end,
    jsonb_strip_nulls(jsonb_build_object(
      'rotulo', l.categoria,
      'contradiz_codigo', s.contra,
      'conta', case when q.propor and k.conta is not null then jsonb_build_object('lancada', k.lancada, 'da_categoria', k.conta,
        'lancamentos', k.lancamentos, 'todas', k.todas, 'transitoria', k.lancada is not null and k.outra is null, 'e_de', k.outra) end,
      'sugestao', s.proposta,
      'sem_lancamento_desde', s.parada,
      'parece_ser', s.herdeira,
      'dividida_em', s.sucessoras,
      'alternativa', s.alternativa,
      'nota', round(s.bruta::numeric, 4),
      'nota_alternativa', round(s.bruta_segunda::numeric, 4),
      'niveis', s.por_nivel,
      'palavras', s.palavras,
      'calibracao', case when s.casos > 0 then jsonb_build_object('casos', s.casos, 'acertos', s.acertos) end)),
    case s.contra
      when 'nome' then 'O nome não se parece com nenhum que o código ' || l.fornecedor_id || ' já teve: confira de quem é; o código não foi levado em conta. '
      when 'texto' then 'O texto não tem nada do que os lançamentos do código ' || l.fornecedor_id || ' já disseram: confira de quem é; o código não foi levado em conta. '
      else ''
    end || case
      when s.id is null then case when btrim(l.categoria) <> '' then 'Pendente' else 'Sem categoria' end || ', e o histórico não tem nada parecido de onde inferir a categoria.'
      else coalesce(case when s.certas > 0 then
          s.certas || ' de ' || s.todas || ' outros lançamentos até esse mês com '
            || case when s.por in ('empresa do fornecedor', 'conta contábil') then 'a mesma ' else 'o mesmo ' end || s.por || ' estão em "' || s.proposta || '". ' end,
          'Nenhum outro lançamento igual até esse mês; "' || s.proposta || '" vem de grupos mais amplos. ')
        || coalesce('Palavras: ' || s.lista || '. ', '')
        || coalesce('A segunda opção é "' || s.alternativa || '". ', '')
        || case when s.casos > 0 then 'De ' || s.casos || ' sugestões passadas com confiança parecida, '
            || s.acertos || ' estavam certas.'
          else 'Ainda não há meses anteriores suficientes para conferir a nota.' end
        || case when s.sucessoras is not null then ' Mas "' || s.proposta || '" foi dividida em ' || s.sucessoras || ', e o histórico não diz em qual.'
          when not s.morta then ' Mas há ' || case s.silencio when 1 then 'um mês' else s.silencio || ' meses' end || ' nada entra em "' || s.proposta || '", mais do que de costume: confira se ela ainda existe.'
          when s.morta then ' Mas "' || s.proposta || '" não tem lançamento desde ' || s.parada
            || coalesce(': parece ter virado "' || s.herdeira || '", com ' || s.herdados || ' lançamentos dos mesmos fornecedores. '
              || 'Se virou, diga: conferente categorias suceder.', '.')
          else '' end
        || case when s.sucessoras is not null then '' when not q.propor then ' Confiança baixa demais para propor.'
          when k.outra is not null then ' A conta ' || k.lancada || ' é a de "' || k.outra || '", e a de "' || s.proposta || '" é ' || k.conta
            || ': uma das duas não confere.'
          when k.conta is not null then ' A conta vai junto, ' || coalesce('da transitória ' || k.lancada || ' para ', 'hoje vazia: ') || k.conta || ', a de '
            || k.lancamentos || ' de ' || k.todas || ' lançamentos da categoria.'
          else '' end
    end,
    nullif(abs(l.valor), 'NaN')
  from dw.lancamentos l
  left join (select i.id, x.* from sugestao x cross join lateral unnest(x.ids) i (id)) s on s.id = l.id::text
  left join conhecida c on c.papel = 'da_categoria' and c.mes = s.mes and c.categoria_dobrada = audit_interno.dobrar_categoria(s.proposta)
  left join conhecida h on h.papel = 'propria' and h.mes = s.mes and h.categoria_dobrada = audit_interno.dobrar_categoria(s.proposta)
  left join lugar o on o.mes = s.mes and o.conta = btrim(l.conta_contabil)
  cross join lateral (
    -- an account that is another category's own contradicts the proposal
    select coalesce(not o.transitoria and audit_interno.dobrar_categoria(s.proposta) <> all (o.dobradas)
      and coalesce(c.conta, h.conta) is not null, false) as contradiz
  ) z
  cross join lateral (
    -- an entry without an account, or on one that holds waiting entries, gets the category's account too
    select case when z.contradiz then coalesce(c.conta, h.conta)
        when coalesce(btrim(l.conta_contabil), '') = '' or o.transitoria and o.conta <> c.conta then c.conta end as conta,
      c.conta is not null as propoe, case when z.contradiz then o.categoria end as outra, c.certeza,
      coalesce(c.lancamentos, h.lancamentos) as lancamentos, coalesce(c.todas, h.todas) as todas, nullif(btrim(l.conta_contabil), '') as lancada
  ) k
  cross join lateral (
    select trunc((case when k.conta is null then s.confianca::numeric when k.outra is null then s.confianca::numeric * k.certeza
      else least(s.confianca::numeric, 0.49) end), 4) as confianca
  ) p
  cross join lateral (select p.confianca, coalesce(p.confianca >= v_minima, false) and s.sucessoras is null as propor) q
  where coalesce(audit_interno.dobrar_categoria(l.categoria), '') = any (v_pendentes)
    and (metade is null or regra_pendente_verificacao.metade_fornecedor(l.fornecedor_id, l.fornecedor) = metade)
    and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id);
end
$$;

comment on function regra_pendente_verificacao.explicar_pendencias(audit.janela, int) is
  'Findings of pendente_verificacao: of a window''s pending entries, of all suppliers or of one half of them.';
revoke execute on function regra_pendente_verificacao.explicar_pendencias(audit.janela, int) from public;
