-- Of the diagnosis: the habit that the ledger has with the sign of a credit note's document, where validacao_valores goes by one. Counted
-- over the year up to the last booking; nothing where the ledger cannot be read. Called by audit.diagnosticar_contrato; changes nothing.
create or replace function audit_interno.diagnosticar_sinais()
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select 'sinal dos créditos', 'ok',
    format('%s de %s créditos do último ano têm documento positivo: é o costume aqui, e não é apontado', x.contrarios, x.contrarios + x.proprios),
    'A regra validacao_valores lê o documento deles com o sinal do lançamento.'
  from audit_interno.ler(format(
    'select s.contrarios, s.proprios, regra_validacao_valores.habito_sinais(m.mes)
     from (select (date_trunc(''month'', least(max(l.data_lancamento), %L::date)) + interval ''1 month'')::date as mes from dw.lancamentos l) m
     cross join lateral regra_validacao_valores.sinais_creditos(m.mes) s', audit.hoje()))
    as x (contrarios bigint, proprios bigint, habito boolean)
  where x.habito;
exception when syntax_error_or_access_rule_violation or data_exception then -- a relation that is not as the contract has it
  return; -- the diagnosis says so
end
$$;
comment on function audit_interno.diagnosticar_sinais() is 'Line of the diagnosis on the sign of credit notes, where the ledger has a habit of its own.';
