-- Closes an operation of the engine; its seal follows when the transaction commits.
create or replace function audit_interno.fechar_operacao(
  id bigint, linhas bigint default 0, status text default 'concluida', detalhes jsonb default '{}'
)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update audit.operacoes o
  set status = fechar_operacao.status, linhas = fechar_operacao.linhas, finalizada_em = clock_timestamp(),
    detalhes = o.detalhes || fechar_operacao.detalhes
  where o.id = fechar_operacao.id
$$;
comment on function audit_interno.fechar_operacao(bigint, bigint, text, jsonb) is 'Marks an operation as ended.';
