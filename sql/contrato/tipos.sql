create type audit.janela as (
  data_inicio date,
  data_fim date,
  carregado_desde timestamptz,
  carregado_ate timestamptz,
  chaves text[]
);
comment on type audit.janela is 'A window of rows, the one argument of every rule. Every member may be null, which leaves that side open.';
comment on column audit.janela.data_inicio is 'First booking date, included.';
comment on column audit.janela.data_fim is 'Last booking date, included.';
comment on column audit.janela.carregado_desde is 'First load time, included.';
comment on column audit.janela.carregado_ate is 'Load time up to which the window goes, excluded.';
comment on column audit.janela.chaves is 'Keys as text; only these rows.';

create type audit.achado as (
  tabela text,
  registro_id text,
  valores_propostos jsonb,
  confianca numeric,
  evidencia jsonb,
  justificativa text,
  valor_em_risco numeric
);
comment on type audit.achado is 'What a rule returns for one row: the finding.';
comment on column audit.achado.tabela is 'Schema-qualified table; null means the table that the rule is registered for.';
comment on column audit.achado.registro_id is 'The row''s key as text.';
comment on column audit.achado.valores_propostos is 'Column to new value; {} when the rule can only flag.';
comment on column audit.achado.confianca is 'Probability, 0 to 1, that the proposed correction is right.';
comment on column audit.achado.evidencia is 'Facts that the finding is based on; member "tipo" names the kind.';
comment on column audit.achado.justificativa is 'One sentence that a reviewer understands.';
comment on column audit.achado.valor_em_risco is 'Amount at stake in BRL, never negative.';

create type audit.resultado_reversao as (
  divergencia_id bigint,
  tabela text,
  registro_id text,
  resultado text,
  antes jsonb,
  depois jsonb,
  agora jsonb,
  status text,
  explicacao text,
  operacao_id bigint,
  aviso text
);
comment on type audit.resultado_reversao is 'What a rollback did to one row: revertida, or conflito with the three sides, and what becomes of its finding.';
comment on column audit.resultado_reversao.resultado is 'revertida: the columns came back exactly. ja_revertida: the row already held them. conflito: the row no longer holds what was written, is another entry by now, or the warehouse stored something other than the old values; nothing was changed. ausente: the row is gone. recusada: the warehouse refused (a constraint or trigger), or the month is closed. aguardando_segunda_aprovacao: bringing this correction back needs another person. deixada: no longer corrected, nothing was changed.';
comment on column audit.resultado_reversao.status is 'Status of the finding now.';
comment on column audit.resultado_reversao.explicacao is 'What becomes of the finding, or why nothing was done, in one sentence.';
comment on column audit.resultado_reversao.operacao_id is 'The operation of this rollback; audit.reverter_operacao rolls it back in turn.';
comment on column audit.resultado_reversao.aviso is 'What else this act did, such as costing the rule its autonomy, and how to put that right; null if nothing.';
comment on column audit.resultado_reversao.antes is 'Columns as they were before the alteration, and would be again.';
comment on column audit.resultado_reversao.depois is 'Columns as the alteration wrote them.';
comment on column audit.resultado_reversao.agora is 'Columns as the row holds them now; null when the row is gone.';

create type audit_interno.linha_reversao as (
  divergencia_id bigint,
  tabela text,
  registro_id text,
  resultado text,
  antes jsonb,
  depois jsonb,
  agora jsonb,
  explicacao text,
  operacao_id bigint
);
comment on type audit_interno.linha_reversao is 'What audit_interno.reverter_lote did to one row.';

