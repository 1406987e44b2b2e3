-- Where people are told besides by mail. The whole address and the signing secret would let anybody speak there, so they stand apart, in a
-- table that only the owner reads.
create table audit.canais (
  id bigint generated always as identity primary key,
  nome text not null unique check (nome ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  tipo text not null check (tipo in ('webhook', 'teams', 'slack')),
  servidor text not null,
  eventos text[] not null check (cardinality(eventos) > 0 and eventos <@ array['abertas', 'pessoa', 'limite', 'autonomia', 'falha', 'resolvido']),
  sem_valores boolean not null default false,
  idioma text not null default 'pt-BR' check (idioma in ('pt-BR', 'en')),
  ativo boolean not null default true,
  motivo text not null,
  criado_em timestamptz not null default clock_timestamp(),
  criado_por text not null,
  alterado_em timestamptz not null default clock_timestamp(),
  alterado_por text not null
);
comment on table audit.canais is 'Channels other than mail: signed webhooks, Teams, Slack. Their addresses and secrets are never shown. Maintain with audit.salvar_canal, audit.desligar_canal and audit.testar_canal.';
comment on column audit.canais.id is 'Key.';
comment on column audit.canais.nome is 'Name of the channel: lower-case letters, digits, _ and -.';
comment on column audit.canais.tipo is 'webhook (CloudEvents 1.0 as JSON, signed by Standard Webhooks), teams (an Adaptive Card for a Workflows webhook) or slack (blocks for an incoming webhook).';
comment on column audit.canais.servidor is 'Protocol and host of its address. The rest of the address is kept secret: in Teams and Slack whoever has it can write.';
comment on column audit.canais.eventos is 'Events that it gets: abertas (a session opened findings), pessoa (something waits for a second person, for somebody it was forwarded to, or for too long), limite, autonomia (a rule lost auto), falha (a session, a rule or the schedule failed, or no session ended) and resolvido (one of these is over).';
comment on column audit.canais.sem_valores is 'Whether amounts, and texts that may hold amounts, are left out.';
comment on column audit.canais.idioma is 'Language of its messages: pt-BR or en.';
comment on column audit.canais.ativo is 'Whether messages go there.';
comment on column audit.canais.motivo is 'Reason given for the last change.';
comment on column audit.canais.criado_em is 'When it was made.';
comment on column audit.canais.criado_por is 'By whom.';
comment on column audit.canais.alterado_em is 'When it was last changed.';
comment on column audit.canais.alterado_por is 'By whom.';

-- No constraint here: the error of a broken one would repeat the row, secret included.
create table audit_interno.destinos_canais (
  canal_id bigint primary key references audit.canais,
  endereco text not null,
  segredo text
);
comment on table audit_interno.destinos_canais is 'Full address of a channel and the secret that signs what goes there (webhook). Only the worker reads it. A copy of the database does not need it: leave it out.';

-- One row for each problem from its beginning to its end, so that both are announced once.
create table audit_interno.alarmes (
  id bigint generated always as identity primary key,
  tipo text not null check (tipo in ('abertas', 'pessoa', 'limite', 'autonomia', 'falha')),
  chave text not null,
  regra text,
  sessao_id bigint references audit.sessoes_processamento,
  aberto_em timestamptz not null default clock_timestamp(),
  encerrado_em timestamptz,
  desfecho text check (desfecho in ('bem', 'desativada')),
  check ((encerrado_em is null) = (desfecho is null))
);
create unique index alarmes_abertos on audit_interno.alarmes (tipo, chave) where encerrado_em is null;
comment on table audit_interno.alarmes is 'Problems reported to channels: what (tipo, chave), since when, by which session, and until when.';
comment on column audit_interno.alarmes.chave is 'Which problem of its kind: one of each is open at a time.';
comment on column audit_interno.alarmes.desfecho is 'bem (it is over) or desativada (its rule was switched off).';

create table audit_interno.sessoes_a_avisar (
  sessao_id bigint primary key references audit.sessoes_processamento
);
comment on table audit_interno.sessoes_a_avisar is 'Sessions that have ended and that audit_interno.conferir_alarmes has not looked at yet.';
