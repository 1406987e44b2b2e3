-- An amount as a Brazilian reader writes it, whatever the server's locale: 1.234,56. Touches nothing.
-- Called by the rules for their sentences.
create or replace function regra_validacao_valores.reais(valor numeric) returns text
language sql immutable parallel safe
return case
  -- the comma and the point of this format are themselves in every locale, unlike G and D
  when pg_catalog.abs(valor) < 1e17 then pg_catalog.translate(
    pg_catalog.to_char(pg_catalog.round(valor, 2), 'FM999,999,999,999,999,990.00'), ',.', '.,')
  when valor::text in ('NaN', 'Infinity', '-Infinity') then valor::text
  else pg_catalog.translate(
    pg_catalog.regexp_replace(pg_catalog.round(valor, 2)::text, '(?<=[0-9])(?=(?:[0-9]{3})+\.)', ',', 'g'), ',.', '.,')
end;

comment on function regra_validacao_valores.reais(numeric) is 'Amount in Brazilian notation with two decimals, without currency sign.';
revoke execute on function regra_validacao_valores.reais(numeric) from public;

-- True when two amounts are written with the same digits, in cents, except that two of them changed places. Adjacent or not: typing swaps
-- neighbours, copying from paper swaps columns. Touches nothing. Called by regra_validacao_valores.tipo_diferenca.
create or replace function regra_validacao_valores.digitos_trocados(a numeric, b numeric) returns boolean
language sql immutable parallel safe
return (
  select pg_catalog.length(d.a) = pg_catalog.length(d.b)
    and pg_catalog.length(d.a) <= 40
    -- swapping two digits moves an amount by a multiple of nine: cheap, and nearly always decisive
    and (d.a::numeric - d.b::numeric) % 9 = 0
    and (
      select pg_catalog.count(*) = 2
        -- of two digits whose sums agree modulo nine, one that is the same makes the other the same
        and pg_catalog.max(pg_catalog.substr(d.a, i, 1)) = pg_catalog.max(pg_catalog.substr(d.b, i, 1))
      from pg_catalog.generate_series(1, pg_catalog.length(d.a)) i
      where pg_catalog.substr(d.a, i, 1) <> pg_catalog.substr(d.b, i, 1)
    )
  from (
    select pg_catalog.trunc(pg_catalog.abs(digitos_trocados.a) * 100)::text as a,
      pg_catalog.trunc(pg_catalog.abs(digitos_trocados.b) * 100)::text as b
    where pg_catalog.sign(digitos_trocados.a) = pg_catalog.sign(digitos_trocados.b)
  ) d
);

comment on function regra_validacao_valores.digitos_trocados(numeric, numeric) is
  'Whether two amounts differ only by two digits that changed places (in cents, same sign).';
revoke execute on function regra_validacao_valores.digitos_trocados(numeric, numeric) from public;

-- How far an amount of 10,000 or more may be from the truth because its source printed only this many significant digits: half a unit of
-- the last printed digit, or nothing if the amount shows more digits. Touches nothing. Called by regra_validacao_valores.detectar.
create or replace function regra_validacao_valores.arredondamento_origem(valor numeric, digitos int) returns numeric
language sql immutable parallel safe
return case
  when pg_catalog.abs(valor) >= 10000
    and valor = pg_catalog.round(valor, digitos - pg_catalog.length(pg_catalog.trunc(pg_catalog.abs(valor))::text))
  then 0.5 * 10::numeric ^ (pg_catalog.length(pg_catalog.trunc(pg_catalog.abs(valor))::text) - digitos)
  else 0
end;

comment on function regra_validacao_valores.arredondamento_origem(numeric, int) is
  'Largest error that printing with N significant digits at the source can have put into an amount of 10,000 and more; 0 otherwise.';
revoke execute on function regra_validacao_valores.arredondamento_origem(numeric, int) from public;

-- Names how a booked amount came to differ from the expected one, in the order in which a clerk would try: sign, factor
-- of ten, discount left out or taken twice, two digits swapped, a currency's rate, else 'outro'. Pure arithmetic on its
-- arguments, in one expression that the planner inlines; touches nothing. Called by regra_validacao_valores.detectar, only for rows that already differ beyond tolerance.
create or replace function regra_validacao_valores.tipo_diferenca(
  valor numeric, documento numeric, desconto numeric, tolerancia numeric, cambio_minimo numeric, cambio_maximo numeric
) returns text
language sql immutable parallel safe
return case
  when documento - coalesce(desconto, 0) <> 0 and pg_catalog.abs(valor + (documento - coalesce(desconto, 0))) <= tolerancia then 'sinal_trocado'
  when desconto <> 0 and pg_catalog.abs(valor - documento) <= tolerancia then 'desconto_ignorado'
  when desconto <> 0 and pg_catalog.abs(valor - (documento - 2 * desconto)) <= tolerancia then 'desconto_em_dobro'
  when documento - coalesce(desconto, 0) = 0 or valor = 0 then 'outro'
  -- a factor below one lost the last digits to rounding in cents, hence the half cent
  when pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) * 10) <= greatest(tolerancia, 0.005)
    or pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) / 10) <= 0.005 then 'fator_10'
  when pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) * 100) <= greatest(tolerancia, 0.005)
    or pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) / 100) <= 0.005 then 'fator_100'
  when pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) * 1000) <= greatest(tolerancia, 0.005)
    or pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) / 1000) <= 0.005 then 'fator_1000'
  when regra_validacao_valores.digitos_trocados(valor, documento - coalesce(desconto, 0)) then 'digitos_trocados'
  when regra_validacao_valores.razao_possivel(valor, documento - coalesce(desconto, 0), cambio_minimo, cambio_maximo) then 'razao_cambial'
  else 'outro'
