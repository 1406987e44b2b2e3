-- The suppliers: a core of companies by trade, a few of them large (share falls with rank), and a long tail
-- with one to three entries each, whose number grows with the size of the warehouse (universo, in entries).
-- fichas is the company's number of slots in the urn from which entries draw their supplier; ficha is its first.
-- Companies that bill every month lie first in the urn, so that a monthly series can be drawn among them alone.
-- CNPJ roots lie between 66 and 70 million, a bijection of the company's number: never twice the same.
create or replace function exemplo.empresas(semente bigint, universo int)
returns table (numero int, ramo text, categoria text, categoria2 text, parte2 int, muda boolean, recorrente boolean,
  cauda boolean, posto int, nome text, grafias text[], cnpjs text[], escala int, ficha bigint, fichas int)
language sql
immutable parallel safe
set search_path = ''
as $$
  with palavras as (
    select array['Guimarães', 'Araújo', 'Conceição', 'São Jorge', 'Paraíba', 'Ipê', 'Araucária', 'Tietê', 'Mantiqueira',
      'Horizonte', 'Atlântico', 'Piratininga', 'Jacarandá', 'Itapuã', 'Recôncavo', 'Aimoré', 'Bandeirantes', 'Planalto',
      'Serra Azul', 'Boa Vista', 'Novo Mundo', 'Três Irmãos', 'Santa Luzia', 'São Bento', 'Vitória', 'Cruzeiro', 'Estrela do Sul',
      'Rio Branco', 'Monte Belo', 'Ouro Verde', 'Pau-Brasil', 'Sabiá', 'Andorinha', 'Pérola', 'Diamantina', 'Imperial',
      'União', 'Progresso', 'Aliança', 'Confiança', 'Continental', 'Litoral', 'Goitacá', 'Ibirapuera', 'Marajó', 'Paranaguá',
      'Cambará', 'Jequitibá', 'Magalhães', 'Gonçalves', 'Simões', 'Brandão', 'Falcão', 'Sertão', 'Jaraguá', 'Moçoró',
      'Tabajara', 'Ubatã', 'Cachoeira', 'Vale do Aço'] as lista
  ), nucleo as (
    select r.ordem, r.ramo, r.categoria, r.categoria2, r.parte2, r.muda, r.recorrente, r.nomes, false as cauda, j as posto,
      1 + (exemplo.sorteio(r.ordem, 60, exemplo.canal(empresas.semente, 40)) + j * 7) % 60 as palavra,
      case when j > 60 then 1 + (j * 11) % 60 end as palavra2,
      greatest(1, round(2.0 * r.peso * (1 / (j + 0.5)) / (sum(1 / (j + 0.5)) over (partition by r.ramo))))::int as fichas
    from exemplo.ramos() with ordinality r (ramo, categoria, categoria2, parte2, muda, recorrente, cauda, empresas, peso, nomes, ordem)
    cross join lateral generate_series(1, r.empresas) j
  ), ramos_da_cauda as (
    select r.*, row_number() over (order by r.ordem) - 1 as posicao, count(*) over () as quantos
    from exemplo.ramos() with ordinality r (ramo, categoria, categoria2, parte2, muda, recorrente, cauda, empresas, peso, nomes, ordem)
    where r.cauda
  ), cauda as (
    select r.ordem, r.ramo, r.categoria, r.categoria2, r.parte2, r.muda, r.recorrente, r.nomes, true as cauda, k as posto,
      1 + exemplo.sorteio(k, 60, exemplo.canal(empresas.semente, 41)) as palavra,
      1 + exemplo.sorteio(k, 60, exemplo.canal(empresas.semente, 42)) as palavra2,
      1 as fichas
    from generate_series(1, greatest(20, empresas.universo / 62)) k
    join ramos_da_cauda r on r.posicao = exemplo.sorteio(k, r.quantos, exemplo.canal(empresas.semente, 43))
  ), todas as (
    select t.*,
      row_number() over (order by t.cauda, t.recorrente desc, t.ordem, t.posto)::int as numero,
      coalesce(sum(t.fichas) over (order by t.cauda, t.recorrente desc, t.ordem, t.posto
        rows between unbounded preceding and 1 preceding), 0) as ficha
    from (select * from nucleo union all select * from cauda) t
  )
  select t.numero, t.ramo, t.categoria, t.categoria2, t.parte2, t.muda, t.recorrente, t.cauda, t.posto, n.nome,
    exemplo.grafias(n.nome, case
      when t.ramo = 'governo' then ''
      when t.cauda then ('{ME,Ltda.,EIRELI,Ltda. ME}'::text[])[1 + exemplo.sorteio(t.numero, 4, exemplo.canal(empresas.semente, 44))]
      when t.posto <= 2 and t.ramo <> 'concessionaria' then 'S.A.'
      else 'Ltda.'
    end),
    (select array_agg(exemplo.cnpj(66000000 + (t.numero * 7919::bigint + exemplo.sorteio(1, 4000000, exemplo.canal(empresas.semente, 45))) % 4000000, f)
        order by f)
      from generate_series(1, case when t.cauda then 1
        else 1 + exemplo.sorteio(t.numero, 5, exemplo.canal(empresas.semente, 46))::int end) f),
    (45 + exemplo.sorteio(t.numero, 160, exemplo.canal(empresas.semente, 47)))::int,
    t.ficha::bigint, t.fichas
  from todas t
  cross join palavras p
  cross join lateral (
    select format(t.nomes[1 + t.posto % array_length(t.nomes, 1)],
      p.lista[t.palavra] || coalesce(' ' || p.lista[t.palavra2], '')) as nome
  ) n
$$;

comment on function exemplo.empresas(bigint, int) is
  'Example warehouse: suppliers with categories, spellings and CNPJs, for a seed and a size of the warehouse in entries.';

revoke execute on function exemplo.empresas(bigint, int) from public;
