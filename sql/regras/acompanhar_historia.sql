-- Brings the counts up to date at the cost of what changed. Rows that came are added. A month is counted again when one of its
-- rows was changed, deleted or moved, which shows by rows missing from those remembered (see regras.marcar_borda), or when
-- we changed something in it that had been learned. Assumes what the contract says: a load that changes a row sets carregado_em.
-- Reads dw.lancamentos and the audit tables; writes regras.estatistica_*. Returns the months counted again.
-- Called by regras.preparar_pendente_verificacao.
create or replace function regras.acompanhar_historia(limite timestamptz, operacao_ate bigint, limite_novo timestamptz) returns int[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- each of these joins is of what was changed or came, and statistics from before that say that it is nothing
set enable_nestloop = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_corrigidas bigint[];
  v_alteradas text[];
  v_eram_pendentes text[];
  v_chegadas text[];
  v_meses int[];
  v_refazer int[];
  v_inicio date;
  v_fim date;
begin
  v_corrigidas := array(select distinct a.divergencia_id from audit.alteracoes a where a.operacao_id > acompanhar_historia.operacao_ate);
  -- what each row held when it was last counted: pending, and not learned then, or something else. In one pass over what we changed
  -- since: looked up row by row, stale statistics made it a pass for each
  select array_agg(n.registro_id), array_agg(n.registro_id) filter (where n.era_pendente) into v_alteradas, v_eram_pendentes
  from (
    select distinct on (d.registro_id) d.registro_id,
      a.antes ? 'categoria' and coalesce(audit_interno.dobrar_categoria(a.antes ->> 'categoria'), '') = any (v_pendentes || ''::text) as era_pendente
    from audit.alteracoes a
    join audit.divergencias_processadas d on d.id = a.divergencia_id
    where a.operacao_id > acompanhar_historia.operacao_ate and d.id = any (v_corrigidas) and d.tabela = 'dw.lancamentos'
    order by d.registro_id, a.operacao_id
  ) n;

  with lida as materialized (
    select l.id::text as id, regras.mes_indice(l.data_lancamento) as mes, l.carregado_em
    from dw.lancamentos l where l.carregado_em >= limite
  ), alterada as (
    select l.id::text as id, regras.mes_indice(l.data_lancamento) as mes, coalesce(l.id::text = any (v_eram_pendentes), false) as era_pendente
    from dw.lancamentos l
    where l.id = any (audit_interno.chaves_como(v_alteradas, (null::dw.lancamentos).id))
  ), chegada as materialized (
    select l.id, l.mes from lida l
    where not exists (
      select from regras.estatistica_borda b where b.registro_id = l.id and b.carregado_em = l.carregado_em)
    union
    select a.id, a.mes from alterada a where a.era_pendente
  ), mexida as (
    select a.mes from alterada a where not a.era_pendente
    union
    select b.mes from regras.estatistica_borda b
    where not exists (select from lida l where l.id = b.registro_id and l.carregado_em = b.carregado_em)
  )
  select (select array_agg(distinct m.mes) from mexida m where m.mes is not null),
    array_agg(distinct c.mes), array_agg(c.id order by c.id)
  into v_refazer, v_meses, v_chegadas
  from chegada c
  where c.mes is not null;

  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(v_meses) m;

  -- older rows that are fewer than they were, or more; an expression, not select into: that never runs in parallel
  v_refazer := (
    select array_agg(distinct m.mes)
    from (
      select r.mes from unnest(v_refazer) r (mes)
      union
      select m.mes
      from unnest(v_meses) m (mes)
      left join (
        select regras.mes_indice(l.data_lancamento) as mes, count(*) as linhas
        from dw.lancamentos l
        where l.data_lancamento >= v_inicio and l.data_lancamento < v_fim and (l.carregado_em < limite or l.carregado_em is null)
        group by 1
      ) a on a.mes = m.mes
      left join regras.estatistica_antigas e on e.mes = m.mes
      where coalesce(a.linhas, 0) <> coalesce(e.linhas, 0)
    ) m
  );

  if v_refazer is not null then
    perform regras.contar_meses(v_refazer);
    select array_agg(l.id::text), array_agg(distinct regras.mes_indice(l.data_lancamento))
    into v_chegadas, v_meses
    from dw.lancamentos l
    where l.id = any (audit_interno.chaves_como(v_chegadas, (null::dw.lancamentos).id))
      and regras.mes_indice(l.data_lancamento) <> all (v_refazer);
  end if;
  perform regras.contar_chegadas(v_meses, v_chegadas);

  -- what has become old since
  insert into regras.estatistica_antigas as a (mes, linhas)
  select regras.mes_indice(l.data_lancamento), count(*)
  from dw.lancamentos l
  where l.carregado_em >= limite and l.carregado_em < limite_novo and regras.mes_indice(l.data_lancamento) is not null
  group by 1
  on conflict (mes) do update set linhas = a.linhas + excluded.linhas;
  return coalesce(v_refazer, '{}');
end
$$;

comment on function regras.acompanhar_historia(timestamptz, bigint, timestamptz) is
  'Adds what came to the counts and counts months again in which something was changed. Returns those months.';
revoke execute on function regras.acompanhar_historia(timestamptz, bigint, timestamptz) from public;
