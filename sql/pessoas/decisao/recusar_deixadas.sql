-- An act that leaves every finding as it is has done nothing, and must not look as if it had: it is refused with the first one's reason.
-- Called by those who fill pg_temp.conferente_deixada.
create or replace function audit_interno.recusar_deixadas(ids bigint[], ato text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_codigo text;
  v_razoes text;
begin
  if exists (
    select from unnest(recusar_deixadas.ids) as i
    where not exists (select from pg_temp.conferente_deixada x where x.divergencia_id = i))
  then
    return;
  end if;
  select (array_agg(x.codigo order by x.divergencia_id))[1], string_agg(format('%s: %s', x.divergencia_id, x.explicacao), '; ' order by x.divergencia_id)
  into v_codigo, v_razoes
  from (select * from pg_temp.conferente_deixada order by divergencia_id limit 20) as x;
  raise exception using errcode = v_codigo, message = format('não se pode %s: %s', ato, v_razoes), hint = 'Nada foi feito.';
end
$$;
comment on function audit_interno.recusar_deixadas(bigint[], text) is
  'Raises the first reason (NC005, NC007, NC017, NC021, NC022) when every finding was left.';
