-- What pendente_verificacao lacks before it can look for anything, in a sentence that says what to set; null when nothing is missing. Either
-- the labels are not set; or no entry has any of them or had at the last count, and there is no blank category to look at. Reads the settings,
-- regra_pendente_verificacao.estatistica_categoria and dw.lancamentos; changes nothing. Called by the engine when a session begins.
create or replace function regra_pendente_verificacao.requisitos() returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rotulos jsonb := audit_interno.configuracao('pendente.rotulos');
  v_pendentes text[] := regras.rotulos_pendentes();
  v_escritos text[];
begin
  if jsonb_typeof(v_rotulos) <> 'array' then
    return concat_ws(' ', 'Falta dizer quais categorias significam pendente.',
      regras.frase_rotulos(array['pendente', 'a classificar', 'não classificado', 'verificar', 'suspense']),
      'Defina-os com: conferente configurar pendente.rotulos ''["A CLASSIFICAR"]'' --motivo "nossos rótulos"'
        || ' ([] se só os lançamentos sem categoria estão pendentes).');
  end if;
  if v_pendentes = '{}' then
    return 'Nada está dito pendente: pendente.rotulos está vazia e pendente.vazias é false. '
      || 'Mude uma das duas com conferente configurar, ou desative a regra.';
  end if;
  -- only blank categories count as pending: if there are none, that is good news
  v_escritos := array(select e from jsonb_array_elements_text(v_rotulos) e);
  if v_escritos = '{}' then
    return null;
  end if;
  -- if a label was seen once and has no entry today, nothing is pending in this ledger
  if exists (
      select from regra_pendente_verificacao.estatistica_categoria k where audit_interno.dobrar_categoria(k.categoria) = any (array_remove(v_pendentes, '')))
    or regras.rotulo_existe(v_pendentes || v_escritos)
  then
    return null;
  end if;
  return concat_ws(' ', format('Nenhum lançamento tem um dos rótulos de pendente.rotulos (%s).', (
      select string_agg('"' || e || '"', ', ') from unnest(v_escritos) e)),
    coalesce(regras.frase_rotulos(v_escritos), 'Nenhuma categoria dos lançamentos se parece com eles.'),
    'Mude com: conferente configurar pendente.rotulos ''["A CLASSIFICAR"]'' --motivo "nossos rótulos".');
end
$$;

comment on function regra_pendente_verificacao.requisitos() is 'What pendente_verificacao lacks before it can run, with what to set, or null.';
revoke execute on function regra_pendente_verificacao.requisitos() from public;

-- Brings the statistics of regra_pendente_verificacao.detectar up to date: adds what was loaded or decided since the last time (counts
-- everything when settings or versions changed), and fits and calibrates again when the history has a new month or has doubled.
-- Reads dw.lancamentos and the audit tables; writes only regra_pendente_verificacao.estatistica_*. Called by the engine before the rule, in
-- the same session. Two calls at once wait for each other.
create or replace function regra_pendente_verificacao.preparar(janela audit.janela) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_controle regra_pendente_verificacao.estatistica_controle;
  v_assinatura text := md5(concat_ws('|', 10, current_setting('server_version_num')::int / 10000,
    regras.rotulos_pendentes(), audit_interno.configuracao('pendente.meses_historico')));
  v_operacao bigint := coalesce((select max(a.operacao_id) from audit.alteracoes a), 0);
  v_limite timestamptz;
  v_meses int[];
  v_linhas bigint;
  v_retroteste int4range;
  v_refazer boolean;
