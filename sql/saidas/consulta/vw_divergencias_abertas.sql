-- What waits for a person; the reader sorts it.
create or replace view audit.vw_divergencias_abertas with (security_invoker = true) as
select d.id, d.regra, d.tabela, d.registro_id, d.valores_originais, d.valores_propostos, d.valores_digitados, d.confianca,
  d.justificativa, d.evidencia, d.valor_em_risco, d.status, d.proposta_por, d.motivo, d.detectada_em, d.ultima_deteccao,
  d.vezes_detectada, 
  (select audit.hoje()) - (d.detectada_em at time zone (select audit.fuso()))::date as dias_aberta, d.sessao_id, d.sessao_ultima_id,
  (select audit.pagina_revisao()) || '?divergencia=' || d.id as link_revisao,
  audit.divergencia_visto(d) as visto, (select s.resumo from audit.vw_resumos s where s.divergencia_id = d.id) as resumo, d.especie, d.mudanca,
  case when d.adiada_ate is null or d.adiada_ate <= (select audit.hoje()) then audit_interno.grupo_em(d, r.piso, d.status,
    d.encaminhada_para) end as grupo,
  d.adiada_ate is not null and d.adiada_ate > (select audit.hoje()) as adiada,
  case when d.adiada_ate > (select audit.hoje()) and d.adiada_ate < 'infinity' then d.adiada_ate end as adiada_ate, d.encaminhada_para,
  coalesce(d.encaminhada_para = any ((select array_append(q.papeis, q.nome) from audit.quem_sou() as q)::text[]), false) as para_mim,
  n.ator as nota_por, n.motivo as nota_motivo, n.operacao_id as nota_operacao_id,
  f.fechado as periodo_fechado,
  -- the rule's own figure; else the difference, where the amount is wrong; else the amount to be booked elsewhere
  case
    when not f.fechado then null
    when d.valores_digitados is null and jsonb_typeof(d.evidencia -> 'ajuste') = 'number' then (d.evidencia ->> 'ajuste')::numeric
    when p.para ? r.coluna_valor then (p.para ->> r.coluna_valor)::numeric - (d.valores_originais ->> r.coluna_valor)::numeric
    when p.para <> '{}' then d.valor_em_risco
  end as ajuste_periodo
from audit.divergencias_processadas d
left join audit.regras r on r.nome = d.regra
cross join lateral (select coalesce(d.valores_digitados, d.valores_propostos) as para) as p
cross join lateral (select audit_interno.e_fechado(d.mes, d.filial, (select l.todos from audit_interno.lista_fechados() l),
  (select l.parciais from audit_interno.lista_fechados() l), (select l.itens from audit_interno.lista_fechados() l)) as fechado) as f
-- looked up only for those that were postponed or forwarded
left join audit.decisoes n on n.id = case when d.adiada_ate is not null or d.encaminhada_para is not null then (
  select c.id from audit.decisoes c
  where c.divergencia_id = d.id and c.tipo in ('adiamento', 'encaminhamento')
    and (c.ate, c.para) is not distinct from (d.adiada_ate, d.encaminhada_para)
  order by c.id desc limit 1) end
