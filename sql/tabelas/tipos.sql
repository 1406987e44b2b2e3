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
comment on column audit.janela.carregado_ate is 'Load time up to which, excluded.';
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
comment on column audit.achado.evidencia is 'Facts that the finding rests on; member "tipo" names the kind.';
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
  explicacao text
);
comment on type audit.resultado_reversao is 'What a rollback did to one row: revertida, or conflito with the three sides.';
comment on column audit.resultado_reversao.resultado is 'revertida: the columns came back exactly. ja_revertida: the row already held them. conflito: the row no longer holds what was written, is another entry by now, or the warehouse stored something else than what it was given back; nothing was changed. ausente: the row is gone. recusada: the warehouse refused (a constraint or trigger).';
comment on column audit.resultado_reversao.antes is 'Columns as they were before the alteration, and would be again.';
comment on column audit.resultado_reversao.depois is 'Columns as the alteration wrote them.';
comment on column audit.resultado_reversao.agora is 'Columns as the row holds them now; null when the row is gone.';
comment on column audit.resultado_reversao.explicacao is 'Why it did not come back, in one sentence; null when it did.';
