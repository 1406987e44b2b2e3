-- Checks what a caller wants to have sealed for ever: an object, of a size that people read. Called by registrar_operacao,
-- registrar_exportacao and finalizar_operacao.
create or replace function audit_interno.exigir_detalhes(detalhes jsonb)
returns jsonb
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(detalhes) <> 'object' then
    raise exception using errcode = 'NC001', message = format('detalhes deve ser um objeto JSON: %s', left(detalhes::text, 200)),
      hint = 'Por exemplo {"arquivo": "nota.pdf"}.';
  end if;
  if octet_length(detalhes::text) > 10000 then
    raise exception using errcode = 'NC001', message = 'detalhes é grande demais',
      detail = format('%s bytes; o máximo é 10000', octet_length(detalhes::text)), hint = 'Guarde o arquivo em outro lugar e registre aqui o nome e o SHA-256 dele.';
  end if;
  return coalesce(detalhes, '{}');
end
$$;
comment on function audit_interno.exigir_detalhes(jsonb) is 'The details, {} for null. NC001 when they are not an object or larger than 10000 bytes.';
