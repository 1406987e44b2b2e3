-- The sentence, the arithmetic and the adjustment of confidence for one kind of wrong amount. An error with a mechanism
-- (a factor, swapped digits, a discount) is likelier the booking's than one without; a flipped sign may be a credit note,
-- a usual retention is probably honest. Touches nothing; inlined by the planner. Called by regras.validacao_valores.
create or replace function regras.explicacao_diferenca(
  tipo text, valor numeric, documento numeric, desconto numeric, esperado numeric, retencao numeric, tributos text
)
returns table (frase text, conta text, ajuste numeric)
language sql immutable parallel safe
begin atomic
  select
    case
      when tipo = 'sinal_trocado' then 'o sinal está trocado'
      when tipo like 'fator\_%' then
        'o valor foi ' || case when pg_catalog.abs(valor) > pg_catalog.abs(esperado) then 'multiplicado' else 'dividido' end
          || ' por ' || pg_catalog.substr(tipo, 7)
      when tipo = 'digitos_trocados' then 'dois algarismos trocaram de lugar'
      when tipo = 'desconto_ignorado' then 'o desconto do documento não foi abatido'
      when tipo = 'desconto_em_dobro' then 'o desconto do documento foi abatido duas vezes'
      when tipo = 'razao_cambial' then 'a razão entre os dois parece uma taxa de câmbio'
      when retencao is not null then 'a diferença corresponde a uma retenção de ' || pg_catalog.replace(retencao::text, '.', ',')
        || '% (' || tributos || '), que pode ser legítima'
      else 'a diferença não tem causa reconhecida'
    end,
    case
      when tipo = 'sinal_trocado' then regras.reais(valor) || ' = -(' || regras.reais(esperado) || ')'
      when tipo like 'fator\_%' then
        regras.reais(valor) || ' = ' || regras.reais(esperado)
          || case when pg_catalog.abs(valor) > pg_catalog.abs(esperado) then ' × ' else ' ÷ ' end || pg_catalog.substr(tipo, 7)
      when tipo = 'digitos_trocados' then regras.reais(esperado) || ' escrito como ' || regras.reais(valor)
      when tipo = 'desconto_em_dobro' then
        regras.reais(valor) || ' = ' || regras.reais(documento) || ' - 2 × ' || regras.reais(desconto)
      when tipo = 'razao_cambial' then
        regras.reais(valor) || ' ÷ ' || regras.reais(esperado) || ' = '
          || pg_catalog.replace(pg_catalog.round(valor / esperado, 4)::text, '.', ',')
      else
        regras.reais(documento) || ' - ' || regras.reais(coalesce(desconto, 0)) || ' = '
          || regras.reais(esperado) || ', e não ' || regras.reais(valor)
    end,
    case
      when tipo = 'sinal_trocado' then -0.05
      when tipo like 'fator\_%' then 0.15
      when tipo = 'digitos_trocados' then 0.12
      when tipo = 'desconto_ignorado' then 0.10
      when tipo = 'desconto_em_dobro' then 0.10
      when tipo = 'razao_cambial' then -0.05
      when retencao is not null then -0.40
      else -0.10
    end;
end;

comment on function regras.explicacao_diferenca(text, numeric, numeric, numeric, numeric, numeric, text) is
  'Sentence, arithmetic and change of confidence for one kind of wrong amount.';
revoke execute on function regras.explicacao_diferenca(text, numeric, numeric, numeric, numeric, numeric, text) from public;
