-- A row for each connection that is letting code of others write (a preparation, a trigger of the warehouse), for as long as it does.
create unlogged table audit_interno.portas_abertas (
  pid integer primary key
);
comment on table audit_interno.portas_abertas is 'Connections in which code of others is writing at this moment: no operation of ours may begin there, in whose name ever. Only the transaction concerned sees its row.';
comment on column audit_interno.portas_abertas.pid is 'Process of the connection.';
