-- Records an act that happened outside the engine (an export, a manual load, a repair in the warehouse), so that the audit
-- trail tells the whole story. The engine's own kinds cannot be forged through it.
create or replace function audit.registrar_operacao(tipo text, motivo text, detalhes jsonb default '{}')
returns bigint
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if registrar_operacao.tipo is null or registrar_operacao.tipo not in ('externa', 'exportacao') then
    raise exception using errcode = 'NC001', message = format('tipo de operação inválido: %s', coalesce(tipo, 'nulo')),
      hint = 'Use externa ou exportacao; as outras operações, o próprio sistema registra.';
  end if;
  return audit_interno.abrir_operacao(registrar_operacao.tipo, motivo => audit_interno.exigir_motivo(registrar_operacao.motivo),
    detalhes => audit_interno.exigir_detalhes(registrar_operacao.detalhes));
end
$$;
comment on function audit.registrar_operacao(text, text, jsonb) is
  'Opens an operation that happened outside the engine and returns its id. tipo: externa or exportacao. Close it with audit.finalizar_operacao. Errors: NC001 kind not allowed, detalhes not an object or larger than 10000 bytes, NC006 reason missing.';
grant execute on function audit.registrar_operacao(text, text, jsonb) to conferente_revisor, conferente_operador, conferente_administrador;
