-- The booking dates on which rows came late, as few stretches as possible: dates within a week of each other form one. Called by
-- condicao_atrasadas and detectar_atrasadas.
create or replace function audit_interno.periodos_atrasados(sessao_id bigint, regra text)
returns table (inicio date, fim date)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with marcada as (
    select d.data, d.data - lag(d.data, 1, d.data) over (order by d.data) > 7 as salta
    from audit_interno.contagens_carga c cross join unnest(c.datas_atrasadas) as d (data)
    where c.sessao_id = periodos_atrasados.sessao_id and c.regra = periodos_atrasados.regra
  ), numerada as (
    select m.data, count(*) filter (where m.salta) over (order by m.data) as periodo from marcada m
  )
  select min(n.data), max(n.data) from numerada n group by n.periodo
$$;
comment on function audit_interno.periodos_atrasados(bigint, text) is 'First and last booking date of each stretch, both included; none if nothing came late.';
