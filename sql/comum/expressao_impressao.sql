-- SQL for the fingerprint of the columns that a rule decides by, of the row aliased t. Text of dates and times is taken
-- through JSON, which does not depend on the session's DateStyle and TimeZone.
create or replace function audit_interno.expressao_impressao(relacao regclass, colunas text[])
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('substr(sha256(convert_to(row(%s)::text, ''UTF8'')), 1, 16)', string_agg(
    case
      when a.atttypid = 'timestamptz'::regtype then format('to_jsonb(t.%I at time zone ''UTC'')', a.attname)
      when t.typcategory in ('D', 'T') then format('to_jsonb(t.%I)', a.attname)
      else format('t.%I', a.attname)
    end, ', ' order by a.attname collate "C"))
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  where a.attrelid = expressao_impressao.relacao and a.attname = any (expressao_impressao.colunas)
    and a.attnum > 0 and not a.attisdropped
$$;
comment on function audit_interno.expressao_impressao(regclass, text[]) is 'SQL text: first 16 bytes of SHA-256 over the row t of these columns.';
