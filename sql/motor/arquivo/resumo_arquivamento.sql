-- One digest over everything that an archiving left in audit_interno.fatos_arquivados. Its operation records it.
create or replace function audit_interno.resumo_arquivamento(arquivamento_id bigint)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
set bytea_output = 'hex'
as $$
  select encode(sha256(coalesce(string_agg(sha256(convert_to(row(f.operacao_id, f.mes, f.fatos, f.deteccoes, f.alteracoes, f.correcoes_desfeitas, f.estados)::text,
    'UTF8')), '' order by f.operacao_id), '')), 'hex')
  from audit_interno.fatos_arquivados f
  where f.arquivamento_id = resumo_arquivamento.arquivamento_id
$$;
comment on function audit_interno.resumo_arquivamento(bigint) is 'SHA-256 over the digests of facts that this operation archived, hexadecimal.';
