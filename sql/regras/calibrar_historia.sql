-- Fits the weights and the calibration on a back-test over the given months, a sample of at most six thousand entries; without
-- months, forgets them. Reads the statistics and dw.lancamentos; writes estatistica_peso, estatistica_curva,
-- estatistica_calibracao and their work tables. Called by regras.preparar_pendente_verificacao and by back-tests over a past window.
create or replace function regras.calibrar_historia(retroteste int4range) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_amostra constant int := 6000;
  -- a dozen strengths and eight weights need fewer cases than a curve that is read at its far end
  v_pesos constant int := 3000;
begin
  delete from regras.estatistica_peso;
  delete from regras.estatistica_calibracao;
  delete from regras.estatistica_curva;
  if retroteste is not null then
    perform regras.ajustar_alfas(retroteste, v_pesos);
    insert into regras.estatistica_pergunta select * from regras.perguntar_retroteste(retroteste, v_amostra);
    perform regras.ajustar_lambdas(v_pesos);
    perform regras.calibrar_pendencias();
    delete from regras.estatistica_pergunta;
  end if;
end
$$;

comment on function regras.calibrar_historia(int4range) is 'Fits weights and calibration on the ledger''s own past.';
revoke execute on function regras.calibrar_historia(int4range) from public;
