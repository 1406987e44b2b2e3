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
drop function if exists audit_interno.aplicar_lote(bigint), audit_interno.autoverificar_lote(bigint, text),
  audit_interno.aplicar_grupo(bigint, regclass, text, text[], text[], bigint[]);
--!include correcao/criar_lote.sql
--!include correcao/aplicar_grupo.sql
--!include correcao/aplicar_lote.sql
--!include correcao/ainda_apontadas.sql
--!include correcao/autoverificar_lote.sql
--!include correcao/concluir_lote.sql
--!include correcao/elegiveis.sql
--!include correcao/corrigir_lote.sql
--!include reversao/criar_reversao.sql
--!include decisao/contar_reversoes.sql
--!include reversao/reverter_lote.sql

reset role;
