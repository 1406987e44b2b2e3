-- Whether a text is one mail address that every server accepts: local part and domain in ASCII (RFC 5321, without quotes and without
-- address literals). Called by enderecos_invalidos and remetente_valido.
create or replace function audit_interno.endereco_valido(endereco text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
  select length(endereco_valido.endereco) <= 254 and length(split_part(endereco_valido.endereco, '@', 1)) <= 64
    and endereco_valido.endereco ~
      '^[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+)*@(localhost|([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9]))$'
$$;
comment on function audit_interno.endereco_valido(text) is 'True for one plain address, such as maria@empresa.com.br.';
