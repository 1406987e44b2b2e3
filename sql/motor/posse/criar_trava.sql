-- Gives each rule its lock row when it is registered. A row made later, in a detection, would be invisible to other sessions until that one
-- ends.
create or replace function audit_interno.criar_trava()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into audit_interno.travas_regra (regra) values (new.nome) on conflict do nothing;
  return null;
end
$$;
comment on function audit_interno.criar_trava() is 'Makes the lock of a new rule.';

create or replace trigger criar_trava after insert on audit.regras
  for each row execute function audit_interno.criar_trava();
