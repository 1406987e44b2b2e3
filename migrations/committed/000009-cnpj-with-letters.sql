--! Previous: sha1:54f59b66275c1499f103cec1e842425b03434d24
--! Hash: sha1:ff7fed5c1b35120af94d2828ad37b8e3882b4d7a
--! Message: cnpj with letters

set local role conferente_dono;

--! Included regras/raiz_fornecedor.sql
-- The company behind a supplier code: the first 8 positions of a CNPJ (written with or without punctuation), any other code as it
-- is; in lower case, for a CNPJ may have letters since 2026. Null for an empty code. Touches nothing. Called by the three rules; kept
-- as a plain expression without settings of its own, so that the planner can inline it.
create or replace function audit_interno.raiz_fornecedor(codigo text) returns text
language sql immutable parallel safe
return nullif(pg_catalog.lower(
  case when pg_catalog.length(pg_catalog.translate(codigo, './- ', '')) = 14
    then pg_catalog.left(pg_catalog.translate(codigo, './- ', ''), 8)
    else pg_catalog.translate(codigo, './- ', '')
  end), '');

comment on function audit_interno.raiz_fornecedor(text) is
  'Company root of a supplier code: 8 positions of a CNPJ, or the whole code without punctuation; null when empty.';
revoke execute on function audit_interno.raiz_fornecedor(text) from public;
--! EndIncluded regras/raiz_fornecedor.sql
--! Included regras/preparar_pendente_verificacao.sql
-- Brings the statistics of regras.pendente_verificacao up to date: adds what was loaded or decided since the last time (counts
-- everything when settings or versions changed), and fits and calibrates anew when the history has a new month or has grown by
-- a tenth. Reads dw.lancamentos and the audit tables; writes audit_interno.estatistica_* only.
-- Called by the engine before the rule, in the same session. Two at once wait for each other.
create or replace function regras.preparar_pendente_verificacao(janela audit.janela) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_controle audit_interno.estatistica_controle;
  v_assinatura text := md5(concat_ws('|', 5, current_setting('server_version_num')::int / 10000,
    audit_interno.rotulos_pendentes(), audit_interno.configuracao('pendente.meses_historico')));
  v_operacao bigint := coalesce((select max(a.operacao_id) from audit.alteracoes a), 0);
  v_limite timestamptz;
  v_meses int[];
  v_linhas bigint;
  v_retroteste int4range;
  v_refazer boolean;
begin
  lock table audit_interno.estatistica_controle in share row exclusive mode;
  select * into v_controle from audit_interno.estatistica_controle;
  v_refazer := v_controle.assinatura is distinct from v_assinatura;
  -- a load commits later than the times it writes: look back further than the last time seen
  select greatest(v_controle.limite, case when max(l.carregado_em) is not null then least(max(l.carregado_em), now()) - interval '6 hours' end, '-infinity')
  into v_limite
  from dw.lancamentos l;
  if not v_refazer and v_controle.borda > 100000 then
    select (count(*), max(l.carregado_em)) is distinct from (v_controle.borda, v_controle.borda_ate) into v_refazer
    from dw.lancamentos l where l.carregado_em >= v_controle.limite;
  end if;

  if v_refazer then
    perform audit_interno.contar_meses(null);
  else
    v_meses := audit_interno.acompanhar_historia(case when v_controle.borda > 100000 then 'infinity' else v_controle.limite end,
      v_controle.operacao_ate, v_limite);
  end if;
  select m.linhas, m.ultima into v_controle.borda, v_controle.borda_ate from audit_interno.marcar_borda(v_limite, v_meses) m;

  select coalesce(sum(m.linhas), 0) into v_linhas from audit_interno.estatistica_mes m;
  v_retroteste := audit_interno.meses_retroteste();
  if v_refazer or coalesce(upper(v_retroteste), 0) is distinct from v_controle.calibrada_ate
    or abs(v_linhas - v_controle.linhas_calibradas) > 0.1 * v_linhas
  then
    analyze audit_interno.estatistica_contagem;
    perform audit_interno.calibrar_historia(v_retroteste);
    v_controle.calibrada_ate := coalesce(upper(v_retroteste), 0);
    v_controle.linhas_calibradas := v_linhas;
  end if;

  insert into audit_interno.estatistica_controle
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

comment on function regras.preparar_pendente_verificacao(audit.janela) is
  'Brings the statistics of pendente_verificacao up to date. Run it before the rule; a day''s load costs a day, and a calibration when a month is over or the ledger has grown by a tenth.';
