-- What one connection holds for itself as long as it lives: a session that it conducts, a message that it sends, the name of a worker. Each
-- is a row here plus the connection's mark, an advisory lock on a random number. A row counts while the process it names holds that number.
-- Nobody can take such a number beforehand, and whoever takes it afterwards is another process. With a predictable number any login could
-- keep everybody out.
create table audit_interno.posses (
  nome text primary key,
  pid integer not null,
  numero bigint not null,
  desde timestamptz not null default clock_timestamp()
);
create index on audit_interno.posses (pid);
comment on table audit_interno.posses is 'What connections hold while they live: sessions, messages, names of workers.';

-- One row for each rule, locked by the session that detects or corrects with it until the transaction ends. A table of its own, so that
-- people's decisions, which update audit.regras, never wait for it.
create table audit_interno.travas_regra (
  regra text primary key
);
comment on table audit_interno.travas_regra is 'Locks of the rules (audit_interno.travar_regra).';
insert into audit_interno.travas_regra (regra) select r.nome from audit.regras r;
