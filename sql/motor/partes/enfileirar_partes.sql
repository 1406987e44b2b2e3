-- Asks for help with the parts still to be done: one job each, which ends at once if somebody was faster. They queue behind everything
-- else, so that mail never waits for a long window.
create or replace function audit_interno.enfileirar_partes(sessao_id bigint, nome_regra text default null)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select count(graphile_worker.add_job('detectar_parte',
    json_build_object('sessao_id', p.sessao_id, 'regra', p.regra, 'parte', p.parte), priority => 10,
    job_key => format('detectar_parte:%s:%s:%s', p.sessao_id, p.regra, p.parte)))
  from (
    select q.*
    from audit_interno.partes_sessao q
    where q.sessao_id = enfileirar_partes.sessao_id and q.status = 'pendente'
      and (enfileirar_partes.nome_regra is null or q.regra = enfileirar_partes.nome_regra)
    order by q.regra, q.parte
  ) as p
$$;
comment on function audit_interno.enfileirar_partes(bigint, text) is 'Queues a job for each part of a session, or of one of its rules, that is not done. May be repeated.';
