-- Audit facts are append-only, for the owner too. What a table allows nevertheless is listed here and nowhere else.
create or replace function audit_interno.recusar_mudanca()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- nested, because a condition that names a column is an error on every table without it
  if tg_op = 'UPDATE' and tg_table_name = 'operacoes' then
    if old.selo is null and new.id = old.id and new.tipo = old.tipo and new.ator = old.ator and new.iniciada_em = old.iniciada_em then
      return new; -- under way, until it is sealed
    end if;
  elsif tg_op = 'UPDATE' and tg_table_name = 'excecoes' then
    if old.revogada_em is null
      and (to_jsonb(new) - array['revogada_em', 'revogada_por']) = (to_jsonb(old) - array['revogada_em', 'revogada_por'])
    then
      return new; -- taken back, once
    end if;
  end if;
  raise exception using errcode = 'NC013', message = format('audit.%s só aceita acréscimos', tg_table_name),
    detail = format('operação recusada: %s', tg_op),
    hint = 'Fatos de auditoria não se alteram nem se apagam; registre um novo.';
end
$$;
comment on function audit_interno.recusar_mudanca() is 'Refuses to change or delete audit facts with NC013.';

do $$
declare
  v_tabela text;
begin
  foreach v_tabela in array array['deteccoes', 'alteracoes', 'decisoes', 'excecoes'] loop
    execute format('create or replace trigger proteger before update or delete on audit.%I for each row execute function audit_interno.recusar_mudanca()', v_tabela);
    execute format('create or replace trigger proteger_truncate before truncate on audit.%I for each statement execute function audit_interno.recusar_mudanca()', v_tabela);
  end loop;
end
$$;
create or replace trigger proteger before delete on audit.divergencias_processadas
  for each row execute function audit_interno.recusar_mudanca();
create or replace trigger proteger_truncate before truncate on audit.divergencias_processadas
  for each statement execute function audit_interno.recusar_mudanca();
create or replace trigger proteger_identidade
  before update of id, sessao_id, regra, tabela, registro_id, valores_originais, valores_propostos, detectada_em, identidade, impressao
  on audit.divergencias_processadas
  for each row execute function audit_interno.recusar_mudanca();
