-- The months closed now: ours and those of the warehouse's own list.
create or replace function audit.periodos_fechados()
returns table (mes date, filial text, origem text, fechado_por text, fechado_em timestamptz, motivo text)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select f.mes, f.filial, case when f.da_fonte then audit_interno.configuracao('periodos.fonte') #>> '{}' else 'conferente' end,
    p.fechado_por, p.fechado_em, p.motivo
  from audit_interno.meses_fechados() f
  left join audit.periodos p on not f.da_fonte and p.mes = f.mes and p.filial is not distinct from f.filial and p.reaberto_em is null
  order by f.mes, f.filial nulls first, f.da_fonte
$$;
comment on function audit.periodos_fechados() is
  'Closed months: mes (first day), filial (null: the whole company), origem (conferente, or the warehouse''s list that periodos.fonte names), and, if it was closed here, who closed it, when and why. NC022 when that list cannot be read.';
grant execute on function audit.periodos_fechados() to conferente_leitor;
