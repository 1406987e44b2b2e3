-- The last booking month before the given one that has a history worth the name: at least a tenth of a usual month's rows.
-- Null when there is none. Reads regras.estatistica_mes. Called by regras.entradas_pendencia,
-- pontuar_pendencias and ajustar_alfas.
create or replace function regras.ultimo_mes_conhecido(corte int) returns int
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select max(m.mes)
  from regras.estatistica_mes m
  where m.mes < ultimo_mes_conhecido.corte
    and m.linhas >= 0.1 * (select sum(t.linhas * t.linhas) / nullif(sum(t.linhas), 0) from regras.estatistica_mes t)
$$;

comment on function regras.ultimo_mes_conhecido(int) is 'Last month before the given one with a usual amount of history.';
revoke execute on function regras.ultimo_mes_conhecido(int) from public;
