create table audit.agendamentos (
  previsto_para timestamptz primary key,
  sessao_id bigint references audit.sessoes_processamento,
  agendado_em timestamptz not null default clock_timestamp(),
  agendado_por text not null,
  tentativas integer not null default 1,
  erro_codigo text,
  erro_mensagem text
);
comment on table audit.agendamentos is 'Due times of the schedule for which a session was queued, or could not be queued: one row each, however many workers run. If several due times were missed in an outage, only the last has a row; its incremental window covers the gap.';
comment on column audit.agendamentos.previsto_para is 'Due time: key.';
comment on column audit.agendamentos.sessao_id is 'Session that was queued; null as long as it could not be.';
comment on column audit.agendamentos.agendado_em is 'When it was queued, or last tried; later than previsto_para after an outage.';
comment on column audit.agendamentos.agendado_por is 'Login of the worker that queued it.';
comment on column audit.agendamentos.tentativas is 'Attempts to queue it.';
comment on column audit.agendamentos.erro_codigo is 'SQLSTATE of the last failed attempt; null once it was queued.';
comment on column audit.agendamentos.erro_mensagem is 'Message of the last failed attempt.';
