-- Puts the rows of pg_temp.conferente_caso back to what they held when the rule first saw them. HAZARD: it writes to the warehouse (as
-- conferente_escrita), and is only called inside a subtransaction that audit.avaliar_regra always rolls back. The rows stay locked while
-- the rule runs; it gives up rather than wait for somebody else's lock.
create or replace function audit_interno.rebobinar_casos(regra audit.regras)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_atribuicoes text;
  v_rastro text;
begin
  select string_agg(format('%I = case when c.originais ? %L then %s else t.%I end',
    x.coluna, x.coluna, audit_interno.expressao_valor(v_tabela, x.coluna, 'c.originais'), x.coluna), ', ')
  into v_atribuicoes
  from (
    select distinct k.coluna from pg_temp.conferente_caso c cross join lateral jsonb_object_keys(c.originais) as k (coluna)
    where c.rebobinar
  ) as x;
  if v_atribuicoes is null then
    return;
  end if;
  grant select on pg_temp.conferente_caso to conferente_escrita;
  v_rastro := audit_interno.rastro('conferente_escrita');
  perform from audit_interno.escrever(format(
    'with escrita as (
       update %s t set %s from pg_temp.conferente_caso c where c.rebobinar and t.%I = c.registro_id::%s returning 1
     )
     select count(*) from escrita',
    audit_interno.nome_sql(v_tabela), v_atribuicoes, regra.coluna_chave, audit_interno.tipo_coluna(v_tabela, regra.coluna_chave)))
    as x (linhas bigint);
  perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
  perform audit_interno.conferir_rastro('conferente_escrita', v_rastro, format('o que %s roda ao ser gravada', regra.tabela));
end
$$;
comment on function audit_interno.rebobinar_casos(audit.regras) is 'Puts decided rows back as they were. Only inside a subtransaction that is rolled back.';