create type audit.resultado_decisao as (
  id bigint,
  resultado text,
  codigo text,
  explicacao text,
  status text,
  regra text,
  tabela text,
  registro_id text,
  valores_originais jsonb,
  valores_propostos jsonb,
  valores_digitados jsonb,
  confianca numeric,
  justificativa text,
  valor_em_risco numeric,
  proposta_por text,
  decidida_em timestamptz,
  decidida_por text,
  motivo text,
  visto text,
  operacao_id bigint,
  aviso text
);
comment on type audit.resultado_decisao is 'What a person''s act did to one finding, and the finding as it is now.';
comment on column audit.resultado_decisao.id is 'The finding.';
comment on column audit.resultado_decisao.resultado is 'feita: done. sem_efeito: decided, but the warehouse was not changed (status obsoleta or falha). deixada: nothing was done to this finding; codigo and explicacao say why.';
comment on column audit.resultado_decisao.codigo is 'Why it was left, as an error code: NC005 decided by somebody else meanwhile, NC007 takes another person, NC017 nothing proposed, NC021 not what was seen, NC022 in a closed period. Null when it was not left.';
comment on column audit.resultado_decisao.explicacao is 'What happened or why it was left, in one sentence: who, when, what. Null if there is nothing to say.';
comment on column audit.resultado_decisao.status is 'Status now.';
comment on column audit.resultado_decisao.regra is 'Rule that found it.';
comment on column audit.resultado_decisao.tabela is 'Table of the row, schema-qualified.';
comment on column audit.resultado_decisao.registro_id is 'Key of the row as text.';
comment on column audit.resultado_decisao.valores_originais is 'Column to value that the row held when found.';
comment on column audit.resultado_decisao.valores_propostos is 'Column to value that the rule proposes; {} when it only flags.';
comment on column audit.resultado_decisao.valores_digitados is 'Column to value that a person typed instead.';
comment on column audit.resultado_decisao.confianca is 'Probability, 0 to 1, that the proposed correction is right.';
comment on column audit.resultado_decisao.justificativa is 'The finding in one sentence.';
comment on column audit.resultado_decisao.valor_em_risco is 'Amount at stake in BRL.';
comment on column audit.resultado_decisao.proposta_por is 'First of two people.';
comment on column audit.resultado_decisao.decidida_em is 'When its status was last decided.';
comment on column audit.resultado_decisao.decidida_por is 'Who decided it.';
comment on column audit.resultado_decisao.motivo is 'Reason of the last decision or of the failure.';
comment on column audit.resultado_decisao.visto is 'Digest of what it is now, for audit.aprovar_divergencias.';
comment on column audit.resultado_decisao.operacao_id is 'The operation of this act; audit.desfazer undoes it. Null when this finding was left.';
comment on column audit.resultado_decisao.aviso is 'What else this act did, such as costing the rule its autonomy, and how to put that right; null if nothing.';

create type audit.resultado_planilha as (
  linha integer,
  id bigint,
  decisao text,
  resultado text,
  codigo text,
  explicacao text,
  status text,
  motivo text,
  operacao_id bigint,
  aviso text
);
comment on type audit.resultado_planilha is 'What became of one line of a sheet of decisions.';
comment on column audit.resultado_planilha.linha is 'Number of the line, as the spreadsheet shows it.';
comment on column audit.resultado_planilha.id is 'The finding; null if the line names none.';
comment on column audit.resultado_planilha.decisao is 'What was decided: aprovar, rejeitar, confirmar or adiar; otherwise what the cell contained.';
comment on column audit.resultado_planilha.resultado is 'feita: done. sem_efeito: decided, but the warehouse was not changed (status obsoleta or falha). deixada: nothing was done; codigo and explicacao say why.';
comment on column audit.resultado_planilha.codigo is 'Why it was left, as an error code: NC001, NC004, NC005, NC006, NC007, NC017, NC021, NC022 or NC023. Null when it was not left.';
comment on column audit.resultado_planilha.explicacao is 'What happened or why it was left, in one sentence.';
comment on column audit.resultado_planilha.status is 'Status of the finding now.';
comment on column audit.resultado_planilha.motivo is 'The recorded reason; if the line was left, the reason in the line.';
comment on column audit.resultado_planilha.operacao_id is 'The operation; audit.desfazer undoes it. Null when the line was left, and in a simulation.';
comment on column audit.resultado_planilha.aviso is 'What else it did, such as costing the rule its autonomy; null when nothing.';
