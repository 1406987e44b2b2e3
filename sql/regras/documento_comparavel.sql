-- A document number as two clerks would both write it: folded, without its kind (NF, NFS-e, DANFE, RPS, fatura, recibo …), without
-- full stops between thousands nor the ".0" of a spreadsheet, runs of punctuation as one dash, no leading zeros in any of its parts
-- (series 001-000123 is 1-123). Null when it identifies nothing (no digit, only zeros, "s/n").
-- Touches nothing. Called by regras.duplicidades.
create or replace function regras.documento_comparavel(documento text) returns text
language sql immutable parallel safe
return nullif(
  pg_catalog.regexp_replace(
    pg_catalog.regexp_replace(
      pg_catalog.btrim(pg_catalog.regexp_replace(
        pg_catalog.regexp_replace(audit_interno.dobrar(pg_catalog.left(documento, 200)),
          '(?<=[0-9])[.](?=[0-9]{3}(?![0-9]))|(?<=[0-9])[.]0(?=\s*$)', '', 'g'),
        '[^a-z0-9]+', '-', 'g'), '-'),
      '^(?:(?:danfe|dacte|nf[sc]?-?e?|ct-?e|rps|nota-?fiscal|nota|fatura|fat|recibo|rec|boleto|doc|documento|serie|numero|num|nro|nr|no|n)(?:-|(?=[0-9])))*(?![a-z-]*$)|^[a-z0-]*$',
      ''),
    '(^|-)0+(?=[0-9a-z])', '\1', 'g'), '');

comment on function regras.documento_comparavel(text) is
  'Document number made comparable: folded, kind, full stops between thousands and leading zeros dropped; null when it identifies nothing.';
revoke execute on function regras.documento_comparavel(text) from public;
