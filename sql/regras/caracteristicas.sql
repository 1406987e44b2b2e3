-- What an entry is compared by: one row for each level of the hierarchy that it has a value for (0 everything … 11 supplier
-- with account), and one for each word of its name and description (20) and its account (21). A blank value has no row and
-- so does not count. History and pending entries must go through the same keys, hence one function for both. Touches nothing.
-- Called by audit_interno.contar_meses and audit_interno.chaves_pendencia; inlined by the planner.
create or replace function audit_interno.caracteristicas(
  raiz text, nome text, codigo text, centro text, conta text, valor numeric, texto text, palavras text
) returns table (nivel smallint, chave bigint, termo text)
language sql immutable parallel safe
begin atomic
  select v.nivel::smallint, pg_catalog.hashtextextended(v.partes, 0), null::text
  from (
    values
      (0, ''),
      (2, centro),
      (3, centro || E'\n' || audit_interno.faixa_valor(valor)),
      (4, raiz),
      (5, nome),
      (6, codigo),
      (7, coalesce(raiz, '=' || nome) || E'\n' || centro),
      (8, coalesce(raiz, '=' || nome) || E'\n' || coalesce(centro, '') || E'\n' || audit_interno.faixa_valor(valor)),
      (9, coalesce(raiz, '=' || nome) || E'\n' || coalesce(centro, '') || E'\n' || valor::text),
      (10, coalesce(raiz, '=' || nome) || E'\n' || texto),
      (11, coalesce(raiz, '=' || nome) || E'\n' || conta),
      (21, conta)
  ) v (nivel, partes)
  where v.partes is not null
  union all
  select distinct 20::smallint, pg_catalog.hashtextextended(p.termo, 0), p.termo
  from pg_catalog.string_to_table(palavras, ' ') p (termo)
  where pg_catalog.length(p.termo) > 2;
end;

comment on function audit_interno.caracteristicas(text, text, text, text, text, numeric, text, text) is
  'Levels and words by which an entry is compared with history: level, hashed key, and the word itself for words.';
revoke execute on function audit_interno.caracteristicas(text, text, text, text, text, numeric, text, text) from public;
