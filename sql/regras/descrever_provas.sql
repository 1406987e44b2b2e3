-- What spoke for a suggestion, for a reviewer: at each level of knowledge how many entries of earlier months there were and how
-- many had the category, finest first; the five words that pulled towards it most; and the finest level by itself, for the
-- sentence. An account that many suppliers share is wider than a supplier. The arrays go together. Touches nothing. Called by regras.pendente_verificacao.
create or replace function regras.descrever_provas(
  niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[]
) returns table (por_nivel jsonb, palavras jsonb, lista text, todas bigint, certas bigint, por text)
language sql immutable parallel safe rows 1
begin atomic
  select n.por_nivel, p.palavras, p.lista, n.todas, n.certas, n.por
  from (
    select
      pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('por', v.nome, 'lancamentos', v.todas, 'na_categoria', v.iguais) order by v.ordem desc) as por_nivel,
      (pg_catalog.array_agg(v.todas order by v.ordem desc))[1] as todas, (pg_catalog.array_agg(v.iguais order by v.ordem desc))[1] as certas,
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
      order by u.iguais / (u.todas + 5)::double precision desc, u.iguais desc, u.termo
      limit 5
    ) v
  ) p;
end;

comment on function regras.descrever_provas(smallint[], text[], bigint[], bigint[]) is
  'Levels and words that spoke for a suggestion, with their counts, as evidence.';
revoke execute on function regras.descrever_provas(smallint[], text[], bigint[], bigint[]) from public;
