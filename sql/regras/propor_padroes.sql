-- Proposes marketing patterns from what people confirmed: suppliers, words and pairs of words of entries whose correction to
-- the marketing category a person decided. Support is the confirmed entries that have it; precision, the share of all the
-- ledger's decided entries with it that are marketing (confirmed or booked so). Nothing is saved: a person accepts. Reads
-- dw.lancamentos, the decisions, the patterns and the settings. Called by whoever maintains the patterns.
create or replace function audit.propor_padroes(suporte_minimo int default 3, precisao_minima numeric default 0.9)
returns table (campo text, tipo text, padrao text, suporte bigint, lancamentos bigint, precisao numeric)
language plpgsql stable security definer
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
exception
  when undefined_table or invalid_schema_name or undefined_column then
    raise exception using errcode = 'NC010', message = 'o armazém não pôde ser lido: falta dw.lancamentos ou uma de suas colunas',
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
end
$$;

comment on function audit.propor_padroes(int, numeric) is
  'Patterns worth adding, from confirmed corrections: suppliers, words and pairs of words with at least suporte_minimo confirmed entries and the given precision over the ledger. Saves nothing. Error: NC010 no warehouse to read.';
revoke execute on function audit.propor_padroes(int, numeric) from public;
grant execute on function audit.propor_padroes(int, numeric) to conferente_revisor, conferente_administrador;
