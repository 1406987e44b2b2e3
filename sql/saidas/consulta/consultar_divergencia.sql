-- One finding, in the form of audit.consultar_divergencias.
create or replace function audit.consultar_divergencia(id bigint)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_item jsonb := audit.consultar_divergencias(id => consultar_divergencia.id) #> '{itens,0}';
begin
  if consultar_divergencia.id is null or v_item is null then
    raise exception using errcode = 'NC004', message = format('não há divergência %s', coalesce(consultar_divergencia.id::text, 'nula'));
  end if;
  return v_item;
end
$$;
comment on function audit.consultar_divergencia(bigint) is
  'One finding as JSON: its row of audit.divergencias_processadas with idade_dias, visto and resumo. Error: NC004 unknown id.';
grant execute on function audit.consultar_divergencia(bigint) to conferente_leitor;
