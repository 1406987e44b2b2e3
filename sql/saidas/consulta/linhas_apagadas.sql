-- What leaves out the rows of a fact table that only a mark says are deleted, by the names of such columns: Protheus's d_e_l_e_t_, a
-- boolean, or the time of the deletion. Reads only the catalogue. Called by audit.propor_visao.
create or replace function audit_interno.linhas_apagadas(relacao regclass)
returns table (coluna text, condicao text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select quote_ident(a.attname),
    format(case
      when a.attname = 'd_e_l_e_t_' then 'f.%I is distinct from ''*'''
      when t.typname = 'bool' then 'f.%I is not true'
      else 'f.%I is null' end, a.attname)
  from pg_attribute a
  join pg_type t on t.oid = a.atttypid
  where a.attrelid = linhas_apagadas.relacao and a.attnum > 0 and not a.attisdropped
    and (a.attname = 'd_e_l_e_t_' and t.typcategory = 'S'
      or t.typname = 'bool' and audit_interno.dobrar_nome(a.attname) ~ '^((is|fl|flag|foi)_?)?(deleted|(deletad|excluid|apagad|removid)[oa])$'
      or t.typname in ('timestamp', 'timestamptz', 'date')
        and audit_interno.dobrar_nome(a.attname) ~ '^((deleted|removed)_?(at|on)|(deletado|excluido|apagado|removido)_?em|(dt|dh|data)_?(hora_)?(de_)?(delecao|exclusao|remocao))$')
  order by a.attnum
$$;
comment on function audit_interno.linhas_apagadas(regclass) is 'Columns that mark a row as deleted, and the condition over alias f that leaves such rows out.';
