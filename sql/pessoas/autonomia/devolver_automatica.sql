-- An act that is undone leaves no trace on the rule: auto lost by it comes back, unless the record without it still speaks against the
-- rule. Called by audit.desfazer and audit_interno.contar_reversoes, after the record was corrected.
create or replace function audit_interno.devolver_automatica(operacao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra text;
  v_operacao bigint;
begin
  for v_regra in select p.regra from audit_interno.perdas_automatica(devolver_automatica.operacao_id) p order by p.regra loop
    update audit.regras r set automatica = true, automatica_perdida = null where r.nome = v_regra;
    v_operacao := audit_interno.abrir_operacao('regra', regra => v_regra,
      motivo => format('voltou a corrigir sozinha: a operação %s foi desfeita', devolver_automatica.operacao_id),
      detalhes => '{"antes": {"automatica": false}, "depois": {"automatica": true}}');
    perform audit_interno.fechar_operacao(v_operacao, 1);
    perform audit_interno.conferir_automatica(v_regra);
  end loop;
end
$$;
comment on function audit_interno.devolver_automatica(bigint) is 'Gives auto back to the rules that lost it by this operation, which has been undone.';
