-- Switches a successor off, as if it had never been entered; its history stays.
create or replace function audit.desativar_sucessora(id bigint, motivo text)
returns audit.sucessoras_categoria
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_sucessora audit.sucessoras_categoria;
  v_operacao bigint;
begin
  perform audit_interno.exigir_motivo(desativar_sucessora.motivo);
  update audit.sucessoras_categoria s set ativo = false, motivo = btrim(desativar_sucessora.motivo)
  where s.id = desativar_sucessora.id
  returning * into v_sucessora;
  if not found then
    raise exception using errcode = 'NC004', message = format('sucessora desconhecida: %s', coalesce(desativar_sucessora.id::text, 'nulo'));
  end if;
  v_operacao := audit_interno.abrir_operacao('sucessora', motivo => v_sucessora.motivo, detalhes => to_jsonb(v_sucessora));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_sucessora;
end
$$;
comment on function audit.desativar_sucessora(bigint, text) is
  'Removes the successor of a category. Errors: NC004 unknown, NC006 reason missing.';
grant execute on function audit.desativar_sucessora(bigint, text) to conferente_administrador;
