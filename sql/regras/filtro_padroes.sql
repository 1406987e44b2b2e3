-- The plain patterns of one action and field as LIKE patterns that let through everything they match and little else, blanks
-- standing for any run of characters. A list of them costs a third of the expression that decides. Null where there is no
-- pattern. Reads the patterns only. Called by regras.trade_marketing, against folded text.
create or replace function audit_interno.filtro_padroes(acao text, campo text) returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array_agg('%' || regexp_replace(
    btrim(case
      when p.tipo = 'palavra' then regexp_replace(p.padrao_dobrado, '[^a-z0-9]+', ' ', 'g')
      else regexp_replace(p.padrao_dobrado, '([\\%_])', '\\\1', 'g')
    end), '\s+', '%', 'g') || '%')
  from audit.padroes_trade_marketing p
  where p.ativo
    and p.acao = filtro_padroes.acao
    and p.campo = filtro_padroes.campo
    and p.tipo <> 'regex'
    and btrim(p.padrao, E' \t\r\n') <> ''
    and (p.tipo <> 'palavra' or p.padrao_dobrado ~ '[a-z0-9]')
$$;

comment on function audit_interno.filtro_padroes(text, text) is
  'LIKE patterns that every folded text matching a plain marketing pattern satisfies; null where there is none.';
revoke execute on function audit_interno.filtro_padroes(text, text) from public;
