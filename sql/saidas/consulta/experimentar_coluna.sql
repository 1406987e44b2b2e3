-- Writes one value into one column of one row, reads the row again, and always takes everything back. Returns what it saw: antes and depois
-- (the column), outras and outras_depois (what must not change), fiel (it holds exactly what was asked), quantas (the rows that the write
-- reports), alheia (whether other rows, some of whose keys are given, changed too); or the codigo and erro of a refusal, as a correction
-- would get it. It all runs as conferente_escrita, so that code of the warehouse has none of our rights. Called by
-- audit.experimentar_escrita alone.
create or replace function audit_interno.experimentar_coluna(
  regra audit.regras, chave text, coluna text, valor jsonb, vizinhas text[],
  out visivel boolean, out quantas bigint, out existe boolean, out alheia boolean, out fiel boolean, out antes jsonb, out depois jsonb, out outras jsonb, out outras_depois jsonb,
  out codigo text, out erro text
)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_relacao regclass := audit_interno.relacao(regra.tabela);
  v_pedido text := format('%L::jsonb', jsonb_build_object(coluna, valor));
  v_linha text := format('from %s t where t.%I = %L::%s', audit_interno.nome_sql(v_relacao), regra.coluna_chave, chave,
    audit_interno.tipo_coluna(v_relacao, regra.coluna_chave));
  v_imagens text := format('%s, %s', audit_interno.expressao_imagem(v_relacao, coluna, format('t.%I', coluna)),
    audit_interno.expressao_imagens(v_relacao, audit_interno.colunas_guardadas(regra, array[coluna])));
  v_ao_lado text := format('(select md5(string_agg(md5((%1$s)::text), '''' order by t.%2$I::text collate "C")) from %3$s t where t.%2$I = any (%4$L::%5$s[]))',
    audit_interno.expressao_imagens(v_relacao, audit_interno.colunas_guardadas(regra, '{}')), regra.coluna_chave,
    audit_interno.nome_sql(v_relacao), array_remove(vizinhas, chave), audit_interno.tipo_coluna(v_relacao, regra.coluna_chave));
  v_antes text;
  v_depois text;
  v_rastro text;
  v_lida boolean := false;
begin
  begin
    perform audit_interno.abrir_porta();
    v_rastro := audit_interno.rastro('conferente_escrita');
    select x.a, x.o, x.l into antes, outras, v_antes
    from audit_interno.escrever(format('select %s, %s %s', v_imagens, v_ao_lado, v_linha)) as x (a jsonb, o jsonb, l text);
    visivel := found;
    perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
    select count(*) into quantas
    from audit_interno.escrever(format('update %s t set %I = %s where t.%I = %L::%s returning 1', audit_interno.nome_sql(v_relacao), coluna,
      audit_interno.expressao_valor(v_relacao, coluna, v_pedido), regra.coluna_chave, chave,
      audit_interno.tipo_coluna(v_relacao, regra.coluna_chave)), null, audit_interno.adiaveis(v_relacao)) as x (um integer);
    perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
    select x.f, x.a, x.o, x.l into fiel, depois, outras_depois, v_depois
    from audit_interno.escrever(format('select %s, %s, %s %s', audit_interno.expressao_fiel(v_relacao, coluna, v_pedido), v_imagens, v_ao_lado, v_linha))
      as x (f boolean, a jsonb, o jsonb, l text);
    existe := found;
    alheia := v_depois is distinct from v_antes;
    perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
    perform audit_interno.conferir_rastro('conferente_escrita', v_rastro, 'o data warehouse, ao gravar,');
    v_lida := true;
    raise exception using errcode = 'NC999', message = 'experiência';
  exception when assert_failure or others then
    if not v_lida then
      get stacked diagnostics codigo = returned_sqlstate, erro = message_text;
      if audit_interno.falha_de_quem(codigo) = 'servidor' then
        raise;
      end if;
    end if;
  end;
end
$$;
comment on function audit_interno.experimentar_coluna(audit.regras, text, text, jsonb, text[]) is 'What the warehouse makes of one write, which is then undone.';
