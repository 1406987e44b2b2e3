-- What waits for a person, most at stake first when sorted by the reader.
create or replace view audit.vw_divergencias_abertas with (security_invoker = true) as
select d.id, d.regra, d.tabela, d.registro_id, d.valores_originais, d.valores_propostos, d.valores_digitados, d.confianca,
  d.justificativa, d.evidencia, d.valor_em_risco, d.status, d.proposta_por, d.motivo, d.detectada_em, d.ultima_deteccao,
  d.vezes_detectada, (current_date - d.detectada_em::date) as dias_aberta, d.sessao_id, d.sessao_ultima_id
from audit.divergencias_processadas d
where d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha');
comment on view audit.vw_divergencias_abertas is 'Findings that wait for a person: aberta, aguardando_segunda_aprovacao or falha.';
comment on column audit.vw_divergencias_abertas.dias_aberta is 'Age in days since it was first found.';
