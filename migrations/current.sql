set local role conferente_dono;
set local citus.enable_ddl_propagation = off;

-- --!include subject/function.sql

reset role;
