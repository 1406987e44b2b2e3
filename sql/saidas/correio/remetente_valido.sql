-- Whether a text is an address, or a name with an address in angle brackets. It lets no line break into a header. Called by
-- validar_configuracao.
create or replace function audit_interno.remetente_valido(remetente text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
  select length(remetente_valido.remetente) <= 320 and remetente_valido.remetente !~ '[[:cntrl:]]'
    and audit_interno.endereco_valido(coalesce(
      (regexp_match(remetente_valido.remetente, '^[^<>@",;:\\()]+ <([^<>]+)>$'))[1], remetente_valido.remetente))
$$;
comment on function audit_interno.remetente_valido(text) is 'True for maria@empresa.com.br and for Maria Silva <maria@empresa.com.br>.';
