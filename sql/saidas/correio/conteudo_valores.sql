-- Column to value, numbers as {"n": "61396530.00"}, because a JSON number would lose its cents on the way. A list or an object becomes the
-- text of its JSON for the same reason. Part of conteudo_itens.
create or replace function audit_interno.conteudo_valores(valores jsonb)
returns jsonb
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(v.key, case
    when jsonb_typeof(v.value) = 'number' then jsonb_build_object('n', v.value #>> '{}')
    when jsonb_typeof(v.value) in ('array', 'object') then to_jsonb(v.value::text) else v.value end), '{}')
  from jsonb_each(conteudo_valores.valores) as v
$$;
comment on function audit_interno.conteudo_valores(jsonb) is 'The same object, with each number as an object of its decimal text, and each list or object as text.';
