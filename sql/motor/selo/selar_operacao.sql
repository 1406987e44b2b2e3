-- Deferred constraint trigger: at the commit, takes the digest of the ended operation and puts it into the queue of seals. A login of the
-- engine (a member of conferente_dono or conferente_servico, a superuser) seals at once. Nobody else may hold the head: in psql a
-- transaction lasts as long as its owner likes, after "set constraints all immediate", in a deferred trigger of one's own behind this one,
-- or prepared.
create or replace function audit_interno.selar_operacao()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into audit_interno.sais (operacao_id, autoria, detalhes)
  select o.id, uuid_send(gen_random_uuid()), uuid_send(gen_random_uuid())
  from audit.operacoes o
  where o.id = new.id and o.finalizada_em is not null and o.selo is null
  on conflict do nothing;
  insert into audit_interno.fila_selos (operacao_id, resumo)
  select o.id, audit_interno.resumo_operacao(o.id)
  from audit.operacoes o
  where o.id = new.id and o.finalizada_em is not null and o.selo is null
    and not exists (select from audit_interno.fila_selos f where f.operacao_id = o.id);
  if found and (pg_has_role(session_user, 'conferente_dono', 'member') or pg_has_role(session_user, 'conferente_servico', 'member')) then
    perform audit_interno.selar();
  end if;
  return null;
end
$$;
comment on function audit_interno.selar_operacao() is 'Takes the digest of an ended operation for its seal; for the engine''s own logins, seals it at once.';

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
