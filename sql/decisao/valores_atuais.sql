-- What a finding's row holds now in the columns of an object; null when the row is gone.
create or replace function audit_interno.valores_atuais(divergencia_id bigint, colunas jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_divergencia audit.divergencias_processadas;
  v_regra audit.regras;
  v_relacao regclass;
  v_valores jsonb;
begin
  select * into strict v_divergencia from audit.divergencias_processadas d where d.id = valores_atuais.divergencia_id;
  select * into strict v_regra from audit.regras r where r.nome = v_divergencia.regra;
  v_relacao := to_regclass(v_divergencia.tabela);
  execute format('select jsonb_build_object(%s) from %s t where t.%I = $1::%s',
    (select string_agg(format('%L, t.%I', c, c), ', ') from jsonb_object_keys(valores_atuais.colunas) as c),
    audit_interno.nome_sql(v_relacao), v_regra.coluna_chave, audit_interno.tipo_coluna(v_relacao, v_regra.coluna_chave))
  into v_valores using v_divergencia.registro_id;
  return v_valores;
end
$$;
comment on function audit_interno.valores_atuais(bigint, jsonb) is 'Current values of the row in these columns.';
