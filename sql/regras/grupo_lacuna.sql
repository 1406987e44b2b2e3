-- Months between the last known history and an entry, in the four groups in which the calibration tells them apart:
-- 0 (none or one), 1 (two or three), 2 (four to six), 3 (more, or no history at all). Touches nothing. Called by
-- audit_interno.chaves_pendencia.
create or replace function audit_interno.grupo_lacuna(meses int) returns smallint
language sql immutable parallel safe
return case when meses <= 1 then 0 when meses <= 3 then 1 when meses <= 6 then 2 else 3 end::smallint;

comment on function audit_interno.grupo_lacuna(int) is 'Group of the months without history before an entry: 0 to 3.';
revoke execute on function audit_interno.grupo_lacuna(int) from public;
