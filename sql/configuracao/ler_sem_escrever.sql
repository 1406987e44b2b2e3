-- Runs a rule's function and throws its findings away, where any write is refused (25006): STABLE does not keep a function
-- from calling one that writes. Called by audit_interno.experimentar_regra.
create or replace function audit_interno.ler_sem_escrever(funcao text, janela audit.janela)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('transaction_read_only', 'on', true);
  execute format('select count(*) from %s($1)', audit_interno.chamada_sql(ler_sem_escrever.funcao)) using janela;
  raise exception using errcode = 'NC999', message = 'simulação';
exception when sqlstate 'NC999' then
  null; -- the end of the block allows writing again
end
$$;
comment on function audit_interno.ler_sem_escrever(text, audit.janela) is 'Runs a rule where it cannot write. 25006 when it tries.';
