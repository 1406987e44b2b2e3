set local role conferente_dono;

comment on column audit.deteccoes.resumo is 'SHA-256 over identity, confidence, evidence, sentence, amount at stake and the rule''s hash at that time, and over the original values and the time when it was first found.';
--!include integridade/tabelas.sql
--!include deteccao/resumo_achado.sql
--!include deteccao/registrar_achados.sql
--!include integridade/resumos_operacoes.sql
--!include integridade/quebras_cadeia.sql
--!include integridade/quebras_cabeca.sql
--!include integridade/quebras_fatos.sql
--!include integridade/quebras_divergencias.sql
--!include integridade/quebras_acesso.sql
--!include integridade/quebras_protecao.sql
--!include integridade/verificar_integridade.sql

reset role;
