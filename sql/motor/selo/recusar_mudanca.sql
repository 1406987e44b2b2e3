-- Audit facts are append-only, even for the owner. The exceptions are listed here and nowhere else.
create or replace function audit_interno.recusar_mudanca()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- as JSON, because the tables have different columns
  v_antes jsonb := to_jsonb(old);
  v_depois jsonb := to_jsonb(new);
begin
  if tg_op = 'UPDATE' and tg_table_name = 'operacoes' and v_antes ->> 'selo' is null
    and (v_depois ->> 'id', v_depois ->> 'tipo', v_depois ->> 'ator', v_depois ->> 'iniciada_em')
      = (v_antes ->> 'id', v_antes ->> 'tipo', v_antes ->> 'ator', v_antes ->> 'iniciada_em')
    and (v_antes ->> 'finalizada_em' is null
      or v_depois - array['elo', 'resumo', 'selo_anterior', 'selo'] = v_antes - array['elo', 'resumo', 'selo_anterior', 'selo'])
  then
    return new; -- under way until it ends; after that only its seal may be added
  elsif tg_op = 'UPDATE' and tg_table_name = 'excecoes' and v_antes ->> 'revogada_em' is null
    and v_depois - array['revogada_em', 'revogada_por'] = v_antes - array['revogada_em', 'revogada_por']
    and v_depois ->> 'revogada_em' is not null
  then
    return new; -- taken back, once
  elsif tg_op = 'UPDATE' and tg_table_name like 'estados%' and v_antes ->> 'operacao_id' is null and v_depois - 'operacao_id' = v_antes - 'operacao_id' then
    return new; -- the commit of the transaction decides whose fact it is
  elsif tg_op = 'UPDATE' and audit_interno.esquecendo(format('%s.%s', tg_table_schema, tg_table_name), v_antes, v_depois) then
    return new; -- a name gives way to a pseudonym
  end if;
  raise exception using errcode = 'NC013', message = format('%s.%s só aceita acréscimos', tg_table_schema, tg_table_name),
    detail = format('operação recusada: %s', tg_op),
    hint = 'Um fato de auditoria não pode ser alterado nem apagado; registre um novo.';
end
$$;
comment on function audit_interno.recusar_mudanca() is 'Refuses to change or delete audit facts with NC013.';

do $$
declare
  v_tabela text;
begin
  foreach v_tabela in array array['deteccoes', 'alteracoes', 'correcoes_desfeitas', 'decisoes', 'excecoes', 'pessoas', 'identidades', 'convites', 'tokens', 'revogacoes', 'codigos_regra'] loop
    execute format('create or replace trigger proteger before update or delete on audit.%I for each row execute function audit_interno.recusar_mudanca()', v_tabela);
    execute format('create or replace trigger proteger_truncate before truncate on audit.%I for each statement execute function audit_interno.recusar_mudanca()', v_tabela);
  end loop;
end
$$;
create or replace trigger proteger before update or delete on audit_interno.fatos_arquivados
  for each row execute function audit_interno.recusar_mudanca();
create or replace trigger proteger_truncate before truncate on audit_interno.fatos_arquivados
  for each statement execute function audit_interno.recusar_mudanca();
create or replace trigger proteger before update or delete on audit_interno.sais
  for each row execute function audit_interno.recusar_mudanca();
create or replace trigger proteger_truncate before truncate on audit_interno.sais
  for each statement execute function audit_interno.recusar_mudanca();
create or replace trigger proteger before delete on audit.divergencias_processadas
  for each row execute function audit_interno.recusar_mudanca();
create or replace trigger proteger_truncate before truncate on audit.divergencias_processadas
  for each statement execute function audit_interno.recusar_mudanca();
create or replace trigger proteger_identidade
  before update of id, sessao_id, regra, tabela, registro_id, valores_originais, valores_propostos, detectada_em, identidade, impressao
  on audit.divergencias_processadas
  for each row execute function audit_interno.recusar_mudanca();
