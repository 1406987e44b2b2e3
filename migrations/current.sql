set local role conferente_dono;

--!include regras/raiz_fornecedor.sql
--!include regras/preparar_pendente_verificacao.sql
--!include regras/acompanhar_historia.sql

reset role;
