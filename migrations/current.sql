set local role conferente_dono;

--!include regras/fim_documento.sql
--!include regras/parcela_dita.sql
--!include regras/duplicidades.sql

reset role;
