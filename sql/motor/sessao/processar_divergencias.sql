-- A whole session in one transaction, by the same steps that the worker and the command line take one by one.
create or replace function audit.processar_divergencias(
  modo text default 'manual', data_inicio date default null, data_fim date default null, regras text[] default null,
  simular boolean default false
)
returns audit.sessoes_processamento
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '60s'
as $$
declare
  v_sessao audit.sessoes_processamento;
  v_passo record;
  v_codigo text;
  v_erro text;
begin
  begin
    v_sessao := audit_interno.criar_sessao(processar_divergencias.modo, processar_divergencias.data_inicio,
      processar_divergencias.data_fim, processar_divergencias.regras, false);
    loop -- one turn for each step, not for each row
      select * into v_passo from audit_interno.proxima_etapa(v_sessao.id);
      exit when v_passo.etapa = 'fim';
      if simular then
        perform audit_interno.anunciar_simulacao(v_passo.etapa, v_passo.regra, v_passo.ordem, v_passo.total);
      end if;
      begin
        perform audit_interno.dar_passo(v_sessao.id, v_passo.etapa, v_passo.regra);
      exception when assert_failure or others then -- "others" does not include assert_failure, and a rule's failed assert is not the caller's error
        get stacked diagnostics v_codigo = returned_sqlstate, v_erro = message_text;
        if v_passo.regra is null or audit_interno.falha_de_quem(v_codigo) in ('sessao', 'servidor') then
          raise;
        end if;
        perform audit_interno.anotar_falha(v_sessao.id, v_passo.etapa, v_passo.regra, v_codigo, v_erro);
      end;
    end loop;
    select * into v_sessao from audit.sessoes_processamento s where s.id = v_sessao.id;
    if simular then
      v_sessao.simulada := true;
      v_sessao.resumo := audit_interno.resumir_simulacao(v_sessao.id);
      raise exception using errcode = 'NC999', message = 'simulação';
    end if;
  exception when sqlstate 'NC999' then -- a code that ends in 000 would name its whole class
    null; -- everything above is undone; v_sessao says what it was
  end;
  return v_sessao;
end
$$;
comment on function audit.processar_divergencias(text, date, date, text[], boolean) is
  'Runs a whole session in one transaction and returns its row. modo: manual (detect) or auto (detect and correct). data_inicio, data_fim: booking dates, both included; without dates the window is what was loaded since the last successful session. regras: names, or null for all active ones. simular: does the real work, says in resumo what would change, and changes nothing; audit.simulacoes_em_curso shows its progress. The caller''s statement_timeout applies to all of it. Errors: NC001 mode, NC002 window reversed, NC003 unknown rule, NC010 warehouse contract incomplete. A rule that fails does not raise: look at status, mensagem and audit.execucoes_regra.';
grant execute on function audit.processar_divergencias(text, date, date, text[], boolean) to conferente_operador;
