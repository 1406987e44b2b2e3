-- Remembers how far the ledger was read: the rows loaded since the limit one by one, the older ones as a number for each booking
-- month (of some months; of all when null). A stretch of more than 100,000 rows is not remembered one by one: then any change in
-- it counts everything again. Reads dw.lancamentos; writes estatistica_borda and estatistica_antigas. Called by
-- regras.preparar_pendente_verificacao, which keeps the numbers returned.
create or replace function regras.marcar_borda(limite timestamptz, meses int[], out linhas bigint, out ultima timestamptz)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_inicio date;
  v_fim date;
begin
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  delete from regras.estatistica_antigas a where marcar_borda.meses is null or a.mes = any (meses);
  insert into regras.estatistica_antigas (mes, linhas)
  select regras.mes_indice(l.data_lancamento), count(*)
  from dw.lancamentos l
  where (l.carregado_em < limite or l.carregado_em is null) and regras.mes_indice(l.data_lancamento) is not null
    and (marcar_borda.meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
      and regras.mes_indice(l.data_lancamento) = any (meses))
  group by 1;

  select count(*), max(l.carregado_em) into linhas, ultima from dw.lancamentos l where l.carregado_em >= limite;
  delete from regras.estatistica_borda;
  if linhas <= 100000 then
    insert into regras.estatistica_borda (registro_id, carregado_em, mes)
    select l.id::text, l.carregado_em, regras.mes_indice(l.data_lancamento) from dw.lancamentos l where l.carregado_em >= limite;
  end if;
end
$$;

comment on function regras.marcar_borda(timestamptz, int[]) is
  'Remembers which rows loaded since the limit are counted, and how many older ones each month has. Returns rows since the limit and the last load time.';
revoke execute on function regras.marcar_borda(timestamptz, int[]) from public;
