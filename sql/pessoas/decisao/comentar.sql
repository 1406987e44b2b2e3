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
  'Adds a comment to findings, whatever their status; it appears in the history of their rows and changes nothing. audit.desfazer withdraws it, and both remain on record. Returns each: feita. Errors: NC001 none given, NC004 unknown id, NC006 comment missing.';
grant execute on function audit.comentar(bigint[], text) to conferente_revisor;
