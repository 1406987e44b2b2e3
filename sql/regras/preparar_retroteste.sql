-- Puts the statistics of regras.pendente_verificacao back to what was known before a window's first month: counts of that
-- month and later are left out, and weights and calibration are fitted on the months before it. HAZARD: changes the
-- statistics that sessions go by, so it must run inside a subtransaction that is rolled back. Reads what
-- regras.preparar_pendente_verificacao reads. Called by audit_interno.avaliar_retroteste, through audit_interno.preparar_regra.
create or replace function regras.preparar_retroteste(janela audit.janela) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_primeiro int := regras.mes_indice(janela.data_inicio);
begin
  perform regras.preparar_pendente_verificacao(null);
  delete from regras.estatistica_contagem c where c.mes >= v_primeiro;
  delete from regras.estatistica_mes m where m.mes >= v_primeiro;
  analyze regras.estatistica_contagem;
  perform regras.calibrar_historia(regras.meses_retroteste());
end
$$;

comment on function regras.preparar_retroteste(audit.janela) is
  'Statistics as of before the window''s first month. Only inside a subtransaction that is rolled back.';
revoke execute on function regras.preparar_retroteste(audit.janela) from public;
