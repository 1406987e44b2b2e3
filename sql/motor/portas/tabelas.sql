-- One row for each connection that lets foreign code write (a preparation, a trigger of the warehouse) in its present transaction.
create unlogged table audit_interno.portas_abertas (
  pid integer primary key,
  transacao xid8 not null,
  aberta boolean not null,
  confirmando boolean not null default false,
  alheias oid[] not null default '{}',
  vistas oid[] not null default '{}'
);
comment on table audit_interno.portas_abertas is 'Connections in which other people''s code writes, or has written in this transaction. While the door is open, and again at the commit, no operation of ours may begin there, in anybody''s name.';
comment on column audit_interno.portas_abertas.pid is 'Process of the connection.';
comment on column audit_interno.portas_abertas.transacao is 'Its transaction; a row of another transaction no longer counts.';
comment on column audit_interno.portas_abertas.aberta is 'Whether other people''s code is running.';
comment on column audit_interno.portas_abertas.confirmando is 'Whether it is open for work that was deferred to the commit.';
comment on column audit_interno.portas_abertas.alheias is 'Tables that the transaction has written other than through a door: their deferred triggers are left to the writer.';
comment on column audit_interno.portas_abertas.vistas is 'Tables that it had written when a door last closed.';
