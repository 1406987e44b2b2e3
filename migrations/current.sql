set local role conferente_dono;

--!include regras/em_metades.sql
--!include regras/perguntar_retroteste.sql
--!include regras/contar_em_metades.sql
--!include regras/pendente_verificacao.sql
--!include partes/repartir_regra.sql
--!include partes/detectar_parte.sql

reset role;
