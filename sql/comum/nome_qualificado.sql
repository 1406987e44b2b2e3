-- Whether a text is a schema and a name, quoted or not, and nothing more. Ask before to_regclass and to_regprocedure: they return null for
-- what does not exist, but raise for a text that is not a name, as parse_ident does. Called where a rule's names are checked.
create or replace function audit_interno.nome_qualificado(nome text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
  select nome ~ replace('^N\.N$', 'N', $re$("([^"]|"")+"|(?![0-9$])[^][\s.",()!#%&'*+/:;<=>?@\\^`{|}~-]+)$re$)
$$;
comment on function audit_interno.nome_qualificado(text) is 'Whether a text is esquema.nome and nothing more.';
