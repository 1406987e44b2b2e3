set local role conferente_dono;

--!include consulta/indice_da_visao.sql
--!include consulta/diagnosticar_contrato.sql

reset role;
