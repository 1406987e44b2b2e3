-- Before a migration records its own schema, keeps in the trail whatever differs from what the last migration left, so that nothing becomes
-- right by being recorded again. Called by `conferente migrar` when there is something to migrate.
create or replace function audit_interno.conferir_instalacao()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_quantas bigint;
  v_quebras jsonb;
begin
  select count(*), jsonb_agg(jsonb_build_object('situacao', x.situacao, 'objeto', x.objeto) order by x.n) filter (where x.n <= 100)
  into v_quantas, v_quebras
  from (
    select q.situacao, q.objeto, row_number() over (order by q.situacao, q.objeto) as n
    from (select e.* from audit_interno.quebras_esquema() e union all select s.* from audit_interno.quebras_estados() s) as q
  ) as x;
  if v_quantas > 0 then
    perform audit_interno.fechar_operacao(
      audit_interno.abrir_operacao('instalacao', motivo => 'antes desta migração havia diferenças do que a anterior deixou'), v_quantas,
      detalhes => jsonb_build_object('quebras', v_quebras));
  end if;
end
$$;
comment on function audit_interno.conferir_instalacao() is 'Records as an operation where the schema, and rows that may change, differ from what was recorded; the first 100.';
