-- Folds a pattern, and refuses an unusable one that is active, however it is written.
create or replace function audit_interno.preparar_padrao()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
begin
  new.padrao_dobrado := audit_interno.dobrar_padrao(new.tipo, new.padrao);
  if not new.ativo then
    return new; -- a pattern saved before it was known to be unusable can be switched off, but not on again
  end if;
  perform audit_interno.conferir_padrao(new.tipo, new.padrao, new.padrao_dobrado);
  return new;
end
$$;
comment on function audit_interno.preparar_padrao() is 'Sets padrao_dobrado, and refuses an unusable pattern with NC014.';

create or replace trigger preparar before insert or update on audit.padroes_trade_marketing
  for each row execute function audit_interno.preparar_padrao();
