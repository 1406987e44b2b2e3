-- A cell of a sheet in the form in which it is compared. Spreadsheets rewrite what they save, so the comparison drops whatever they may
-- change: blanks, line ends, and what is invisible or not allowed in XML. Commas become points, so that sheets in both languages read
-- alike.
create or replace function audit_interno.invisiveis()
returns text
language sql
immutable parallel safe
return '[' || chr(1) || '-' || chr(32) || chr(127) || '-' || chr(160) || chr(1564) || chr(5760) || chr(8192) || '-' || chr(8207)
  || chr(8232) || '-' || chr(8239) || chr(8287) || '-' || chr(8303) || chr(12288) || chr(65279) || chr(65533) || '-' || chr(65535) || ']';
comment on function audit_interno.invisiveis() is 'A regular expression of the characters that are not compared.';

create or replace function audit_interno.celula_planilha(texto text)
returns text
language sql
immutable parallel safe
as $$
  -- A number that was a text may come back as a number. A cell holds 32767 characters, blanks included, so beyond 5000 what comes back may
  -- have been cut.
  select left(case when x ~ '^-?[0-9]+[.][0-9]+$' then rtrim(rtrim(x, '0'), '.') else x end, 5000)
  from (select replace(regexp_replace(texto, audit_interno.invisiveis(), '', 'g'), ',', '.') as x) as c
$$;
comment on function audit_interno.celula_planilha(text) is 'A text in the form in which it is compared with a returned sheet.';

-- Spreadsheets keep fifteen digits. Longer numbers were exported as text.
create or replace function audit_interno.celula_planilha(numero numeric)
returns text
language sql
immutable parallel safe
as $$
  select case
    when numero = 0 then '0'
    when abs(numero) between 1e-300 and 1e300 then
      case when numero::float8::numeric = numero then trim_scale(numero)::text else audit_interno.celula_planilha(numero::text) end
    else audit_interno.celula_planilha(numero::text) end
$$;
comment on function audit_interno.celula_planilha(numeric) is 'A number in the form in which it is compared with a returned sheet.';

create or replace function audit_interno.celula_planilha(valores jsonb)
returns text
language sql
immutable parallel safe
as $$
  select audit_interno.celula_planilha(case
    when count(*) = 1 and min(jsonb_typeof(value)) = 'number' then audit_interno.celula_planilha(min(value #>> '{}')::numeric)
    when count(*) = 1 then min(value #>> '{}')
    else string_agg(concat(key, ': ', value #>> '{}'), '; ') end)
  from jsonb_each(valores)
$$;
comment on function audit_interno.celula_planilha(jsonb) is 'Values of columns in the form in which they are compared with a returned sheet.';

create or replace function audit_interno.celula_planilha(hora timestamptz, fuso text)
returns text
language sql
stable parallel safe
as $$
  select to_char(date_trunc('second', hora at time zone fuso), 'YYYYMMDDHH24MISS')
$$;
comment on function audit_interno.celula_planilha(timestamptz, text) is 'A time in the form in which it is compared with a returned sheet.';
