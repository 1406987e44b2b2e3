-- What a session of the rule notas_fiscais leaves about the notes themselves: notes that no entry is of, and files that the last
-- reading refused. A finding needs a row of the warehouse, and these have none. Called by finalizar_sessao and conteudo_lacunas.
create or replace function audit_interno.pendencias_notas(sessao_id bigint, out sem_lancamento bigint, out recusadas bigint)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from audit.execucoes_regra e
    where e.sessao_id = pendencias_notas.sessao_id and e.regra = 'notas_fiscais' and e.status = 'concluida')
  then
    sem_lancamento := (select count(*) from audit.vw_notas_sem_lancamento);
    recusadas := (select l.recusados from audit_interno.leitura_notas l);
  end if;
end
$$;
comment on function audit_interno.pendencias_notas(bigint) is 'Notes without an entry, and files refused; null where the rule notas_fiscais did not run in the session.';
