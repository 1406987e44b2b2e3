-- Takes `auto` from a rule whose record no longer supports its threshold, in the transaction of the decision that showed it.
-- Two records, both since auto was last given: what people said of findings at or above the threshold, and how many automatic
-- corrections were rolled back, all others being taken for right. Once there are enough cases and one was wrong,
-- the lower bound of either must reach the threshold. Called by audit_interno.contar_decisoes and contar_reversoes, which
-- hold the rule's lock. Only audit.alterar_regra gives auto back.
create or replace function audit_interno.conferir_automatica(regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_minimo bigint := (audit_interno.configuracao('regras.decisoes_minimas') #>> '{}')::bigint;
  v_decididas bigint;
  v_corrigidas bigint := 0;
  v_limite numeric;
  v_porque text;
  v_operacao bigint;
begin
  select * into strict v_regra from audit.regras r where r.nome = conferir_automatica.regra;
  if not v_regra.automatica then
    return;
  end if;
  v_decididas := v_regra.certas_no_limiar + v_regra.erradas_no_limiar;
  if v_regra.automaticas_revertidas > 0 then
    select greatest(coalesce(sum(e.corrigidas), 0), v_regra.automaticas_revertidas) into v_corrigidas
    from audit.execucoes_regra e
    where e.regra = v_regra.nome and e.fim >= v_regra.contagem_desde;
    v_limite := audit_interno.limite_wilson(v_corrigidas - v_regra.automaticas_revertidas, v_corrigidas);
  end if;
  v_porque := case
    when v_regra.erradas_no_limiar > 0 and v_decididas >= v_minimo and v_regra.limite_inferior < v_regra.limiar then
      format('%s de %s propostas decididas por pessoas, com confiança no limiar ou acima, estavam erradas; o limite inferior da precisão é %s',
        v_regra.erradas_no_limiar, v_decididas, v_regra.limite_inferior)
    when v_corrigidas >= v_minimo and v_limite < v_regra.limiar then
      format('%s de %s correções automáticas foram revertidas; o limite inferior da precisão é %s',
        v_regra.automaticas_revertidas, v_corrigidas, v_limite)
  end;
  if v_porque is null then
    return;
  end if;
  v_porque := format('perdeu a correção automática: %s e o limiar é %s. Para devolvê-la: conferente regras --auto %s --motivo …',
    v_porque, v_regra.limiar, v_regra.nome);
  update audit.regras r set automatica = false, automatica_perdida = v_porque where r.nome = v_regra.nome;
  v_operacao := audit_interno.abrir_operacao('regra', regra => v_regra.nome, motivo => v_porque,
    detalhes => jsonb_build_object('antes', jsonb_build_object('automatica', true), 'depois', jsonb_build_object('automatica', false),
      'certas_no_limiar', v_regra.certas_no_limiar, 'erradas_no_limiar', v_regra.erradas_no_limiar,
      'automaticas_corrigidas', v_corrigidas, 'automaticas_revertidas', v_regra.automaticas_revertidas, 'limiar', v_regra.limiar));
  perform audit_interno.fechar_operacao(v_operacao, 1);
end
$$;
comment on function audit_interno.conferir_automatica(text) is
  'Takes auto from a rule whose record of decisions, or of rolled back corrections, has its lower bound under the threshold.';
