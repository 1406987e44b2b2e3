-- Months without history between the last known month and an entry's: 0 to 24, 12 when nothing is known at all. The longer an
-- entry waits the less the past says of it. Touches nothing. Called by regras.entradas_pendencia.
create or replace function regras.lacuna(mes int, conhecido int) returns smallint
language sql immutable parallel safe
return coalesce(least(24, greatest(0, mes - 1 - conhecido)), 12)::smallint;

comment on function regras.lacuna(int, int) is 'Months without history before an entry, 0 to 24.';
revoke execute on function regras.lacuna(int, int) from public;
