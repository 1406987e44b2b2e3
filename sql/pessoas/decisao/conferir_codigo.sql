-- Takes `auto` from a rule whose code is not the one for which it was given, and says so in the session. Called at the end of a
-- detection and before each batch of corrections, under the rule's lock, in a simulation too. Only audit.alterar_regra gives it back.
create or replace function audit_interno.conferir_codigo(sessao_id bigint, nome_regra text, hash_regra text default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_hash text;
  v_porque text;
  v_operacao bigint;
begin
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  v_hash := coalesce(conferir_codigo.hash_regra, audit_interno.hash_regra(v_regra));
  if not v_regra.automatica or v_hash = v_regra.hash_autorizado then
    return;
  end if;
  v_porque := format('perdeu a correção automática: o código da regra mudou depois de autorizado (era %s, é %s). Quem administra confere o código e a devolve com: select audit.alterar_regra(%L, ''{"automatica": true}'', ''código conferido'')',
    coalesce(left(v_regra.hash_autorizado, 12), 'nenhum'), coalesce(left(v_hash, 12), 'nenhum'), v_regra.nome);
  update audit.regras r set automatica = false, automatica_perdida = v_porque where r.nome = v_regra.nome and r.automatica;
  if found then -- nobody else has just said so
    v_operacao := audit_interno.abrir_operacao('regra', conferir_codigo.sessao_id, v_regra.nome, v_porque, jsonb_build_object(
      'antes', jsonb_build_object('automatica', true, 'hash', v_regra.hash_autorizado),
      'depois', jsonb_build_object('automatica', false, 'hash', v_hash)));
    perform audit_interno.fechar_operacao(v_operacao, 1);
  end if;
  update audit.execucoes_regra e set motivo = concat_ws('; ', e.motivo, v_porque)
  from audit.sessoes_processamento s
  where e.sessao_id = conferir_codigo.sessao_id and e.regra = v_regra.nome and s.id = e.sessao_id and s.modo = 'auto';
end
$$;
comment on function audit_interno.conferir_codigo(bigint, text, text) is
  'Takes auto from a rule whose code is not the one for which it was given; hash_regra where the caller knows it already.';
