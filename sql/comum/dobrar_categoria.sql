-- Folds a category or a label and trims it, also of the invisible blanks that spreadsheets and exports leave (tab, line end, no-break and
-- wide spaces, those without width, byte order mark). A no-break space inside becomes a space. It folds first and trims afterwards: the
-- other way round, the trimming would be inlined into every branch of the folding. A plain expression, so that the planner inlines it.
create or replace function audit_interno.dobrar_categoria(texto text)
returns text
language sql
immutable parallel safe
return pg_catalog.btrim(pg_catalog.replace(audit_interno.dobrar(texto), U&'\00A0', ' '),
  U&'\0020\0009\000A\000B\000C\000D\0085\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\200B\200C\200D\202F\205F\2060\3000\FEFF');
comment on function audit_interno.dobrar_categoria(text) is 'Category in lower case, without accents, trimmed, no-break spaces as spaces, for comparison.';
revoke execute on function audit_interno.dobrar_categoria(text) from public;
grant execute on function audit_interno.dobrar_categoria(text) to conferente_regra;
