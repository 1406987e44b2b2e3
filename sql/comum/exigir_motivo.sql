-- A person's act needs a reason that another person can read.
create or replace function audit_interno.exigir_motivo(motivo text, nome text default 'o motivo')
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if motivo is null or btrim(motivo) = '' then
    raise exception using errcode = 'NC006', message = format('falta %s', nome),
      hint = 'Explique o motivo em uma frase; a auditoria vai lê-la.';
  end if;
  if length(motivo) > 2000 then
    raise exception using errcode = 'NC006', message = format('%s é longo demais', nome),
      detail = format('%s caracteres; o máximo é 2000', length(motivo));
  end if;
  return btrim(motivo);
end
$$;
comment on function audit_interno.exigir_motivo(text, text) is 'The reason, or the text named by the other argument, trimmed. NC006 when it is missing or longer than 2000 characters.';
