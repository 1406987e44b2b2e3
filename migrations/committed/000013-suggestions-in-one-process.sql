--! Previous: sha1:f916390f50d5bdec9c078ab8bb8f0dcbae014318
--! Hash: sha1:e38b72dd48681c94b70f595ae3c57a7f0ffd31e6
--! Message: suggestions in one process

set local role conferente_dono;

--! Included regras/sugerir_pendencias.sql
-- The best category for each pending entry of a window, the runner-up, the calibrated confidence and what spoke for it. Entries
-- with nothing to infer from are missing from the result; those of which the very same is known share a row (ids and certas go
-- together). metade: of all suppliers (null) or of one half (0, 1). Reads the statistics and dw.lancamentos; changes nothing. Called
-- by explicar_pendencias and by back-tests (retroteste given: decided entries instead of pending ones).
create or replace function audit_interno.sugerir_pendencias(janela audit.janela, retroteste int4range, amostra int, metade int default null)
returns table (
  ids text[], com_conta boolean, certas int[], categoria int, segunda int, bruta double precision, bruta_segunda double precision,
  confianca double precision, casos int, acertos int, niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[]
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  return query
  select s.ids, s.com_conta, s.certas, s.categorias[1], s.categorias[2], b.bruta, b.bruta * exp(s.notas[2] - s.notas[1]),
    audit_interno.confianca_calibrada(u.curva, t.curvas, t.confiancas, i.posicao),
    coalesce(t.casos[j.faixa], 0), coalesce(t.acertos[j.faixa], 0), s.niveis, s.termos, s.lancamentos, s.iguais
  from audit_interno.pontuar_pendencias(janela, retroteste, amostra, retroteste is null, metade) s
  left join audit_interno.estatistica_curva k on k.classe = s.classe
  left join audit_interno.curvas_calibradas() t on t.grupo = k.classe / 4
  cross join lateral (select 1 / sum(exp(greatest(n.nota - s.notas[1], -60))) as bruta from unnest(s.notas) n (nota)) b
  -- without a back-test, a modest curve that never reaches .90
  cross join lateral (select audit_interno.curva(
    coalesce(k.a, 0), coalesce(k.b, 0.22), coalesce(k.g, 0), coalesce(k.h, 0), coalesce(k.r, 0),
    audit_interno.chance_bruta(b.bruta), s.lacuna, ln(1 + s.repetidas[1]), s.recentes[1]) as curva) u
  cross join lateral (select width_bucket(u.curva, t.curvas) as posicao) i
  cross join lateral (select case
    when i.posicao = 0 or i.posicao < cardinality(t.curvas) and t.curvas[i.posicao + 1] - u.curva < u.curva - t.curvas[i.posicao]
    then i.posicao + 1 else i.posicao end as faixa) j;
end
$$;

comment on function audit_interno.sugerir_pendencias(audit.janela, int4range, int, int) is
  'Best category, runner-up, calibrated confidence and evidence for each pending entry of a window that has anything to infer from.';
revoke execute on function audit_interno.sugerir_pendencias(audit.janela, int4range, int, int) from public;
--! EndIncluded regras/sugerir_pendencias.sql
--! Included avaliacao/avaliar_retroteste.sql
-- Asks the inference of pendente_verificacao for the entries of a window that have a real category today, as if all of them
-- were pending and nothing later than the window's first month were known: counts of the window's months are left out, and
-- weights and calibration are fitted on the months before it. Entries are asked without their account, which parked ones
-- seldom have. Reads dw.lancamentos; changes the statistics, so it must run inside a subtransaction that is rolled back.
-- Called by audit.avaliar_regra alone.
create or replace function audit_interno.avaliar_retroteste(regra audit.regras, data_inicio date, data_fim date)
returns setof audit.avaliacao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_minima constant numeric := 0.05; -- as in regras.pendente_verificacao: under it nothing is proposed
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_nossas text[] := audit_interno.corrigidas_sem_palavra();
  v_primeiro int := audit_interno.mes_indice(data_inicio);
  v_ultimo int := audit_interno.mes_indice(data_fim);
begin
  perform regras.preparar_pendente_verificacao(null);
  delete from audit_interno.estatistica_contagem c where c.mes >= v_primeiro;
  delete from audit_interno.estatistica_mes m where m.mes >= v_primeiro;
  analyze audit_interno.estatistica_contagem;
  perform audit_interno.calibrar_historia(audit_interno.meses_retroteste());

  create temp table conferente_sugestao on commit drop as
  select u.id, s.com_conta, s.confianca, s.categoria = u.certa as acertou
  from audit_interno.sugerir_pendencias(null, int4range(v_primeiro, v_ultimo + 1), null) s
  cross join lateral unnest(s.ids, s.certas) u (id, certa);

  create temp table conferente_julgado on commit drop as
  select l.id::text as registro_id, round(coalesce(s.confianca, 0.01)::numeric, 4) as confianca,
    coalesce(s.confianca >= v_minima, false) as propoe, coalesce(s.acertou and s.confianca >= v_minima, false) as certa, false as dano
  from dw.lancamentos l
  left join pg_temp.conferente_sugestao s
    on s.id = l.id::text and s.com_conta = (coalesce(btrim(l.conta_contabil), '') = '')
  where l.data_lancamento between avaliar_retroteste.data_inicio and avaliar_retroteste.data_fim
    and btrim(l.categoria) <> '' and audit_interno.dobrar(btrim(l.categoria)) <> all (v_pendentes)
    and not exists (select from unnest(audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)) n (id) where n.id = l.id);

  return query select * from audit_interno.resumir_avaliacao(regra, 'retroteste', (select count(*) from pg_temp.conferente_julgado));
end
$$;
comment on function audit_interno.avaliar_retroteste(audit.regras, date, date) is
  'Back-test of the inference of pendente_verificacao against today''s categories. Only inside a subtransaction that is rolled back.';
--! EndIncluded avaliacao/avaliar_retroteste.sql

reset role;
