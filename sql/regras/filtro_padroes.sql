-- The patterns of one action and field as LIKE patterns, where they have one: a list of them costs a third of the expression
-- that decides. Null where there is none. Reads the patterns only. Called by the parts of regras.trade_marketing, against folded text.
create or replace function regras.filtro_padroes(acao text, campo text) returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(regras.filtro_padrao(p.tipo, p.padrao_dobrado))
  from audit.padroes_trade_marketing p
  where p.ativo
    and p.acao = filtro_padroes.acao
    and p.campo = filtro_padroes.campo
    and regras.filtro_padrao(p.tipo, p.padrao_dobrado) is not null
$$;

comment on function regras.filtro_padroes(text, text) is
  'LIKE patterns that every folded text matching a marketing pattern satisfies; null where there is none.';
revoke execute on function regras.filtro_padroes(text, text) from public;
