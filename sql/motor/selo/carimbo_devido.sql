-- The head that is due for a stamp, and where to get it. Due means that a session has ended since the last stamp, or that something has
-- waited for one for a day; stamps themselves do not count. Called by agendar_carimbo and by the worker's task, which ends with
-- registrar_carimbo or falhar_carimbo.
create or replace function audit_interno.carimbo_devido()
returns table (url text, elo bigint, selo bytea)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select c.valor #>> '{}', k.elo, k.selo
  from audit.configuracoes_sistema c
  cross join audit_interno.cadeia k
  cross join lateral (
    select min(o.finalizada_em) as desde
    from audit.operacoes o
    where o.elo > coalesce((select max(x.elo) from audit_interno.carimbos x), 0) and o.tipo <> 'carimbo'
  ) as n
  where c.chave = 'selo.carimbo_url' and c.valor <> 'null'
    and (n.desde < clock_timestamp() - interval '1 day' or exists (
      select from audit.sessoes_processamento s where s.fim_processamento >= n.desde)
      and not exists (select from audit.sessoes_processamento s where s.status = 'em_andamento'))
$$;
comment on function audit_interno.carimbo_devido() is 'Address of the authority, and the head to stamp; no row where none is due.';
