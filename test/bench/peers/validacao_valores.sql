-- What a DBA would write instead of validacao_valores: one statement that names the same kinds of wrong amounts, of documents shared out
-- wrongly and of documents booked twice, by window functions, and records each with a sentence. A finding that is there already is counted.
insert into bancada.achados as a (registro_id, tipo, valor, esperado, em_risco, par, frase)
with lancamento as (
  select l.id, l.valor, l.valor_documento, coalesce(l.valor_desconto, 0) as desconto,
    l.valor_documento - coalesce(l.valor_desconto, 0) as esperado, l.documento, l.data_lancamento, l.filial,
    lag(l.id) over igual as par, lag(l.data_lancamento) over igual as data_par, lag(l.filial) over igual as filial_par,
    count(*) over inteiro as linhas, sum(l.valor) over inteiro as soma, max(l.id) over inteiro as ultima
  from dw.lancamentos l
  window inteiro as (partition by coalesce(l.fornecedor_id, l.fornecedor), l.documento, l.valor_documento),
    igual as (partition by coalesce(l.fornecedor_id, l.fornecedor), l.documento, l.valor order by l.data_lancamento, l.id)
), julgado as (
  select l.*,
    case
      when l.documento <> '' and l.par is not null and l.valor <> 0 and l.data_lancamento - l.data_par <= 10
        then case when l.data_par = l.data_lancamento and l.filial_par is not distinct from l.filial then 'duplicidade' else 'duplicidade_proxima' end
      when abs(l.valor - l.esperado) <= 0.05 or l.documento <> '' and l.linhas > 1 and abs(l.soma - l.esperado) <= 0.05 then null
      when l.documento <> '' and l.linhas > 1 then
        case when l.id = l.ultima then case when l.soma > l.esperado then 'rateio_a_mais' else 'rateio_a_menos' end end
      when l.valor = -l.esperado then 'sinal_trocado'
      when l.desconto <> 0 and l.valor = l.valor_documento then 'desconto_ignorado'
      when l.desconto <> 0 and l.valor = l.valor_documento - 2 * l.desconto then 'desconto_em_dobro'
      when round(l.valor / 10, 2) = l.esperado or round(l.esperado / 10, 2) = l.valor then 'fator_10'
      when round(l.valor / 100, 2) = l.esperado or round(l.esperado / 100, 2) = l.valor then 'fator_100'
      when round(l.valor / 1000, 2) = l.esperado or round(l.esperado / 1000, 2) = l.valor then 'fator_1000'
      when length(l.valor::text) = length(l.esperado::text) and (l.valor - l.esperado) * 100 % 9 = 0 and (
        select count(*) = 2 from generate_series(1, length(l.valor::text)) i where substr(l.valor::text, i, 1) <> substr(l.esperado::text, i, 1))
        then 'digitos_trocados'
      else 'outro'
    end as tipo
  from lancamento l
  where l.documento <> '' and l.par is not null or abs(l.valor - l.esperado) > 0.05
)
select j.id, j.tipo, j.valor, j.esperado, case when j.tipo like 'duplicidade%' then abs(j.valor) else abs(j.valor - j.esperado) end,
  case when j.tipo like 'duplicidade%' then j.par end,
  case when j.tipo like 'duplicidade%' then format('O documento %s já foi lançado em %s (lançamento %s).', j.documento, to_char(j.data_par, 'DD/MM/YYYY'), j.par)
    else format('O valor lançado é %s e o do documento %s (%s).', j.valor, j.esperado, j.tipo) end
from julgado j
where j.tipo is not null
on conflict (registro_id, tipo) do update
set valor = excluded.valor, esperado = excluded.esperado, em_risco = excluded.em_risco, par = excluded.par, frase = excluded.frase,
  vezes = a.vezes + 1, ultima = now()
