-- Appends the load of one more day, with its own errors, oddities and truth, as the nightly load of a real warehouse
-- would. Suppliers are those of the warehouse; without series, because one day has none.
-- Calling it twice for a day appends twice, with new entries.
-- concat() makes a query that is not a constant: plpgsql_check would look for the tables of constant ones, which exist only
-- once exemplo.criar_armazem has run.
create or replace function exemplo.carregar_dia(linhas int, dia date, semente bigint default null)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_linhas int;
  v_semente bigint;
  v_inicio date;
  v_primeiro bigint;
begin
  if pg_catalog.to_regclass('exemplo.geracao') is null then
    raise exception using
      errcode = 'NC903',
      message = 'não há data warehouse de demonstração neste banco',
      hint = 'Crie-o antes com select exemplo.criar_armazem().';
  end if;
  if carregar_dia.linhas is null or carregar_dia.linhas not between 1 and 10000000 or carregar_dia.dia is null then
    raise exception using
      errcode = 'NC902',
      message = 'argumentos inválidos para a demonstração',
      detail = format('linhas=%s, dia=%s', carregar_dia.linhas, carregar_dia.dia),
      hint = 'linhas: de 1 a 10000000; dia: uma data.';
  end if;

  execute concat($q$select g.linhas, g.semente, (date_trunc('month', g.ate::timestamp) - interval '11 months')::date as inicio from exemplo.geracao g$q$)
    into strict v_linhas, v_semente, v_inicio;
  execute concat($q$select coalesce(max(id), 0) + 1 from dw.fato_lancamentos$q$) into v_primeiro;

  perform exemplo.carregar(v_inicio, carregar_dia.dia, carregar_dia.dia, carregar_dia.dia, v_primeiro, carregar_dia.linhas,
    coalesce(carregar_dia.semente, v_semente), v_semente, v_linhas, false);
  return v_primeiro;
end
$$;

comment on function exemplo.carregar_dia(int, date, bigint) is
  'Appends linhas entries booked on dia (loaded that night) to the example warehouse and returns the first new id; the others follow it. Errors: NC902 when an argument is out of range, NC903 without an example warehouse.';

revoke execute on function exemplo.carregar_dia(int, date, bigint) from public;
