-- Takes `auto` from a rule whose code is not the one for which it was granted, and says so in the session. Called at the end of a detection
-- and before each batch of corrections, under the rule's lock, in a simulation too.
create or replace function audit_interno.conferir_codigo(sessao_id bigint, nome_regra text, hash_regra text default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_hash text;
begin
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  v_hash := coalesce(conferir_codigo.hash_regra, audit_interno.hash_regra(v_regra));
  if v_hash is distinct from v_regra.hash_atual then
    update audit.regras r set hash_atual = v_hash where r.nome = v_regra.nome;
  end if;
  if v_regra.automatica and v_hash is distinct from v_regra.hash_autorizado then
    perform audit_interno.perder_automatica(v_regra, format(
      'o código da regra mudou depois de autorizado (era %s, é %s). Um administrador confere o código e devolve a correção automática com: conferente regras --auto %s --correcoes N --valor R$ --motivo …',
      coalesce(left(v_regra.hash_autorizado, 12), 'nenhum'), coalesce(left(v_hash, 12), 'nenhum'), v_regra.nome),
      jsonb_build_object('hash_autorizado', v_regra.hash_autorizado, 'hash', v_hash), conferir_codigo.sessao_id);
  end if;
end
$$;
comment on function audit_interno.conferir_codigo(bigint, text, text) is
  'Takes auto from a rule whose code is not the one that it was given to; hash_regra if the caller already knows it.';
