-- Switches a withholding tax off, as if it had never existed; its history stays. One that ends by law gets a vale_ate instead.
create or replace function audit.desativar_retencao(id bigint, motivo text)
returns audit.retencoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_retencao audit.retencoes;
  v_operacao bigint;
begin
  perform audit_interno.exigir_motivo(desativar_retencao.motivo);
  update audit.retencoes r set ativo = false, motivo = btrim(desativar_retencao.motivo)
  where r.id = desativar_retencao.id
  returning * into v_retencao;
  if not found then
    raise exception using errcode = 'NC004', message = format('retenção desconhecida: %s', coalesce(desativar_retencao.id::text, 'nulo'));
  end if;
  v_operacao := audit_interno.abrir_operacao('retencao', motivo => v_retencao.motivo, detalhes => to_jsonb(v_retencao));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_retencao;
end
$$;
comment on function audit.desativar_retencao(bigint, text) is
  'Switches off a withholding tax, for all dates. Errors: NC004 unknown, NC006 reason missing.';
grant execute on function audit.desativar_retencao(bigint, text) to conferente_administrador;
