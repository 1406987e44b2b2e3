-- Everything an entry is compared by: levels 0 (everything) to 11 (supplier with account), words (20) and account (21). History
-- is counted by the same three functions, so both go through the same keys. Touches nothing. Called by
-- regras.pontuar_pendencias and ajustar_alfas; inlined by the planner.
create or replace function regras.chaves_entrada(
  raiz text, nome text, codigo text, centro text, conta text, valor numeric, texto text
) returns table (nivel smallint, chave bigint, termo text)
language sql immutable parallel safe
begin atomic
  select f.nivel, f.chave, null::text
  from regras.chaves_fornecedor(raiz, nome, codigo, coalesce(raiz, '=' || nome), centro, conta) k
  cross join regras.chaves_valor(coalesce(raiz, '=' || nome), centro, valor) v
  cross join lateral regras.niveis(k.k2, v.k3, k.k4, k.k5, k.k6, k.k7, v.k8, v.k9, k.k11, k.k21) f
  union all
  select t.nivel, t.chave, t.termo from regras.chaves_texto(coalesce(raiz, '=' || nome), nome, texto) t;
end;

comment on function regras.chaves_entrada(text, text, text, text, text, numeric, text) is
  'Levels and words by which an entry is compared with history: level, hashed key, and the word itself for words.';
revoke execute on function regras.chaves_entrada(text, text, text, text, text, numeric, text) from public;
