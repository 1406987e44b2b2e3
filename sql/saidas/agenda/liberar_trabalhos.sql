-- Releases the jobs of workers that were killed; graphile-worker itself gives them up only after four hours. A worker that is alive after
-- all finds its session conducted by another, so nothing is done twice. Never touches jobs of other programs.
create or replace function audit_interno.liberar_trabalhos(tarefas text[], carencia interval)
returns text[]
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with mortos as (
    select array_agg(distinct j.locked_by) as nomes
    from graphile_worker.jobs j
    where j.task_identifier = any (liberar_trabalhos.tarefas) and j.locked_at < clock_timestamp() - liberar_trabalhos.carencia
      and not audit_interno.possuida('trabalhador ' || j.locked_by)
  ), liberados as (
    select graphile_worker.force_unlock_workers(m.nomes) from mortos m where m.nomes is not null
  )
  select m.nomes from mortos m where (select count(*) from liberados) >= 0
$$;
comment on function audit_interno.liberar_trabalhos(text[], interval) is
  'Hands back the jobs of these tasks whose worker is gone and which were taken longer ago than carencia; returns the workers, or null.';
