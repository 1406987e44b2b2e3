-- The findings on amounts. An entry that is alone with its document is judged by itself, and the document's amount is proposed. A document
-- in several lines is judged as one, and only flagged. The sign of a credit note follows the ledger's habit; a ratio is a rate of exchange
-- if several suppliers have it that day. Reads dw.lancamentos; changes nothing. Called by regra_validacao_valores.detectar.
create or replace function regra_validacao_valores.diferencas(
  janela audit.janela, confianca_base numeric, absoluta numeric, relativa numeric, digitos int
) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set enable_nestloop = off -- a flood is more than the planner thinks
as $$
declare
  v_dias int := coalesce((audit_interno.configuracao('valores.dias_duplicidade') #>> '{}')::int, 10);
  v_cambio_minimo numeric := coalesce((audit_interno.configuracao('valores.cambio_minimo') #>> '{}')::numeric, 2.5);
  v_cambio_maximo numeric := coalesce((audit_interno.configuracao('valores.cambio_maximo') #>> '{}')::numeric, 8);
  -- of whole days all that is booked on one is here
  v_juntos int := case when janela.carregado_desde is null and janela.carregado_ate is null and janela.chaves is null then 10 else 1 end;
begin
  return query
  with crua as materialized (
    select l.id, l.data_lancamento, l.filial::text as filial, l.fornecedor_id::text as fornecedor_id, l.fornecedor::text as fornecedor, l.documento::text as documento, l.descricao::text as descricao,
      l.categoria::text as categoria, l.valor, l.valor_documento, l.valor_desconto, x.esperado, x.tolerancia,
      (l.carregado_em::timestamptz at time zone 'UTC')::date as carga
    from dw.lancamentos l
    cross join lateral (
      select
        l.valor_documento - coalesce(l.valor_desconto, 0) as esperado,
        greatest(absoluta, relativa * abs(l.valor_documento - coalesce(l.valor_desconto, 0))) as tolerancia
    ) x
    where abs(l.valor - (l.valor_documento - coalesce(l.valor_desconto, 0))) > absoluta
      and abs(l.valor - x.esperado) > x.tolerancia
      -- a view over someone else's numeric may hold NaN or infinity: nothing can be said of these
      and abs(l.valor) < 1e30 and abs(l.valor_documento) < 1e30 and abs(coalesce(l.valor_desconto, 0)) < 1e30
      and (digitos = 0 or abs(l.valor - x.esperado) > x.tolerancia
        + regra_validacao_valores.arredondamento_origem(l.valor, digitos)
        + regra_validacao_valores.arredondamento_origem(l.valor_documento, digitos)
        + regra_validacao_valores.arredondamento_origem(l.valor_desconto, digitos))
      and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id)
  ), virada as materialized (
    -- of few it is cheaper to ask first what they say themselves
    select c.id, c.data_lancamento, c.valor < 0 and case when count(*) over () <= 1000
      then regra_validacao_valores.diz_credito(c.documento, c.descricao, c.categoria) else false end as dita
    from crua c
    where c.valor * c.esperado < 0 and c.data_lancamento between '0003-01-01' and '9990-12-31'
  ), sinal as materialized (
    -- which signs are the ledger's own way, and which nobody can tell
    select s.*
    from (select min(v.data_lancamento) as de, max(v.data_lancamento) as ate from virada v where not v.dita) p
    cross join lateral regra_validacao_valores.sinais(p.de, p.ate) s
    where p.de is not null
  ), avessa as materialized (
    select v.id, v.dita or s.como = 'costume' as costume, s.primeiro
    from virada v
    left join sinal s on s.id = v.id::text
  ), suspeita as materialized (
    select c.id, c.data_lancamento, c.filial, c.fornecedor_id, c.fornecedor, c.documento, c.descricao, c.valor, c.valor_documento, c.valor_desconto, c.tolerancia, c.carga, v.primeiro,
      lado.s < 0 as contraria, c.valor_documento * lado.s as documento_lido, c.valor_desconto * lado.s as desconto_lido, c.esperado * lado.s as esperado
    from crua c
    left join avessa v on v.id = c.id
    cross join lateral (select case when coalesce(v.costume, false) then -1 else 1 end as s) lado
    where (lado.s > 0 or regra_validacao_valores.difere(c.valor, c.valor_documento, c.valor_desconto, absoluta, relativa, digitos))
      -- HAZARD: Citus would run all of this on the node of a single key, which has only its part of the ledger; not if this server has a table in it
      and exists (select 1 from pg_catalog.pg_namespace)
  ), numerada as (
    select s.data_lancamento, s.documento, abs(s.valor_documento) as modulo, regra_validacao_valores.chave_linhas(s.valor_documento, c.codigo) as chave
    from suspeita s
    -- and what has no code, or where it has none itself, what has any
    cross join lateral (values (s.fornecedor_id), (case when regras.raiz_fornecedor(s.fornecedor_id) is null then '*' else '' end)) c (codigo)
    where s.documento <> '' and s.data_lancamento between '0003-01-01' and '9990-12-31'
  ), rateio as materialized (
    select r.*
    from (
      select m.*
      from (
        select array_agg(distinct n.chave) as chaves, array_agg(distinct n.modulo) as modulos, array_agg(distinct n.documento) as numeros,
          array_agg(distinct n.data_lancamento) as dias, count(distinct n.data_lancamento) > 60 or count(distinct n.documento) > 2000 as tudo
        from numerada n
      ) m
      -- of a few rows, mostly alone with their documents, it is cheaper to ask first
      where m.chaves is not null and (m.tudo or exists (
        select 1 from regra_validacao_valores.linhas_documentos(m.chaves, m.modulos, m.numeros, m.dias, false) l
        group by l.numero
        having count(*) > 1))
      offset 0
    ) n
    cross join lateral regra_validacao_valores.rateios(n.chaves, n.modulos, n.numeros, n.dias, n.tudo, v_dias, absoluta, relativa, digitos,
      array(select s.id::text from suspeita s where s.contraria)) r
  ), repetido as materialized (
    -- documents of a load that came in again, which any of its days may prove: the load is the finding (regra_validacao_valores.duplicidades)
    select d.*
    from (
      select array_agg(distinct c.dia) as dias, array_agg(distinct c.carga) filter (where c.carga > c.primeira_carga) as cargas, min(c.dia) as de, max(c.dia) as ate
      from (
        select s.data_lancamento as dia, r.carga, r.primeira_carga
        from rateio r join suspeita s on s.id::text = r.id
        where r.tipo = 'rateio_repetido'
      ) c
      offset 0
    ) c
    cross join lateral regra_validacao_valores.dias_repetidos(c.dias || regra_validacao_valores.dias_fora(
      row('infinity', null, null, null, null)::audit.janela, c.cargas, array_fill(1e9::bigint, array[coalesce(cardinality(c.cargas), 0)]), c.de, c.ate), null) d
    where c.dias is not null
  ), magra as materialized (
    select k.carga
    from (
      select array_agg(distinct r.carga) as cargas, min(s.data_lancamento) as de, max(s.data_lancamento) as ate
      from rateio r join suspeita s on s.id::text = r.id
      where r.tipo = 'rateio_repetido' and r.copias > 1 and r.carga > r.primeira_carga
      offset 0
    ) c
    cross join lateral (
      select k.carga from regra_validacao_valores.cargas_repetidas(c.cargas, c.de, c.ate, v_dias) k (carga)
      union
      select k.carga from regra_validacao_valores.cargas_pequenas(c.cargas, null, c.de, c.ate) k
    ) k
    where c.cargas is not null
  ), sozinha as materialized (
    select s.*, s.valor - s.esperado as diferenca,
      regra_validacao_valores.tipo_diferenca(s.valor, s.documento_lido, s.desconto_lido, s.tolerancia, v_cambio_minimo, v_cambio_maximo) as tipo
    from suspeita s
    where not exists (select 1 from rateio r where r.id = s.id::text)
  ), parte as materialized (
    -- what may be a part of its document is shown and not proposed: two proposals of the whole would be twice the document
    select p.*
    from (
      select array_agg(s.id::text) as ids, array_agg(s.data_lancamento) as dias, array_agg(s.valor) as valores, array_agg(s.esperado) as esperados,
        array_agg(s.documento) as documentos, array_agg(s.fornecedor_id) as codigos, array_agg(s.fornecedor) as nomes
      from sozinha s
      where s.valor * s.esperado > 0 and abs(s.valor) < abs(s.esperado) and s.data_lancamento between '0003-01-01' and '9990-12-31'
      offset 0
    ) s
    cross join lateral regra_validacao_valores.partes_possiveis(s.ids, s.dias, s.valores, s.esperados, s.documentos, s.codigos, s.nomes,
      v_dias, absoluta, relativa, digitos) p
    where s.ids is not null
  ), taxa as materialized (
    select t.dia, t.degrau
    from regra_validacao_valores.taxas_dos_dias(array(
        select s.data_lancamento from sozinha s where s.tipo = 'razao_cambial' group by s.data_lancamento
        -- of whole days all that could have the rate is here
        having count(*) >= case when janela.carregado_desde is null and janela.carregado_ate is null and janela.chaves is null then 3 else 1 end),
      absoluta, v_cambio_minimo, v_cambio_maximo) t
  ), nomeada as (
    select s.id, s.data_lancamento, s.documento, s.descricao, s.valor, s.valor_documento, s.valor_desconto, s.documento_lido, s.desconto_lido, s.esperado, s.diferenca,
      s.tolerancia, s.contraria, s.primeiro, s.carga, n.tipo, p.outras,
      case when s.valor * s.esperado > 0 and abs(s.valor) < abs(s.esperado)
        then nullif(coalesce(nullif(regra_validacao_valores.parcela_dita(s.descricao), ''), regra_validacao_valores.parcela_dita(s.documento)), '') end as dita,
      -- asked first, for it is cheap: most differences are no withholding at any time
      n.tipo = 'outro' and exists (select 1 from regra_validacao_valores.retencao_entre(s.valor, s.esperado, '-infinity', 'infinity')) as explicavel
    from sozinha s
    left join parte p on p.id = s.id::text
    left join taxa t on s.tipo = 'razao_cambial' and t.dia = s.data_lancamento
      and t.degrau = regra_validacao_valores.degrau_taxa(s.valor, s.esperado)
    cross join lateral (select case when s.tipo = 'razao_cambial' and t.dia is null then 'outro' else s.tipo end as tipo) n
    where not coalesce(p.inteira, false)
    offset 0
  ), errada as materialized (
    -- what a whole load has is one finding about it
    select e.*
    from (
      select array_agg(distinct x.carga) filter (where x.carga between '0003-01-01' and '9990-12-31') as cargas, coalesce(array_agg(distinct x.data_lancamento) filter (where x.no_dia >= v_juntos), '{}') as dias
      from (
        select n.carga, n.data_lancamento, count(*) over (partition by n.data_lancamento, n.tipo) as no_dia
        from nomeada n
        where n.tipo = 'sinal_trocado' and n.primeiro is null or n.tipo like 'fator%'
      ) x
      offset 0
    ) c
    cross join lateral regra_validacao_valores.cargas_erradas(c.cargas, c.dias,
      array(select s.id from sinal s where s.como = 'costume'), absoluta, relativa) e
    where c.cargas is not null
  ), so as (
    select n.*, e.tipo is not null as da_carga, e.ultimo
    from nomeada n
    left join errada e on (e.carga = n.carga or e.dia = n.data_lancamento) and e.tipo = n.tipo and e.maior = (n.tipo <> 'sinal_trocado' and abs(n.valor) > abs(n.esperado))
    where n.tipo <> 'sinal_trocado' or n.primeiro is null
  )
  select
    null::text,
    d.id::text,
    -- more than numeric(18,2) holds can only be flagged
    case when abs(d.esperado) < 1e16 and d.outras is null and d.dita is null then jsonb_build_object('valor', d.esperado) else '{}'::jsonb end,
    trunc(greatest(0.05, least(0.99, confianca_base + case when d.outras is null and d.dita is null then e.ajuste else least(e.ajuste, -0.20) end)), 4),
    jsonb_strip_nulls(jsonb_build_object(
      'tipo', d.tipo,
      'valor', d.valor,
      'valor_documento', d.valor_documento,
      'valor_desconto', d.valor_desconto,
      'esperado', d.esperado,
      'diferenca', d.diferenca,
      'tolerancia', d.tolerancia,
      'razao', case when d.esperado <> 0 then round(d.valor / d.esperado, 6) end,
      'credito_positivo', nullif(d.contraria and d.valor < 0, false),
      'retencao_possivel', case when r.ate is null then r.taxa end,
      'tributos_retidos', r.tributos,
      'retencao_ate', r.ate,
      'outras_partes', d.outras,
      'conta', e.conta)),
    'O valor lançado é ' || regra_validacao_valores.reais(d.valor) || ' e o documento leva a '
      || regra_validacao_valores.reais(d.esperado) || ': ' || e.frase || ' (' || e.conta || ').'
      || case when d.outras = 1 then ' Outro lançamento do fornecedor pode ser parte do mesmo documento.'
        when d.outras > 1 then ' ' || d.outras || ' outros lançamentos do fornecedor podem ser partes do mesmo documento.'
        when d.dita is not null then ' O texto diz que é parte do documento.' else '' end,
    abs(d.diferenca)
  from so d
  -- asked of those alone: a function in a join is called before its condition
  left join lateral (
    select x.* from regra_validacao_valores.retencao_possivel(d.valor, d.esperado, d.data_lancamento, d.documento, d.descricao) x
    where d.explicavel offset 0
  ) r on true
  cross join lateral regra_validacao_valores.explicacao_diferenca(
    d.tipo, d.valor, d.documento_lido, d.desconto_lido, d.esperado, regra_validacao_valores.frase_retencao(r.taxa, r.tributos, r.como), r.ate) e
  where not d.da_carga
  union all
  select
    null::text,
    e.ultimo,
    '{}'::jsonb,
    trunc(greatest(0.05, least(0.99, confianca_base + case when e.tipo = 'sinal_trocado' then -0.05 else 0.15 end)), 4),
    jsonb_strip_nulls(jsonb_build_object(
      'tipo', case when e.tipo = 'sinal_trocado' then 'carga_sinal_trocado' else 'carga_multiplicada' end,
      'fator', case when e.tipo <> 'sinal_trocado' then substr(e.tipo, 7)::int end,
      'dividida', case when e.tipo <> 'sinal_trocado' and not e.maior then true end,
      'lancamentos', e.quantos,
      'de_quantos', e.de_quantos,
      'soma', e.soma,
      'diferenca', e.diferenca,
      'carga', e.carga,
      'de', e.de,
      'ate', e.ate,
      'linhas', e.linhas)),
    e.quantos || ' dos ' || e.de_quantos || ' lançamentos com documento '
      || case when e.carga is not null then 'que entraram em ' || to_char(e.carga, 'DD/MM/YYYY') else 'de ' || to_char(e.dia, 'DD/MM/YYYY') end || ', de '
      || regra_validacao_valores.reais(e.soma) || ', têm ' || case when e.tipo = 'sinal_trocado' then 'o sinal trocado'
        else 'o valor ' || case when e.maior then 'multiplicado' else 'dividido' end || ' por ' || substr(e.tipo, 7) end
      || ': o erro parece ser da carga inteira, e não de cada um.',
    e.diferenca
  from errada e
  where exists (select 1 from so x where x.ultimo = e.ultimo)
  union all
  -- errors, or credit notes whose document is positive: nobody can tell, so it is asked once a year
  select
    null::text,
    s.primeiro,
    '{}'::jsonb,
    trunc(greatest(0.05, confianca_base - 0.30), 4),
    jsonb_build_object('tipo', 'sinais_sem_costume', 'lancamentos', count(*), 'soma', sum(s.valor), 'de', min(s.data_lancamento),
      'ate', max(s.data_lancamento), 'linhas', jsonb_agg(jsonb_build_object('id', s.id, 'data_lancamento', s.data_lancamento,
        'documento', left(s.documento, 60), 'valor', s.valor) order by s.lugar) filter (where s.lugar <= 20)),
    count(*) || ' lançamentos negativos de ' || to_char(min(s.data_lancamento), 'DD/MM/YYYY') || ' a ' || to_char(max(s.data_lancamento), 'DD/MM/YYYY')
      || ', que somam ' || regra_validacao_valores.reais(sum(s.valor)) || ', têm documento positivo, e nada diz se são créditos ou se o sinal está trocado.',
    2 * abs(sum(s.valor))
  from (
    select x.*, row_number() over (partition by x.primeiro order by x.data_lancamento, length(x.id), x.id collate "C") as lugar
    from sinal x
    where x.primeiro in (select d.primeiro from nomeada d where d.tipo = 'sinal_trocado')
  ) s
  group by s.primeiro
  union all
  select
    null::text,
    s.id::text,
    '{}'::jsonb,
    trunc(greatest(0.05, least(0.99, confianca_base + e.ajuste)), 4),
    jsonb_strip_nulls(jsonb_build_object(
      'tipo', t.tipo,
      'valor', s.valor,
      'documento', s.documento,
      'valor_documento', s.valor_documento,
      'soma', t.soma,
      'esperado', t.esperado,
      'diferenca', t.soma - t.esperado,
      'ajuste', t.esperado - t.soma,
      'tolerancia', t.tolerancia,
      'retencao_possivel', case when r.ate is null then r.taxa end,
      'tributos_retidos', r.tributos,
      'retencao_ate', r.ate,
      'lancamentos', t.quantas,
      'linhas', t.linhas)),
    e.frase,
    abs(t.soma - t.esperado)
  from rateio t
  join suspeita s on s.id::text = t.id
  left join lateral (
    select x.* from regra_validacao_valores.retencao_possivel(t.soma, t.esperado, s.data_lancamento, s.documento, s.descricao) x
    where t.tipo = 'rateio_a_menos' offset 0
  ) r on true
  cross join lateral regra_validacao_valores.explicacao_rateio(
    t.tipo, s.documento, t.soma, t.esperado, t.quantas, t.repetida, t.vezes, regra_validacao_valores.frase_retencao(r.taxa, r.tributos, r.como), r.ate) e
  where t.tipo is not null
    and not (t.tipo = 'rateio_repetido' and t.copias > 1 and (
      exists (select 1 from repetido d where d.dia = s.data_lancamento and d.filial is not distinct from s.filial)
      or t.carga > t.primeira_carga and t.carga in (
        select d.carga from repetido d group by d.carga having t.primeira_carga between min(d.de) and max(d.ate)
        union all
        select k.carga from magra k)));
end
$$;

comment on function regra_validacao_valores.diferencas(audit.janela, numeric, numeric, numeric, int) is
  'Amounts that differ from their document: of an entry alone with the expected amount, of a document in several lines as one flag.';
revoke execute on function regra_validacao_valores.diferencas(audit.janela, numeric, numeric, numeric, int) from public;
