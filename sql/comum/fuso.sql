-- The one zone in which days are counted and times are shown: in views, API, mail, exports and on the command line. Ask for it once a
-- query, `(select audit.fuso())`, not once a row.
create or replace function audit.fuso()
returns text
language sql
stable security definer parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select c.valor #>> '{}' from audit.configuracoes_sistema c where c.chave = 'agenda.fuso'
$$;
comment on function audit.fuso() is 'IANA time zone in which days are counted and times are shown, from the setting agenda.fuso.';
grant execute on function audit.fuso() to conferente_leitor, conferente_regra;
