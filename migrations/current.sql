set local role conferente_dono;

drop function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean);
drop function audit_interno.sugerir_pendencias(audit.janela, int4range, int);
drop function audit_interno.historico_marketing(date, date, text[]);
--!include regras/pontuar_pendencias.sql
--!include regras/sugerir_pendencias.sql
--!include regras/pendente_verificacao.sql
--!include regras/calibrar_historia.sql
--!include regras/calibrar_pendencias.sql
--!include avaliacao/avaliar_retroteste.sql
--!include regras/codigos_marketing.sql
--!include regras/historico_marketing.sql
--!include regras/trade_marketing.sql

reset role;
