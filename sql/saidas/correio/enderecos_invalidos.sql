-- The elements of a list that are not mail addresses, or appear twice. Called by validar_configuracao.
create or replace function audit_interno.enderecos_invalidos(lista jsonb)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(x.motivo, '; ' order by x.n)
  from (
    select min(e.n) as n, case
        when jsonb_typeof(e.valor) <> 'string' or not audit_interno.endereco_valido(e.valor #>> '{}') then 'não é um endereço: ' || e.valor::text
        when count(*) over (partition by lower(e.valor #>> '{}')) > 1 or count(*) > 1 then 'repetido: ' || e.valor::text
      end as motivo
    from jsonb_array_elements(case when jsonb_typeof(lista) = 'array' then lista else '[]' end) with ordinality as e (valor, n)
    group by e.valor
  ) as x
  where x.motivo is not null
$$;
comment on function audit_interno.enderecos_invalidos(jsonb) is 'Each refused element and why; null when all are addresses.';
