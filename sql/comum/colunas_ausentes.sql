-- The columns that a relation lacks, in one sentence, or null. Called where a rule is checked.
create or replace function audit_interno.colunas_ausentes(tabela text, colunas text[])
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('a tabela %s não tem a(s) coluna(s) %s', colunas_ausentes.tabela, string_agg(distinct c.coluna, ', ' order by c.coluna))
  from unnest(colunas_ausentes.colunas) as c (coluna)
  where c.coluna is not null and not exists (
    select from pg_attribute a
    where a.attrelid = audit_interno.relacao(colunas_ausentes.tabela) and a.attname = c.coluna and a.attnum > 0 and not a.attisdropped)
  having count(*) > 0
$$;
comment on function audit_interno.colunas_ausentes(text, text[]) is 'What is wrong with columns that a relation does not have; null when it has them all.';
