set local role conferente_dono;

create unlogged table audit_interno.estatistica_pergunta (
  id text not null,
  com_conta boolean not null,
  classe smallint not null,
  lacuna smallint not null,
  certa int not null,
  categorias int[] not null,
  bases double precision[] not null,
  palavras double precision[] not null,
  repetidas double precision[] not null,
  recentes double precision[] not null,
  primary key (id, com_conta)
);
comment on table audit_interno.estatistica_pergunta is 'Work table of the back-test: what the two opinions gave each category of each sampled entry, before they are weighed against each other.';
-- emptied: they are fitted anew
truncate audit_interno.estatistica_retroteste, audit_interno.estatistica_curva;
alter table audit_interno.estatistica_retroteste add column recente double precision not null;
alter table audit_interno.estatistica_curva add column r double precision not null;
comment on table audit_interno.estatistica_retroteste is 'The last back-test: each sampled entry''s class, months without history before it, raw score (and its log-odds), ln(1 + earlier payments of the same supplier, cost centre and amount in the suggested category), log-odds of that category among the latest entries of the supplier and cost centre, and whether the suggestion was right.';
comment on table audit_interno.estatistica_curva is 'Logistic calibration: confidence = 1 / (1 + exp(-(a + b * log-odds of the raw score + g * ln(1 + months without history) + h * ln(1 + earlier payments alike) + r * log-odds among the latest entries))); b, g, h and r are the same in classes 0 to 3, and in 4 to 7.';
drop function audit_interno.pontuar_pendencias(audit.janela, int4range, int, boolean);
drop function audit_interno.calibrar_pendencias(int4range, int);
drop function audit_interno.ajustar_lambdas(int4range, int);
drop function audit_interno.curva(double precision, double precision, double precision, double precision, double precision, int, double precision);
--!include regras/chaves_texto.sql
--!include regras/descrever_provas.sql
--!include regras/curva.sql
--!include regras/resolver_sistema.sql
--!include regras/pontuar_pendencias.sql
--!include regras/sugerir_pendencias.sql
--!include regras/ajustar_lambdas.sql
--!include regras/ajustar_curvas.sql
--!include regras/calibrar_pendencias.sql
--!include regras/calibrar_historia.sql
--!include regras/preparar_pendente_verificacao.sql
--!include configuracao/preparar_padrao.sql
--!include regras/chave_duplicidade.sql
--!include regras/chaves_suspeitas.sql
--!include regras/duplicidades.sql
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
