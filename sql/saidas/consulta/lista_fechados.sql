-- The closed months as lists, for views that check each finding's month: those closed for every branch, those closed for some branch, and
-- the pairs of month and branch (202610 sp). All are null where it cannot be known: a list of what waits must not fail for that.
create or replace function audit_interno.lista_fechados(out todos date[], out parciais date[], out itens text[])
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  select coalesce(array_agg(f.mes) filter (where f.filial is null), '{}'), coalesce(array_agg(distinct f.mes) filter (where f.filial is not null), '{}'),
    coalesce(array_agg(to_char(f.mes, 'YYYYMM ') || audit_interno.dobrar_filial(f.filial)) filter (where f.filial is not null), '{}')
  into todos, parciais, itens
  from audit_interno.meses_fechados() f;
exception when sqlstate 'NC022' then
  todos := null;
end
$$;
comment on function audit_interno.lista_fechados() is 'Closed months, for audit_interno.e_fechado; null when it cannot be known.';
grant execute on function audit_interno.lista_fechados() to conferente_leitor;

-- No settings of its own, and each list used once, so that the planner inlines it: it runs for everything that waits, mostly in open
-- months.
create or replace function audit_interno.e_fechado(mes date, filial text, todos date[], parciais date[], itens text[])
returns boolean
language sql
stable
-- parsed at creation: readers of the views may not look names up in this schema
return coalesce(mes, 'infinity') = any (todos) or coalesce(mes, 'infinity') = any (parciais)
  and (coalesce(audit_interno.dobrar_filial(filial), '') = '' or to_char(mes, 'YYYYMM ') || audit_interno.dobrar_filial(filial) = any (itens));
comment on function audit_interno.e_fechado(date, text, date[], date[], text[]) is 'Whether a month is closed for a branch (null: unknown, then any counts) by audit_interno.lista_fechados.';
grant execute on function audit_interno.e_fechado(date, text, date[], date[], text[]) to conferente_leitor;
