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
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_chaves text[];
begin
  if not exists (
    select from pg_temp.conferente_achado a join audit.divergencias_processadas d on d.registro_id = a.registro_id and d.identidade = a.identidade
    where d.status = 'corrigida')
  then
    return;
  end if;
  select array_agg(distinct d.registro_id) into v_chaves
  from pg_temp.conferente_achado a join audit.divergencias_processadas d on d.registro_id = a.registro_id and d.identidade = a.identidade
  where d.status = 'corrigida';
  update audit.divergencias_processadas d
  set status = 'aberta', decidida_em = clock_timestamp(), decidida_por = 'conferente', proposta_por = null,
    motivo = 'a correção foi desfeita fora do sistema'
  from pg_temp.conferente_achado a, audit_interno.ler(format('select t.%1$I::text, %2$s from %3$s t where t.%1$I = any ($2::%4$s[])',
    regra.coluna_chave, audit_interno.expressao_impressao(v_tabela, regra.colunas), audit_interno.nome_sql(v_tabela),
    audit_interno.tipo_coluna(v_tabela, regra.coluna_chave)), null, v_chaves) as t (registro_id text, impressao bytea)
  where d.registro_id = a.registro_id and d.identidade = a.identidade and d.status = 'corrigida'
    and t.registro_id = d.registro_id and t.impressao = d.impressao;
end
$$;
comment on function audit_interno.reabrir_desfeitas(audit.regras) is 'Opens again what had been corrected and was overwritten since.';
