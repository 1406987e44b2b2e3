-- What spoke for a suggestion, for a reviewer: at each level of knowledge how many entries of earlier months there were and how
-- many had the category, finest first; the five words that pulled towards it most; and the finest level by itself, for the
-- sentence. The arrays go together. Touches nothing. Called by regras.pendente_verificacao.
create or replace function audit_interno.descrever_provas(
  niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[]
) returns table (por_nivel jsonb, palavras jsonb, lista text, todas bigint, certas bigint, por text)
language sql immutable parallel safe rows 1
begin atomic
  select
    pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('por', v.nome, 'lancamentos', v.todas, 'na_categoria', v.iguais)
      order by v.nivel desc) filter (where v.nome is not null),
    pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('palavra', v.termo, 'lancamentos', v.todas, 'na_categoria', v.iguais)
      order by v.parte desc, v.iguais desc, v.termo) filter (where v.nivel = 20 and v.iguais > 0 and v.posicao <= 5),
    pg_catalog.string_agg(v.termo, ', ' order by v.parte desc, v.iguais desc, v.termo)
      filter (where v.nivel = 20 and v.iguais > 0 and v.posicao <= 5),
    (pg_catalog.array_agg(v.todas order by v.nivel desc) filter (where v.nome is not null))[1],
    (pg_catalog.array_agg(v.iguais order by v.nivel desc) filter (where v.nome is not null))[1],
    (pg_catalog.array_agg(v.nome order by v.nivel desc) filter (where v.nome is not null))[1]
  from (
    select p.nivel, p.termo, p.todas, p.iguais, p.iguais / (p.todas + 5)::numeric as parte,
      case p.nivel
        when 2 then 'centro de custo' when 3 then 'centro de custo e faixa de valor' when 4 then 'empresa do fornecedor'
        when 5 then 'nome do fornecedor' when 6 then 'código do fornecedor' when 7 then 'fornecedor e centro de custo'
        when 8 then 'fornecedor, centro de custo e faixa de valor' when 9 then 'fornecedor, centro de custo e valor'
        when 10 then 'fornecedor e mesmo texto' when 11 then 'fornecedor e conta' when 21 then 'conta contábil'
      end as nome,
      pg_catalog.row_number() over (partition by p.nivel = 20
        order by p.iguais / (p.todas + 5)::numeric desc, p.iguais desc, p.termo) as posicao
    from unnest(niveis, termos, lancamentos, iguais) p (nivel, termo, todas, iguais)
  ) v;
end;

comment on function audit_interno.descrever_provas(smallint[], text[], bigint[], bigint[]) is
  'Levels and words that spoke for a suggestion, with their counts, as evidence.';
revoke execute on function audit_interno.descrever_provas(smallint[], text[], bigint[], bigint[]) from public;
