set local role conferente_dono;

--!include regras/medir_niveis.sql
--!include regras/medir_em_metades.sql
--!include regras/ajustar_alfas.sql
drop table audit_interno.estatistica_ajuste;
--!include regras/ajustar_lambdas.sql
--!include regras/ajustar_curvas.sql
--!include regras/contar_historia.sql
--!include regras/contar_meses.sql

reset role;
