-- Back-tests one version of a rule over a window. Each test runs in a subtransaction that is always rolled back; only the lines it returns
-- remain. outra is the function it is compared with, or null; with it, an error says which of the two failed, keeping its code and message.
-- Called by audit.avaliar_regra alone.
create or replace function audit_interno.avaliar_versao(versao audit.regras, data_inicio date, data_fim date, outra text)
returns setof audit.avaliacao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_linhas audit.avaliacao[] := array[]::audit.avaliacao[];
  v_codigo text;
  v_erro text;
  v_detalhe text;
  v_dica text;
begin
  if versao.funcao = 'regra_pendente_verificacao.detectar' then
    begin
      v_linhas := v_linhas || array(
        select a from audit_interno.avaliar_retroteste(versao, avaliar_versao.data_inicio, avaliar_versao.data_fim) a);
      raise exception using errcode = 'NC999', message = 'simulação';
    exception when sqlstate 'NC999' then
      null; -- v_linhas remains, everything else is undone
    end;
  end if;
  begin
    v_linhas := v_linhas || array(
      select a from audit_interno.avaliar_decisoes(versao, avaliar_versao.data_inicio, avaliar_versao.data_fim) a);
    raise exception using errcode = 'NC999', message = 'simulação';
  exception when sqlstate 'NC999' then
    null;
  end;
  return query select * from unnest(v_linhas);
exception when query_canceled or assert_failure or others then -- "others" does not include query_canceled, and the error should say which version took too long
  if outra is null then
    raise;
  end if;
  get stacked diagnostics v_codigo = returned_sqlstate, v_erro = message_text, v_detalhe = pg_exception_detail,
    v_dica = pg_exception_hint;
  raise exception using errcode = v_codigo, message = v_erro,
    detail = concat_ws('; ', nullif(v_detalhe, ''), format('função %s', versao.funcao)),
    hint = concat_ws(' ', nullif(v_dica, ''), format('Quem falhou foi %s, e não %s.', versao.funcao, outra));
end
$$;
comment on function audit_interno.avaliar_versao(audit.regras, date, date, text) is
  'Back-test of one version of a rule, rolled back. Raises what the rule raises; compared with another, the error names the function.';
