-- Part of the diagnosis: settings of the server or the database under which the rules would fail or read something else (strings with
-- backslashes, columns that compare without case or accents), or under which values get into the server's log. Returns lines only for what is
-- wrong. Reads only the catalogue. Called by
-- audit.diagnosticar_contrato.
create or replace function audit_interno.diagnosticar_servidor(relacao regclass)
returns table (item text, situacao text, detalhe text, sugestao text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- set for the database, for a role, or for a role in the database; otherwise the server's own
  select 'standard_conforming_strings', 'erro',
    format('off para %s: as expressões das regras perdem as barras', coalesce(s.papel, 'o servidor')), s.sugestao
  from (
    select case when d.setrole = 0 then 'o banco' else format('o papel %s', pg_get_userbyid(d.setrole)) end as papel,
      case when d.setrole = 0 then format('alter database %I set standard_conforming_strings = on;', current_database())
        else format('alter role %I%s set standard_conforming_strings = on;', pg_get_userbyid(d.setrole),
          case when d.setdatabase <> 0 then format(' in database %I', current_database()) else '' end) end as sugestao
    from pg_db_role_setting d
    where d.setdatabase in (0, (select b.oid from pg_database b where b.datname = current_database()))
      and exists (select from unnest(d.setconfig) as c where c ~* '^standard_conforming_strings=(off|false|no|0)$')
    union all
    select null, format('alter database %I set standard_conforming_strings = on;', current_database())
    where current_setting('standard_conforming_strings') = 'off' and not exists (
      select from pg_settings g where g.name = 'standard_conforming_strings' and g.source in ('database', 'user', 'database user'))
  ) as s
  union all
  select 'auto_explain.log_nested_statements', 'aviso', 'on: cada comando de cada função vai para o log do servidor, com os valores',
    'Desligue-o para os papéis do Conferente, ou deixe auto_explain.log_min_duration alto.'
  where current_setting('auto_explain.log_nested_statements', true) = 'on' and coalesce(current_setting('auto_explain.log_min_duration', true), '-1') <> '-1'
  union all
  select format('%s.%s', audit_interno.nome_sql(relacao), a.attname), 'erro',
    format('a ordenação %s iguala textos diferentes: like e expressões regulares não a aceitam', l.collname),
    format('Dê a coluna por uma visão, com %I collate "default".', a.attname)
  from pg_attribute a
  join pg_collation l on l.oid = a.attcollation
  where a.attrelid = diagnosticar_servidor.relacao and a.attnum > 0 and not a.attisdropped and not l.collisdeterministic
    and a.attname in (select k.coluna from audit_interno.contrato() k)
$$;
comment on function audit_interno.diagnosticar_servidor(regclass) is 'Server settings and column collations that keep rules from working: rows like those of audit.diagnosticar_contrato, none if all is well.';