begin
  lock table regra_pendente_verificacao.estatistica_controle in share row exclusive mode;
  select * into v_controle from regra_pendente_verificacao.estatistica_controle;
  v_refazer := v_controle.assinatura is distinct from v_assinatura;
  -- look further back than the last time seen: a load commits later than the times it writes
  select greatest(v_controle.limite, case when max(l.carregado_em) is not null then least(max(l.carregado_em), now()) - interval '6 hours' end, '-infinity')
  into v_limite
  from dw.lancamentos l;
  if not v_refazer and v_controle.borda > 100000 then
    select (count(*), max(l.carregado_em)) is distinct from (v_controle.borda, v_controle.borda_ate) into v_refazer
    from dw.lancamentos l where l.carregado_em >= v_controle.limite;
  end if;

  -- successors that were never booked have a number too
  insert into regra_pendente_verificacao.estatistica_categoria (categoria)
  select min(s.para_escrita)
  from regras.sucessoes() s
  where not exists (select 1 from regra_pendente_verificacao.estatistica_categoria k where audit_interno.dobrar_categoria(k.categoria) = s.para)
  group by s.para;
  if v_refazer then
    perform regra_pendente_verificacao.contar_meses(null);
  else
    v_meses := regra_pendente_verificacao.acompanhar_historia(case when v_controle.borda > 100000 then 'infinity' else v_controle.limite end,
      v_controle.operacao_ate, v_limite);
  end if;
  select m.linhas, m.ultima into v_controle.borda, v_controle.borda_ate from regra_pendente_verificacao.marcar_borda(v_limite, v_meses) m;

  select coalesce(sum(m.linhas), 0) into v_linhas from regra_pendente_verificacao.estatistica_mes m;
  v_retroteste := regra_pendente_verificacao.meses_retroteste();
  if v_refazer or coalesce(upper(v_retroteste), 0) is distinct from v_controle.calibrada_ate
    or abs(v_linhas - v_controle.linhas_calibradas) > 0.5 * v_linhas
  then
    analyze regra_pendente_verificacao.estatistica_contagem;
    perform regra_pendente_verificacao.calibrar_historia(v_retroteste);
    v_controle.calibrada_ate := coalesce(upper(v_retroteste), 0);
    v_controle.linhas_calibradas := v_linhas;
    perform regra_pendente_verificacao.eleger_grafias();
  elsif exists (select 1 from regra_pendente_verificacao.estatistica_grafia g where g.linhas is null) then
    perform regra_pendente_verificacao.eleger_grafias();
  end if;

  insert into regra_pendente_verificacao.estatistica_controle
    (assinatura, limite, borda, borda_ate, operacao_ate, calibrada_ate, linhas_calibradas, atualizada_em)
  values (v_assinatura, v_limite, v_controle.borda, v_controle.borda_ate, v_operacao, v_controle.calibrada_ate,
    v_controle.linhas_calibradas, now())
  on conflict (unica) do update set
    assinatura = excluded.assinatura,
    limite = excluded.limite,
    borda = excluded.borda,
    borda_ate = excluded.borda_ate,
    operacao_ate = excluded.operacao_ate,
    calibrada_ate = excluded.calibrada_ate,
    linhas_calibradas = excluded.linhas_calibradas,
    atualizada_em = excluded.atualizada_em;
end
$$;

comment on function regra_pendente_verificacao.preparar(audit.janela) is
  'Brings the statistics of pendente_verificacao up to date. Run it before the rule. It reads what was loaded since the last time, and calibrates again when a month is over or the ledger has doubled.';
revoke execute on function regra_pendente_verificacao.preparar(audit.janela) from public;

-- Finds entries parked under a pending label and infers their category from the ledger's own history, with a confidence calibrated on that
-- history's past. Entries with nothing to infer from are flagged without a correction. Reads dw.lancamentos, the settings and the
-- statistics that regra_pendente_verificacao.preparar keeps; changes nothing. Called by the engine for a window, and again over corrected
-- keys to verify them.
create or replace function regra_pendente_verificacao.detectar(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
begin
  -- for a few entries a second process is not worth its cost
  if not regra_pendente_verificacao.em_metades() or (
    select count(*)
    from (
      select 1
      from dw.lancamentos l
      where coalesce(audit_interno.dobrar_categoria(l.categoria), '') = any (v_pendentes)
        and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id)
      limit 2000
    ) l
  ) < 2000 then
    return query select * from regra_pendente_verificacao.explicar_pendencias(janela, null);
    return;
  end if;
  return query
  select * from regra_pendente_verificacao.explicar_pendencias(janela, 0)
  union all
  select * from regra_pendente_verificacao.explicar_pendencias(janela, 1);
end
$$;

comment on function regra_pendente_verificacao.detectar(audit.janela) is
  'Rule: entries under a pending label. Proposes the category inferred from history (supplier by code, company and spelling, cost centre, account, amount band, words) with a calibrated confidence, or only flags when there is nothing to infer from. Amount at stake: the entry''s.';
revoke execute on function regra_pendente_verificacao.detectar(audit.janela) from public;
