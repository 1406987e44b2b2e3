-- A person writes a note on a finding, even on a closed one.
create or replace function audit.comentar(ids bigint[], comentario text)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_comentario text := audit_interno.exigir_motivo(comentar.comentario, 'o comentário');
begin
  return query select * from audit_interno.anotar_divergencias(comentar.ids, 'comentario', 'comentar', v_comentario);
end
$$;
comment on function audit.comentar(bigint[], text) is
  'Writes a comment beside findings, whatever their status; it stands in the history of their rows and changes nothing. audit.desfazer takes it back, and both stay to be read. Returns each: feita. Errors: NC001 none given, NC004 unknown id, NC006 comment missing.';
grant execute on function audit.comentar(bigint[], text) to conferente_revisor;