revoke execute on function regras.preparar_pendente_verificacao(audit.janela) from public;
--! EndIncluded regras/preparar_pendente_verificacao.sql
--! Included regras/acompanhar_historia.sql
-- Brings the counts up to date at the cost of what changed. Rows that came are added. A month is counted again when one of its
-- rows was changed, deleted or moved, which shows by rows missing from those remembered (see audit_interno.marcar_borda), or when
-- we changed something in it that had been learned. Assumes what the contract says: a load that changes a row sets carregado_em.
-- Reads dw.lancamentos and the audit tables; writes audit_interno.estatistica_*. Returns the months counted again.
-- Called by regras.preparar_pendente_verificacao.
create or replace function audit_interno.acompanhar_historia(limite timestamptz, operacao_ate bigint, limite_novo timestamptz) returns int[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_alteradas text[];
  v_chegadas text[];
  v_meses int[];
  v_refazer int[];
  v_inicio date;
  v_fim date;
begin
  select array_agg(distinct d.registro_id) into v_alteradas
  from audit.alteracoes a
  join audit.divergencias_processadas d on d.id = a.divergencia_id
  where a.operacao_id > acompanhar_historia.operacao_ate and d.tabela = 'dw.lancamentos';

  with lida as materialized (
    select l.id::text as id, audit_interno.mes_indice(l.data_lancamento) as mes, l.carregado_em
    from dw.lancamentos l where l.carregado_em >= limite
  ), alterada as (
    select l.id::text as id, audit_interno.mes_indice(l.data_lancamento) as mes, p.era_pendente
    from dw.lancamentos l
    join lateral (
      -- what it held when it was last counted: pending, and not learned then, or something else
      select a.antes ? 'categoria' and coalesce(audit_interno.dobrar(btrim(a.antes ->> 'categoria')), '') = any (v_pendentes || ''::text) as era_pendente
      from audit.divergencias_processadas d
      join audit.alteracoes a on a.divergencia_id = d.id
      where d.tabela = 'dw.lancamentos' and d.registro_id = l.id::text and a.operacao_id > acompanhar_historia.operacao_ate
      order by a.operacao_id
      limit 1
    ) p on true
    where l.id = any (audit_interno.chaves_como(v_alteradas, (null::dw.lancamentos).id))
  ), chegada as materialized (
    select l.id, l.mes from lida l
    where not exists (
      select from audit_interno.estatistica_borda b where b.registro_id = l.id and b.carregado_em = l.carregado_em)
    union
    select a.id, a.mes from alterada a where a.era_pendente
  ), mexida as (
    select a.mes from alterada a where not a.era_pendente
    union
    select b.mes from audit_interno.estatistica_borda b
    where not exists (select from lida l where l.id = b.registro_id and l.carregado_em = b.carregado_em)
  )
  select (select array_agg(distinct m.mes) from mexida m where m.mes is not null),
    array_agg(distinct c.mes), array_agg(c.id order by c.id)
  into v_refazer, v_meses, v_chegadas
  from chegada c
  where c.mes is not null;

  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(v_meses) m;

  -- older rows that are fewer than they were, or more; an expression, not select into: that never runs in parallel
  v_refazer := (
    select array_agg(distinct m.mes)
    from (
      select r.mes from unnest(v_refazer) r (mes)
      union
      select m.mes
      from unnest(v_meses) m (mes)
      left join (
        select audit_interno.mes_indice(l.data_lancamento) as mes, count(*) as linhas
        from dw.lancamentos l
        where l.data_lancamento >= v_inicio and l.data_lancamento < v_fim and (l.carregado_em < limite or l.carregado_em is null)
        group by 1
      ) a on a.mes = m.mes
      left join audit_interno.estatistica_antigas e on e.mes = m.mes
      where coalesce(a.linhas, 0) <> coalesce(e.linhas, 0)
    ) m
  );

  if v_refazer is not null then
    perform audit_interno.contar_meses(v_refazer);
    select array_agg(l.id::text), array_agg(distinct audit_interno.mes_indice(l.data_lancamento))
    into v_chegadas, v_meses
    from dw.lancamentos l
    where l.id = any (audit_interno.chaves_como(v_chegadas, (null::dw.lancamentos).id))
      and audit_interno.mes_indice(l.data_lancamento) <> all (v_refazer);
  end if;
  perform audit_interno.contar_chegadas(v_meses, v_chegadas);

  -- what has become old since
  insert into audit_interno.estatistica_antigas as a (mes, linhas)
  select audit_interno.mes_indice(l.data_lancamento), count(*)
  from dw.lancamentos l
  where l.carregado_em >= limite and l.carregado_em < limite_novo and audit_interno.mes_indice(l.data_lancamento) is not null
  group by 1
  on conflict (mes) do update set linhas = a.linhas + excluded.linhas;
  return coalesce(v_refazer, '{}');
end
$$;

comment on function audit_interno.acompanhar_historia(timestamptz, bigint, timestamptz) is
  'Adds what came to the counts and counts months again in which something was changed. Returns those months.';
revoke execute on function audit_interno.acompanhar_historia(timestamptz, bigint, timestamptz) from public;
--! EndIncluded regras/acompanhar_historia.sql

reset role;
