-- The patterns that matched, as a reviewer reads them. Touches nothing. Called by regras.trade_marketing.
create or replace function regras.frase_padroes(padroes jsonb) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when count(*) = 1 then 'Casa com o padrão ' else 'Casa com os padrões ' end
    || string_agg('"' || left(p ->> 'padrao', 60) || '" em '
      || case p ->> 'campo' when 'descricao' then 'descrição' when 'conta_contabil' then 'conta contábil' else 'fornecedor' end,
      ', ' order by ordem)
  from jsonb_array_elements(padroes) with ordinality x (p, ordem)
  where ordem <= 5
$$;

comment on function regras.frase_padroes(jsonb) is 'Sentence that names the marketing patterns that matched.';
revoke execute on function regras.frase_padroes(jsonb) from public;
