-- Fills the temporary table conferente_caso with the rows of a window whose truth is known, one line a row: what the row held then, what is
-- right (verdade), and whether it must be put back for the rule to see it as it was. A person's decision outranks what the row held later.
-- An unconfirmed correction of ours proves nothing, nor does a rollback. Findings and rows come from one snapshot. Writes nothing else.
-- Called by audit_interno.avaliar_decisoes.
create or replace function audit_interno.casos_avaliacao(regra audit.regras, data_inicio date, data_fim date)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
-- if the planner took the ledger for empty, it would scan it for each decided finding
set enable_nestloop = off
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_janela audit.janela := row(data_inicio, data_fim, null, null, null)::audit.janela;
  v_leitura text := format(
    'select c.chave, jsonb_build_object(%s) from unnest($2) as c (chave) join %s t on t.%I = c.chave::%s where %s',
    (select string_agg(format('%L, %s', c, audit_interno.expressao_imagem(v_tabela, c, format('t.%I', c))), ', ')
      from unnest(regra.colunas) as c),
    audit_interno.nome_sql(v_tabela), regra.coluna_chave, audit_interno.tipo_coluna(v_tabela, regra.coluna_chave),
    case when regra.coluna_data is null then 'true' else format('t.%I between $1 and $3', regra.coluna_data) end);
begin
  drop table if exists pg_temp.conferente_caso;
  create temp table conferente_caso on commit drop as
  with fechada as materialized (
    select distinct on (d.registro_id) d.registro_id, d.status, d.valores_propostos, o.originais, p.tipo as palavra,
      coalesce(d.valores_digitados, d.valores_propostos) as valores
    from audit.divergencias_processadas d
    left join lateral (
      select p.tipo from audit.decisoes p
      where p.divergencia_id = d.id and p.tipo in ('aprovacao', 'segunda_aprovacao', 'correcao_manual', 'confirmacao', 'rejeicao', 'excecao')
      order by p.id desc limit 1
    ) p on true
    cross join lateral (
      select d.valores_originais || coalesce((
        select a.antes from audit.alteracoes a where a.divergencia_id = d.id order by a.operacao_id desc limit 1), '{}') as originais
    ) o
    where d.regra = casos_avaliacao.regra.nome and d.tabela = casos_avaliacao.regra.tabela
      and d.status in ('corrigida', 'resolvida', 'rejeitada')
    order by d.registro_id, p.tipo is not null desc, d.decidida_em desc, d.id desc
  ), linha as (
    select f.*, (select jsonb_object_agg(c, a.atual -> c) from jsonb_object_keys(f.originais) as c) as agora
    from fechada f
    join audit_interno.ler(v_leitura, v_janela, array(select e.registro_id from fechada e)) as a (registro_id text, atual jsonb)
      on a.registro_id = f.registro_id
  )
  select l.registro_id, l.status = 'rejeitada' as rejeitada, l.valores_propostos as recusados, l.originais,
    case
      when l.status = 'rejeitada' then null
      when l.status = 'corrigida' and l.palavra is not null then l.valores
      -- not if it is back at its value before the correction: a load may have overwritten it, which proves nothing
      when l.status = 'corrigida' and not l.agora @> l.valores and l.agora <> l.originais then l.agora
      when l.status = 'resolvida' and l.agora <> l.originais and not exists (
        select from audit.divergencias_processadas o
        where o.tabela = casos_avaliacao.regra.tabela and o.registro_id = l.registro_id and o.status = 'corrigida' and not exists (
          select from audit.decisoes p
          where p.divergencia_id = o.id and p.tipo in ('aprovacao', 'segunda_aprovacao', 'correcao_manual')))
      then l.agora
      -- right, says a person, who fixes it outside; a finding that only flags gives no value
      when l.status = 'resolvida' and l.palavra = 'confirmacao' then nullif(l.valores, '{}')
    end as verdade,
    l.status <> 'rejeitada' and l.agora <> l.originais as rebobinar
  from linha l;
end
$$;
comment on function audit_interno.casos_avaliacao(audit.regras, date, date) is
  'Fills pg_temp.conferente_caso with the rows of the window whose truth is known.';
