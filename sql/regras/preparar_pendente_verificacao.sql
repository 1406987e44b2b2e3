-- Brings the statistics of regras.pendente_verificacao up to date: recounts the booking months with rows loaded or altered
-- since the last time (all months when settings or versions changed), and fits and calibrates anew when the history has a
-- new month or has grown by a tenth. Reads dw.lancamentos and the audit tables; writes audit_interno.estatistica_* only.
-- Called by the engine before the rule, in the same session. Two at once wait for each other.
create or replace function regras.preparar_pendente_verificacao(janela audit.janela) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_amostra constant int := 5000;
  v_controle audit_interno.estatistica_controle;
  v_assinatura text := md5(concat_ws('|', 1, current_setting('server_version_num')::int / 10000,
    audit_interno.rotulos_pendentes(), audit_interno.configuracao('pendente.meses_historico')));
  v_carregado timestamptz;
  v_operacao bigint := coalesce((select max(a.operacao_id) from audit.alteracoes a), 0);
  v_meses int[];
  v_linhas bigint;
  v_ultimo int;
  v_retroteste int4range;
  v_refazer boolean;
begin
  lock table audit_interno.estatistica_controle in share row exclusive mode;
  select * into v_controle from audit_interno.estatistica_controle;
  v_refazer := v_controle.assinatura is distinct from v_assinatura;
  select least(max(l.carregado_em), now()) into v_carregado from dw.lancamentos l;

  if v_refazer then
    perform audit_interno.contar_meses(null);
  else
    select array_agg(distinct t.mes) into v_meses
    from (
      -- a load commits later than the times it writes: look back further than the last time seen
      select audit_interno.mes_indice(l.data_lancamento) as mes
      from dw.lancamentos l
      where l.carregado_em >= coalesce(v_controle.carregado_ate - interval '6 hours', '-infinity')
      union
      select audit_interno.mes_indice(l.data_lancamento)
      from dw.lancamentos l
      where l.id = any (audit_interno.chaves_como(
        (select array_agg(distinct d.registro_id)
         from audit.alteracoes a
         join audit.divergencias_processadas d on d.id = a.divergencia_id
         where a.operacao_id > v_controle.operacao_ate and d.tabela = 'dw.lancamentos'),
        (null::dw.lancamentos).id))
    ) t
    where t.mes is not null;
    if v_meses is not null then
      perform audit_interno.contar_meses(v_meses);
    end if;
  end if;

  select coalesce(sum(m.linhas), 0) into v_linhas from audit_interno.estatistica_mes m;
  v_retroteste := audit_interno.meses_retroteste();
  v_ultimo := coalesce(upper(v_retroteste), 0);
  if v_refazer or v_ultimo is distinct from v_controle.calibrada_ate
    or abs(v_linhas - v_controle.linhas_calibradas) > 0.1 * v_linhas
  then
    analyze audit_interno.estatistica_contagem;
    if v_retroteste is null then
      delete from audit_interno.estatistica_peso;
      delete from audit_interno.estatistica_calibracao;
      delete from audit_interno.estatistica_lacuna;
    else
      perform audit_interno.ajustar_alfas(v_retroteste, v_amostra);
      perform audit_interno.calibrar_pendencias(v_retroteste, v_amostra);
    end if;
    v_controle.calibrada_ate := v_ultimo;
    v_controle.linhas_calibradas := v_linhas;
  end if;

  insert into audit_interno.estatistica_controle
    (assinatura, carregado_ate, operacao_ate, calibrada_ate, linhas_calibradas, atualizada_em)
  values (v_assinatura, v_carregado, v_operacao, v_controle.calibrada_ate, v_controle.linhas_calibradas, now())
  on conflict (unica) do update set
    assinatura = excluded.assinatura,
    carregado_ate = excluded.carregado_ate,
    operacao_ate = excluded.operacao_ate,
    calibrada_ate = excluded.calibrada_ate,
    linhas_calibradas = excluded.linhas_calibradas,
    atualizada_em = excluded.atualizada_em;
end
$$;

comment on function regras.preparar_pendente_verificacao(audit.janela) is
  'Brings the statistics of pendente_verificacao up to date. Run it before the rule; a day''s load costs the recount of its booking months.';
revoke execute on function regras.preparar_pendente_verificacao(audit.janela) from public;
