-- Every change of a row in the tables of audit_interno.vigiadas is a fact of the trail, and so is every change of a finding's state.
do $$
declare
  v_vigiada record;
  v_ato text;
begin
  for v_vigiada in select v.* from audit_interno.vigiadas() v loop
    foreach v_ato in array array['insert', 'update', 'delete'] loop
      execute format('create or replace trigger %I after %s on %s referencing %s for each statement execute function audit_interno.anotar_estados(%L, %L)',
        'anotar_' || v_ato, v_ato, v_vigiada.tabela,
        case v_ato when 'insert' then 'new table as depois' when 'update' then 'old table as antes new table as depois' else 'old table as antes' end,
        v_vigiada.chave, v_vigiada.fora);
    end loop;
  end loop;
end
$$;
create or replace trigger anotar_update after update on audit.divergencias_processadas
  referencing old table as antes new table as depois
  for each statement execute function audit_interno.anotar_situacoes();
