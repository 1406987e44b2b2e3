-- What an entry is compared by, as far as its amount goes: 3 cost centre with amount band, 8 supplier with cost centre and band,
-- 9 supplier with cost centre and exact amount. Touches nothing. Called where history is counted and where entries are
-- asked; inlined by the planner.
create or replace function audit_interno.chaves_valor(fornecedor text, centro text, valor numeric)
returns table (nivel smallint, chave bigint)
language sql immutable parallel safe
begin atomic
  select v.nivel::smallint, pg_catalog.hashtextextended(v.partes, 0)
  from (select audit_interno.faixa_valor(valor) as faixa offset 0) f
  cross join lateral (
    values
      (3, centro || E'\n' || f.faixa),
      (8, fornecedor || E'\n' || coalesce(centro, '') || E'\n' || f.faixa),
      (9, fornecedor || E'\n' || coalesce(centro, '') || E'\n' || valor::text)
  ) v (nivel, partes)
  where v.partes is not null;
end;

comment on function audit_interno.chaves_valor(text, text, numeric) is
  'Levels by which an entry is compared with history, as far as its amount goes: level and hashed key.';
revoke execute on function audit_interno.chaves_valor(text, text, numeric) from public;
