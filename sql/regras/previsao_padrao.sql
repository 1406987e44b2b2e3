-- What a marketing pattern would match before anybody saves it: the entries, newest first, the category they are booked
-- under, and whether that is the marketing category already. The ledger is read as conferente_regra (regras.entradas_casadas); changes nothing.
-- Called by whoever maintains the patterns. An invalid regular expression raises invalid_regular_expression; one that
-- explodes ends at statement_timeout.
create or replace function audit.previsao_padrao(campo text, tipo text, padrao text, limite int default 50)
returns table (
  registro_id text, data_lancamento date, categoria text, fornecedor text, descricao text, conta_contabil text,
  valor numeric, ja_em_marketing boolean
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if campo is null or campo not in ('fornecedor', 'descricao', 'conta_contabil') then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'campo desconhecido: ' || coalesce(campo, '(nulo)'),
      hint = 'Use fornecedor, descricao ou conta_contabil.';
  end if;
  if tipo is null or tipo not in ('contem', 'palavra', 'regex') then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'tipo desconhecido: ' || coalesce(tipo, '(nulo)'),
      hint = 'Use contem, palavra ou regex.';
  end if;

  return query
  select * from audit_interno.ler('select * from regras.entradas_casadas($2[1], $2[2], $2[3], $2[4]::int)',
    textos => array[campo, tipo, padrao, limite::text])
    as e (registro_id text, data_lancamento date, categoria text, fornecedor text, descricao text, conta_contabil text,
      valor numeric, ja_em_marketing boolean);
exception
  when undefined_table or invalid_schema_name or undefined_column then
    raise exception using errcode = 'NC010', message = 'o armazém não pôde ser lido: falta dw.lancamentos ou uma de suas colunas',
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
end
$$;

comment on function audit.previsao_padrao(text, text, text, int) is
  'Entries that a marketing pattern would match, newest first, before it is saved. campo: fornecedor, descricao or conta_contabil; tipo: contem, palavra or regex; limite: at most 10,000 rows. Errors: invalid_parameter_value, invalid_regular_expression, NC010 no warehouse to read.';
revoke execute on function audit.previsao_padrao(text, text, text, int) from public;
grant execute on function audit.previsao_padrao(text, text, text, int) to conferente_revisor, conferente_administrador;
