set local role conferente_dono;

create unlogged table audit_interno.estatistica_pergunta (
  id text not null,
  com_conta boolean not null,
  classe smallint not null,
  lacuna smallint not null,
  certa int not null,
  categorias int[] not null,
  bases double precision[] not null,
  palavras double precision[] not null,
  repetidas double precision[] not null,
  primary key (id, com_conta)
);
comment on table audit_interno.estatistica_pergunta is 'Work table of the back-test: what the two opinions gave each category of each sampled entry, before they are weighed against each other.';
drop function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean);
drop function audit_interno.calibrar_pendencias(int4range, int);
drop function audit_interno.ajustar_lambdas(int4range, int);
--!include regras/chaves_texto.sql
--!include regras/pontuar_pendencias.sql
--!include regras/sugerir_pendencias.sql
--!include regras/ajustar_lambdas.sql
--!include regras/calibrar_pendencias.sql
--!include regras/calibrar_historia.sql

reset role;
