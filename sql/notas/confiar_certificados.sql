-- Updates whether a trusted root stands behind certificates, and then what they signed. Each reading works this out again, because the
-- roots may have changed, and calls this with the certificates whose answer changed, by SHA-256 in hexadecimal.
create or replace function audit_interno.confiar_certificados(confiaveis text[], outros text[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mudados bytea[] := array(select decode(s, 'hex') from unnest(confiaveis || outros) as s);
  v_operacao bigint;
  v_notas bigint;
begin
  update audit_interno.certificados_notas c set confiavel = encode(c.sha256, 'hex') = any (confiar_certificados.confiaveis)
  where c.sha256 = any (v_mudados);
  update audit.notas n set confiavel = c.confiavel and n.emitida_em between c.valido_de and c.valido_ate
  from audit_interno.certificados_notas c
  where c.sha256 = n.certificado and c.sha256 = any (v_mudados);
  get diagnostics v_notas = row_count;
  perform audit_interno.cancelar_notas(array(
    select x.chave from audit_interno.cancelamentos_notas x where x.certificado = any (v_mudados)
    union select n.chave from audit.notas n where n.certificado = any (v_mudados)));
  v_operacao := audit_interno.abrir_operacao('notas', motivo => 'as raízes de confiança mudaram',
    detalhes => jsonb_build_object('confiaveis', cardinality(confiaveis), 'outros', cardinality(outros)));
  perform audit_interno.fechar_operacao(v_operacao, v_notas);
end
$$;
comment on function audit_interno.confiar_certificados(text[], text[]) is 'Marks certificates, and the notes they signed, as trusted or not.';
