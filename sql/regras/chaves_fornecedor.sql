-- What an entry is compared by, as far as its supplier, cost centre and account go: 0 everything, 2 cost centre, 4 company,
-- 5 name, 6 code, 7 supplier with cost centre, 11 supplier with account, 21 account. fornecedor is the company, or '=' and the
-- name where there is no code. A blank value has no row and so does not count. Touches nothing. Called where history is
-- counted and where entries are asked; inlined by the planner.
create or replace function audit_interno.chaves_fornecedor(
  raiz text, nome text, codigo text, fornecedor text, centro text, conta text
) returns table (nivel smallint, chave bigint)
language sql immutable parallel safe
begin atomic
  select v.nivel::smallint, pg_catalog.hashtextextended(v.partes, 0)
  from (
    values
      (0, ''),
      (2, centro),
      (4, raiz),
      (5, nome),
      (6, codigo),
      (7, fornecedor || E'\n' || centro),
      (11, fornecedor || E'\n' || conta),
      (21, conta)
  ) v (nivel, partes)
  where v.partes is not null;
end;

comment on function audit_interno.chaves_fornecedor(text, text, text, text, text, text) is
  'Levels by which an entry is compared with history, as far as supplier, cost centre and account go: level and hashed key.';
revoke execute on function audit_interno.chaves_fornecedor(text, text, text, text, text, text) from public;
