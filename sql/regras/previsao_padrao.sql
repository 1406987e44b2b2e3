-- What a marketing pattern would match before anybody saves it: the entries, newest first, the category they are booked
-- under, and whether that is the marketing category already. Reads dw.lancamentos and the settings; changes nothing.
-- Called by whoever maintains the patterns. An invalid regular expression raises invalid_regular_expression; one that
-- explodes ends at statement_timeout.
create or replace function audit.previsao_padrao(campo text, tipo text, padrao text, limite int default 50)
returns table (
  registro_id text, data_lancamento date, categoria text, fornecedor text, descricao text, conta_contabil text,
  valor numeric, ja_em_marketing boolean
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_categoria text := audit_interno.dobrar_categoria(audit_interno.configuracao('trade_marketing.categoria') #>> '{}');
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
  select l.id::text, l.data_lancamento::date, l.categoria::text, l.fornecedor::text, l.descricao::text,
    l.conta_contabil::text, l.valor::numeric,
    coalesce(audit_interno.dobrar_categoria(l.categoria) = v_categoria, false)
  from dw.lancamentos l
  where regras.padrao_casa(previsao_padrao.tipo, previsao_padrao.padrao, audit_interno.dobrar(
    case previsao_padrao.campo when 'fornecedor' then l.fornecedor when 'descricao' then l.descricao else l.conta_contabil end))
  order by l.data_lancamento desc, l.id
  limit greatest(0, least(previsao_padrao.limite, 10000));
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
