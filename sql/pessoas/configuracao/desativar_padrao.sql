-- Switches a pattern off; its history stays. An excluding one is checked like a new one: without it the others reach more.
create or replace function audit.desativar_padrao(id bigint, motivo text, conferido boolean default false)
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
  v_ativo boolean;
begin
  perform audit_interno.exigir_motivo(desativar_padrao.motivo);
  select p.ativo into v_ativo from audit.padroes_trade_marketing p where p.id = desativar_padrao.id for update;
  update audit.padroes_trade_marketing p set ativo = false, motivo = btrim(desativar_padrao.motivo)
  where p.id = desativar_padrao.id
  returning * into v_padrao;
  if not found then
    raise exception using errcode = 'NC004', message = format('padrão desconhecido: %s', coalesce(desativar_padrao.id::text, 'nulo'));
  end if;
  if v_ativo and v_padrao.acao = 'excluir' then
    begin
      perform audit_interno.conferir_padrao(v_padrao.tipo, v_padrao.padrao, v_padrao.padrao_dobrado);
    exception when sqlstate 'NC014' then
      v_ativo := false; -- saved before it was known to be unusable, it protects nothing and may go
    end;
    if v_ativo then
      v_alcance := audit_interno.conferir_alcance(v_padrao, desativar_padrao.conferido);
    end if;
  end if;
  v_operacao := audit_interno.abrir_operacao('padrao', motivo => v_padrao.motivo,
    detalhes => to_jsonb(v_padrao) || coalesce(jsonb_build_object('alcance', v_alcance), '{}'));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_padrao;
end
$$;
comment on function audit.desativar_padrao(bigint, text, boolean) is
  'Switches off a trade marketing pattern. conferido true says that a person has looked at what an excluding pattern protects. Errors: NC004 unknown, NC006 reason missing, NC027 an excluding pattern without which the others match more that is booked elsewhere than trade_marketing.discordancia_maxima allows.';
grant execute on function audit.desativar_padrao(bigint, text, boolean) to conferente_administrador;
