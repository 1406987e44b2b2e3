-- The present recipients of a kind of message.
create or replace function audit_interno.destinatarios(tipo text)
returns text[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(e.endereco order by e.n), '{}')
  from (
    select audit_interno.configuracao('correio.destinatarios_' || destinatarios.tipo) as propria,
      audit_interno.configuracao('correio.destinatarios') as geral
  ) as c
  cross join lateral jsonb_array_elements_text(case when c.propria = '[]' then c.geral else c.propria end)
    with ordinality as e (endereco, n)
$$;
comment on function audit_interno.destinatarios(text) is 'Addresses for a kind of message: its own list, or the general one if that is empty.';
