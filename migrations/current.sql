set local role conferente_dono;

--!include comum/nome_qualificado.sql
--!include configuracao/conferir_caminho.sql
--!include configuracao/conferir_regra.sql
--!include configuracao/conferir_tipos.sql
--!include configuracao/experimentar_regra.sql
--!include configuracao/registrar_regra.sql
--!include avaliacao/exigir_dono.sql
--!include avaliacao/avaliar_versao.sql
--!include avaliacao/avaliar_regra.sql

reset role;
