-- The whole row behind a finding, as the warehouse holds it now: whoever decides has to see what is decided. Only rows with a finding, only
-- for those who decide or administer, and only the columns that conferente_regra may read. Reads the table of the finding; called by the
-- review page and in psql.
create or replace function audit.ver_registro(divergencia_id bigint)
returns table (coluna text, tipo text, valor text)
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_divergencia audit.divergencias_processadas;
  v_chave text;
  v_tipo text;
  v_relacao regclass;
begin
  select * into v_divergencia from audit.divergencias_processadas d where d.id = ver_registro.divergencia_id;
  if not found then
    raise exception using errcode = 'NC004',
      message = format('divergência desconhecida: %s', coalesce(ver_registro.divergencia_id::text, 'nula'));
  end if;
  select r.coluna_chave into strict v_chave from audit.regras r where r.nome = v_divergencia.regra;
  v_relacao := audit_interno.relacao(v_divergencia.tabela);
  v_tipo := audit_interno.tipo_coluna(v_relacao, v_chave);
  if v_tipo is null then
    return;
  end if;
  return query
  with visivel as (
    select a.attname::text as nome, a.attnum as ordem
    from pg_attribute a
    where a.attrelid = v_relacao and a.attnum > 0 and not a.attisdropped and has_column_privilege('conferente_regra', v_relacao, a.attnum, 'select')
  )
  select v.nome, audit_interno.tipo_coluna(v_relacao, v.nome), r.linha ->> v.nome
  from audit_interno.ler(
    format('select to_jsonb(x.*) from (select %s from %s t where t.%I = $2[1]::%s) x',
      (select string_agg(format('t.%I', v.nome), ', ' order by v.ordem) from visivel v), audit_interno.nome_sql(v_relacao), v_chave, v_tipo),
    null, array[v_divergencia.registro_id]) as r (linha jsonb)
  cross join visivel v
  order by v.ordem;
end
$$;
comment on function audit.ver_registro(bigint) is
  'The row behind a finding as the warehouse holds it now: one line for each column, in order, with its type and its value as text; none if the row, its table or its key column is gone. Columns that conferente_regra may not read are left out. Errors: NC004 unknown id.';
grant execute on function audit.ver_registro(bigint) to conferente_revisor, conferente_administrador;
