-- Takes the lock of a rule until the transaction ends: alone, or beside others that share it (the parts of one detection).
-- A row that only the owner's functions reach, so that only whoever may run sessions can hold it.
create or replace function audit_interno.travar_regra(regra text, compartilhada boolean default false)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if compartilhada then
    perform from audit_interno.travas_regra t where t.regra = travar_regra.regra for share;
  else
    perform from audit_interno.travas_regra t where t.regra = travar_regra.regra for update;
  end if;
end
$$;
comment on function audit_interno.travar_regra(text, boolean) is 'Waits for the lock of a rule and holds it until the transaction ends.';
