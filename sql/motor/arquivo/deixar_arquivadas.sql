-- Findings to be rolled back whose alteration is in the archive: what the row held before is no longer here. They are left out, with the
-- reason; if nothing else is to be rolled back, it is an error. Called once pg_temp.conferente_reversao is filled.
create or replace function audit_interno.deixar_arquivadas(ids bigint[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pg_temp.conferente_deixada (divergencia_id, codigo, explicacao)
  select v.divergencia_id, 'NC043', format('a correção é da operação %s, que está no arquivo desde %s: não se reverte mais aqui', v.alteracao_id,
    to_char(o.finalizada_em at time zone audit.fuso(), 'DD/MM/YYYY'))
  from audit_interno.divergencias_arquivadas v
  join audit.operacoes o on o.id = v.arquivamento_id
  where v.divergencia_id = any (deixar_arquivadas.ids) and v.alteracao_id is not null
    and not exists (select from pg_temp.conferente_deixada x where x.divergencia_id = v.divergencia_id)
    and not exists (select from pg_temp.conferente_reversao r where r.divergencia_id = v.divergencia_id);
  if found and not exists (select from pg_temp.conferente_reversao) then
    perform audit_interno.recusar_deixadas(ids, 'reverter');
  end if;
end
$$;
comment on function audit_interno.deixar_arquivadas(bigint[]) is 'Leaves out findings whose alteration is in the archive; NC043 when all are left out.';
