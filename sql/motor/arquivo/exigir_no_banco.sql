-- Whether the facts of an operation are still here. Called where an answer without them would be wrong.
create or replace function audit_interno.exigir_no_banco(operacao_id bigint)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_arquivo record;
begin
  select a.* into v_arquivo
  from audit_interno.fatos_arquivados f
  join audit.arquivamentos() a on a.operacao_id = f.arquivamento_id
  where f.operacao_id = exigir_no_banco.operacao_id;
  if found then
    raise exception using errcode = 'NC043', message = format('os fatos da operação %s estão no arquivo', exigir_no_banco.operacao_id),
      detail = format('Arquivados por %s em %s, operação %s.', v_arquivo.arquivado_por,
        to_char(v_arquivo.arquivado_em at time zone audit.fuso(), 'DD/MM/YYYY'), v_arquivo.operacao_id),
      hint = format('Nada foi feito. Esses fatos estão na trilha exportada, no arquivo de SHA-256 %s.', v_arquivo.arquivo_sha256);
  end if;
  return true;
end
$$;
comment on function audit_interno.exigir_no_banco(bigint) is 'True; NC043 when the facts of the operation are in the archive.';
