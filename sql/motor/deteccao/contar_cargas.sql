-- Finds rows that an incremental session missed. It counts, by booking date and hour of load, the rows too old for the next session to
-- read, and compares the part that was already too old for this session with the count that the session before left. More rows than then
-- mean that a load committed after the margin had passed, or wrote an old load time, or none. Counting by the hour keeps rows that were
-- moved by a reload or deleted from hiding late ones. One scan of the dates since data_desde, shared by rules of one table and window.
-- Called by medir_janela, before the rule reads: rows that arrive in between are counted by the next session.
create or replace function audit_interno.contar_cargas(sessao_id bigint, regra audit.regras)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD' -- the format in which audit_interno.ler reads dates
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_contagem audit_interno.contagens_carga;
  v_base audit_interno.contagens_carga;
  v_atrasadas bigint;
begin
  select * into v_contagem from audit_interno.contagens_carga c
  where c.sessao_id = contar_cargas.sessao_id and c.regra = contar_cargas.regra.nome;
  if not found then
    return; -- not incremental, or a table without booking dates or load times
  end if;
  select * into v_base from audit_interno.contagens_carga c where c.sessao_id = v_contagem.base_id and c.regra = v_contagem.regra;

  select c.datas, c.cargas, c.linhas, c.datas_atrasadas, c.datas_sem_carga, e.atrasadas
  into v_contagem.datas, v_contagem.cargas, v_contagem.linhas, v_contagem.datas_atrasadas, v_contagem.datas_sem_carga, v_atrasadas
  from audit_interno.contagens_carga c
  join audit.execucoes_regra e on e.sessao_id = c.sessao_id and e.regra = c.regra
  join audit.regras r on r.nome = c.regra
  where c.sessao_id = v_contagem.sessao_id and c.datas is not null and r.tabela = regra.tabela
    and r.coluna_data = regra.coluna_data and r.coluna_carga = regra.coluna_carga and c.base_id is not distinct from v_contagem.base_id
    and c.corte = v_contagem.corte and c.data_desde = v_contagem.data_desde
  limit 1;
  if not found then
    with contada as materialized (
      select x.*
      from audit_interno.ler(format(
        'select t.%1$I::date, %2$s, count(*) filter (where t.%3$I < %4$L::timestamptz or t.%3$I is null), count(*) filter (where t.%3$I < %5$L::timestamptz or t.%3$I is null)
         from %6$s t
         where t.%1$I >= %7$L and isfinite(t.%1$I) and (t.%3$I < %8$L::timestamptz or t.%3$I is null)
         group by 1, 2',
        regra.coluna_data,
        case when audit_interno.tipo_coluna(v_tabela, regra.coluna_carga) like '%with time zone'
          then format('date_trunc(''hour'', t.%I, ''UTC'')', regra.coluna_carga)
          else format('date_trunc(''hour'', t.%I::timestamp) at time zone ''UTC''', regra.coluna_carga) end,
        regra.coluna_carga, coalesce(v_base.corte, '-infinity'), v_contagem.corte, audit_interno.nome_sql(v_tabela), v_contagem.data_desde,
        greatest(v_base.corte, v_contagem.corte))) as x (data date, carga timestamptz, antes bigint, agora bigint)
    ), cresceu as (
      select c.data, c.carga, c.antes - coalesce(b.linhas, 0) as linhas
      from contada c
      left join unnest(v_base.datas, v_base.cargas, v_base.linhas) as b (data, carga, linhas)
        on b.data = c.data and b.carga is not distinct from c.carga
      where v_base.datas is not null and c.data >= v_base.data_desde and c.antes > coalesce(b.linhas, 0)
    )
    select coalesce(c.datas, '{}'), coalesce(c.cargas, '{}'), coalesce(c.linhas, '{}'), a.datas, a.sem_carga, a.linhas
    into v_contagem.datas, v_contagem.cargas, v_contagem.linhas, v_contagem.datas_atrasadas, v_contagem.datas_sem_carga, v_atrasadas
    from (
      select array_agg(x.data order by x.data, x.carga) as datas, array_agg(x.carga order by x.data, x.carga) as cargas,
        array_agg(x.agora order by x.data, x.carga) as linhas
      from contada x where x.agora > 0
    ) as c, (
      select array_agg(distinct x.data) filter (where x.carga is not null) as datas,
        array_agg(distinct x.data) filter (where x.carga is null) as sem_carga, coalesce(sum(x.linhas), 0) as linhas
      from cresceu x
    ) as a;
  end if;

  update audit_interno.contagens_carga c
  set datas = v_contagem.datas, cargas = v_contagem.cargas, linhas = v_contagem.linhas, datas_atrasadas = v_contagem.datas_atrasadas,
    datas_sem_carga = v_contagem.datas_sem_carga
  where c.sessao_id = v_contagem.sessao_id and c.regra = v_contagem.regra;
  update audit.execucoes_regra e
  set atrasadas = v_atrasadas, atrasadas_inicio = d.inicio, atrasadas_fim = d.fim
  from (select min(x) as inicio, max(x) as fim from unnest(v_contagem.datas_atrasadas || v_contagem.datas_sem_carga) as x) as d
  where e.sessao_id = v_contagem.sessao_id and e.regra = v_contagem.regra;
end
$$;
comment on function audit_interno.contar_cargas(bigint, audit.regras) is
  'Counts the rows that the next session will not read, and records how many rows came late, of which booking dates, since the previous session.';
