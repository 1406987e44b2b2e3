-- Switches a channel off: nothing more is sent there, not even what waits.
create or replace function audit.desligar_canal(nome text, motivo text)
returns audit.canais
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(desligar_canal.motivo);
  v_canal audit.canais;
  v_operacao bigint;
begin
  update audit.canais c set ativo = false, motivo = v_motivo, alterado_em = clock_timestamp(), alterado_por = audit_interno.ator()
  where c.nome = desligar_canal.nome
  returning * into v_canal;
  if not found then
    raise exception using errcode = 'NC004', message = format('canal desconhecido: %s', coalesce(desligar_canal.nome, 'nulo'));
  end if;
  v_operacao := audit_interno.abrir_operacao('canal', motivo => v_motivo, detalhes => jsonb_build_object('depois', to_jsonb(v_canal)));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_canal;
end
$$;
comment on function audit.desligar_canal(text, text) is
  'Switches off a channel: nothing more goes there, and waiting messages are not sent. audit.salvar_canal switches it on again. Errors: NC004 unknown, NC006 reason missing.';
grant execute on function audit.desligar_canal(text, text) to conferente_administrador;
