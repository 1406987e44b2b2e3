-- What spoke for the suggestion of each pending entry: at each level of supplier knowledge how many earlier entries there
-- were and how many had the category, and the words that pulled towards it most. Undecayed counts, as a reviewer would find
-- them in the ledger. The arrays go together (entry, suggested category). Reads the statistics and, through chaves_pendencia,
-- dw.lancamentos; changes nothing. Called by regras.pendente_verificacao.
create or replace function audit_interno.evidencia_pendencias(janela audit.janela, ids text[], categorias int[])
returns table (id text, niveis jsonb, palavras jsonb, lancamentos bigint, iguais bigint, por text)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set enable_nestloop = off
as $$
declare
  v_meses int := coalesce((audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int, 36);
begin
  return query
  with k as materialized (
    select k.id, k.nivel, k.chave, k.corte, s.categoria, k.termo
    from audit_interno.chaves_pendencia(janela, null, null) k
    join unnest(ids, categorias) s (id, categoria) on s.id = k.id
    where k.nivel <> 0
  ), contagem as materialized (
    select x.nivel, x.chave, x.corte, x.categoria, e.todas, e.iguais
    from (select distinct k.nivel, k.chave, k.corte, k.categoria from k) x
    cross join lateral (
      select sum(c.linhas) as todas, coalesce(sum(c.linhas) filter (where c.categoria = x.categoria), 0) as iguais
      from audit_interno.estatistica_contagem c
      where c.nivel = x.nivel and c.chave = x.chave and c.mes < x.corte and c.mes >= x.corte - v_meses
      offset 0
    ) e
    where e.todas > 0
  ), visto as (
    select k.id, k.nivel, k.termo, c.todas, c.iguais, n.nome,
      row_number() over (partition by k.id, k.nivel = 20 order by
        -- among the levels the finest first, among the words the most telling
        case when k.nivel = 20 then c.iguais * ln((c.iguais + 0.5) / (c.todas + 1)) end nulls last,
        k.nivel desc) as posicao,
      (c.iguais + 0.5) / (c.todas + 1) as parte
    from k
    join contagem c using (nivel, chave, corte, categoria)
    left join (values
      (2, 'centro de custo'), (3, 'centro de custo e faixa de valor'), (4, 'empresa do fornecedor'),
      (5, 'nome do fornecedor'), (6, 'código do fornecedor'), (7, 'fornecedor e centro de custo'),
      (8, 'fornecedor, centro de custo e faixa de valor'), (9, 'fornecedor, centro de custo e valor'),
      (10, 'fornecedor e mesmo texto'), (11, 'fornecedor e conta'), (21, 'conta contábil')) n (nivel, nome) on n.nivel = k.nivel
  )
  select v.id,
    jsonb_agg(jsonb_build_object('por', v.nome, 'lancamentos', v.todas, 'na_categoria', v.iguais) order by v.nivel desc)
      filter (where v.nome is not null),
    jsonb_agg(jsonb_build_object('palavra', v.termo, 'lancamentos', v.todas, 'na_categoria', v.iguais) order by v.parte desc, v.iguais desc, v.termo)
      filter (where v.nivel = 20 and v.iguais > 0 and v.posicao <= 5),
    (array_agg(v.todas order by v.nivel desc) filter (where v.nome is not null))[1],
    (array_agg(v.iguais order by v.nivel desc) filter (where v.nome is not null))[1],
    (array_agg(v.nome order by v.nivel desc) filter (where v.nome is not null))[1]
  from visto v
  group by v.id;
end
$$;

comment on function audit_interno.evidencia_pendencias(audit.janela, text[], int[]) is
  'Which levels and words spoke for the suggested category of each pending entry, with counts.';
revoke execute on function audit_interno.evidencia_pendencias(audit.janela, text[], int[]) from public;
