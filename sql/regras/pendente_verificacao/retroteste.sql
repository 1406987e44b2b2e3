-- Puts the statistics of regra_pendente_verificacao.detectar back to what was known before a window's first month: counts from that month
-- on are left out, and weights and calibration are fitted on the months before it. HAZARD: changes the statistics that sessions use, so it
-- must run inside a subtransaction that is rolled back. Reads what regra_pendente_verificacao.preparar reads. Called by
-- audit_interno.avaliar_retroteste, through audit_interno.preparar_regra.
create or replace function regra_pendente_verificacao.preparar_retroteste(janela audit.janela) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_primeiro int := regra_pendente_verificacao.mes_indice(janela.data_inicio);
begin
  perform regra_pendente_verificacao.preparar(null);
  delete from regra_pendente_verificacao.estatistica_contagem c where c.mes >= v_primeiro;
  delete from regra_pendente_verificacao.estatistica_mes m where m.mes >= v_primeiro;
  analyze regra_pendente_verificacao.estatistica_contagem;
  perform regra_pendente_verificacao.calibrar_historia(regra_pendente_verificacao.meses_retroteste());
end
$$;

comment on function regra_pendente_verificacao.preparar_retroteste(audit.janela) is
  'Statistics as of before the window''s first month. Only inside a subtransaction that is rolled back.';
revoke execute on function regra_pendente_verificacao.preparar_retroteste(audit.janela) from public;

-- Asks the inference of pendente_verificacao for the entries of a window that have a real category, as if all were pending, and says for
-- each whether the answer is that category. It hides their account, which parked entries seldom have. The statistics must be those of
-- regra_pendente_verificacao.preparar_retroteste. Reads them, dw.lancamentos, the settings and the audit tables; changes nothing. Called by
-- audit_interno.avaliar_retroteste, through audit_interno.ler.
create or replace function regra_pendente_verificacao.julgar_retroteste(janela audit.janela)
returns table (registro_id text, confianca numeric, propoe boolean, certa boolean)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_minima constant numeric := 0.05; -- as in regra_pendente_verificacao.detectar: below it nothing is proposed
  v_pendentes text[] := regras.rotulos_pendentes();
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_meses int4range := int4range(regra_pendente_verificacao.mes_indice(janela.data_inicio), regra_pendente_verificacao.mes_indice(janela.data_fim) + 1);
begin
  return query
  with sugestao as materialized (
    select u.id, s.com_conta, s.confianca, s.categoria = u.certa as acertou
    from regra_pendente_verificacao.sugerir_pendencias(null, v_meses, null) s
    cross join lateral unnest(s.ids, s.certas) u (id, certa)
  )
  select l.id::text, trunc(coalesce(s.confianca, 0.01)::numeric, 4), coalesce(s.confianca >= v_minima, false),
    coalesce(s.acertou and s.confianca >= v_minima, false)
  from dw.lancamentos l
  left join sugestao s on s.id = l.id::text and s.com_conta = (coalesce(btrim(l.conta_contabil), '') = '')
  where l.data_lancamento between janela.data_inicio and janela.data_fim
    and audit_interno.dobrar_categoria(l.categoria) <> all (v_pendentes || ''::text)
    and not exists (select 1 from unnest(audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)) n (id) where n.id = l.id);
end
$$;

comment on function regra_pendente_verificacao.julgar_retroteste(audit.janela) is
  'For each entry of the window with a real category: confidence of the suggestion, whether it would be proposed, and whether it is right.';
revoke execute on function regra_pendente_verificacao.julgar_retroteste(audit.janela) from public;
