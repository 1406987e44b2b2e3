-- What a rule's relation lacks for a write, in one sentence, or null: since the finding it was dropped, or a column was dropped or renamed.
-- Called before a batch is applied.
create or replace function audit_interno.falta_na_relacao(regra audit.regras, colunas text[])
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when audit_interno.relacao(regra.tabela) is null then format('a tabela %s não existe mais', regra.tabela)
    else (
      select format('a tabela %s não tem mais a(s) coluna(s) %s', regra.tabela, string_agg(distinct c, ', ' order by c))
      from unnest(colunas || regra.colunas_identidade || regra.coluna_chave) as c
      where not exists (
        select from pg_attribute a
        where a.attrelid = audit_interno.relacao(regra.tabela) and a.attname = c and a.attnum > 0 and not a.attisdropped)
      having count(*) > 0)
  end
$$;
comment on function audit_interno.falta_na_relacao(audit.regras, text[]) is 'Why these columns of the rule''s relation cannot be written, or null.';
