-- SQL for the fingerprint of the columns by which a rule decides, over the row t. Equal values have equal fingerprints
-- (audit_interno.expressao_canonica).
create or replace function audit_interno.expressao_impressao(relacao regclass, colunas text[])
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format(case when audit_interno.distribuida(relacao) then 'audit_interno.impressao_linha(row(%s))'
    else 'substr(sha256(convert_to(row(%s)::text, ''UTF8'')), 1, 16)' end, string_agg(
    audit_interno.expressao_canonica(relacao, a.attname, format('t.%I', a.attname)), ', ' order by a.attname collate "C"))
  from pg_attribute a
  where a.attrelid = expressao_impressao.relacao and a.attname = any (expressao_impressao.colunas)
    and a.attnum > 0 and not a.attisdropped
$$;
comment on function audit_interno.expressao_impressao(regclass, text[]) is 'SQL text: first 16 bytes of SHA-256 over the row t of these columns.';
