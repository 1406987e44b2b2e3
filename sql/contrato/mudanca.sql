-- What a finding would change, as one text that is the same for findings which one decision may take together. A label counts by its name;
-- a number only by whether it grows, shrinks or changes sign, because every entry has its own. Null where nothing is proposed. A generated
-- column of audit.divergencias_processadas uses it, so nothing in it may depend on the session. That column is computed again with every
-- change of a finding, so the usual case, one column that is no number, is answered without a query.
create or replace function audit_interno.mudanca(originais jsonb, propostos jsonb)
returns text
language plpgsql
immutable parallel safe
as $$
declare
  v_coluna text := pg_catalog.jsonb_path_query_first(propostos, '$.keyvalue().key') #>> '{}';
begin
  if v_coluna is null then
    return null;
  elsif propostos - v_coluna = '{}' and pg_catalog.jsonb_typeof(propostos -> v_coluna) <> 'number' then
    return v_coluna || ' → ' || coalesce(propostos ->> v_coluna, 'nada');
  end if;
  return (
    select pg_catalog.string_agg(p.key || ' ' || case
        when pg_catalog.jsonb_typeof(p.value) = 'number' and pg_catalog.jsonb_typeof(mudanca.originais -> p.key) = 'number' then case
          when (p.value #>> '{}')::numeric = -(mudanca.originais ->> p.key)::numeric then 'troca de sinal'
          when pg_catalog.abs((p.value #>> '{}')::numeric) > pg_catalog.abs((mudanca.originais ->> p.key)::numeric) then 'aumenta'
          else 'diminui' end
        else '→ ' || coalesce(p.value #>> '{}', 'nada') end, '; ' order by p.key collate "C")
    from pg_catalog.jsonb_each(mudanca.propostos) as p);
end
$$;
comment on function audit_interno.mudanca(jsonb, jsonb) is
  'What would change: "categoria → Trade Marketing", "valor diminui", "valor troca de sinal"; null where nothing is proposed.';
