-- The plain patterns of one action and field as LIKE patterns that let through everything they match and little else: letters
-- that may bear an accent, and signs with variants, stand for any character, blanks for any run. Matched against lower(text),
-- which costs a quarter of folding it and matching an expression. Null where there is no pattern. Reads the patterns only.
-- Called by regras.trade_marketing.
create or replace function audit_interno.filtro_padroes(acao text, campo text) returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array_agg('%' || regexp_replace(
    regexp_replace(
      btrim(case when p.tipo = 'palavra' then regexp_replace(p.padrao_dobrado, '[^a-z0-9]+', ' ', 'g') else p.padrao_dobrado end),
      '[^bdf-hj-mp-tv-xz0-9[:space:]]', '_', 'g'),
    '\s+', '%', 'g') || '%')
  from audit.padroes_trade_marketing p
  where p.ativo
    and p.acao = filtro_padroes.acao
    and p.campo = filtro_padroes.campo
    and p.tipo <> 'regex'
    and btrim(p.padrao, E' \t\r\n') <> ''
    and (p.tipo <> 'palavra' or p.padrao_dobrado ~ '[a-z0-9]')
$$;

comment on function audit_interno.filtro_padroes(text, text) is
  'LIKE patterns that every text matching a plain marketing pattern satisfies in lower case; null where there is none.';
revoke execute on function audit_interno.filtro_padroes(text, text) from public;
