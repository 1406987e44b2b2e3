set local role conferente_dono;

drop function audit_interno.expressao_padroes(text, text, boolean);
--!include comum/dobrar_comuns.sql
--!include comum/dobrar.sql
--!include regras/filtro_padrao.sql
--!include regras/filtro_padroes.sql
--!include regras/expressao_padroes.sql
--!include regras/texto_casa.sql
--!include regras/textos_casados.sql
--!include regras/candidatos_marketing.sql
--!include regras/palavras_marketing.sql
--!include regras/inicio_fornecedor.sql
--!include regras/historico_marketing.sql
--!include regras/duplicidades.sql
--!include exemplo/indexar.sql

reset role;
