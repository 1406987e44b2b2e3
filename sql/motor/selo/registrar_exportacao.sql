-- Records that somebody takes findings out of the system. Those who may read may export, so readers may record this and nothing else.
create or replace function audit.registrar_exportacao(detalhes jsonb, motivo text default null)
returns bigint
language sql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.abrir_operacao('exportacao',
    motivo => case when registrar_exportacao.motivo is not null then audit_interno.exigir_motivo(registrar_exportacao.motivo) end,
    detalhes => audit_interno.exigir_detalhes(registrar_exportacao.detalhes))
$$;
comment on function audit.registrar_exportacao(jsonb, text) is
  'Opens the operation of an export (detalhes: format, filter) and returns its id. The reason is optional. Close it with audit.finalizar_operacao, with the rows and the SHA-256 of the file. Errors: NC001 detalhes not an object or larger than 10000 bytes, NC006 reason blank or too long.';
grant execute on function audit.registrar_exportacao(jsonb, text), audit.finalizar_operacao(bigint, text, bigint, jsonb) to conferente_leitor;
