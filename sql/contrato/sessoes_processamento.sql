create table audit.sessoes_processamento (
  id bigint generated always as identity primary key,
  modo text not null check (modo in ('manual', 'auto')),
  status text not null default 'agendada'
    check (status in ('agendada', 'em_andamento', 'concluida', 'concluida_com_falhas', 'falhou', 'cancelada')),
  data_inicio date,
  data_fim date,
  carregado_desde timestamptz,
  carregado_ate timestamptz,
  incremental boolean not null,
  regras text[] not null,
  simulada boolean not null default false,
  etapa text,
  partes bigint,
  partes_concluidas bigint,
  solicitada_em timestamptz not null default clock_timestamp(),
  solicitada_por text not null,
  inicio_processamento timestamptz,
  fim_processamento timestamptz,
  ultima_atividade timestamptz,
  linhas_examinadas bigint not null default 0,
  total_valor numeric,
  encontradas bigint not null default 0,
  novas bigint not null default 0,
  recorrentes bigint not null default 0,
  suprimidas bigint not null default 0,
  corrigidas bigint not null default 0,
  falhas bigint not null default 0,
  obsoletas bigint not null default 0,
  resolvidas bigint not null default 0,
  desfeitas bigint not null default 0,
  refeitas bigint not null default 0,
  valor_em_risco numeric not null default 0,
  valor_corrigido numeric not null default 0,
  limite_atingido text,
  mensagem text,
  resumo jsonb,
  check (data_inicio <= data_fim)
);
create index on audit.sessoes_processamento (inicio_processamento desc);
create index on audit.sessoes_processamento (status) where status in ('agendada', 'em_andamento');
comment on table audit.sessoes_processamento is 'One row for each run over one window of data. concluida means everything asked for was done; anything less is concluida_com_falhas or falhou, and mensagem says why.';
comment on column audit.sessoes_processamento.id is 'Key.';
comment on column audit.sessoes_processamento.modo is 'manual: detect only. auto: detect, then correct what may be corrected.';
comment on column audit.sessoes_processamento.status is 'agendada, em_andamento, concluida, concluida_com_falhas, falhou or cancelada.';
comment on column audit.sessoes_processamento.data_inicio is 'First booking date of the window, included; null in an incremental session.';
comment on column audit.sessoes_processamento.data_fim is 'Last booking date of the window, included; null in an incremental session.';
comment on column audit.sessoes_processamento.carregado_desde is 'Earliest load time of the incremental window, included.';
comment on column audit.sessoes_processamento.carregado_ate is 'Load time up to which the incremental window goes, excluded.';
comment on column audit.sessoes_processamento.incremental is 'Whether the window went by load time since the last successful session.';
comment on column audit.sessoes_processamento.regras is 'Rules requested.';
comment on column audit.sessoes_processamento.simulada is 'True only in the row that a simulation returns; such a row is never kept.';
comment on column audit.sessoes_processamento.etapa is 'Current step, to show progress.';
comment on column audit.sessoes_processamento.partes is 'Parts into which its detection has been divided so far, each a job for any worker; null if one process runs it all.';
comment on column audit.sessoes_processamento.partes_concluidas is 'Parts that are done, to show progress.';
comment on column audit.sessoes_processamento.solicitada_em is 'When it was requested.';
comment on column audit.sessoes_processamento.solicitada_por is 'Who requested it.';
comment on column audit.sessoes_processamento.inicio_processamento is 'When it began.';
comment on column audit.sessoes_processamento.fim_processamento is 'When it ended.';
comment on column audit.sessoes_processamento.ultima_atividade is 'When its last step was committed.';
comment on column audit.sessoes_processamento.linhas_examinadas is 'Rows of the window, counted once per table; if rules have different windows over one table, the largest counts.';
comment on column audit.sessoes_processamento.total_valor is 'Control total: sum of the amounts of the window''s rows in BRL when the session began.';
comment on column audit.sessoes_processamento.encontradas is 'Findings: new and recurring.';
comment on column audit.sessoes_processamento.novas is 'Findings never seen before.';
comment on column audit.sessoes_processamento.recorrentes is 'Findings seen before.';
comment on column audit.sessoes_processamento.suprimidas is 'Findings withheld by an exception.';
comment on column audit.sessoes_processamento.corrigidas is 'Rows corrected by this session.';
comment on column audit.sessoes_processamento.falhas is 'Corrections that the warehouse refused or that verification undid.';
comment on column audit.sessoes_processamento.obsoletas is 'Findings closed because the row changed meanwhile.';
comment on column audit.sessoes_processamento.resolvidas is 'Findings closed because the data was fixed elsewhere.';
comment on column audit.sessoes_processamento.desfeitas is 'Earlier corrections that the warehouse no longer holds: undone from outside, mostly by a load.';
comment on column audit.sessoes_processamento.refeitas is 'How many of corrigidas were made again because they had been undone from outside.';
comment on column audit.sessoes_processamento.valor_em_risco is 'Sum of the amounts at stake of the findings in BRL.';
comment on column audit.sessoes_processamento.valor_corrigido is 'Sum of the amounts at stake of the corrected rows in BRL. A correction made again (refeitas) adds nothing: its money was counted the first time.';
comment on column audit.sessoes_processamento.limite_atingido is 'The limit that stopped automatic correction, in words; null if none did.';
comment on column audit.sessoes_processamento.mensagem is 'Why the session is not simply concluida.';
comment on column audit.sessoes_processamento.resumo is 'Only in a simulation: what would be changed (first rows of each rule), and what would fail and why.';

