-- Deferred constraint trigger: when the transaction commits, puts the ended operation at the head of the chain. Deferred,
-- so that the head is held for the moment of the commit only and a long session does not keep reviewers waiting.
create or replace function audit_interno.selar_operacao()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_resumo bytea;
  v_anterior bytea;
  v_cadeia audit_interno.cadeia;
begin
  if not exists (select from audit.operacoes o where o.id = new.id and o.finalizada_em is not null and o.selo is null) then
    return null;
  end if;
  v_resumo := audit_interno.resumo_operacao(new.id);
  select c.selo into strict v_anterior from audit_interno.cadeia c for update;
  update audit_interno.cadeia c
  set elo = c.elo + 1, selo = sha256(c.selo || int8send(c.elo + 1) || v_resumo)
  returning * into v_cadeia;
  update audit.operacoes o
  set elo = v_cadeia.elo, resumo = v_resumo, selo_anterior = v_anterior, selo = v_cadeia.selo
  where o.id = new.id;
  return null;
end
$$;
comment on function audit_interno.selar_operacao() is 'Seals an ended operation: elo, resumo, selo_anterior, selo.';

create or replace trigger proteger before update or delete on audit.operacoes
  for each row execute function audit_interno.recusar_mudanca();
create or replace trigger proteger_truncate before truncate on audit.operacoes
  for each statement execute function audit_interno.recusar_mudanca();
do $$
begin
  if not exists (select from pg_catalog.pg_trigger where tgname = 'selar' and tgrelid = 'audit.operacoes'::regclass) then
    create constraint trigger selar after insert or update on audit.operacoes
      deferrable initially deferred for each row execute function audit_interno.selar_operacao();
  end if;
end
$$;
