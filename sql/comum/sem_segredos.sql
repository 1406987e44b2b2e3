-- An error text of somebody else's code, without what looks like a secret (the credentials of a URL, password=…, a token) and without CPFs:
-- it is kept for good, mailed and shown to readers. Uses the patterns of src/log/redact.ts, which cleans the log.
create or replace function audit_interno.sem_segredos(texto text)
returns text
language sql
immutable parallel safe
return pg_catalog.regexp_replace(pg_catalog.regexp_replace(pg_catalog.regexp_replace(pg_catalog.regexp_replace(pg_catalog.regexp_replace(texto,
  '\m([a-z][a-z0-9+.-]{0,20}://)[^\s"''<>\\]*@', '\1***@', 'gi'),
  '\m(Bearer|Basic) +[\w.~+/=-]+', '\1 ***', 'gi'),
  '\meyJ[\w-]{5,}\.[\w-]+\.[\w-]*', '***', 'g'),
  '\m(password|passwd|pwd|senha|segredo|secret|token|access_token|api_key)\s*=\s*(''[^''"\\]*''|[^\s"''&;\\]+)', '\1=***', 'gi'),
  '\m\d{3}\.\d{3}\.\d{3}-\d{2}\M', '***', 'g');
comment on function audit_interno.sem_segredos(text) is 'The text with secrets and CPFs as ***.';
