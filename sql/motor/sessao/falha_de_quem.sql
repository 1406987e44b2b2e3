-- Whose fault an error is, by its SQLSTATE; the one place where that is decided. The engine pins on a row what is linha, lets a
-- rule fail alone over linha or regra, and ends the session over what is sessao (try it again) or servidor (mend it first).
create or replace function audit_interno.falha_de_quem(codigo text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select case
    -- past temp_file_limit, its own time or the server's depth; and 08 is another server that a foreign table is on
    when codigo in ('53400', '57014') or left(codigo, 2) in ('08', '54', '55', 'HV') then 'regra'
    -- another transaction was in the way
    when left(codigo, 2) in ('40', '72') then 'sessao'
    when codigo is null or left(codigo, 2) in ('53', '57', '58', 'F0', 'XX') then 'servidor'
    -- what the data cause; of the classes that the standard leaves free, what a trigger of the warehouse raises
    when left(codigo, 2) in ('09', '21', '22', '23', '27', '38', '39', '44', '45', 'P0') or codigo ~ '^[5-9I-Z]' then 'linha'
    else 'regra'
  end
$$;
comment on function audit_interno.falha_de_quem(text) is
  'Whose fault an error is, by its SQLSTATE: linha (what the data cause), regra (the rule, its rights and limits), sessao (a conflict with another transaction) or servidor (disk, memory, shutdown).';
