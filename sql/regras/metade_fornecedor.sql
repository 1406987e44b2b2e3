-- Which half of the ledger a supplier belongs to, 0 or 1, so that two processes may share a work without asking each other. Touches
-- nothing; inlined by the planner. Called by entradas_pendencia and explicar_pendencias.
create or replace function regras.metade_fornecedor(codigo text, nome text) returns int
language sql immutable parallel safe
return (pg_catalog.hashtextextended(coalesce(nullif(codigo, ''), nome, ''), 0) & 1)::int;

comment on function regras.metade_fornecedor(text, text) is 'Half of the ledger that a supplier belongs to: 0 or 1.';
revoke execute on function regras.metade_fornecedor(text, text) from public;
