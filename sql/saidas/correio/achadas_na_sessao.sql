-- The findings that a session saw, including those that a later one has seen since: a mail may be composed late. Called by conteudo_sessao,
-- conteudo_itens and conteudo_mensagem.
create or replace function audit_interno.achadas_na_sessao(sessao_id bigint)
returns setof audit.divergencias_processadas
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select d.*
  from audit.divergencias_processadas d
  where d.id in (
    select x.divergencia_id from audit.operacoes o join audit.deteccoes x on x.operacao_id = o.id
    where o.sessao_id = achadas_na_sessao.sessao_id)
$$;
comment on function audit_interno.achadas_na_sessao(bigint) is 'Findings that a session saw, as they are now.';
