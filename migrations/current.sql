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
-- what pendente_verificacao learned is counted and fitted anew after this: other keys, another curve
drop function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean);
drop function audit_interno.sugerir_pendencias(audit.janela, int4range, int);
drop function audit_interno.chaves_entrada(text, text, text, text, text, numeric, text);
drop function audit_interno.chaves_fornecedor(text, text, text, text, text, text);
drop function audit_interno.chaves_valor(text, text, numeric);
drop function audit_interno.curva(double precision, double precision, double precision, double precision, int);
truncate audit_interno.estatistica_controle, audit_interno.estatistica_retroteste, audit_interno.estatistica_curva;
alter table audit_interno.estatistica_retroteste add column repetida double precision not null;
alter table audit_interno.estatistica_curva add column h double precision not null;
comment on table audit_interno.estatistica_retroteste is 'The last back-test: each sampled entry''s class, months without history before it, raw score (and its log-odds), ln(1 + earlier payments of the same supplier, cost centre and amount in the suggested category) and whether the suggestion was right.';
comment on table audit_interno.estatistica_curva is 'Logistic calibration: confidence = 1 / (1 + exp(-(a + b * log-odds of the raw score + g * ln(1 + months without history) + h * ln(1 + earlier payments alike)))); b, g and h are the same in classes 0 to 3, and in 4 to 7.';

--!include regras/mes_indice.sql
--!include regras/chaves_fornecedor.sql
--!include regras/chaves_valor.sql
--!include regras/niveis.sql
--!include regras/chaves_entrada.sql
--!include regras/contar_historia.sql
--!include regras/contar_meses.sql
--!include regras/contar_chegadas.sql
--!include regras/entradas_pendencia.sql
--!include regras/curva.sql
--!include regras/pontuar_pendencias.sql
--!include regras/ajustar_alfas.sql
--!include regras/ajustar_lambdas.sql
--!include regras/ajustar_curvas.sql
--!include regras/calibrar_pendencias.sql
--!include regras/calibrar_historia.sql
--!include regras/sugerir_pendencias.sql
--!include regras/preparar_pendente_verificacao.sql
--!include avaliacao/avaliar_retroteste.sql

reset role;
