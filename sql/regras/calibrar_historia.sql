-- Fits the weights and the calibration on a back-test over the given months, a sample of at most six thousand entries; without
-- months, forgets them. Reads the statistics and dw.lancamentos; writes estatistica_peso, estatistica_curva,
-- estatistica_calibracao and their work tables. Called by regras.preparar_pendente_verificacao and by back-tests over a past window.
create or replace function audit_interno.calibrar_historia(retroteste int4range) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_amostra constant int := 6000;
  -- a dozen strengths and eight weights need fewer cases than a curve that is read at its far end
  v_pesos constant int := 3000;
begin
  delete from audit_interno.estatistica_peso;
  delete from audit_interno.estatistica_calibracao;
  delete from audit_interno.estatistica_curva;
  if retroteste is not null then
    perform audit_interno.ajustar_alfas(retroteste, v_pesos);
    insert into audit_interno.estatistica_pergunta select * from audit_interno.perguntar_retroteste(retroteste, v_amostra);
    perform audit_interno.ajustar_lambdas(v_pesos);
    perform audit_interno.calibrar_pendencias();
    delete from audit_interno.estatistica_pergunta;
  end if;
end
$$;

comment on function audit_interno.calibrar_historia(int4range) is 'Fits weights and calibration on the ledger''s own past.';
revoke execute on function audit_interno.calibrar_historia(int4range) from public;
