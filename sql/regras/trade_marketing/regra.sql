-- What trade_marketing lacks before it can look for anything, in a sentence that says what to set, or null: the marketing category is not
-- set, the ledger has no such category, or there is no pattern. A category that nobody ever booked is most likely somebody else's label.
-- Reads the settings, the patterns and dw.lancamentos; changes nothing. Called by the engine when a session begins.
create or replace function regra_trade_marketing.requisitos() returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_categoria text := nullif(btrim(audit_interno.configuracao('trade_marketing.categoria') #>> '{}'), '');
  v_proximos text;
begin
  if v_categoria is null then
    v_proximos := regras.frase_rotulos(array['trade marketing', 'marketing']);
    return concat_ws(' ', 'Falta dizer qual é a categoria de trade marketing.', v_proximos,
      'Diga com: conferente configurar trade_marketing.categoria "Nome da categoria" --motivo "nosso plano de contas".');
  end if;
  if regras.frase_sucessoras(v_categoria) is not null then
    return regras.frase_sucessoras(v_categoria)
      || ' Mude com: conferente configurar trade_marketing.categoria "Nome da categoria" --motivo "novo plano de contas".';
  end if;
  if not exists (
    select from audit.padroes_trade_marketing p
    where p.ativo and p.acao = 'incluir' and btrim(p.padrao, E' \t\r\n') <> '')
  then
    return 'Não há nenhum padrão de trade marketing ativo. Acrescente com: '
      || 'select audit.salvar_padrao(''descricao'', ''contem'', ''verba cooperada'', ''incluir'', ''frase das notas das agências'').';
  end if;
  if not regras.rotulo_existe(array[v_categoria]) then
    return concat_ws(' ', format('Nenhum lançamento está na categoria "%s" (trade_marketing.categoria).', v_categoria),
      coalesce(regras.frase_rotulos(array[v_categoria]), 'Nenhuma categoria dos lançamentos se parece com ela.'),
      'Mude com: conferente configurar trade_marketing.categoria "Nome da categoria" --motivo "nosso plano de contas".');
  end if;
  return null;
end
$$;

comment on function regra_trade_marketing.requisitos() is 'What trade_marketing lacks before it can run, with what to set, or null.';
revoke execute on function regra_trade_marketing.requisitos() from public;

-- Finds marketing entries booked under another category, by the business's patterns (audit.padroes_trade_marketing) over supplier,
-- description and account, all folded. A pattern is not proof. The confidence is the probability that such an entry is marketing, from the
-- pattern's own share in the ledger, how rare misbookings are, the supplier's other entries, the words of name and description, and
-- people's answers on the pattern's earlier findings. Until there are enough answers it stays below the rule's threshold. Reads
-- dw.lancamentos, the audit tables, the patterns and the settings; changes nothing. Called by the engine for a window, and again over
-- corrected keys to verify them.
create or replace function regra_trade_marketing.detectar(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  -- how much the business trusts a pattern of its own, and the threshold for auto
  v_base numeric := regras.confianca_base('trade_marketing', 0.95);
  v_limiar numeric := coalesce((select r.limiar from audit.regras r where r.nome = 'trade_marketing'), 0.95);
  -- fewer than the twenty that are shipped only while what auto may do is bounded by a grant: a rule that is proved has no bound
  v_minimas int := greatest((audit_interno.configuracao('regras.decisoes_minimas') #>> '{}')::int,
    case when (select r.prova from audit.regras r where r.nome = 'trade_marketing') = 'provada' then 20 end);
  v_erro numeric := (audit_interno.configuracao('trade_marketing.erro_lancamento') #>> '{}')::numeric;
  v_categoria text := nullif(btrim(audit_interno.configuracao('trade_marketing.categoria') #>> '{}'), '');
  v_meses int := coalesce((audit_interno.configuracao('trade_marketing.meses_historico') #>> '{}')::int, 12);
  v_pendentes text[] := regras.rotulos_pendentes();
  v_nossas text[] := regras.corrigidas_sem_palavra();
  -- dates that leave room for the months of history on both sides
  v_primeira constant date := date '0030-01-01';
  v_ultima constant date := date '9970-12-31';
  -- evidence from elsewhere weighs no more than this many of the supplier's own entries
  v_alheio constant int := 20;
  -- answers on another supplier count as no more than this many: a hundred on one say little about the next
  v_vizinho constant numeric := 3;
  -- and a pattern proved on entries booked in one category says little of those booked in the next: so many answers on its own
  v_minimas_categoria int := greatest(1, v_minimas / 4);
  v_marketing text[] := regras.nomes_da_categoria(v_categoria);
  -- the split categories that each category was once part of
  v_antecessoras jsonb := coalesce((
    select jsonb_object_agg(x.para, x.antes)
    from (
      select s.para, jsonb_agg(distinct s.de) as antes from regras.sucessoes() s
      where s.de not in (select r.de from regras.categorias_renomeadas() r)
      group by s.para
    ) x), '{}');
  -- two years, in which even what is booked once a year shows
  v_vida int := 24 * 31;
  v_parada int := (audit_interno.configuracao('pendente.meses_sem_lancamento') #>> '{}')::int;
  v_descricoes text[] := regra_trade_marketing.textos_casados('descricao', janela);
  v_fornecedores text[] := regra_trade_marketing.textos_casados('fornecedor', janela);
  v_contas text[] := regra_trade_marketing.textos_casados('conta_contabil', janela);
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
    select m.*, coalesce(date_trunc('month', d.serve::timestamp)::date, '-infinity') as corte
    from regra_trade_marketing.candidatos_marketing(janela, v_categoria, v_descricoes, v_fornecedores, v_contas) m
    cross join lateral (
      select case when m.data_lancamento between v_primeira and v_ultima then m.data_lancamento end as serve
    ) d
  ), periodo as materialized (
    select
      min(c.data_lancamento) filter (where c.data_lancamento between v_primeira and v_ultima) - v_meses * 31 as inicio,
      max(c.data_lancamento) filter (where c.data_lancamento between v_primeira and v_ultima) + v_meses * 31 as fim,
      array(select distinct w from candidato p cross join lateral unnest(p.palavras) w) as palavras
    from candidato c
  ), uso as materialized (
    -- the months in which anything was booked as marketing by somebody else than us, or the few that show it is not silent
    select m.mes
    from periodo p
    cross join (select array_agg(distinct c.corte) filter (where c.corte <> '-infinity') as meses from candidato c) c
    cross join lateral regra_trade_marketing.meses_marketing(p.inicio - v_vida, p.fim - v_meses * 31 + 31, v_categoria, v_marketing, v_nossas, c.meses, v_parada) m (mes)
  ), vida as materialized (
    -- how long nothing has been booked before each month in question, and the longest pause before that
    select m.corte, coalesce(u.silencio >= v_parada and u.silencio > u.pausa + 1, m.corte <> '-infinity' and (
        select regra_trade_marketing.marketing_antes(p.inicio - v_vida, v_marketing) from periodo p)) as morta, u.silencio
    from (select distinct c.corte from candidato c) m
    cross join lateral (
      select min(x.meses) filter (where x.seguinte is null) - 1 as silencio, coalesce(max(x.meses) filter (where x.seguinte is not null) - 1, 0) as pausa
      from (
        select k.seguinte, (extract(year from age(coalesce(k.seguinte, m.corte), k.mes)) * 12 + extract(month from age(coalesce(k.seguinte, m.corte), k.mes)))::int as meses
        from (
          select u.mes, lead(u.mes) over (order by u.mes) as seguinte from uso u where u.mes <= m.corte and m.corte <> '-infinity'
        ) k
      ) x
    ) u
  ), frase as materialized (
    -- few combinations of patterns, many entries
    select x.padroes, regra_trade_marketing.frase_padroes(x.padroes) as texto from (select distinct c.padroes from candidato c) x
  ), parcela as materialized (
    select m.* from periodo p cross join lateral regra_trade_marketing.parcelas_padroes(p.inicio, p.fim, v_categoria) m
  ), respondida as materialized (
    select y.padrao_id, y.registro_id, max(y.chave) as chave, max(y.categoria_dobrada) as categoria_dobrada, bool_and(y.certo) as certo
    from regra_trade_marketing.respostas_padroes() y group by 1, 2
  ), por_categoria as materialized (
    select y.padrao_id, coalesce(r.para, y.categoria_dobrada) as categoria_dobrada, count(*) as certas
    from respondida y
    left join regras.categorias_renomeadas() r on r.de = y.categoria_dobrada
    where y.certo
    group by 1, 2
  ), propria as materialized (
    -- by supplier; peso: how much one of these answers counts for another supplier
    select y.padrao_id, y.chave, count(*) filter (where y.certo) as certas, count(*) filter (where not y.certo) as erradas,
      least(1, v_vizinho / count(*)) as peso
    from respondida y group by 1, 2
  ), resposta as materialized (
    select y.padrao_id, round(sum(y.certas * y.peso), 6) as certas, round(sum(y.erradas * y.peso), 6) as erradas, bool_or(y.peso < 1) as contida
    from propria y group by 1
  ), resumo as (
    select f.*
    from periodo p
    cross join (
      select array_agg(s.chave) as chaves, array_agg(s.nome) as nomes, array_agg(s.corte) as cortes
      from (select distinct c.chave, c.nome, c.corte from candidato c) s
    ) s
    cross join lateral regra_trade_marketing.fornecedores_marketing(p.inicio, p.fim, v_categoria, s.chaves, s.nomes, s.cortes) f
  ), firme as materialized (
    -- a word that several suppliers use, nine times in ten for one category
    select p.palavra, p.categoria_dobrada, p.lancamentos, p.total
    from periodo x
    cross join lateral regra_trade_marketing.palavras_marketing(x.inicio, x.fim, x.palavras) p
    where p.fornecedores >= 3 and p.lancamentos >= 5 and p.lancamentos >= 0.9 * p.total
  ), conhecida as materialized (
    select k.*
    from (
      select array_agg(distinct regra_pendente_verificacao.mes_indice(c.data_lancamento)) as todos from candidato c
      where c.data_lancamento between v_primeira and v_ultima
    ) m
    cross join lateral regra_pendente_verificacao.contas_conhecidas('trade_marketing', m.todos) k
  ), texto as (
    select c.id,
      max(f.lancamentos) as contra,
      jsonb_agg(jsonb_build_object('palavra', f.palavra, 'na_categoria', f.lancamentos, 'total', f.total)
        order by f.lancamentos desc, f.palavra) as palavras
    from candidato c
    cross join lateral unnest(c.palavras) w (palavra)
    -- only the supplier's habit defends a pending entry
    join firme f on f.palavra = w.palavra and f.categoria_dobrada = c.categoria_dobrada
    group by c.id
  )
  select
    null::text,
    c.id,
    jsonb_build_object('categoria', v_categoria) || case when k.conta is null then '{}' else jsonb_build_object('conta_contabil', k.conta) end,
    trunc(coalesce(k.certeza, 1) * least(case when r.contradito or i.morta then 0.49 end, case when q.provado then o.confianca else least(o.confianca, greatest(v_limiar - 0.01, 0)) end), 4),
    jsonb_build_object(
      'padroes', c.padroes,
      'categoria_lancada', c.categoria_lancada,
      'parcela', jsonb_build_object('padrao', q.padrao_id, 'lancamentos', round(q.lancamentos), 'em_marketing', q.em_marketing),
      'respostas', jsonb_build_object('padrao', q.padrao_id, 'certas', round(q.certas, 1), 'erradas', round(q.erradas, 1),
        'minimas', v_minimas, 'certas_na_categoria', q.na_categoria, 'minimas_na_categoria', v_minimas_categoria),
      'historico_fornecedor', jsonb_build_object(
        'lancamentos', coalesce(r.total, 0) - e.proprio, 'na_categoria_lancada', e.contra, 'em_marketing', coalesce(r.marketing, 0),
        'meses', v_meses),
      'historico_texto', coalesce(t.palavras, '[]'),
      'a_favor', s.texto,
      'contra', f.contra)
      || case when r.contradito then jsonb_build_object('contradiz_codigo', 'nome') else '{}' end
      || case when k.conta is null then '{}' else jsonb_build_object('conta', jsonb_build_object('lancada', c.conta, 'da_categoria', k.conta,
        'lancamentos', k.lancamentos, 'todas', k.todas)) end,
    s.texto || ' e a categoria lançada é ' || coalesce('"' || c.categoria_lancada || '"', '(vazia)') || '.'
      || case when round(q.lancamentos) > 0 then ' De ' || round(q.lancamentos) || ' outros lançamentos que casam com ele, ' || q.em_marketing
        || ' estão em "' || v_categoria || '".' else '' end
      || coalesce(' Contra: ' || f.contra || '.', '')
      || case when k.conta is null then '' else ' A conta vai junto, ' || coalesce('de ' || c.conta || ' para ', 'hoje vazia: ') || k.conta || ', a de ' || k.lancamentos || ' de ' || k.todas
        || ' lançamentos da categoria.' end
      || case when not i.morta then '' else ' Mas nada é lançado em "' || v_categoria || '"' || coalesce(' há ' || i.silencio || ' meses', '') || ': confira se ela ainda existe.' end
      || case when q.provado then '' else ' O padrão ainda não corrige sozinho: ' || trunc(q.certas) || ' de ' || v_minimas
        || ' respostas certas de pessoas' || case when q.contida then '; de cada outro fornecedor contam três' else '' end
        || case when q.na_categoria < v_minimas_categoria then '; ' || q.na_categoria || ' de ' || v_minimas_categoria || ' sobre lançamentos desta categoria'
          else '' end || '.' end,
    nullif(abs(c.valor), 'NaN') -- one unreadable amount must not cost the others
  from candidato c
  join vida i on i.corte = c.corte
  join frase s on s.padroes = c.padroes
  left join resumo r on r.chave = c.chave and r.nome = c.nome and r.corte = c.corte
  left join texto t on t.id = c.id
  cross join lateral (
    select c.categoria_dobrada = '' or c.categoria_dobrada = any (v_pendentes) as pendente,
      (c.data_lancamento between v_primeira and v_ultima) is not true as sem_data
  ) b
  left join lateral (
    -- where the entry is on the one account of its booked category; for a pending entry, on one that holds waiting entries, or on none
    select m.conta, m.certeza, m.lancamentos, m.todas
    from conhecida m
    where m.papel = 'da_categoria' and m.categoria_dobrada = any (v_marketing) and m.conta is distinct from c.conta
      and m.mes = regra_pendente_verificacao.mes_indice(c.data_lancamento) and (b.pendente and c.conta is null or exists (
      select 1 from conhecida a
      where a.mes = m.mes and a.conta = c.conta
        and case a.papel when 'transitoria' then b.pendente when 'esquecida' then false else a.categoria_dobrada = c.categoria_dobrada end))
    order by m.lancamentos desc
    limit 1
  ) k on true
  cross join lateral (
    -- A pending entry has no booked category to defend, so the supplier's usual one takes its place. The entry itself does not count as history.
    select p.proprio,
      case
        when b.pendente then coalesce(r.maior_outra, 0)
        else greatest(coalesce((r.por_categoria ->> c.categoria_dobrada)::bigint, 0) + coalesce((
          select sum((r.por_categoria ->> a)::bigint) from jsonb_array_elements_text(v_antecessoras -> c.categoria_dobrada) a), 0)::bigint - p.proprio, 0)
      end as contra
    from (select case when b.pendente or b.sem_data or r.total is null then 0 else 1 end as proprio) p
  ) e
  cross join lateral (
    select nullif(concat_ws('; ',
      case when e.contra > 0 then
        e.contra || ' de ' || r.total - e.proprio || ' outros lançamentos do fornecedor estão '
          || case when b.pendente then 'em outra categoria' else 'na categoria lançada' end end,
      case when r.contradito then 'o nome não se parece com nenhum que o código ' || c.codigo
        || ' já teve: confira de quem é; o histórico do código não foi levado em conta' end,
      case when b.sem_data then 'sem uma data que sirva não há histórico com que comparar' end,
      case when t.contra is not null then
        'a palavra "' || (t.palavras -> 0 ->> 'palavra') || '" está na categoria lançada em '
          || (t.palavras -> 0 ->> 'na_categoria') || ' de ' || (t.palavras -> 0 ->> 'total') || ' lançamentos' end), '') as contra
  ) f
  cross join lateral (
    -- of the matching patterns the one that says most, proven ones before others
    select y.*
    from (
      select x.*, x.certas >= v_minimas and x.na_categoria >= v_minimas_categoria as provado, (x.certas + 4 * x.inicial) / (x.certas + x.erradas + 4) as final
      from (
        select z.*, regra_trade_marketing.confianca_padrao(z.parcela, case when b.pendente then 0.5 else v_erro end) as inicial
        from (
          select (i.padrao ->> 'id')::bigint as padrao_id, n.lancamentos, n.em_marketing,
            coalesce(w.certas, 0) + coalesce(k.certas * (1 - k.peso), 0) - coalesce(v.certo::int * case when k.peso is null then j.peso else 1 end, 0)
              as certas,
            coalesce(w.erradas, 0) + coalesce(k.erradas * (1 - k.peso), 0)
              - coalesce((not v.certo)::int * case when k.peso is null then j.peso else 1 end, 0) as erradas,
            coalesce(w.contida, false) as contida,
            coalesce(g.certas, 0) - coalesce((v.certo and v.categoria_dobrada = c.categoria_dobrada)::int, 0) as na_categoria,
            least(0.99999, (n.em_marketing + 4 * v_base) / (n.lancamentos + 4)) as parcela
          from jsonb_array_elements(c.padroes) i (padrao)
          left join parcela m on m.padrao_id = (i.padrao ->> 'id')::bigint
          left join resposta w on w.padrao_id = (i.padrao ->> 'id')::bigint
          left join propria k on k.padrao_id = (i.padrao ->> 'id')::bigint and k.chave = c.chave
          left join por_categoria g on g.padrao_id = (i.padrao ->> 'id')::bigint and g.categoria_dobrada = c.categoria_dobrada
          -- an answer on the entry itself counts neither for nor against it
          left join respondida v on v.padrao_id = (i.padrao ->> 'id')::bigint and v.registro_id = c.id
          left join propria j on j.padrao_id = v.padrao_id and j.chave is not distinct from v.chave
          cross join lateral (
            select coalesce(m.em_marketing, 0) as em_marketing,
              greatest(coalesce(m.lancamentos, 0) - case when b.pendente or b.sem_data then 0 else coalesce(m.fracao, 0) end,
                coalesce(m.em_marketing, 0)) as lancamentos
          ) n
        ) z
      ) x
    ) y
    order by y.provado desc, y.final desc, y.padrao_id
    limit 1
  ) q
  cross join lateral (
    select regra_trade_marketing.parcela_contestada(q.parcela, coalesce(r.marketing, 0),
      greatest(e.contra, least(coalesce(t.contra, 0), v_alheio), case when b.sem_data then v_alheio else 0 end)) as parcela
  ) u
  cross join lateral (
    -- the odds of the pattern as people found them, moved by the difference between the supplier's share and the pattern's
    select d.chance / (1 + d.chance) as confianca
    from (select q.final / (1 - q.final) * (u.parcela / (1 - u.parcela)) / (q.parcela / (1 - q.parcela)) as chance) d
  ) o;
end
$$;

comment on function regra_trade_marketing.detectar(audit.janela) is
  'Rule: entries that match the marketing patterns but are booked under another category. Proposes the category of the setting trade_marketing.categoria; the confidence is the probability that the pattern is right there: its share in the ledger, how rare misbookings are, the supplier''s other entries, the words, and people''s answers on the pattern. Without enough answers it stays below the threshold. Amount at stake: the entry''s.';
revoke execute on function regra_trade_marketing.detectar(audit.janela) from public;
