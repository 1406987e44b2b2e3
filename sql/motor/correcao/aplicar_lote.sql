-- Writes a batch to the warehouse, one statement for each rule and set of columns. It tries the rows whose state is resultado; those that
-- work keep it. Rows that no longer hold what the batch was based on are left alone and reported apart, and so are those whose table or
-- column is gone.
create or replace function audit_interno.aplicar_lote(operacao_id bigint, resultado text default 'aplicada')
returns daterange
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_colunas text[];
  v_ids bigint[];
  v_iguais boolean;
  v_grupo record;
  v_falta text;
  v_dias daterange := 'empty'::daterange;
  v_rastro text := audit_interno.rastro('conferente_escrita');
  v_espera text := current_setting('lock_timeout');
begin
  perform set_config('lock_timeout',
    greatest(1, extract(epoch from (audit_interno.configuracao('sessao.espera_trava') #>> '{}')::interval) * 1000)::bigint::text, true); -- 0 would mean no limit
  perform audit_interno.recuperar_transacoes();
  perform audit_interno.esperar_nos(current_setting('lock_timeout'));
  lock table audit_interno.trava_periodos in row share mode; -- whoever closes a month waits for what is being written; we wait for nobody
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    begin -- such a transaction does not see a month closed since it began, but may not lock a row that the closing changed
      if audit_interno.configuracao('periodos.fonte') <> 'null' then
        raise serialization_failure;
      end if;
      perform from audit_interno.trava_periodos for share;
    exception when serialization_failure then
      raise exception using errcode = 'NC022', message = 'não se sabe quais períodos estão fechados: a transação só vê o que havia quando começou',
        hint = 'Grave numa transação nova, ou com o isolamento read committed, o padrão.';
    end;
  end if;
  perform audit_interno.abrir_porta();
  for v_regra in -- one turn for each rule of the batch
    select r.* from audit.regras r
    where r.nome in (select l.regra from pg_temp.conferente_lote l where l.resultado = aplicar_lote.resultado)
  loop
    -- nearly always all corrections of a rule change the same columns; checking that is quicker than listing each one's columns
    select array(select jsonb_object_keys(l.para)) into v_colunas
    from pg_temp.conferente_lote l where l.regra = v_regra.nome and l.resultado = aplicar_lote.resultado limit 1;
    select array_agg(l.divergencia_id), bool_and(l.para ?& v_colunas and l.para - v_colunas = '{}') into v_ids, v_iguais
    from pg_temp.conferente_lote l where l.regra = v_regra.nome and l.resultado = aplicar_lote.resultado;
    update pg_temp.conferente_lote l set entrada_nossa = e.entrada
    from audit_interno.entradas_nossas(v_regra, v_ids) e where e.divergencia_id = l.divergencia_id;
    for v_grupo in -- one turn for each kind of correction, not for each row
      select v_colunas as alteradas, v_ids as ids where v_iguais
      union all
      select c.alteradas, array_agg(l.divergencia_id)
      from pg_temp.conferente_lote l
      cross join lateral (select array(select jsonb_object_keys(l.para)) as alteradas) as c -- jsonb keeps its keys in order
      where not v_iguais and l.divergencia_id = any (v_ids)
      group by c.alteradas
    loop
      v_falta := audit_interno.falta_na_relacao(v_regra, v_grupo.alteradas || case when exists (
        select from pg_temp.conferente_lote l where l.divergencia_id = any (v_grupo.ids) and l.impressao is not null)
        then v_regra.colunas end);
      v_falta := coalesce(v_falta, audit_interno.fora_do_alcance(audit_interno.relacao(v_regra.tabela)),
        audit_interno.terreno_recusa(audit_interno.relacao(v_regra.tabela), v_regra.coluna_chave));
      if v_falta is not null then
        update pg_temp.conferente_lote l set resultado = 'recusada', erro = v_falta where l.divergencia_id = any (v_grupo.ids);
        continue;
      end if;
      v_dias := range_merge(v_dias, audit_interno.aplicar_grupo(operacao_id, v_regra, v_grupo.alteradas,
        audit_interno.condicao_aberta(v_regra, v_grupo.alteradas), v_grupo.ids));
    end loop;
  end loop;
  perform audit_interno.fechar_porta();
  perform audit_interno.esperar_nos(v_espera);
  perform set_config('lock_timeout', v_espera, true);
  perform audit_interno.conferir_rastro('conferente_escrita', v_rastro, 'o data warehouse, ao gravar,');
  return v_dias;
end
$$;
comment on function audit_interno.aplicar_lote(bigint, text) is
  'Applies the rows of pg_temp.conferente_lote that have resultado under an operation, and writes audit.alteracoes. A row that was not corrected gets another resultado: movida, outra, ja_certa, ausente, recusada, fechada (the month) or infiel. Returns the days on which the altered rows are booked.';
