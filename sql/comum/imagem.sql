-- A value as JSON, the same in every session: zone, styles and digits are pinned here. It costs a few microseconds, so it is used only for
-- values that would otherwise differ (audit_interno.expressao_imagem), and where Citus is. Immutable, because every setting that matters is
-- pinned. Runs as the role that reads or writes the warehouse.
create or replace function audit_interno.imagem(valor anyelement)
returns jsonb
language plpgsql
immutable parallel safe
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
set lc_monetary = 'C'
set quote_all_identifiers = off
as $$
begin
  return to_jsonb(valor);
end
$$;
comment on function audit_interno.imagem(anyelement) is 'The value as jsonb, whatever the settings of the session.';
grant execute on function audit_interno.imagem(anyelement) to conferente_regra, conferente_escrita;
