-- SQL for the columns of the row t as one jsonb object, the same in every session. Columns that the relation lacks are left out. Called for
-- images, for what identifies an entry, and for what a write must leave alone.
create or replace function audit_interno.expressao_imagens(relacao regclass, colunas text[])
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- forty columns at a time: a function takes at most a hundred arguments
  select coalesce(string_agg(p.pedaco, ' || ' order by p.n), '''{}''::jsonb')
  from (
    select c.n / 40 as n, case
      when audit_interno.distribuida(relacao) then format('audit_interno.objeto(%L::text[], array[%s])', array_agg(c.coluna order by c.n),
        string_agg(audit_interno.expressao_imagem(relacao, c.coluna, format('t.%I', c.coluna)), ', ' order by c.n))
      else format('jsonb_build_object(%s)', string_agg(
        format('%L, %s', c.coluna, audit_interno.expressao_imagem(relacao, c.coluna, format('t.%I', c.coluna))), ', ' order by c.n)) end as pedaco
    from (
      select a.attname as coluna, row_number() over (order by a.attname collate "C") - 1 as n
      from pg_attribute a
      where a.attrelid = expressao_imagens.relacao and a.attname = any (expressao_imagens.colunas)
        and a.attnum > 0 and not a.attisdropped
    ) as c
    group by c.n / 40
  ) as p
$$;
comment on function audit_interno.expressao_imagens(regclass, text[]) is 'SQL text: jsonb object of these columns of the row t.';
