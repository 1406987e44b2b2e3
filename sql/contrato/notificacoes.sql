create table audit.notificacoes (
  id bigint generated always as identity primary key,
  tipo text not null check (tipo in (
    'divergencias', 'resumo', 'falha', 'limite', 'ausencia', 'abertas', 'pessoa', 'autonomia', 'resolvido', 'teste')),
  sessao_id bigint references audit.sessoes_processamento,
  canal_id bigint references audit.canais,
  alarme_id bigint references audit_interno.alarmes,
  dia date,
  status text not null default 'pendente' check (status in ('pendente', 'composta', 'enviada', 'falhou', 'dispensada')),
  destinatarios text[] not null default '{}',
  entregues text[] not null default '{}',
  recusados jsonb not null default '{}',
  remetente text,
  assunto text,
  identificador text unique,
  conteudo jsonb,
  tentativas integer not null default 0,
  ultima_tentativa timestamptz,
  proxima_tentativa timestamptz,
  ultimo_erro text,
  criada_em timestamptz not null default clock_timestamp(),
  composta_em timestamptz,
  enviada_em timestamptz,
  desistida_em timestamptz,
  check ((tipo = 'ausencia') = (dia is not null)),
  check (case when canal_id is null then tipo in ('divergencias', 'resumo', 'falha', 'limite', 'ausencia') and alarme_id is null
    else tipo in ('falha', 'limite', 'abertas', 'pessoa', 'autonomia', 'resolvido', 'teste') end),
  check (status not in ('composta', 'enviada') or (conteudo is not null and identificador is not null))
);
create index on audit.notificacoes (status) where status <> 'enviada';
create unique index notificacoes_sessao on audit.notificacoes (tipo, sessao_id) where canal_id is null;
create unique index notificacoes_canal on audit.notificacoes (canal_id, alarme_id, tipo, sessao_id) nulls not distinct
  where canal_id is not null and tipo <> 'teste';
create unique index notificacoes_ausencia on audit.notificacoes (dia) where tipo = 'ausencia';
comment on table audit.notificacoes is 'What was, or is to be, sent to whom, by mail or to a channel. The row of a mail is written in the transaction that causes it, that of a channel''s message by the worker soon after. Each is composed once, and sent to each recipient once.';
comment on column audit.notificacoes.id is 'Key.';
comment on column audit.notificacoes.tipo is 'By mail: divergencias (something needs a person), resumo (daily digest), falha, limite or ausencia (no session ended in time). To a channel: one of its eventos, or teste.';
comment on column audit.notificacoes.sessao_id is 'Session it is about; null for ausencia, and for a session that could not be queued at all.';
comment on column audit.notificacoes.canal_id is 'Channel that it goes to; null for mail.';
comment on column audit.notificacoes.alarme_id is 'Problem that a channel''s message is about: the messages of its beginning and its end have the same number. Null for mail and for teste.';
comment on column audit.notificacoes.dia is 'Day without a session, in the zone of the schedule; only for ausencia.';
comment on column audit.notificacoes.status is 'pendente (to be composed), composta (to be sent), enviada (every recipient was served or refused for good, and at least one was served), falhou (given up, see ultimo_erro) or dispensada (it had no recipients when it was caused).';
comment on column audit.notificacoes.destinatarios is 'Addresses, or the name of the channel, fixed when it was composed.';
comment on column audit.notificacoes.entregues is 'Those of destinatarios for whom the mail server, or the channel, accepted the message.';
comment on column audit.notificacoes.recusados is 'Address to answer, for recipients or channels that refused it for good.';
comment on column audit.notificacoes.remetente is 'Sender, fixed when it was composed.';
comment on column audit.notificacoes.assunto is 'Subject of the mail, once there was an attempt to send it.';
comment on column audit.notificacoes.identificador is 'Message-ID of a mail, webhook-id of a channel''s message: fixed when it was composed and the same for every attempt.';
comment on column audit.notificacoes.conteudo is 'Facts in the message, as they were when it was composed. Amounts are decimal texts in BRL.';
comment on column audit.notificacoes.tentativas is 'Attempts to send so far.';
comment on column audit.notificacoes.ultima_tentativa is 'When the last attempt began.';
comment on column audit.notificacoes.proxima_tentativa is 'The next attempt comes no earlier than this; null when none is due.';
comment on column audit.notificacoes.ultimo_erro is 'Why the last attempt failed, or why it was not sent.';
comment on column audit.notificacoes.criada_em is 'When it was queued.';
comment on column audit.notificacoes.composta_em is 'When it was composed.';
comment on column audit.notificacoes.enviada_em is 'When the mail server accepted it for the last recipient.';
comment on column audit.notificacoes.desistida_em is 'When it was given up: status falhou.';
