-- What an entry is compared by, as far as its text goes: 10 supplier with the same words, and 20 each word of name and
-- description. texto: the description as words. Touches nothing. Called where history is counted and where entries are asked;
-- inlined by the planner.
create or replace function regras.chaves_texto(fornecedor text, nome text, texto text)
returns table (nivel smallint, chave bigint, termo text)
language sql immutable parallel safe
begin atomic
  select 10::smallint, pg_catalog.hashtextextended(fornecedor || E'\n' || texto, 0), null::text
  where fornecedor is not null and texto <> ''
  union all
  select distinct 20::smallint, pg_catalog.hashtextextended(p.termo, 0), p.termo
  from pg_catalog.unnest(pg_catalog.string_to_array(pg_catalog.concat_ws(' ', nome, texto), ' ')) p (termo)
  where pg_catalog.length(p.termo) > 2;
end;

comment on function regras.chaves_texto(text, text, text) is
  'Levels by which an entry is compared with history, as far as its text goes: level, hashed key, and the word itself for words.';
revoke execute on function regras.chaves_texto(text, text, text) from public;