where audit.aguarda_pessoa(d.status);
comment on view audit.vw_divergencias_abertas is 'Findings that wait for a person: aberta, aguardando_segunda_aprovacao or falha; also those postponed (adiada).';
comment on column audit.vw_divergencias_abertas.dias_aberta is 'Age in days since it was first found, in the zone of the setting agenda.fuso.';
comment on column audit.vw_divergencias_abertas.id is 'Key.';
comment on column audit.vw_divergencias_abertas.regra is 'Rule that found it.';
comment on column audit.vw_divergencias_abertas.tabela is 'Table of the row, schema-qualified.';
comment on column audit.vw_divergencias_abertas.registro_id is 'Key of the row as text.';
comment on column audit.vw_divergencias_abertas.valores_originais is 'Column to value that the row held when found: the columns to be changed, or all that the rule decides by when it only flags.';
comment on column audit.vw_divergencias_abertas.valores_propostos is 'Column to value that the rule proposes; {} when it only flags.';
comment on column audit.vw_divergencias_abertas.valores_digitados is 'Column to value that a person typed instead; always needs a second person.';
comment on column audit.vw_divergencias_abertas.confianca is 'Probability, 0 to 1, that the proposed correction is right, as of the last detection.';
comment on column audit.vw_divergencias_abertas.justificativa is 'The finding in one sentence.';
comment on column audit.vw_divergencias_abertas.evidencia is 'Facts that the finding is based on, as of the last detection.';
comment on column audit.vw_divergencias_abertas.valor_em_risco is 'Amount at stake in BRL.';
comment on column audit.vw_divergencias_abertas.status is 'aberta, aguardando_segunda_aprovacao, corrigida, rejeitada, revertida, obsoleta (the row changed meanwhile), resolvida (fixed elsewhere) or falha (the correction was refused or undone).';
comment on column audit.vw_divergencias_abertas.proposta_por is 'First of two people, while and after a second approval is needed.';
comment on column audit.vw_divergencias_abertas.motivo is 'Reason of the last decision or of the failure.';
comment on column audit.vw_divergencias_abertas.detectada_em is 'When it was first found.';
comment on column audit.vw_divergencias_abertas.ultima_deteccao is 'When it was last found.';
comment on column audit.vw_divergencias_abertas.vezes_detectada is 'How many sessions found it.';
comment on column audit.vw_divergencias_abertas.sessao_id is 'Session that found it first.';
comment on column audit.vw_divergencias_abertas.sessao_ultima_id is 'Session that found it last.';
comment on column audit.vw_divergencias_abertas.link_revisao is 'Its address on the review page.';
comment on column audit.vw_divergencias_abertas.visto is 'Digest of what is shown here, for audit.aprovar_divergencias: only what was seen is approved.';
comment on column audit.vw_divergencias_abertas.resumo is 'Column to value by which a person recognises the entry; null for readers unless the setting resumo.leitores opens it.';
comment on column audit.vw_divergencias_abertas.especie is 'Kind that the rule names in its evidence, such as fator_100; null if it names none.';
comment on column audit.vw_divergencias_abertas.mudanca is 'What would change: "categoria → Trade Marketing", "valor diminui"; null where nothing is proposed.';
comment on column audit.vw_divergencias_abertas.grupo is 'Its group in audit.vw_grupos_abertos; null while it is postponed.';
comment on column audit.vw_divergencias_abertas.adiada is 'Whether it is postponed (audit.adiar): out of the queue.';
comment on column audit.vw_divergencias_abertas.adiada_ate is 'Day on which a postponed finding comes back; null if it waits until its row changes, or is not postponed.';
comment on column audit.vw_divergencias_abertas.encaminhada_para is 'Whom it was forwarded to (audit.encaminhar): a person or a role; null if to nobody.';
comment on column audit.vw_divergencias_abertas.para_mim is 'Whether encaminhada_para is the caller or one of the caller''s roles.';
comment on column audit.vw_divergencias_abertas.nota_por is 'Who postponed or forwarded it last.';
comment on column audit.vw_divergencias_abertas.nota_motivo is 'Why.';
comment on column audit.vw_divergencias_abertas.nota_operacao_id is 'The operation, for audit.desfazer.';
comment on column audit.vw_divergencias_abertas.periodo_fechado is 'Whether its row lies in a closed period: nothing is written there. Null if that is not known (periodos.fonte cannot be read).';
comment on column audit.vw_divergencias_abertas.ajuste_periodo is 'In a closed period, the amount in BRL to be booked in the open one instead: what reverses a document that was booked twice or a note that was cancelled; what a document in several lines lacks, or has too much; proposed less booked if the amount is wrong; otherwise the amount at stake, which has to be moved. Null outside closed periods, and if nobody knows, as for a key that contradicts its entry.';
