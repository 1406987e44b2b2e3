set local role conferente_dono;

--!include comum/dobrar_categoria.sql
--!include regras/raiz_fornecedor.sql
--!include regras/rotulos_pendentes.sql
--!include regras/acompanhar_historia.sql
--!include regras/conhecer_grafias.sql
--!include regras/contar_meses.sql
--!include regras/contar_historia.sql
--!include regras/entradas_pendencia.sql
--!include regras/explicar_pendencias.sql
--!include regras/pendente_verificacao.sql
--!include regras/pontuar_pendencias.sql
--!include regras/preparar_pendente_verificacao.sql
--!include regras/candidatos_marketing.sql
--!include regras/historico_marketing.sql
--!include regras/palavras_marketing.sql
--!include regras/propor_padroes.sql
--!include regras/previsao_padrao.sql
--!include regras/trade_marketing.sql
--!include avaliacao/avaliar_retroteste.sql
--!include avaliacao/casos_avaliacao.sql
--!include comum/nome_qualificado.sql
--!include configuracao/conferir_caminho.sql
--!include configuracao/conferir_regra.sql
--!include configuracao/conferir_tipos.sql
--!include configuracao/experimentar_regra.sql
--!include configuracao/registrar_regra.sql
--!include avaliacao/exigir_dono.sql
--!include avaliacao/avaliar_versao.sql
--!include avaliacao/avaliar_regra.sql
--!include regras/fim_documento.sql
--!include regras/parcela_dita.sql
--!include regras/duplicidades.sql

reset role;
