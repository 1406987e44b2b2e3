-- Takes the findings a person decides on, in one order for everybody, and refuses unknown ones and those in a status from
-- which the act is not possible. Two people at one moment: the second waits here, then sees what the first did.
create or replace function audit_interno.travar_divergencias(ids bigint[], ato text, de text[])
returns setof audit.divergencias_processadas
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_estranhas text;
  v_indevidas text;
begin
  if ids is null or cardinality(ids) = 0 then
    raise exception using errcode = 'NC001', message = 'nenhuma divergência foi dada';
  end if;
  perform from audit.divergencias_processadas d where d.id = any (travar_divergencias.ids) order by d.id for update;
  select string_agg(coalesce(i::text, 'nulo'), ', ') into v_estranhas
  from unnest(travar_divergencias.ids) as i
  where not exists (select from audit.divergencias_processadas d where d.id = i);
  if v_estranhas is not null then
    raise exception using errcode = 'NC004', message = format('divergência desconhecida: %s', v_estranhas),
      hint = 'Nada foi feito. Veja audit.vw_divergencias_abertas.';
  end if;
  select string_agg(format('%s (%s)', d.id, d.status), ', ' order by d.id) into v_indevidas
  from audit.divergencias_processadas d
  where d.id = any (travar_divergencias.ids) and d.status <> all (travar_divergencias.de);
  if v_indevidas is not null then
    raise exception using errcode = 'NC005', message = format('não se pode %s: %s', ato, v_indevidas),
      detail = format('possível a partir de: %s', array_to_string(de, ', ')), hint = 'Nada foi feito.';
  end if;
  return query select d.* from audit.divergencias_processadas d where d.id = any (travar_divergencias.ids) order by d.id;
end
$$;
comment on function audit_interno.travar_divergencias(bigint[], text, text[]) is
  'Locks and returns the findings. NC001 none given, NC004 unknown, NC005 not possible from their status.';
