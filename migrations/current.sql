set local role conferente_dono;

--!include regras/acompanhar_historia.sql

reset role;
