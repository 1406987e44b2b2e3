-- What the reading roles may read: all of schema audit. Writing goes through functions alone.
grant select on all tables in schema audit to conferente_leitor;
revoke insert, update, delete, truncate on all tables in schema audit from public, conferente_leitor, conferente_revisor,
  conferente_operador, conferente_administrador;
-- Who may sign in, and who did, concerns those who let people in.
revoke select on audit.pessoas, audit.vw_pessoas, audit.identidades, audit.vw_identidades, audit.convites, audit.tokens, audit.revogacoes from conferente_leitor;
grant select on audit.pessoas, audit.vw_pessoas, audit.identidades, audit.vw_identidades, audit.convites, audit.tokens, audit.revogacoes to conferente_administrador;
-- What notes say about suppliers is shown to those who see the entries themselves.
revoke select on audit.notas, audit.notas_recusadas from conferente_leitor;
grant select on audit.notas, audit.notas_recusadas to conferente_revisor, conferente_administrador;
-- what rules learn from and go by, besides the warehouse itself
grant select on audit.regras, audit.padroes_trade_marketing, audit.sucessoras_categoria, audit.divergencias_processadas, audit.alteracoes, audit.decisoes,
  audit.notas to conferente_regra;
