-- The result of audit.verificar_integridade and of the functions behind it. A type and no table: a verification leaves nothing behind.
create type audit.verificacao as (
  situacao text,
  elo bigint,
  operacao_id bigint,
  objeto text,
  esperado text,
  encontrado text,
  ocorrencias bigint,
  operacoes bigint,
  fatos bigint,
  selo text,
  pendentes bigint
);
comment on type audit.verificacao is 'Result of verifying the audit trail: one row provada, or one row for each kind of break, the first broken link first.';
comment on column audit.verificacao.situacao is 'provada: nothing is broken. Otherwise the kind of break. Of the chain: operacao_ausente (an operation between two others is gone), elo_repetido, operacao_alterada (the operation, or a fact that carries its id, was changed, deleted or added), selo_anterior_errado, selo_errado, cauda_ausente (the last operations are gone), cabeca_errada (the head is not the last operation''s), testemunha_contradita (the elo does not have the selo given), operacao_sem_selo (ended, or of a kind that never stays under way, but not sealed, and not in the queue for it for less than an hour). Of facts: fato_sem_operacao, fato_sem_selo (its operation is not sealed), fato_sem_divergencia (its finding is gone), divergencia_sem_deteccao (nobody found it), divergencia_alterada (not what the last detection recorded), excecao_alterada and acesso_alterado (revocations of exceptions, tokens, revocations of access: not what the sealed operations say). Of rows that may change: estado_alterado (not what the last fact about it says), situacao_alterada (of a finding: its state, who decided, typed values), estado_por_fora (it was written there directly, bypassing the functions). Of stamps: carimbo_alterado (not what the operation that recorded it says), carimbo_contradito (the link that it stamps has another seal: the chain was rewritten). Of the archive: arquivo_alterado (what replaces archived facts is not what the operation that archived them says), mes_alterado (a month that was detached and kept here is not what it was). Of the schema: protecao_ausente, protecao_estranha (no migration made it), protecao_alterada, protecao_desligada (of triggers); esquema_ausente, esquema_estranho, esquema_alterado (of functions, tables, constraints, rewrite rules, rights, owners).';
comment on column audit.verificacao.elo is 'Position in the chain of the first break of this kind, or of the operation that its object names; null if no operation is concerned. For provada: the head.';
comment on column audit.verificacao.operacao_id is 'The operation there, if any.';
comment on column audit.verificacao.objeto is 'Table and key of what is broken, and which part of it.';
comment on column audit.verificacao.esperado is 'What the trail says it should be; digests in hexadecimal.';
comment on column audit.verificacao.encontrado is 'What is there.';
comment on column audit.verificacao.ocorrencias is 'How many breaks of this kind there are; null in provada.';
comment on column audit.verificacao.operacoes is 'Sealed operations that were proven; null in a break.';
comment on column audit.verificacao.fatos is 'Detections, alterations, corrections seen undone, decisions and exceptions that were proven; null in a break.';
comment on column audit.verificacao.selo is 'Seal of the head, hexadecimal: with elo, what a message bears witness to. Null in a break.';
comment on column audit.verificacao.pendentes is 'Operations that have ended, are unchanged since and wait for their seal; null in a break.';

create type audit_interno.quebra as (
  situacao text,
  elo bigint,
  operacao_id bigint,
  objeto text,
  esperado text,
  encontrado text
);
comment on type audit_interno.quebra is 'One break of the audit trail; see audit.verificacao.';
