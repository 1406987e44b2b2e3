-- What is certain so far about the month's automatic corrections, and the seal by which this session's are drawn into its sample. Null
-- while auto has corrected nothing. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_certificado(sessao_id bigint)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('valor', audit_interno.centavos(c.valor), 'limite', audit_interno.centavos(c.limite), 'conferidas', c.conferidas,
    'tamanho', c.tamanho, 'sessao', conteudo_certificado.sessao_id, 'selo', (
      select x.selo from audit.corrigidas_no_mes() x where x.sessao_id = conteudo_certificado.sessao_id limit 1))
  from audit.certificado() c
  where c.corrigidas > 0
$$;
comment on function audit_interno.conteudo_certificado(bigint) is 'JSON object: what is certain of the month''s corrections, and the session''s seal; null if there were none.';
