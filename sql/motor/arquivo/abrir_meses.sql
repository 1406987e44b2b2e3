-- Makes the monthly partitions of facts: if this month's or the next one's is missing, those up to three months ahead, in case nothing
-- runs here for a while. If both are there, it only costs a look at the catalogue. Each is made empty beside its table and then attached,
-- so it waits for no reader or writer. Called by everything that opens an operation or a session or changes a watched table, by each tick
-- of a worker, and by migrations.
create or replace function audit_interno.abrir_meses(desde date default null)
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_mes date := date_trunc('month', now() at time zone 'UTC')::date;
  v_novo record;
begin
  if abrir_meses.desde is null and to_regclass(to_char(v_mes, '"audit_interno.estados_"YYYY_MM')) is not null
    and to_regclass(to_char(v_mes + interval '1 month', '"audit_interno.estados_"YYYY_MM')) is not null
  then
    return;
  end if;
  lock table audit_interno.estados in share update exclusive mode; -- one at a time; nobody else may take it
  for v_novo in -- a turn for each partition, once a month
    select t.tabela, m.mes::date as mes, t.nome || to_char(m.mes, '_YYYY_MM') as nome
    from audit_interno.mensais() t
    cross join generate_series(least(abrir_meses.desde, v_mes)::timestamp, v_mes + interval '3 months', interval '1 month') as m (mes)
  loop
    continue when to_regclass('audit_interno.' || v_novo.nome) is not null;
    execute format('create table audit_interno.%I (like %s including all excluding identity)', v_novo.nome, v_novo.tabela);
    execute format('create trigger proteger_truncate before truncate on audit_interno.%I for each statement execute function audit_interno.recusar_mudanca()', v_novo.nome);
    execute format('alter table %s attach partition audit_interno.%I for values in (%L)', v_novo.tabela, v_novo.nome, v_novo.mes);
  end loop;
end
$$;
comment on function audit_interno.abrir_meses(date) is 'Makes the partitions that facts need up to three months from now, from the month of desde on if given.';
select audit_interno.abrir_meses();
