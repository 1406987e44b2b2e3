-- Adds a pattern, or switches an existing one back on. If the ledger disagrees with it too often (setting
-- trade_marketing.discordancia_maxima), a person must say that it was checked.
create or replace function audit.salvar_padrao(campo text, tipo text, padrao text, acao text, motivo text, conferido boolean default false)
returns audit.padroes_trade_marketing
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_padrao audit.padroes_trade_marketing;
  v_operacao bigint;
  v_alcance jsonb;
begin
  perform audit_interno.exigir_motivo(salvar_padrao.motivo);
  insert into audit.padroes_trade_marketing as p (campo, tipo, padrao, acao, motivo, criado_por)
  values (salvar_padrao.campo, salvar_padrao.tipo, btrim(salvar_padrao.padrao), salvar_padrao.acao, btrim(salvar_padrao.motivo), audit_interno.ator())
  on conflict on constraint padroes_trade_marketing_campo_tipo_acao_padrao_key do update set ativo = true, motivo = excluded.motivo
  returning * into v_padrao;
  if v_padrao.acao = 'incluir' then
    v_alcance := audit_interno.conferir_alcance(v_padrao, salvar_padrao.conferido);
  end if;
  v_operacao := audit_interno.abrir_operacao('padrao', motivo => v_padrao.motivo,
    detalhes => to_jsonb(v_padrao) || coalesce(jsonb_build_object('alcance', v_alcance), '{}'));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_padrao;
exception when check_violation or not_null_violation then
  raise exception using errcode = 'NC014', message = format('padrão recusado: %s', sqlerrm),
    hint = 'campo: fornecedor, descricao ou conta_contabil; tipo: contem, palavra ou regex; acao: incluir ou excluir.';
end
$$;
comment on function audit.salvar_padrao(text, text, text, text, text, boolean) is
  'Adds a trade marketing pattern. campo: fornecedor, descricao or conta_contabil; tipo: contem, palavra (whole words) or regex; acao: incluir or excluir. Case and accents do not matter. conferido true says that a person has looked at what the pattern matches, and saves it although the ledger often disagrees. Errors: NC006 reason missing, NC014 unusable pattern, NC027 too wide: the ledger disagrees with more of what it matches than trade_marketing.discordancia_maxima allows.';
grant execute on function audit.salvar_padrao(text, text, text, text, text, boolean) to conferente_administrador;
