-- Folds a category or a label and drops the blanks at its ends: those that spreadsheets and exports leave there too, which nobody sees
-- (tab, line end, no-break spaces, byte order mark). Folded first and trimmed then: written the other way round, the trimming would be
-- inlined into every branch of the folding. Touches nothing; kept as a plain expression, so that the planner inlines it.
create or replace function audit_interno.dobrar_categoria(texto text)
returns text
language sql
immutable parallel safe
return pg_catalog.btrim(audit_interno.dobrar(texto), U&'\0020\0009\000A\000B\000C\000D\00A0\2007\202F\FEFF');
comment on function audit_interno.dobrar_categoria(text) is 'Category in lower case, without accents and without blanks at its ends, for comparison.';
revoke execute on function audit_interno.dobrar_categoria(text) from public;
grant execute on function audit_interno.dobrar_categoria(text) to conferente_regra;
