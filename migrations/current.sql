set local role conferente_dono;

--!include configuracao/conferir_caminho.sql
--!include configuracao/conferir_regra.sql
--!include configuracao/experimentar_regra.sql
--!include avaliacao/avaliar_regra.sql

reset role;
