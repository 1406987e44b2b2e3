-- Asks the inference of pendente_verificacao for the entries of a window that have a real category today, as if nothing later than the
-- window's first month were known (see regra_pendente_verificacao.preparar_retroteste and julgar_retroteste). HAZARD: changes the
-- statistics, so it must run inside a subtransaction that is rolled back. Called by audit_interno.avaliar_versao alone.
create or replace function audit_interno.avaliar_retroteste(regra audit.regras, data_inicio date, data_fim date)
returns setof audit.avaliacao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_janela audit.janela := row(data_inicio, data_fim, null, null, null)::audit.janela;
begin
  regra.preparacao := 'regra_pendente_verificacao.preparar_retroteste';
  perform audit_interno.preparar_regra(regra, v_janela);

  create temp table conferente_julgado on commit drop as
  select r.registro_id, r.confianca, r.propoe, r.certa, false as dano
  from audit_interno.ler('select * from regra_pendente_verificacao.julgar_retroteste(row($1, $3, $4, $5, $6)::audit.janela)', v_janela)
    as r (registro_id text, confianca numeric, propoe boolean, certa boolean);

  return query select * from audit_interno.resumir_avaliacao(regra, 'retroteste', (select count(*) from pg_temp.conferente_julgado));
end
$$;
comment on function audit_interno.avaliar_retroteste(audit.regras, date, date) is
  'Back-test of the inference of pendente_verificacao against today''s categories. Only inside a subtransaction that is rolled back.';
