-- Folds the name of a column or a table so that names written in different ways compare alike: VendorName, "Vendor Name", vendor_name. NFe
-- stays one word; a currency in parentheses goes. Called where a warehouse's own names are recognised.
create or replace function audit_interno.dobrar_nome(nome text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select regexp_replace(audit_interno.dobrar(
    regexp_replace(regexp_replace(dobrar_nome.nome, $re$\s*\((R\$|BRL)\)$re$, '', 'i'), '(?<=[a-záàâãéêíóôõúç])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-záàâãéêíóôõúç]{2})', '_', 'g')), '[^a-z0-9_]+', '_', 'g')
$$;
comment on function audit_interno.dobrar_nome(text) is 'Name in lower case, without accents, its words separated by underscores.';
