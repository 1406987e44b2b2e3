-- What the reading roles may read: all of schema audit. Writing goes through functions alone.
grant select on all tables in schema audit to conferente_leitor;
revoke insert, update, delete, truncate on all tables in schema audit from public, conferente_leitor, conferente_revisor,
  conferente_operador, conferente_administrador;
