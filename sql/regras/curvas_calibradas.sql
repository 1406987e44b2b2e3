-- The calibration as one row for each group of entries (0 without a known account, 1 with): the bins of the back-test as
-- arrays, by which regras.sugerir_pendencias looks a confidence up. Reads regras.estatistica_calibracao.
create or replace function regras.curvas_calibradas()
returns table (grupo smallint, curvas double precision[], confiancas double precision[], casos int[], acertos int[])
language sql stable rows 2
set search_path = pg_catalog, pg_temp
as $$
  select g.grupo::smallint, array_agg(c.curva order by c.faixa), array_agg(c.confianca order by c.faixa),
    array_agg(c.casos_proximos order by c.faixa), array_agg(c.acertos_proximos order by c.faixa)
  from (values (0), (1)) g (grupo)
  left join regras.estatistica_calibracao c on c.grupo = g.grupo
  group by g.grupo
  having count(c.faixa) > 0
$$;

comment on function regras.curvas_calibradas() is 'Bins of the calibration as arrays, one row for each group that has any.';
revoke execute on function regras.curvas_calibradas() from public;
