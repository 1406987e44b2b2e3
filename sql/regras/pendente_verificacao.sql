-- Finds entries parked under a pending label and infers their category from the ledger's own history, with a confidence
-- calibrated on that history's past; entries with nothing to infer from are flagged without a correction. Reads
-- dw.lancamentos, the settings and the statistics that regras.preparar_pendente_verificacao keeps; changes nothing.
-- Called by the engine for a window, and again over corrected keys to verify them.
create or replace function regras.pendente_verificacao(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
begin
  -- a second process costs more than a few entries
  if not regras.em_metades() or (
    select count(*)
    from (
      select
      from dw.lancamentos l
      where coalesce(audit_interno.dobrar_categoria(l.categoria), '') = any (v_pendentes)
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
      limit 2000
    ) l
  ) < 2000 then
    return query select * from regras.explicar_pendencias(janela, null);
    return;
  end if;
  return query
  select * from regras.explicar_pendencias(janela, 0)
  union all
  select * from regras.explicar_pendencias(janela, 1);
end
$$;

comment on function regras.pendente_verificacao(audit.janela) is
  'Rule: entries under a pending label. Proposes the category inferred from history (supplier by code, company and spelling, cost centre, account, amount band, words) with a calibrated confidence, or only flags when there is nothing to infer from. Amount at stake: the entry''s.';
revoke execute on function regras.pendente_verificacao(audit.janela) from public;
