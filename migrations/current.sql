set local role conferente_dono;

--!include regras/calibrar_historia.sql
--!include regras/duplicidades.sql

reset role;
