set local role conferente_dono;

drop function if exists audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean);
drop function if exists audit_interno.sugerir_pendencias(audit.janela, int4range, int);
drop function if exists audit_interno.entradas_pendencia(audit.janela, int4range, int);
drop function if exists audit_interno.contar_historia(int[], text[]);

--!include regras/metade_fornecedor.sql
--!include regras/entradas_pendencia.sql
--!include regras/ajustar_alfas.sql
--!include regras/pontuar_pendencias.sql
--!include regras/perguntar_retroteste.sql
--!include regras/calibrar_historia.sql
--!include regras/sugerir_pendencias.sql
--!include regras/explicar_pendencias.sql
--!include regras/pendente_verificacao.sql
--!include regras/contar_historia.sql
--!include regras/contar_em_metades.sql
--!include regras/contar_meses.sql
--!include avaliacao/avaliar_retroteste.sql

reset role;
