-- A document number as two clerks would both write it: folded, without its kind (NF, NFS-e, fatura, recibo …), without
-- leading zeros, runs of punctuation as one dash. Null when it identifies nothing (no digit, only zeros, "s/n").
-- Touches nothing. Called by regras.duplicidades.
create or replace function regras.documento_comparavel(documento text) returns text
language sql immutable parallel safe
return nullif(
  pg_catalog.regexp_replace(
    pg_catalog.btrim(pg_catalog.regexp_replace(
      audit_interno.dobrar(pg_catalog.left(documento, 200)), '[^a-z0-9]+', '-', 'g'), '-'),
    '^(?:(?:nfs?-?e?|nota-?fiscal|nota|fatura|fat|recibo|rec|boleto|doc|documento|numero|num|nro|nr|no|n)(?:-|(?=[0-9])))*0*(?![a-z-]*$)|^[a-z0-]*$',
    ''), '');

comment on function regras.documento_comparavel(text) is
  'Document number made comparable: folded, kind and leading zeros dropped; null when it identifies nothing.';
revoke execute on function regras.documento_comparavel(text) from public;
