-- Finds documents that were booked twice: same supplier (company root; name if one of the two has no code), same document, same amount,
-- exactly alike or within valores.dias_duplicidade days and across branches. Flags only the later entry and never proposes a correction.
--
-- What an entry does not say about its document (kind, series, year, access key) it shares with the others of its number and amount that
-- do, unless these differ. A number of fewer than five digits without a year is another number in another year. These are no duplicates: an
-- entry that was reversed and booked again; one that was reversed within those days afterwards, whole, in parts, together with others or
-- only in words; named instalments; documents without a number; entries that name another part or period of the document
-- (regra_validacao_valores.marcas); and shares of one document in other cost centres, categories or accounts.
--
-- It goes in steps, each a chapter: comparaveis.sql reads what may be the same, em_dobro.sql finds what stands there twice, conjuntos.sql
-- what is one finding together (a repeated load; more than ten of one document and amount, each within those days of the one before). Here
-- they are counted and put into words. The window restricts what is flagged; twins and reversals may lie outside.
--
-- One row for each finding, with the kind of set that it stands for and the load that brought it again. Reads dw.lancamentos; changes
-- nothing. Called by regra_validacao_valores.duplicidades.
create or replace function regra_validacao_valores.duplicidades_da_janela(
  janela audit.janela, confianca_base numeric, absoluta numeric, relativa numeric, digitos int
) returns table (registro_id text, confianca numeric, evidencia jsonb, justificativa text, valor_em_risco numeric, conjunto text, carga date,
  quantos bigint, dia date, carregado_em timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off -- as in regra_validacao_valores.lancamentos_comparaveis
set enable_mergejoin = off
as $$
declare
  v_dias int := coalesce((audit_interno.configuracao('valores.dias_duplicidade') #>> '{}')::int, 10);
begin
  return query
  with contada as (
    select a.*, count(*) over junta as quantos, sum(abs(a.valor)) over junta as soma, sum(a.valor) over junta as saldo, min(a.data_lancamento) over junta as de,
      max(a.data_lancamento) over junta as ate,
      -- on a day that proves the load, so that its key finds it again
      row_number() over (partition by a.conjunto, a.chave order by a.provada desc, a.momento desc, a.ordem desc) as do_fim
    from regra_validacao_valores.duplicidades_juntas(janela, v_dias, absoluta, relativa, digitos) a
    window junta as (partition by a.conjunto, a.chave)
  ), listada as (
    select c.conjunto, c.chave, jsonb_agg(jsonb_build_object('id', c.id, 'data_lancamento', c.data_lancamento, 'documento', left(c.documento, 60),
      'valor', c.valor, 'ja_em', c.gemeo_id) order by c.do_fim) as linhas
    from contada c
    where c.conjunto is not null and c.do_fim <= 20
    group by c.conjunto, c.chave
  )
  select
    p.id,
    trunc(greatest(0.05, least(0.99, confianca_base + t.ajuste)), 4),
    case when p.conjunto is null then jsonb_build_object(
        'tipo', t.tipo, 'valor', p.valor, 'documento', p.documento, 'filial', p.filial, 'data_lancamento', p.data_lancamento,
        'mesma_descricao', t.mesma_descricao, 'ajuste', -p.valor,
        'gemeo', jsonb_build_object('id', p.gemeo_id, 'data_lancamento', p.gemeo_data, 'filial', p.gemeo_filial, 'documento', p.gemeo_documento))
        || case when t.outro_destino then '{"outro_destino": true}' else '{}' end::jsonb
      else jsonb_build_object('tipo', t.tipo, 'lancamentos', p.quantos, 'soma', p.soma, 'de', p.de, 'ate', p.ate, 'carregado_em', p.carregado_em,
        'ajuste', -p.saldo, 'linhas', x.linhas) end,
    case p.conjunto
      when 'carga_repetida' then
        p.quantos || ' lançamentos de ' || to_char(p.de, 'DD/MM/YYYY') || ' a ' || to_char(p.ate, 'DD/MM/YYYY') || ', que somam '
          || regra_validacao_valores.reais(p.soma) || ', já tinham sido lançados: a mesma carga parece ter entrado de novo. O último é o documento '
          || left(p.documento, 60) || ', que já está no lançamento ' || p.gemeo_id || '.'
      when 'repeticao_em_massa' then
        'O documento ' || left(p.documento, 60) || ' de ' || regra_validacao_valores.reais(p.valor) || ' está em ' || p.quantos
          || ' lançamentos de ' || to_char(p.de, 'DD/MM/YYYY') || case when p.ate > p.de then ' a ' || to_char(p.ate, 'DD/MM/YYYY') else '' end || ' além do primeiro, e somam ' || regra_validacao_valores.reais(p.soma) || '.'
      else
        'O documento ' || left(p.documento, 60) || ' de ' || regra_validacao_valores.reais(p.valor) || ' já está no lançamento '
          || p.gemeo_id || ' de ' || to_char(p.gemeo_data, 'DD/MM/YYYY')
          || case when p.filial is distinct from p.gemeo_filial then ', filial ' || coalesce(p.gemeo_filial, '(sem filial)') else '' end
          || case when t.outro_destino then ', com outro centro de custo, categoria ou conta' else '' end
          || '; este seria a segunda vez.'
    end,
    case when p.conjunto is null then abs(p.valor) else p.soma end,
    p.conjunto,
    case when p.recarregada or p.conjunto = 'carga_repetida' then p.carga end,
    case when p.conjunto is null then 1 else p.quantos end,
    p.data_lancamento,
    p.carregado_em
  from contada p
  left join listada x on x.conjunto = p.conjunto and x.chave = p.chave
  cross join lateral (
    select
      coalesce(p.conjunto, case when p.data_lancamento = p.gemeo_data and p.filial is not distinct from p.gemeo_filial
        then 'duplicidade' else 'duplicidade_proxima' end) as tipo,
      audit_interno.dobrar(coalesce(p.descricao, '')) = audit_interno.dobrar(coalesce(p.gemeo_descricao, '')) as mesma_descricao,
      p.reparte <> p.gemeo_reparte as outro_destino,
      case p.conjunto when 'carga_repetida' then 0.15 when 'repeticao_em_massa' then -0.20 else
        case when p.data_lancamento = p.gemeo_data and p.filial is not distinct from p.gemeo_filial then 0.10 else 0 end
          + case when audit_interno.dobrar(coalesce(p.descricao, '')) = audit_interno.dobrar(coalesce(p.gemeo_descricao, ''))
              then 0.05 else -0.15 end
          + case when p.reparte <> p.gemeo_reparte then -0.15 else 0 end
      end as ajuste
  ) t
  where p.conjunto is null or p.do_fim = 1;
end
$$;

comment on function regra_validacao_valores.duplicidades_da_janela(audit.janela, numeric, numeric, numeric, int) is
  'Documents booked twice, as far as the window holds them.';
revoke execute on function regra_validacao_valores.duplicidades_da_janela(audit.janela, numeric, numeric, numeric, int) from public;

-- The same, but a load that came in again is seen whole: where the window cuts one off, it is looked for again on all the load's days, and
-- every window that holds a part of it has the same finding, on the same entry. Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.detectar.
create or replace function regra_validacao_valores.duplicidades(
  janela audit.janela, confianca_base numeric, absoluta numeric, relativa numeric, digitos int
) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
  return query
  with vista as materialized (
    select * from regra_validacao_valores.duplicidades_da_janela(janela, confianca_base, absoluta, relativa, digitos)
  ), fora as materialized (
    select f.dias, c.cargas, least(c.de, f.de) as de, greatest(c.ate, f.ate) as ate
    from (
      select array_agg(x.carga) as cargas, array_agg(x.copias) as copias, min(x.de) as de, max(x.ate) as ate, bool_or(x.provada) as provada
      from (
        select v.carga, case when bool_or(v.conjunto = 'carga_repetida') then 1e9::bigint else sum(v.quantos)::bigint end as copias, min(v.dia) as de,
          max(v.dia) as ate, bool_or(v.conjunto = 'carga_repetida') as provada
        from vista v
        where v.carga is not null
        group by v.carga
      ) x
      offset 0
    ) c
    cross join lateral (
      select array_agg(d order by d) as dias, min(d) as de, max(d) as ate
      from unnest(regra_validacao_valores.dias_fora(janela, c.cargas, c.copias, c.de, c.ate)) d
      offset 0
    ) f
    -- proved here, or there
    where f.dias is not null and (c.provada or exists (
      select 1 from regra_validacao_valores.dias_repetidos(f.dias, null) r where r.carga is null or r.carga = any (c.cargas)))
  ), inteira as materialized (
    select d.*, f.cargas
    from fora f
    cross join lateral regra_validacao_valores.duplicidades_da_janela(
      row(least(f.de, janela.data_inicio), greatest(f.ate, janela.data_fim), null, null, null)::audit.janela,
      confianca_base, absoluta, relativa, digitos) d
  )
  select null::text, a.registro_id, '{}'::jsonb, a.confianca, a.evidencia, a.justificativa, a.valor_em_risco
  from (
    select v.* from vista v where not exists (select 1 from fora)
    union all
    select i.registro_id, i.confianca, i.evidencia, i.justificativa, i.valor_em_risco, i.conjunto, i.carga, i.quantos, i.dia, i.carregado_em
    from inteira i
    where case when i.conjunto = 'carga_repetida' then i.carga = any (i.cargas)
      else audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, i.dia, i.carregado_em, i.registro_id) end
  ) a
  where a.conjunto is distinct from 'parte';
end
$$;

comment on function regra_validacao_valores.duplicidades(audit.janela, numeric, numeric, numeric, int) is
  'Documents booked twice: flags the later entry, names its twin, proposes nothing; a repeated load and a flood are one finding each.';
revoke execute on function regra_validacao_valores.duplicidades(audit.janela, numeric, numeric, numeric, int) from public;
