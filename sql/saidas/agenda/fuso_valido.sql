-- Whether the server knows a time zone by this IANA name. Abbreviations and fixed offsets know no daylight saving, and the
-- server's own posix/ and right/ are unknown elsewhere. Called by validar_configuracao.
create or replace function audit_interno.fuso_valido(nome text)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select (fuso_valido.nome = 'UTC' or fuso_valido.nome ~ '^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/')
    and exists (select from pg_timezone_names z where z.name = fuso_valido.nome)
$$;
comment on function audit_interno.fuso_valido(text) is 'True for the IANA name of a region (America/Sao_Paulo) that the server knows, and for UTC.';
