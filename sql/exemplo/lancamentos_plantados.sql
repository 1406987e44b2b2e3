-- The ledger as it was booked: exemplo.lancamentos_certos with errors planted, at most one an entry, each with its truth beside it: tipo,
-- coluna, valor_certo, valor_plantado, and conta_certa where the account changed with it. tipo is null for a right entry, and otherwise
-- begins with the name of the rule that should find it. Pure: reads and writes no table. recente_desde: from this day on far more entries
-- are still parked as pending.
create or replace function exemplo.lancamentos_plantados(inicio date, de date, ate date, recente_desde date, primeiro_id bigint,
  linhas int, semente bigint, semente_empresas bigint, universo int, seriado boolean)
returns table (id bigint, data_lancamento date, carregado_em timestamptz, data_documento date, filial text, centro_custo text,
  conta_contabil text, categoria text, fornecedor_id text, fornecedor text, documento text, descricao text,
  valor numeric, valor_documento numeric, valor_desconto numeric, duplicata_de bigint, honesta text[],
  tipo text, coluna text, valor_certo text, valor_plantado text, conta_certa text)
language sql
stable parallel safe
set search_path = ''
set work_mem = '128MB'
set jit = off
as $$
  with canais as (
    select exemplo.canal(lancamentos_plantados.semente, 50) as erro, exemplo.canal(lancamentos_plantados.semente, 51) as especie,
      exemplo.canal(lancamentos_plantados.semente, 52) as medida, exemplo.canal(lancamentos_plantados.semente, 53) as conta
  ), sorteados as (
    select c.*, exemplo.sorteio(c.id, 100000, k.erro) as erro, exemplo.sorteio(c.id, 100, k.especie) as especie,
      exemplo.sorteio(c.id, 10000, k.medida) as medida, exemplo.sorteio(c.id, 100, k.conta) as sorte_conta
    from exemplo.lancamentos_certos(lancamentos_plantados.inicio, lancamentos_plantados.de, lancamentos_plantados.ate,
      lancamentos_plantados.primeiro_id, lancamentos_plantados.linhas, lancamentos_plantados.semente,
      lancamentos_plantados.semente_empresas, lancamentos_plantados.universo, lancamentos_plantados.seriado) c
    cross join canais k
    offset 0
  ), classificados as (
    select s.*, case
        when s.duplicata is not null then 'validacao_valores:duplicada_' || s.duplicata
        when s.erro < 550 then 'validacao_valores'
        when s.erro < 550 + case when s.data_lancamento >= lancamentos_plantados.recente_desde then 8000 else 750 end
          then 'pendente_verificacao'
        when s.categoria = 'Trade Marketing' and s.erro >= 91500 then 'trade_marketing'
      end as erro_tipo,
      case
        when s.especie < 16 then 'sinal'
        when s.especie < 40 then 'fator'
        when s.especie < 58 then 'digitos'
        when s.especie < 72 then case when s.valor > 0 then 'desconto_ignorado' else 'fator' end
        when s.especie < 80 then case when s.valor > 0 then 'desconto_dobrado' else 'fator' end
        when s.especie < 88 then 'cambio'
        else 'outro'
      end as especie_valor
    from sorteados s
    offset 0
  ), documentados as (
    -- An amount can only contradict its document if both are there, and a discount only be forgotten if there is one.
    select c.*, coalesce(c.valor_documento, c.valor) as doc,
      case when c.especie_valor like 'desconto%' and coalesce(c.valor_desconto, 0) < 1
        then round(coalesce(c.valor_documento, c.valor) * 0.05 + 1, 2) else c.valor_desconto end as des
    from classificados c
    offset 0
  ), estragados as (
    select d.*, d.doc - coalesce(d.des, 0) as certo, e.plantado, e.nome_especie
    from documentados d
    left join lateral (
      select r.centavos, p.casa from (select (abs(d.doc - coalesce(d.des, 0)) * 100)::bigint as centavos) r
      left join lateral (
        -- The place of the lower of two neighbouring digits, from whole reais up, that differ.
        select t.casa
        from (select i, (10 ^ i::numeric)::bigint as casa from generate_series(2, 10) i) t
        where t.casa * 10 <= r.centavos and r.centavos / t.casa % 10 <> r.centavos / t.casa / 10 % 10
        order by exemplo.sorteio(t.i, 1000, d.medida), t.i
        limit 1
      ) p on d.especie_valor = 'digitos'
    ) g on d.erro_tipo = 'validacao_valores'
    left join lateral (
      select case when d.especie_valor = 'digitos' and g.casa is null then 'outro' else d.especie_valor end as nome_especie,
        round(case d.especie_valor
          when 'sinal' then -(d.doc - coalesce(d.des, 0))
          when 'fator' then (d.doc - coalesce(d.des, 0)) * ('{10,10,100,100,100,1000,0.1,0.01}'::numeric[])[1 + d.medida % 8]
          when 'desconto_ignorado' then d.doc
          when 'desconto_dobrado' then d.doc - 2 * d.des
          when 'cambio' then case when d.medida % 3 = 0 then (d.doc - coalesce(d.des, 0)) * (5.2 + d.medida % 40 / 100.0)
            else (d.doc - coalesce(d.des, 0)) / (5.2 + d.medida % 40 / 100.0) end
          when 'digitos' then sign(d.doc) * (g.centavos
            + (g.centavos / g.casa / 10 % 10 - g.centavos / g.casa % 10) * (g.casa - g.casa * 10)) / 100.0
        end, 2) as plantado
    ) e on d.erro_tipo = 'validacao_valores'
    offset 0
  ), finais as (
    select x.*, case x.erro_tipo
        when 'validacao_valores' then
          coalesce(x.plantado, o.outro + case when abs(o.outro - x.certo) < 1 then 150 else 0 end)::numeric(18,2)::text
        when 'pendente_verificacao' then case when x.especie < 60 then 'PENDENTE DE VERIFICAÇÃO' else 'A CLASSIFICAR' end
        when 'trade_marketing' then case
          when x.especie < 45 then 'Publicidade e Propaganda'
          when x.especie < 65 then 'Eventos e Feiras'
          when x.especie < 85 then 'Outras Despesas'
          else 'Consultoria e Auditoria' end
        else x.valor::numeric(18,2)::text
      end as plantado_texto
    from estragados x
    cross join lateral (select round(x.certo * (0.3 + x.medida / 4000.0) + 17.35 + x.medida % 97, 2) as outro) o
    offset 0
  )
  select f.id, f.data_lancamento, f.carregado_em, f.data_documento, f.filial, f.centro_custo, coalesce(c.conta_plantada, f.conta_contabil),
    case when f.erro_tipo in ('pendente_verificacao', 'trade_marketing') then f.plantado_texto else f.categoria end,
    f.fornecedor_id, f.fornecedor, f.documento, f.descricao,
    case when f.erro_tipo = 'validacao_valores' then f.plantado_texto::numeric else f.valor end,
    case when f.erro_tipo = 'validacao_valores' then f.doc else f.valor_documento end,
    case when f.erro_tipo = 'validacao_valores' then f.des else f.valor_desconto end,
    f.duplicata_de, f.honesta,
    f.erro_tipo || coalesce(':' || f.nome_especie, ''),
    case when f.erro_tipo in ('pendente_verificacao', 'trade_marketing') then 'categoria' when f.erro_tipo is not null then 'valor' end,
    case
      when f.erro_tipo = 'validacao_valores' then f.certo::numeric(18,2)::text
      when f.duplicata_de is not null then '0.00'
      when f.erro_tipo is not null then f.categoria
    end,
    case when f.erro_tipo is not null then f.plantado_texto end,
    case when c.conta_plantada <> f.conta_contabil then f.conta_contabil end
  from finais f
  cross join lateral (
    select case
      when f.erro_tipo = 'pendente_verificacao' and f.sorte_conta < 60 then '1.1.9.99'
      when f.erro_tipo = 'trade_marketing' and f.sorte_conta < 55 then
        case when f.sorte_conta < 35 then '4.1.3.99' else '4.2.9.99' end
    end as conta_plantada
  ) c
$$;

comment on function exemplo.lancamentos_plantados(date, date, date, date, bigint, int, bigint, bigint, int, boolean) is
  'Example warehouse: the ledger of a period as booked, with errors planted and the truth of each beside it.';

revoke execute on function exemplo.lancamentos_plantados(date, date, date, date, bigint, int, bigint, bigint, int, boolean) from public;
