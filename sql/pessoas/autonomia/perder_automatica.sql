-- Takes `auto` from a rule and says why: in the rule, in an operation of its own, and in the session where it happens. Only
-- audit.alterar_regra gives it back.
create or replace function audit_interno.perder_automatica(regra audit.regras, porque text, detalhes jsonb, sessao_id bigint default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_porque text := 'perdeu a correção automática: ' || perder_automatica.porque;
  v_operacao bigint;
begin
  update audit.regras r set automatica = false, automatica_perdida = v_porque
  where r.nome = (perder_automatica.regra).nome and r.automatica;
  if found then -- nobody else has just taken it
    v_operacao := audit_interno.abrir_operacao('regra', perder_automatica.sessao_id, (perder_automatica.regra).nome, v_porque,
      '{"antes": {"automatica": true}, "depois": {"automatica": false}}' || perder_automatica.detalhes);
    perform audit_interno.fechar_operacao(v_operacao, 1);
  end if;
  update audit.execucoes_regra e set motivo = concat_ws('; ', e.motivo, v_porque)
  from audit.sessoes_processamento s
  where e.sessao_id = perder_automatica.sessao_id and e.regra = (perder_automatica.regra).nome and s.id = e.sessao_id and s.modo = 'auto';
end
$$;
comment on function audit_interno.perder_automatica(audit.regras, text, jsonb, bigint) is 'Takes auto from a rule and says why.';
