-- The result of audit.avaliar_regra. A type and no table: a back-test leaves nothing behind.
create type audit.avaliacao as (
  funcao text,
  fonte text,
  faixa text,
  achados bigint,
  cobertura numeric,
  julgadas bigint,
  certas bigint,
  precisao numeric,
  confianca_media numeric,
  erro_calibracao numeric,
  conhecidas bigint,
  recuperacao numeric,
  erradas_no_limiar bigint,
  danos bigint
);
comment on type audit.avaliacao is 'One line of a back-test: a band of confidence, or a summary (só aponta, no limiar, total), of one function against one source of truth.';
comment on column audit.avaliacao.funcao is 'The function that was tried.';
comment on column audit.avaliacao.fonte is 'Where the truth comes from. decisoes: what people decided, and what the rows held later. retroteste: entries that have a real category today, tested as if they were pending.';
comment on column audit.avaliacao.faixa is 'Band of confidence, lower end included, upper end excluded but for 1; or só aponta (findings without a correction), no limiar (corrections at or above the rule''s limiar), total.';
comment on column audit.avaliacao.achados is 'Findings in this band, judged or not.';
comment on column audit.avaliacao.cobertura is 'Share of all findings of the back-test, 0 to 1.';
comment on column audit.avaliacao.julgadas is 'How many of those have a known truth.';
comment on column audit.avaliacao.certas is 'How many of the judged ones were right.';
comment on column audit.avaliacao.precisao is 'certas / julgadas, 0 to 1; null when nothing is known.';
comment on column audit.avaliacao.confianca_media is 'Mean confidence of the judged corrections, 0 to 1: what precisao should have been.';
comment on column audit.avaliacao.erro_calibracao is 'In a band |precisao - confianca_media|. In total the expected calibration error: the sum over the bands of (judged of the band / judged) * |precisao - confianca_media|, corrections only (Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017).';
comment on column audit.avaliacao.conhecidas is 'Rows of the window known to have been wrong; in total only.';
comment on column audit.avaliacao.recuperacao is 'Recall: share of conhecidas for which the right correction (or flag) was found, 0 to 1; in total only.';
comment on column audit.avaliacao.erradas_no_limiar is 'Wrong corrections at or above the rule''s limiar: what auto would have got wrong.';
comment on column audit.avaliacao.danos is 'Harm: how many of those rows were right before. Null in a retroteste, where the row held nothing right.';
