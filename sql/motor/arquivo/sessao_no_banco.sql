-- Whether what a session found is still here. Otherwise a list of it would be empty, and look like an answer.
create or replace function audit.sessao_no_banco(sessao_id bigint)
returns boolean
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce((
    select audit_interno.exigir_no_banco(f.operacao_id)
    from audit.operacoes o join audit_interno.fatos_arquivados f on f.operacao_id = o.id and f.deteccoes is not null
    where o.sessao_id = sessao_no_banco.sessao_id
    limit 1), true)
$$;
comment on function audit.sessao_no_banco(bigint) is 'True; NC043 where detections of the session are in the archive.';
grant execute on function audit.sessao_no_banco(bigint) to conferente_leitor;
