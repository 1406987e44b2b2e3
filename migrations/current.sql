set local role conferente_dono;

-- --!include subject/function.sql

reset role;
