-- Fingerprint of what a correction could change in an entry. Equal content gives an equal number on PostgreSQL 15
-- to 18 (numeric is compared by value, text by its bytes). Inlined, hence no "set search_path": bound when created.
create or replace function exemplo.impressao(filial text, centro_custo text, conta_contabil text, categoria text, fornecedor_id text,
  fornecedor text, documento text, descricao text, valor numeric, valor_documento numeric, valor_desconto numeric)
returns bigint
language sql
immutable parallel safe
return pg_catalog.hash_record_extended(
  row(filial, centro_custo, conta_contabil, categoria, fornecedor_id, fornecedor, documento, descricao, valor, valor_documento, valor_desconto), 0);

comment on function exemplo.impressao(text, text, text, text, text, text, text, text, numeric, numeric, numeric) is
  'Example warehouse: fingerprint of the contents of an entry, by which harm done by corrections is found.';

revoke execute on function exemplo.impressao(text, text, text, text, text, text, text, text, numeric, numeric, numeric) from public;