create table audit.execucoes_regra (
  sessao_id bigint not null references audit.sessoes_processamento,
  regra text not null references audit.regras,
  status text not null default 'pendente'
    check (status in ('pendente', 'detectada', 'concluida', 'falhou', 'pulada', 'inativa')),
  carregado_desde timestamptz,
  carregado_ate timestamptz,
  linhas_examinadas bigint,
  total_valor numeric,
  encontradas bigint not null default 0,
  novas bigint not null default 0,
  recorrentes bigint not null default 0,
  suprimidas bigint not null default 0,
  corrigidas bigint not null default 0,
  falhas bigint not null default 0,
  obsoletas bigint not null default 0,
  resolvidas bigint not null default 0,
  deixadas bigint not null default 0,
  fechadas bigint not null default 0,
  valor_fechado numeric not null default 0,
  conferidas bigint not null default 0,
  desfeitas bigint not null default 0,
  refeitas bigint not null default 0,
  atrasadas bigint not null default 0,
  atrasadas_inicio date,
  atrasadas_fim date,
  valor_em_risco numeric not null default 0,
  valor_corrigido numeric not null default 0,
  inicio timestamptz,
  fim timestamptz,
  duracao interval,
  hash_funcao text,
  erro_codigo text,
  erro_mensagem text,
  motivo text,
  conferencia text,
  corrigida_ate bigint not null default 0,
  primary key (sessao_id, regra)
);
create index on audit.execucoes_regra (regra, carregado_ate);
comment on table audit.execucoes_regra is 'What each rule did in each session.';
comment on column audit.execucoes_regra.sessao_id is 'Session.';
comment on column audit.execucoes_regra.regra is 'Rule.';
comment on column audit.execucoes_regra.status is 'pendente, detectada (correction still to come), concluida, falhou, pulada or inativa (switched off: only its earlier corrections were compared with the warehouse).';
comment on column audit.execucoes_regra.carregado_desde is 'Load time from which this rule''s incremental window goes, included.';
comment on column audit.execucoes_regra.carregado_ate is 'Load time up to which it goes, excluded.';
comment on column audit.execucoes_regra.linhas_examinadas is 'Rows of the rule''s window, and of the booking dates on which rows came late.';
comment on column audit.execucoes_regra.total_valor is 'Control total: sum of the amounts of these rows in BRL.';
comment on column audit.execucoes_regra.encontradas is 'Findings: new and recurring.';
comment on column audit.execucoes_regra.novas is 'Findings never seen before.';
comment on column audit.execucoes_regra.recorrentes is 'Findings seen before.';
comment on column audit.execucoes_regra.suprimidas is 'Findings withheld by an exception.';
comment on column audit.execucoes_regra.corrigidas is 'Rows corrected.';
comment on column audit.execucoes_regra.falhas is 'Corrections refused by the warehouse or undone by verification.';
comment on column audit.execucoes_regra.obsoletas is 'Findings closed because the row changed meanwhile.';
comment on column audit.execucoes_regra.resolvidas is 'Findings closed because the data was fixed elsewhere.';
comment on column audit.execucoes_regra.deixadas is 'Findings sure enough for auto that were left for a person, because they propose a text that the ledger does not know.';
comment on column audit.execucoes_regra.fechadas is 'Findings in a closed period, or that would be moved into or out of one: in auto those that it would have corrected if the period were open, in manual those with a correction.';
comment on column audit.execucoes_regra.valor_fechado is 'Amount of fechadas in BRL.';
comment on column audit.execucoes_regra.conferidas is 'Earlier corrections compared with the warehouse.';
comment on column audit.execucoes_regra.desfeitas is 'How many of them the warehouse no longer holds: undone from outside, mostly by a load.';
comment on column audit.execucoes_regra.refeitas is 'How many of corrigidas were made again because they had been undone from outside.';
comment on column audit.execucoes_regra.atrasadas is 'Rows of an incremental session whose load time earlier sessions had already passed, or that have none; they were read nevertheless.';
comment on column audit.execucoes_regra.atrasadas_inicio is 'First booking date of atrasadas; null if there are none.';
comment on column audit.execucoes_regra.atrasadas_fim is 'Last booking date of atrasadas, included.';
comment on column audit.execucoes_regra.valor_em_risco is 'Sum of the amounts at stake of the findings in BRL.';
comment on column audit.execucoes_regra.valor_corrigido is 'Sum of the amounts at stake of the corrected rows in BRL, without refeitas.';
comment on column audit.execucoes_regra.inicio is 'When the rule began.';
comment on column audit.execucoes_regra.fim is 'When it ended.';
comment on column audit.execucoes_regra.duracao is 'Time spent in its steps and parts; parts may run at the same time.';
comment on column audit.execucoes_regra.hash_funcao is 'SHA-256 of all the code that the rule ran (its function, and all that this names), hexadecimal.';
comment on column audit.execucoes_regra.erro_codigo is 'SQLSTATE of the failure.';
comment on column audit.execucoes_regra.erro_mensagem is 'Message of the failure.';
comment on column audit.execucoes_regra.conferencia is 'Which of its earlier corrections could not be compared with the warehouse; null if all were that the settings ask for.';
comment on column audit.execucoes_regra.motivo is 'Why it was skipped, which limit stopped its corrections, or why it lost auto in this session.';
comment on column audit.execucoes_regra.corrigida_ate is 'Id of the last finding that a batch of corrections has looked at; 0 before the first.';
