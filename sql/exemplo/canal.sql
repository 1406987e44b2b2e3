-- The channel of one kind of draw: seed and number of the draw, mixed so that neighbouring seeds share nothing. Inlined like
-- exemplo.sorteio, and folded to a constant when the seed is one.
create or replace function exemplo.canal(semente bigint, numero bigint)
returns bigint
language sql
immutable parallel safe
return pg_catalog.hashint8extended(numero, semente);

comment on function exemplo.canal(bigint, bigint) is
  'Example warehouse: channel for exemplo.sorteio, from the seed and the number of the draw.';

revoke execute on function exemplo.canal(bigint, bigint) from public;
