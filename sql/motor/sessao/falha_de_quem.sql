-- Whose fault an error is, by its SQLSTATE; nothing else decides that. An error of linha is pinned on a row; of linha or regra it fails the
-- rule alone; of sessao (try again) or servidor (fix it first) it ends the session.
create or replace function audit_interno.falha_de_quem(codigo text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select case
    -- past temp_file_limit, its own time or the server's depth; 08 is the foreign server of a foreign table
    when codigo in ('53400', '57014') or left(codigo, 2) in ('08', '54', '55', 'HV') then 'regra'
    -- another transaction was in the way
    when left(codigo, 2) in ('40', '72') then 'sessao'
    when codigo is null or left(codigo, 2) in ('53', '57', '58', 'F0', 'XX') then 'servidor'
    -- caused by the data; of the classes that the standard leaves free, raised by a trigger of the warehouse
    when left(codigo, 2) in ('09', '21', '22', '23', '27', '38', '39', '44', '45', 'P0') or codigo ~ '^[5-9I-Z]' then 'linha'
    else 'regra'
  end
$$;
comment on function audit_interno.falha_de_quem(text) is
  'Whose fault an error is, by its SQLSTATE: linha (caused by the data), regra (the rule, its rights and limits), sessao (a conflict with another transaction) or servidor (disk, memory, shutdown).';
