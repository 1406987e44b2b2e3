-- Switches a pattern off; its history stays.
create or replace function audit.desativar_padrao(id bigint, motivo text)
returns audit.padroes_trade_marketing
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_padrao audit.padroes_trade_marketing;
  v_operacao bigint;
begin
  perform audit_interno.exigir_motivo(desativar_padrao.motivo);
  update audit.padroes_trade_marketing p set ativo = false, motivo = btrim(desativar_padrao.motivo)
  where p.id = desativar_padrao.id
  returning * into v_padrao;
  if not found then
    raise exception using errcode = 'NC004', message = format('padrão desconhecido: %s', coalesce(desativar_padrao.id::text, 'nulo'));
  end if;
  v_operacao := audit_interno.abrir_operacao('padrao', motivo => v_padrao.motivo, detalhes => to_jsonb(v_padrao));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_padrao;
end
$$;
comment on function audit.desativar_padrao(bigint, text) is
  'Switches a trade marketing pattern off. Errors: NC004 unknown, NC006 reason missing.';
grant execute on function audit.desativar_padrao(bigint, text) to conferente_administrador;
