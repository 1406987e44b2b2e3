-- Why a function's search_path lets its caller decide what it reads, in one sentence, or null. Called by audit_interno.conferir_regra.
create or replace function audit_interno.conferir_caminho(funcao text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
  select case
    when f.caminho is null then
      format('a função %s não fixa o search_path: sem isso, quem a chama decide que tabelas ela lê; acrescente set search_path = pg_catalog, pg_temp', funcao)
    -- HAZARD: if pg_temp is not named it comes first, and the caller's temporary tables are read instead of the ledger. An empty path makes
    -- the rule qualify every name.
    when f.caminho not in ('', '""') and f.caminho !~ '^((?!\mpg_temp\M).)*(^|[, ])(pg_temp|"pg_temp") *$' then
      format('o search_path da função %s deve nomear pg_temp uma vez, por último: sem isso, tabelas temporárias de quem a chama passam à frente das que ela lê', funcao)
  end
  from (select (
    select substr(c, length('search_path=') + 1)
    from pg_proc p cross join lateral unnest(p.proconfig) as c
    where p.oid = audit_interno.funcao_da_janela(conferir_caminho.funcao) and c like 'search\_path=%') as caminho) as f
$$;
comment on function audit_interno.conferir_caminho(text) is 'Why a function of one audit.janela is not safe from its caller''s search path, or null.';
