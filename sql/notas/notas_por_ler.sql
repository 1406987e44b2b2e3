-- How many files the last reading of notes refused. Each session of a rule on notes reports them, because there is no row of the warehouse
-- to put a finding on. Called by finalizar_sessao and conteudo_lacunas.
create or replace function audit_interno.notas_por_ler(sessao_id bigint)
returns bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select l.recusados
  from audit_interno.leitura_notas l
  where exists (select from audit.execucoes_regra e
    where e.sessao_id = notas_por_ler.sessao_id and e.regra in ('notas_fiscais', 'notas_sem_lancamento') and e.status = 'concluida')
$$;
comment on function audit_interno.notas_por_ler(bigint) is 'Files of notes that were refused; null if no rule about notes ran in the session.';
