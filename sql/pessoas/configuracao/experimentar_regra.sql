-- Tries a rule out before it is registered: prepared, it must run over up to a hundred rows of its table, write nothing, and return nothing
-- that the engine would refuse. Everything it did is rolled back. Returns what goes wrong, in one sentence; null when all is well, or when
-- the table cannot be tried yet. Called by audit.registrar_regra alone: sessions call the cheap audit_interno.conferir_regra.
create or replace function audit_interno.experimentar_regra(regra audit.regras)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_chaves text[];
  v_codigo text;
  v_erro text;
  v_detalhe text;
begin
  if v_tabela is null then
    return null;
  end if;
  begin
    select x.chaves into v_chaves
    from audit_interno.ler(format('select array_agg(x.chave) from (select t.%I::text as chave from %s t limit 100) as x',
      regra.coluna_chave, audit_interno.nome_sql(v_tabela))) as x (chaves text[]);
    if v_chaves is not null then
      if regra.preparacao is not null then
        perform audit_interno.preparar_regra(regra, row(null, null, null, null, v_chaves)::audit.janela);
      end if;
      perform audit_interno.levantar_achados(regra, row(null, null, null, null, v_chaves)::audit.janela);
      if exists (select from pg_temp.conferente_achado a where a.registro_id <> all (v_chaves)) then
        raise exception using errcode = 'NC012', message = 'ela devolveu registros que não estavam em janela.chaves';
      end if;
    end if;
    raise exception using errcode = 'NC999', message = 'simulação';
  exception
    when sqlstate 'NC999' then
      return null; -- the trial is undone
    when query_canceled then
      -- raised again, never swallowed: a person gave up, or set the limit
      raise exception using errcode = 'query_canceled',
        message = format('o teste da regra %s foi interrompido: %s', regra.nome, sqlerrm),
        detail = format('função %s, com %s registros', regra.funcao, coalesce(cardinality(v_chaves), 0)),
        hint = 'Se foi o tempo-limite (statement_timeout): a regra não termina, ou lê mais do que os registros de janela.chaves.';
    when assert_failure or others then
      get stacked diagnostics v_codigo = returned_sqlstate, v_erro = message_text, v_detalhe = pg_exception_detail;
      if audit_interno.falha_de_quem(v_codigo) in ('sessao', 'servidor') then
        raise;
      end if;
      return concat_ws('; ', format('o teste com %s registros falhou (%s): %s',
        coalesce(cardinality(v_chaves), 0), v_codigo, v_erro), nullif(v_detalhe, ''),
        audit_interno.remedio_falha(v_codigo, regra));
  end;
end
$$;
comment on function audit_interno.experimentar_regra(audit.regras) is 'Why a rule fails when tried on up to a hundred rows, or null. Leaves nothing.';
