-- Writes a batch to the warehouse: one statement for each table and set of columns. Rows that no longer hold what the
-- batch was based on are left alone and told apart.
create or replace function audit_interno.aplicar_lote(operacao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_grupo record;
begin
  analyze pg_temp.conferente_lote (divergencia_id, registro_id);
  perform set_config('lock_timeout',
    greatest(1, extract(epoch from (audit_interno.configuracao('sessao.espera_trava') #>> '{}')::interval) * 1000)::bigint::text, true); -- 0 would be for ever
  for v_grupo in -- one turn for each kind of correction, not for each row
    select r.tabela, r.coluna_chave, r.colunas, c.alteradas, array_agg(l.divergencia_id) as ids
    from pg_temp.conferente_lote l
    join audit.regras r on r.nome = l.regra
    cross join lateral (select array(select jsonb_object_keys(l.para)) as alteradas) as c -- jsonb keeps its keys in order
    where l.resultado is null
    group by r.tabela, r.coluna_chave, r.colunas, c.alteradas
  loop
    perform audit_interno.aplicar_grupo(operacao_id, to_regclass(v_grupo.tabela), v_grupo.coluna_chave, v_grupo.colunas,
      v_grupo.alteradas, v_grupo.ids);
  end loop;
end
$$;
comment on function audit_interno.aplicar_lote(bigint) is
  'Applies pg_temp.conferente_lote under an operation, writes audit.alteracoes and leaves each row''s resultado.';
