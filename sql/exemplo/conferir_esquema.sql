-- Refuses to go on when schema dw holds anything that exemplo.criar_armazem did not make (NC901): a demonstration must never touch a real
-- warehouse. A mark at the end of the comment identifies what it made.
create or replace function exemplo.conferir_esquema()
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_alheios text;
begin
  select string_agg(o.nome, ', ' order by o.nome collate "C")
  into v_alheios
  from (
    select format('dw.%I', c.relname) as nome
    from pg_catalog.pg_class c
    where c.relnamespace = pg_catalog.to_regnamespace('dw')
      and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      and coalesce(pg_catalog.obj_description(c.oid, 'pg_class'), '') not like '%[exemplo]'
    union all
    select format('dw.%I(%s)', p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid))
    from pg_catalog.pg_proc p
    where p.pronamespace = pg_catalog.to_regnamespace('dw')
    union all
    select format('dw.%I', t.typname)
    from pg_catalog.pg_type t
    where t.typnamespace = pg_catalog.to_regnamespace('dw') and t.typtype in ('d', 'e', 'r')
  ) o;

  if v_alheios is not null then
    raise exception using
      errcode = 'NC901',
      message = 'o esquema dw contém objetos que não são da demonstração',
      detail = v_alheios,
      hint = 'A demonstração só se instala num banco sem esquema dw, ou com o dw que ela mesma criou. Use outro banco.';
  end if;
end
$$;

comment on function exemplo.conferir_esquema() is
  'Example warehouse: raises NC901 when schema dw holds objects that exemplo.criar_armazem did not make.';

revoke execute on function exemplo.conferir_esquema() from public;
