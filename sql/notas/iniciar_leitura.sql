-- A reading of a folder of notes begins. Called by `conferente notas` and by the worker, with the owner's rights.
create or replace function audit_interno.iniciar_leitura_notas(pasta text, raizes integer, impedimento text default null)
returns timestamptz
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into audit_interno.leitura_notas as l (pasta, iniciada_em, raizes, impedimento)
  values (iniciar_leitura_notas.pasta, clock_timestamp(), iniciar_leitura_notas.raizes, iniciar_leitura_notas.impedimento)
  on conflict (unica) do update set pasta = excluded.pasta, iniciada_em = excluded.iniciada_em, raizes = excluded.raizes,
    impedimento = excluded.impedimento, terminada_em = null, lidos = null, novas = null, recusados = null
  returning l.iniciada_em
$$;
comment on function audit_interno.iniciar_leitura_notas(text, integer, text) is 'Notes that a reading begins, or why it could not; returns when.';
