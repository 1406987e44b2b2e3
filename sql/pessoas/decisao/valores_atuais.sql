-- What a finding's row holds now in the columns of an object; null when the row, its table or one of the columns is gone, or the key no
-- longer fits.
create or replace function audit_interno.valores_atuais(divergencia_id bigint, colunas jsonb)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_divergencia audit.divergencias_processadas;
  v_regra audit.regras;
  v_relacao regclass;
  v_colunas text[] := array(select jsonb_object_keys(valores_atuais.colunas));
  v_valores jsonb;
begin
  select * into strict v_divergencia from audit.divergencias_processadas d where d.id = valores_atuais.divergencia_id;
  select * into strict v_regra from audit.regras r where r.nome = v_divergencia.regra;
  if audit_interno.falta_na_relacao(v_regra, v_colunas) is not null then
    return null;
  end if;
  v_relacao := audit_interno.relacao(v_divergencia.tabela);
  select a.valores into v_valores
  from audit_interno.ler(format('select %s from %s t where t.%I = $2[1]::%s',
    audit_interno.expressao_imagens(v_relacao, v_colunas), audit_interno.nome_sql(v_relacao), v_regra.coluna_chave,
    audit_interno.tipo_coluna(v_relacao, v_regra.coluna_chave)), null, array[v_divergencia.registro_id]) as a (valores jsonb);
  return v_valores;
exception when data_exception then -- the key: its column may have another type by now
  return null;
end
$$;
comment on function audit_interno.valores_atuais(bigint, jsonb) is 'Current values of the row in these columns.';
