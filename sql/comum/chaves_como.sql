-- Casts keys written as text to the type of the model, so that SQL compares them in their own type and their index is
-- used: where l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)).
create or replace function audit_interno.chaves_como(chaves text[], modelo anyelement)
returns anyarray
language plpgsql
immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  $0 := chaves_como.chaves;
  return $0;
end
$$;
comment on function audit_interno.chaves_como(text[], anyelement) is 'The keys as an array of the model''s type. 22P02 when a key cannot be read as that type.';
grant execute on function audit_interno.chaves_como(text[], anyelement) to conferente_regra;
