set local role conferente_dono;

--!include configuracao/preparar_padrao.sql
--!include regras/calibrar_historia.sql
--!include regras/duplicidades.sql

reset role;
