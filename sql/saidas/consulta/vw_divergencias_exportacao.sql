-- Findings for exports and BI tools: one flat line each, in text for people.
create or replace view audit.vw_divergencias_exportacao with (security_invoker = true) as
select d.id, d.sessao_id, d.sessao_ultima_id, d.regra, d.especie as tipo, d.tabela, d.registro_id, d.status, d.confianca,
  d.valor_em_risco,
  (select string_agg(j.key, ', ') from jsonb_each_text(coalesce(d.valores_digitados, d.valores_propostos)) as j) as colunas,
  (select case when count(*) = 1 then min(j.value) else string_agg(concat(j.key, ': ', j.value), '; ') end
    from jsonb_each_text(d.valores_originais) as j) as antes,
  (select case when count(*) = 1 then min(j.value) else string_agg(concat(j.key, ': ', j.value), '; ') end
    from jsonb_each_text(coalesce(d.valores_digitados, d.valores_propostos)) as j) as depois,
  d.justificativa, d.detectada_em, d.ultima_deteccao, d.vezes_detectada, d.proposta_por, d.decidida_em, d.decidida_por, d.motivo,
  d.valores_originais as valores_antes, coalesce(d.valores_digitados, d.valores_propostos) as valores_depois,
  (select string_agg(rtrim(j.value), ' · ' order by array_position(r.colunas_resumo, j.key), j.key) from jsonb_each_text(s.resumo) as j
    where rtrim(j.value) <> '') as lancamento, s.resumo, audit.divergencia_visto(d) as visto
from audit.divergencias_processadas d
left join audit.vw_resumos s on s.divergencia_id = d.id
left join audit.regras r on r.nome = d.regra;
comment on view audit.vw_divergencias_exportacao is 'Findings as they are exported, one flat line each; audit.exportar_divergencias filters them. For BI tools too.';
comment on column audit.vw_divergencias_exportacao.id is 'Key of the finding.';
comment on column audit.vw_divergencias_exportacao.sessao_id is 'Session that found it first.';
comment on column audit.vw_divergencias_exportacao.sessao_ultima_id is 'Session that found it last.';
comment on column audit.vw_divergencias_exportacao.regra is 'Rule that found it.';
comment on column audit.vw_divergencias_exportacao.tipo is 'Kind that the rule names in its evidence, such as fator_100; null if it names none.';
comment on column audit.vw_divergencias_exportacao.tabela is 'Table of the row, schema-qualified.';
comment on column audit.vw_divergencias_exportacao.registro_id is 'Key of the row as text.';
comment on column audit.vw_divergencias_exportacao.status is 'aberta, aguardando_segunda_aprovacao, corrigida, rejeitada, revertida, obsoleta (the row changed meanwhile), resolvida (fixed elsewhere) or falha (the correction was refused or undone).';
comment on column audit.vw_divergencias_exportacao.confianca is 'Probability, 0 to 1, that the proposed correction is right, as of the last detection.';
comment on column audit.vw_divergencias_exportacao.valor_em_risco is 'Amount at stake in BRL.';
comment on column audit.vw_divergencias_exportacao.colunas is 'Names of the columns to be changed, separated by commas; null when the finding only flags.';
comment on column audit.vw_divergencias_exportacao.antes is 'What the row held when found: only the value if it is one column, otherwise "column: value; …". Numbers have a decimal point.';
comment on column audit.vw_divergencias_exportacao.depois is 'What is proposed, or what a person typed instead; written as antes, null when the finding only flags.';
comment on column audit.vw_divergencias_exportacao.justificativa is 'The finding in one sentence.';
comment on column audit.vw_divergencias_exportacao.detectada_em is 'When it was first found.';
comment on column audit.vw_divergencias_exportacao.ultima_deteccao is 'When it was last found.';
comment on column audit.vw_divergencias_exportacao.vezes_detectada is 'How many sessions found it.';
comment on column audit.vw_divergencias_exportacao.proposta_por is 'First of two people, while and after a second approval is needed.';
comment on column audit.vw_divergencias_exportacao.decidida_em is 'When its status was last decided, by a person or by the system.';
comment on column audit.vw_divergencias_exportacao.decidida_por is 'Who decided: a person, or conferente for the system itself.';
comment on column audit.vw_divergencias_exportacao.motivo is 'Reason of the last decision or of the failure.';
comment on column audit.vw_divergencias_exportacao.valores_antes is 'Column to value that the row held when found; as JSON, for readers that compute.';
comment on column audit.vw_divergencias_exportacao.valores_depois is 'Column to value that is proposed or typed; {} when the finding only flags.';
comment on column audit.vw_divergencias_exportacao.lancamento is 'How people recognise the entry (supplier, document, date, …): values in the order that the rule registers, separated by " · "; null for readers unless the setting resumo.leitores opens it.';
comment on column audit.vw_divergencias_exportacao.resumo is 'Column to value of what lancamento shows.';
comment on column audit.vw_divergencias_exportacao.visto is 'Digest of what is shown of it, for audit.aprovar_divergencias: only what was seen is approved.';
