-- The marketing patterns that audit.propor_padroes proposes: suppliers, words and pairs of words of entries whose correction
-- to the marketing category a person decided, with their support and precision. Reads dw.lancamentos, the decisions, the
-- patterns and the settings; changes nothing. Called by audit.propor_padroes, through audit_interno.ler.
create or replace function regras.padroes_propostos(suporte_minimo int, precisao_minima numeric)
returns table (campo text, tipo text, padrao text, suporte bigint, lancamentos bigint, precisao numeric)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_categoria text := audit_interno.dobrar_categoria(audit_interno.configuracao('trade_marketing.categoria') #>> '{}');
  v_pendentes text[] := regras.rotulos_pendentes();
begin
  return query
  with confirmado as materialized (
    select distinct d.registro_id
    from audit.divergencias_processadas d
    where d.tabela = 'dw.lancamentos' and d.status = 'corrigida'
      and audit_interno.dobrar_categoria(d.valores_propostos ->> 'categoria') = v_categoria
      and exists (select from audit.decisoes p
            where p.divergencia_id = d.id and p.tipo in ('aprovacao', 'segunda_aprovacao', 'correcao_manual'))
  ), entrada as materialized (
    select l.id::text as id, audit_interno.dobrar(btrim(l.fornecedor)) as fornecedor,
      string_to_array(nullif(regras.palavras_texto(l.descricao), ''), ' ') as palavras,
      c.registro_id is not null as confirmada,
      c.registro_id is not null or audit_interno.dobrar_categoria(l.categoria) = v_categoria as marketing
    from dw.lancamentos l
    left join confirmado c on c.registro_id = l.id::text
    where audit_interno.dobrar_categoria(l.categoria) <> all (v_pendentes || ''::text)
  ), candidato as materialized (
    select e.id, e.confirmada, e.marketing, x.campo, x.texto
    from entrada e
    cross join lateral (
      select 'fornecedor' as campo, e.fornecedor as texto where e.fornecedor <> ''
      union
      select 'descricao', p from unnest(e.palavras) p where length(p) >= 4
      union
      select 'descricao', e.palavras[i] || ' ' || e.palavras[i + 1]
      from generate_series(1, cardinality(e.palavras) - 1) i
    ) x
    where (x.campo, x.texto) in (
      select f.campo, f.texto
      from entrada n
      cross join lateral (
        select 'fornecedor' as campo, n.fornecedor as texto where n.fornecedor <> ''
        union
        select 'descricao', p from unnest(n.palavras) p where length(p) >= 4
        union
        select 'descricao', n.palavras[i] || ' ' || n.palavras[i + 1]
        from generate_series(1, cardinality(n.palavras) - 1) i
      ) f
      where n.confirmada
      group by f.campo, f.texto
      having count(*) >= suporte_minimo
    )
  ), contado as (
    select c.campo, c.texto, count(*) filter (where c.confirmada) as suporte, count(*) as lancamentos,
      count(*) filter (where c.marketing) as marketing
    from candidato c
    group by c.campo, c.texto
  )
  select c.campo, 'palavra'::text, c.texto, c.suporte, c.lancamentos, round(c.marketing::numeric / c.lancamentos, 4)
  from contado c
  where c.marketing::numeric / c.lancamentos >= precisao_minima
    -- what an active pattern catches already needs no other
    and not exists (
      select from audit.padroes_trade_marketing p
      where p.ativo and p.acao = 'incluir' and p.campo = c.campo
        and regras.padrao_casa(p.tipo, p.padrao, c.texto))
    -- a pair says nothing that one of its words does not say as precisely of as many
    and not exists (
      select from contado m
      where m.campo = c.campo and m.texto <> c.texto and ' ' || c.texto || ' ' like '% ' || replace(replace(m.texto, '\', ''), '%', '') || ' %'
        and c.campo = 'descricao' and m.suporte >= c.suporte and m.marketing::numeric / m.lancamentos >= precisao_minima)
  order by c.suporte desc, 6 desc, c.campo, c.texto;
end
$$;

comment on function regras.padroes_propostos(int, numeric) is
  'Suppliers, words and pairs of words with at least suporte_minimo confirmed entries and the given precision over the ledger, that no active pattern has.';
revoke execute on function regras.padroes_propostos(int, numeric) from public;