end;

comment on function regra_validacao_valores.tipo_diferenca(numeric, numeric, numeric, numeric, numeric, numeric) is
  'Kind of a wrong amount: sinal_trocado, fator_10, fator_100, fator_1000, desconto_ignorado, desconto_em_dobro, digitos_trocados, razao_cambial or outro.';
revoke execute on function regra_validacao_valores.tipo_diferenca(numeric, numeric, numeric, numeric, numeric, numeric) from public;

-- The sentence, the arithmetic and the adjustment of confidence for one kind of wrong amount. An error with a mechanism
-- (a factor, swapped digits, a discount) is likelier the booking's than one without; a flipped sign may be a credit note,
-- a usual retention is probably honest. Touches nothing; inlined by the planner. Called by regra_validacao_valores.detectar.
create or replace function regra_validacao_valores.explicacao_diferenca(
  tipo text, valor numeric, documento numeric, desconto numeric, esperado numeric, retencao text, ate date
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
      when ate is not null then 'a diferença não tem causa reconhecida; num documento até '
        || pg_catalog.to_char(ate, 'DD/MM/YYYY') || ' seria uma ' || retencao
      when retencao is not null then 'a diferença corresponde a uma ' || retencao
      else 'a diferença não tem causa reconhecida'
    end,
    case
      when tipo = 'sinal_trocado' then regra_validacao_valores.reais(valor) || ' = -(' || regra_validacao_valores.reais(esperado) || ')'
      when tipo like 'fator\_%' then
        regra_validacao_valores.reais(valor) || ' = ' || regra_validacao_valores.reais(esperado)
          || case when pg_catalog.abs(valor) > pg_catalog.abs(esperado) then ' × ' else ' ÷ ' end || pg_catalog.substr(tipo, 7)
      when tipo = 'digitos_trocados' then regra_validacao_valores.reais(esperado) || ' escrito como ' || regra_validacao_valores.reais(valor)
      when tipo = 'desconto_em_dobro' then
        regra_validacao_valores.reais(valor) || ' = ' || regra_validacao_valores.reais(documento) || ' - 2 × ' || regra_validacao_valores.reais(desconto)
      when tipo = 'razao_cambial' then
        regra_validacao_valores.reais(valor) || ' ÷ ' || regra_validacao_valores.reais(esperado) || ' = '
          || pg_catalog.replace(pg_catalog.round(valor / esperado, 4)::text, '.', ',')
      else
        regra_validacao_valores.reais(documento) || ' - ' || regra_validacao_valores.reais(coalesce(desconto, 0)) || ' = '
          || regra_validacao_valores.reais(esperado) || ', e não ' || regra_validacao_valores.reais(valor)
    end,
    case
      when tipo = 'sinal_trocado' then -0.05
      when tipo like 'fator\_%' then 0.15
      when tipo = 'digitos_trocados' then 0.12
      when tipo = 'desconto_ignorado' then 0.10
      when tipo = 'desconto_em_dobro' then 0.10
      when tipo = 'razao_cambial' then -0.05
      when ate is not null then -0.20
      when retencao is not null then -0.40
      else -0.10
    end;
end;

comment on function regra_validacao_valores.explicacao_diferenca(text, numeric, numeric, numeric, numeric, text, date) is
  'Sentence, arithmetic and change of confidence for one kind of wrong amount.';
revoke execute on function regra_validacao_valores.explicacao_diferenca(text, numeric, numeric, numeric, numeric, text, date) from public;

-- The sentence and the change of confidence for one kind of a document in several lines. Touches nothing; inlined by the planner.
-- Called by regra_validacao_valores.diferencas.
create or replace function regra_validacao_valores.explicacao_rateio(
  tipo text, documento text, soma numeric, esperado numeric, quantas bigint, repetida numeric, vezes int, retencao text, ate date
)
returns table (frase text, ajuste numeric)
language sql immutable parallel safe
begin atomic
  select
    'O documento ' || pg_catalog.left(documento, 60) || ' está em ' || quantas || ' lançamentos que somam ' || regra_validacao_valores.reais(soma)
      || ', e ele leva a ' || regra_validacao_valores.reais(esperado) || ': '
      || case tipo
        when 'rateio_repetido' then 'está lançado ' || vezes || ' vezes'
        when 'rateio_linha_repetida' then 'a linha de ' || regra_validacao_valores.reais(repetida) || ' está lançada duas vezes'
        when 'rateio_a_mais' then regra_validacao_valores.reais(pg_catalog.abs(soma - esperado)) || ' a mais'
        when 'sinal_trocado' then 'o sinal está trocado'
        else regra_validacao_valores.reais(pg_catalog.abs(esperado - soma)) || ' a menos'
          || case when ate is not null then '; num documento até ' || pg_catalog.to_char(ate, 'DD/MM/YYYY') || ' seria uma ' || retencao
            when retencao is not null then ', o que corresponde a uma ' || retencao else '' end
      end || '.',
    case
      when tipo in ('rateio_repetido', 'rateio_linha_repetida') then 0.10
      when tipo = 'rateio_a_mais' then 0
      when tipo = 'sinal_trocado' then -0.05
      when ate is not null then -0.20
      when retencao is not null then -0.40
      else -0.10
    end;
end;

comment on function regra_validacao_valores.explicacao_rateio(text, text, numeric, numeric, bigint, numeric, int, text, date) is
  'Sentence and change of confidence for one kind of a document in several lines.';
revoke execute on function regra_validacao_valores.explicacao_rateio(text, text, numeric, numeric, bigint, numeric, int, text, date) from public;
