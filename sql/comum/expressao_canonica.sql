-- SQL for the canonical text of a column's value. Equal values have the same text, whatever the session's settings (zone, styles, digits)
-- and the scale of the column. Texts and most other types are their own canonical text. Numbers lose trailing zeros, inside JSON too; times
-- go through JSON, in UTC; floats, arrays and ranges use their binary form. Intervals, and types that contain values which are equal but
-- look different, use their hash, or JSON where there is none. The SQL needs only what conferente_regra and conferente_escrita may use.
create or replace function audit_interno.expressao_canonica(relacao regclass, coluna text, valor text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when t.oid = 'numeric'::regtype then format('trim_scale(%s)::text', valor)
    when t.oid = 'timestamptz'::regtype then format('%s((%s)::timestamptz at time zone ''UTC'') #>> ''{}''', j.em_json, valor)
    when t.oid in ('float4'::regtype, 'float8'::regtype) then format('encode(float8send((%s)::float8 + 0), ''hex'')', valor) -- + 0 turns a negative zero into zero
    when t.oid = 'interval'::regtype then format('interval_hash_extended((%s)::interval, 0)::text', valor) -- a month is thirty days
    when t.oid = 'bytea'::regtype then format('encode((%s)::bytea, ''hex'')', valor)
    when t.oid = 'money'::regtype then format('encode(cash_send((%s)::money), ''hex'')', valor)
    when t.oid = 'jsonb'::regtype then format('audit_interno.valores_canonicos((%s)::jsonb)::text', valor)
    when t.typcategory = 'D' then format('%s(%s) #>> ''{}''', j.em_json, valor)
    when d.composto and d.igualdade and d.disfarcado then
      format(case t.typtype when 'c' then 'hash_record_extended(%1$s, 0)::text' when 'm' then 'hash_multirange_extended(%1$s, 0)::text'
        when 'r' then 'hash_range_extended(%1$s, 0)::text'
        else 'coalesce(array_dims(%1$s), '''') || '' '' || hash_array_extended(%1$s, 0)' end, format('((%s)::%s)', valor, format_type(t.oid, null)))
    when d.composto and d.igualdade then format('encode(%s((%s)::%s), ''hex'')', t.typsend::regproc, valor, format_type(t.oid, null))
    when d.composto or not audit_interno.json_fixo(t.oid)
      then format('audit_interno.valores_canonicos(audit_interno.imagem((%s)::%s))::text', valor, format_type(t.oid, null))
    else format('(%s)::text', valor) end
  from pg_type t
  cross join lateral (select case when audit_interno.distribuida(relacao) then 'audit_interno.imagem' else 'to_jsonb' end as em_json) as j
  cross join lateral (
    select count(*) > 1 as composto,
      -- the hash must survive a restore, which gives the types of this database other numbers
      bool_and(x.typtype in ('c', 'd', 'r', 'm') or x.typsubscript = 'array_subscript_handler'::regproc or x.oid < 16384 and exists (
        select from pg_opclass o join pg_am m on m.oid = o.opcmethod and m.amname = 'hash'
        where o.opcdefault and o.opcintype = case x.oid when 'varchar'::regtype then 'text'::regtype else x.oid end)) as igualdade,
      -- equal values may look different, or the binary form contains such a type number
      bool_or(x.oid >= 16384 or x.oid in ('numeric'::regtype, 'float4'::regtype, 'float8'::regtype, 'interval'::regtype, 'jsonb'::regtype,
        'bpchar'::regtype)) as disfarcado
    from audit_interno.tipos_dentro(t.oid) as i (id) join pg_type x on x.oid = i.id
  ) as d
  where t.oid = audit_interno.tipo_base(relacao, coluna)
$$;
comment on function audit_interno.expressao_canonica(regclass, text, text) is 'SQL text for the canonical text of a value of the column; null stays null.';
