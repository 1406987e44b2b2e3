-- Solves a system of linear equations with a symmetric positive definite matrix (no pivoting needed) by Gauss-Jordan elimination.
-- Its loops go over unknowns, of which there are a handful. Touches nothing. Called by regras.ajustar_curvas.
create or replace function regras.resolver_sistema(matriz double precision[], lado double precision[]) returns double precision[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_n constant int := cardinality(lado);
  v_fator double precision;
begin
  for i in 1..v_n loop
    for j in 1..v_n loop
      continue when j = i;
      v_fator := matriz[j][i] / matriz[i][i];
      for k in i..v_n loop
        matriz[j][k] := matriz[j][k] - v_fator * matriz[i][k];
      end loop;
      lado[j] := lado[j] - v_fator * lado[i];
    end loop;
  end loop;
  return array(select lado[i] / matriz[i][i] from generate_series(1, v_n) i order by i);
end
$$;

comment on function regras.resolver_sistema(double precision[], double precision[]) is
  'Unknowns of a system of linear equations: a symmetric positive definite matrix by rows, and its right side.';
revoke execute on function regras.resolver_sistema(double precision[], double precision[]) from public;
