-- The part of a channel's address that may be shown: protocol and host. The rest is often the key to the channel. Called by
-- audit.salvar_canal.
create or replace function audit_interno.servidor_canal(endereco text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
  select lower(m.partes[1])
  from regexp_match(servidor_canal.endereco,
    '^(https://(?:[A-Za-z0-9.-]+|[[][0-9A-Fa-f:.]+[]])(?::[0-9]{1,5})?|http://(?:localhost|127(?:[.][0-9]{1,3}){3}|[[]::1[]])(?::[0-9]{1,5})?)([/?][A-Za-z0-9._~:/?@!$&''()*+,;=%-]*)?$', 'i') as m (partes)
  where length(servidor_canal.endereco) <= 2000
$$;
comment on function audit_interno.servidor_canal(text) is 'https://hooks.slack.com of https://hooks.slack.com/services/…; null for what is no https:// address (http:// only to this machine), holds a user, a password or a fragment, or is longer than 2000 characters.';
