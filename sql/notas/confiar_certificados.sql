-- Whether a trusted root stands behind certificates, worked out anew by the reading after the roots may have changed; what they signed
-- follows. Called by the reading with those whose answer is another one now.
create or replace function audit_interno.confiar_certificados(sha256 bytea[], confiaveis boolean[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operacao bigint;
  v_notas bigint;
begin
  update audit_interno.certificados_notas c set confiavel = m.confiavel
  from unnest(confiar_certificados.sha256, confiar_certificados.confiaveis) as m (sha256, confiavel)
  where c.sha256 = m.sha256;
  update audit.notas n set confiavel = c.confiavel and n.emitida_em between c.valido_de and c.valido_ate
  from audit_interno.certificados_notas c
  where c.sha256 = n.certificado and c.sha256 = any (confiar_certificados.sha256);
  get diagnostics v_notas = row_count;
  perform audit_interno.cancelar_notas(array(
    select x.chave from audit_interno.cancelamentos_notas x where x.certificado = any (confiar_certificados.sha256)));
  v_operacao := audit_interno.abrir_operacao('notas', motivo => 'raízes de confiança mudaram',
    detalhes => jsonb_build_object('certificados', cardinality(confiar_certificados.sha256)));
  perform audit_interno.fechar_operacao(v_operacao, v_notas);
end
$$;
comment on function audit_interno.confiar_certificados(bytea[], boolean[]) is 'Gives certificates, and the notes they signed, the trust that was found for them.';
