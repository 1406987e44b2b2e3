-- A reading of a folder has ended: forgets the files that it no longer refused. Called by the reading of notes.
create or replace function audit_interno.finalizar_leitura_notas(pasta text, iniciada_em timestamptz, lidos bigint, novas bigint, recusados bigint)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  delete from audit.notas_recusadas r
  where r.pasta = finalizar_leitura_notas.pasta and r.vista_em < finalizar_leitura_notas.iniciada_em;
  update audit_interno.leitura_notas l
  set terminada_em = clock_timestamp(), lidos = finalizar_leitura_notas.lidos, novas = finalizar_leitura_notas.novas,
    recusados = finalizar_leitura_notas.recusados
$$;
comment on function audit_interno.finalizar_leitura_notas(text, timestamptz, bigint, bigint, bigint) is 'Notes the end of a reading, and forgets refusals that it did not repeat.';
