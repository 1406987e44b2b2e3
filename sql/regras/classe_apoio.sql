-- How well an entry is known: 0 supplier never seen, 1 seen up to about three times, 2 up to about thirty, 3 oftener; and 4 to 7 the same for
-- entries whose account is known to the history. Words weigh more and scores mean less where the supplier is unknown, and an
-- account may settle everything, so each class is fitted and calibrated apart. Touches nothing.
-- Called by regras.pontuar_pendencias.
create or replace function regras.classe_apoio(apoio double precision, com_conta boolean) returns smallint
language sql immutable parallel safe
return (case when apoio <= 0 then 0 when apoio < 3.5 then 1 when apoio < 30 then 2 else 3 end
  + case when com_conta then 4 else 0 end)::smallint;

comment on function regras.classe_apoio(double precision, boolean) is
  'Class of knowledge: 0 unknown supplier, 1 thin, 2 known, 3 well known; 4 to 7 the same with a known account.';
revoke execute on function regras.classe_apoio(double precision, boolean) from public;
