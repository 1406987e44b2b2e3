-- A finding that had been corrected and is found again: if the row really holds the wrong values once more (a load wrote
-- over the correction), it is open again. The row is read anew, because the rule may have seen a snapshot older than the
-- correction.
create or replace function audit_interno.reabrir_desfeitas(regra audit.regras)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tabela regclass := to_regclass(regra.tabela);
begin
  if not exists (
    select from pg_temp.conferente_achado a join audit.divergencias_processadas d on d.registro_id = a.registro_id and d.identidade = a.identidade
    where d.status = 'corrigida')
  then
    return;
  end if;
  execute format(
    'update audit.divergencias_processadas d
     set status = ''aberta'', decidida_em = clock_timestamp(), decidida_por = ''conferente'', proposta_por = null,
       motivo = ''a correção foi desfeita fora do sistema''
     from pg_temp.conferente_achado a, %1$s t
     where d.registro_id = a.registro_id and d.identidade = a.identidade and d.status = ''corrigida'' and t.%2$I = d.registro_id::%3$s and %4$s = d.impressao',
    audit_interno.nome_sql(v_tabela), regra.coluna_chave, audit_interno.tipo_coluna(v_tabela, regra.coluna_chave),
    audit_interno.expressao_impressao(v_tabela, regra.colunas));
end
$$;
comment on function audit_interno.reabrir_desfeitas(audit.regras) is 'Opens again what had been corrected and was overwritten since.';
