-- Takes the findings of a person's decision for which the act is possible. The others are left and reported. If none is possible, that is
-- an error.
create or replace function audit_interno.travar_divergencias(ids bigint[], ato text, de text[], visto text[] default null)
returns setof audit.divergencias_processadas
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform audit_interno.separar_divergencias(travar_divergencias.ids, ato, de, travar_divergencias.visto);
  perform audit_interno.recusar_deixadas(travar_divergencias.ids, ato);

  return query
    select d.* from audit.divergencias_processadas d
    where d.id = any (travar_divergencias.ids) and not exists (
      select from pg_temp.conferente_deixada x where x.divergencia_id = d.id)
    order by d.id;
end
$$;
comment on function audit_interno.travar_divergencias(bigint[], text, text[], text[]) is
  'Locks and returns the findings for which the act is possible; pg_temp.conferente_deixada holds the others. NC001 none given, NC004 unknown; when all are left: NC005 not possible in their status, NC007 takes another person, NC017 nothing proposed, NC021 not what was seen, NC022 in a closed period.';
