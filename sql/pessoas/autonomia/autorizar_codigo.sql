-- Auto is granted to a rule's code: turning it on stores the hash of the code as it is then.
create or replace function audit_interno.autorizar_codigo()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  new.hash_autorizado := audit_interno.hash_regra(new);
  new.hash_atual := new.hash_autorizado;
  return new;
end
$$;
comment on function audit_interno.autorizar_codigo() is 'Keeps, with auto, the hash of the code that it is given to.';

create or replace trigger autorizar_codigo_novo before insert on audit.regras
  for each row when (new.automatica) execute function audit_interno.autorizar_codigo();
create or replace trigger autorizar_codigo before update of automatica on audit.regras
  for each row when (new.automatica and not old.automatica) execute function audit_interno.autorizar_codigo();
