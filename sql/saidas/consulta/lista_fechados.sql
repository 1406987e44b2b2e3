-- The closed months as one list, for views that ask of each finding whether its month is closed: 202610, 202610 SP, and 202610 * where
-- it is closed for any branch. Null where it cannot be known: a list of what waits must not fail for that.
create or replace function audit_interno.lista_fechados()
returns text[]
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(array_agg(distinct x.item), '{}')
    from audit_interno.meses_fechados() f
    cross join lateral (values (to_char(f.mes, 'YYYYMM') || coalesce(' ' || f.filial, '')), (to_char(f.mes, 'YYYYMM *'))) as x (item));
exception when sqlstate 'NC022' then
  return null;
end
$$;
comment on function audit_interno.lista_fechados() is 'Closed months as texts, for audit_interno.e_fechado; null when it cannot be known.';
grant execute on function audit_interno.lista_fechados() to conferente_leitor;

-- No settings of its own, so that the planner inlines it.
create or replace function audit_interno.e_fechado(mes date, filial text, fechados text[])
returns boolean
language sql
stable
as $$
  select case when fechados is not null then
    coalesce(to_char(mes, 'YYYYMM') = any (fechados) or to_char(mes, 'YYYYMM ') || coalesce(filial, '*') = any (fechados), false) end
$$;
comment on function audit_interno.e_fechado(date, text, text[]) is 'Whether a month is closed for a branch (null: unknown, then any counts) by audit_interno.lista_fechados.';
grant execute on function audit_interno.e_fechado(date, text, text[]) to conferente_leitor;
