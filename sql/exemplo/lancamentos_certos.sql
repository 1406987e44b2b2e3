-- The ledger as it should have been booked: one row per entry of the period, honest oddities included, before exemplo.lancamentos_plantados
-- spoils some. Pure: reads and writes no table. Everything about an entry follows from draws on its key. Entries that belong together share
-- one: the instalments of a purchase, the months of a contract, a document and its copy. So one pass makes the whole ledger. inicio: first
-- month of the warehouse, from which months are counted. semente_empresas and universo: seed and size with which the warehouse's suppliers
-- were made. seriado: with monthly series and instalments, for whole months only. "offset 0" keeps the planner from pulling a step up into
-- the next and drawing the same number again wherever it is used.
create or replace function exemplo.lancamentos_certos(inicio date, de date, ate date, primeiro_id bigint, linhas int,
  semente bigint, semente_empresas bigint, universo int, seriado boolean)
returns table (id bigint, data_lancamento date, carregado_em timestamptz, data_documento date, filial text, centro_custo text,
  conta_contabil text, categoria text, fornecedor_id text, fornecedor text, documento text, descricao text,
  valor numeric, valor_documento numeric, valor_desconto numeric, duplicata text, duplicata_de bigint, honesta text[])
language sql
stable parallel safe
set search_path = ''
set work_mem = '128MB'
set jit = off
as $$
  with c as (
    select array_agg(exemplo.canal(lancamentos_certos.semente, i) order by i) as n from generate_series(1, 50) i
  ), canais as (
    select n[1] as serie, n[2] as copia, n[3] as distancia, n[4] as empresa, n[5] as cauda, n[6] as segunda, n[7] as conta,
      n[8] as centro, n[9] as filial, n[10] as grafia, n[11] as cnpj, n[12] as texto, n[13] as campanha, n[14] as loja,
      n[15] as cidade, n[16] as modelo, n[17] as contrato, n[18] as valor, n[19] as documento, n[20] as desconto,
      n[21] as credito, n[22] as arredondado, n[23] as caixa, n[24] as vazio, n[25] as sem_fornecedor, n[26] as carga,
      n[27] as emissao, n[28] as armadilha, n[29] as redondo, n[50] as erro
    from c
  ), empresas as materialized (
    select * from exemplo.empresas(lancamentos_certos.semente_empresas, lancamentos_certos.universo)
  ), urna as (
    select e.*, e.ficha + i as slot
    from empresas e
    cross join lateral generate_series(0, e.fichas - 1) i
  ), tamanhos as (
    select sum(e.fichas) filter (where not e.cauda)::bigint as nucleo, count(*) filter (where e.cauda) as cauda,
      sum(e.fichas) filter (where e.recorrente and not e.cauda)::bigint as recorrentes
    from empresas e
  ), listas as (
    select (select array_agg(e.nome order by e.numero) from empresas e where e.ramo = 'concessionaria') as lojas,
      (select array_agg(f.codigo order by f.codigo collate "C", i) from exemplo.filiais() f cross join lateral generate_series(1, f.peso) i) as filiais,
      array['janeiro', 'fevereiro', 'março', 'abril', 'maio', 'junho', 'julho', 'agosto', 'setembro', 'outubro', 'novembro', 'dezembro'] as meses,
      array['Dolphin Mini', 'Dolphin', 'Dolphin Plus', 'Song Plus', 'Song Pro', 'King', 'Yuan Pro', 'Seal', 'Shark', 'Han', 'Tan'] as modelos,
      array['Dia das Mães', 'Semana do Consumidor', 'Black Friday', 'Feirão da Rede', 'Virada Elétrica', 'Mês do Cliente',
        'Fecha Trimestre', 'Dolphin Mini 0 km', 'Natal Elétrico', 'Troca com Troco'] as campanhas,
      array['São Paulo', 'Salvador', 'Camaçari', 'Belo Horizonte', 'Goiânia', 'Brasília', 'Curitiba', 'Florianópolis', 'Belém', 'Maceió',
        'Fortaleza', 'Recife', 'Manaus', 'Vitória', 'Cuiabá', 'Porto Alegre', 'Ribeirão Preto', 'São José dos Campos'] as cidades,
      array['Frete material de campanha - Ação varejo %7$s', 'Transporte de displays PDV %7$s %6$s', 'Frete brindes campanha de varejo %3$s',
        'Frete de retorno material PDV %6$s'] as textos_frete,
      array['Ação varejo %7$s - %4$s', 'Campanha de varejo %3$s - %6$s', 'Test drive no shopping - %6$s - %3$s'] as textos_copiados
  ), series as (
    select l.id, d.dia, d.mes, d.primeiro, l.id - d.primeiro_do_mes as posicao,
      case when lancamentos_certos.seriado then exemplo.sorteio(l.id - d.primeiro_do_mes, 100000, k.serie) else 99999 end as serie
    from exemplo.dias(lancamentos_certos.inicio, lancamentos_certos.de, lancamentos_certos.ate,
      lancamentos_certos.primeiro_id, lancamentos_certos.linhas) d
    cross join canais k
    cross join lateral generate_series(d.primeiro, d.ultimo) l (id)
    offset 0
  ), origens as (
    -- A copy follows a plain entry of the same month that is neither a copy nor spoilt itself.
    select s.*, case when o.origem is not null then o.tipo end as duplicata, case when o.tipo is not null then o.origem end as duplicata_de
    from series s
    cross join canais k
    left join lateral (
      select t.tipo, s.id - t.distancia as origem
      from (
        select case when x.sorte < 60 then 'exata' else 'proxima' end as tipo,
          case when x.sorte < 60 then 1
            else 1 + lancamentos_certos.linhas / 220 + exemplo.sorteio(s.id, 1 + lancamentos_certos.linhas / 40, k.distancia) end as distancia
        from (select exemplo.sorteio(s.id, 100000, k.copia) as sorte) x
        where x.sorte < 120
      ) t
      where s.serie >= 1800 and t.distancia <= s.posicao
        and (t.tipo = 'proxima' or s.id > s.primeiro)
        and (not lancamentos_certos.seriado or exemplo.sorteio(s.posicao - t.distancia, 100000, k.serie) >= 1800)
        and exemplo.sorteio(s.id - t.distancia, 100000, k.copia) >= 120
        and exemplo.sorteio(s.id - t.distancia, 100000, k.erro) >= 550
    ) o on true
    offset 0
  ), chaves as (
    select o.*, x.chave, case
        when o.serie < 900 then exemplo.sorteio(x.chave, z.recorrentes, k.empresa)
        when exemplo.sorteio(x.chave, 1000, k.cauda) < 32 then z.nucleo + exemplo.sorteio(x.chave, z.cauda, k.empresa)
        else exemplo.sorteio(x.chave, z.nucleo, k.empresa)
      end as slot
    from origens o
    cross join canais k
    cross join tamanhos z
    cross join lateral (
      select case
        when o.serie < 900 then -1 - o.posicao
        when o.serie < 1800 then -1 - o.posicao - 10000000000 * (1 + o.mes / 3)
        else coalesce(o.duplicata_de, o.id)
      end as chave
    ) x
    offset 0
  ), atribuidos as (
    select h.id, h.dia, h.mes, h.serie, h.chave, h.duplicata, h.duplicata_de, e.posto, e.cauda, e.muda, e.categoria2, e.cnpjs, e.grafias,
      e.escala, e.numero, case when e.ramo = 'concessionaria' then e.nome end as loja,
      case
        when e.muda and h.mes < 6 then e.categoria
        when e.muda or exemplo.sorteio(h.chave, 100, k.segunda) < e.parte2 then e.categoria2
        else e.categoria
      end as categoria,
      h.dia - exemplo.sorteio(h.chave, 13, k.emissao)::int as data_documento,
      exemplo.sorteio(h.chave, 100000000, k.valor) as sorte_valor
    from chaves h
    cross join canais k
    join urna e on e.slot = h.slot
    offset 0
  ), valorados as (
    select a.*, g.contas, g.centros, g.textos, g.retem, a.serie >= 1800 and exemplo.sorteio(a.chave, 1000, k.credito) < 6 as credito,
      exemplo.sorteio(a.chave, 1000, k.desconto) as sorte_desconto,
      exemplo.sorteio(a.chave, 100, k.documento) < 93 as com_valor_documento,
      b.bruto - case when b.bruto > 100000 and exemplo.sorteio(a.chave, 100, k.redondo) < 12 then b.bruto % 5000 else 0 end as bruto
    from atribuidos a
    cross join canais k
    join exemplo.categorias() g on g.nome = a.categoria
    join exemplo.quantis() q on q.dispersao = g.dispersao and q.passo = a.sorte_valor % 512
    cross join lateral (
      select greatest(500, g.mediana * a.escala / 100 * ((q.multiplicador * 1000 + q.ate_proximo * (a.sorte_valor / 512 % 1000)) / 1000) / 1000000) as bruto
    ) b
    offset 0
  ), descontados as (
    select v.*, case
        when not v.com_valor_documento or v.credito then null
        when v.retem and v.sorte_desconto < 80 then v.bruto * ('{150,465,1100,615}'::int[])[1 + v.sorte_desconto % 4] / 10000
        when v.sorte_desconto >= 950 then v.bruto * ('{100,200,300,500}'::int[])[1 + v.sorte_desconto % 4] / 10000
      end as desconto,
      case when v.retem and v.sorte_desconto < 80 and v.com_valor_documento and not v.credito
        then ('{"IRRF 1,5%","CSRF 4,65%","INSS 11%","IRRF e CSRF 6,15%"}'::text[])[1 + v.sorte_desconto % 4] end as retencao,
      case when v.com_valor_documento and v.serie >= 1800 and exemplo.sorteio(v.chave, 1000, k.arredondado) < 3
        then ('{-4,-3,-2,-1,1,2,3,4}'::int[])[1 + v.chave % 8] else 0 end as centavos,
      case
        when v.posto <= 5 and not v.cauda and v.duplicata is null and v.categoria in ('Frete e Logística', 'Combustíveis')
          and exemplo.sorteio(v.chave, 1000, k.armadilha) < 25
          and exemplo.sorteio(v.id, 1000, k.sem_fornecedor) >= 5
        then case v.categoria when 'Combustíveis' then 'texto_copiado' else 'frete_de_campanha' end
      end as armadilha
    from valorados v
    cross join canais k
    offset 0
  ), textos as (
    select d.*,
      case
        when exemplo.sorteio(d.chave, 100, k.documento) >= 97 then null
        when d.serie < 900 and exemplo.sorteio(d.chave, 3, k.contrato) = 0 then 'CT ' || n.contrato
        when d.serie < 900 then lpad((d.id * 7919 % 1000000000)::text, 9, '0')
        when d.serie < 1800 then 'FAT ' || n.numero
        else ('{"","","NF ","NFS-e "}'::text[])[1 + d.numero % 4] || n.numero
      end as documento,
      case when d.armadilha is null and exemplo.sorteio(d.chave, 1000, k.vazio) < 20 then '' else
        case when d.credito then 'Nota de crédito NF ' || n.numero || ' - ' else '' end
        || format(
          case d.armadilha
            when 'frete_de_campanha' then l.textos_frete[1 + exemplo.sorteio(d.chave, array_length(l.textos_frete, 1), k.texto)]
            when 'texto_copiado' then l.textos_copiados[1 + exemplo.sorteio(d.chave, array_length(l.textos_copiados, 1), k.texto)]
            else d.textos[1 + exemplo.sorteio(d.chave, array_length(d.textos, 1), k.texto)]
          end,
          l.meses[extract(month from d.data_documento)::int],
          extract(year from d.data_documento)::int,
          l.campanhas[1 + exemplo.sorteio(d.chave, array_length(l.campanhas, 1), k.campanha)],
          coalesce(d.loja, l.lojas[1 + exemplo.sorteio(d.chave, array_length(l.lojas, 1), k.loja)]),
          n.contrato,
          l.cidades[1 + exemplo.sorteio(d.chave, array_length(l.cidades, 1), k.cidade)],
          l.modelos[1 + exemplo.sorteio(d.chave, array_length(l.modelos, 1), k.modelo)],
          n.numero)
        || case when d.serie between 900 and 1799 then ' - parcela ' || (1 + d.mes % 3) || '/3' else '' end
        || coalesce(' - retenção ' || d.retencao, '')
      end as texto,
      case when d.duplicata is distinct from 'proxima' then d.chave else d.id end as chave_da_copia
    from descontados d
    cross join canais k
    cross join listas l
    cross join lateral (
      select lpad((abs(d.chave) * 7919 % 1000000000)::text, 9, '0') as numero,
        (2023 + exemplo.sorteio(d.chave, 3, k.contrato))::text || '/' || lpad(exemplo.sorteio(d.chave, 10000, k.contrato)::text, 4, '0') as contrato
    ) n
    offset 0
  )
  select t.id, t.dia,
    (t.dia + time '21:30') at time zone 'America/Sao_Paulo'
      + exemplo.sorteio(t.id, 27000, k.carga) * interval '1 second'
      + case when exemplo.sorteio(t.id, 100, k.carga) = 7 then interval '2 days' else interval '0' end,
    t.data_documento,
    l.filiais[1 + exemplo.sorteio(t.chave_da_copia, 100, k.filial)],
    t.centros[1 + exemplo.sorteio(t.chave, array_length(t.centros, 1), k.centro)],
    case when exemplo.sorteio(t.chave, 100, k.conta) < 6 then '4.2.9.99'
      else t.contas[1 + exemplo.sorteio(t.chave, 1000, k.conta) % array_length(t.contas, 1)] end,
    t.categoria,
    case when f.perdido >= 5 then t.cnpjs[1 + exemplo.sorteio(t.chave_da_copia, array_length(t.cnpjs, 1), k.cnpj)] end,
    case when f.perdido >= 2 then t.grafias[('{1,1,1,1,1,1,2,2,2,3,4,4,5,6,7,8}'::int[])[1 + exemplo.sorteio(t.chave_da_copia, 16, k.grafia)]] end,
    t.documento,
    case
      when exemplo.sorteio(t.chave_da_copia, 100, k.caixa) < 22 then exemplo.maiusculas(t.texto)
      when exemplo.sorteio(t.chave_da_copia, 100, k.caixa) < 30 then lower(t.texto collate "C")
      else t.texto
    end,
    (x.sinal * (t.bruto - coalesce(t.desconto, 0) + t.centavos) / 100.00)::numeric(18,2),
    case when t.com_valor_documento then (x.sinal * t.bruto / 100.00)::numeric(18,2) end,
    (t.desconto / 100.00)::numeric(18,2),
    t.duplicata, t.duplicata_de,
    array_remove(array[
      case when t.serie < 900 then 'recorrente' end,
      case when t.serie between 900 and 1799 then 'parcela' end,
      case when t.credito then 'nota_credito' end,
      case when t.retencao is not null then 'retencao' end,
      case when t.centavos <> 0 then 'arredondamento' end,
      case when t.muda then 'mudou_categoria' end,
      case when t.categoria = t.categoria2 and not t.muda then 'duas_categorias' end,
      t.armadilha
    ], null)
  from textos t
  cross join canais k
  cross join listas l
  cross join lateral (select case when t.credito then -1 else 1 end as sinal) x
  cross join lateral (select exemplo.sorteio(t.id, 1000, k.sem_fornecedor) as perdido) f
$$;

comment on function exemplo.lancamentos_certos(date, date, date, bigint, int, bigint, bigint, int, boolean) is
  'Example warehouse: the ledger of a period as it should be, with honest oddities (honesta) and copies to come (duplicata_de).';

revoke execute on function exemplo.lancamentos_certos(date, date, date, bigint, int, bigint, bigint, int, boolean) from public;
