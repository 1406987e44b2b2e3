--! Previous: sha1:f45aa75110f861edbe0d98a06d2c11ba4558dc8f
--! Hash: sha1:89fa6a10bb6f5da6dec36aa722fb7a2389bcc37f
--! Message: workers share the cores

set local role conferente_dono;

--! Included regras/em_metades.sql
-- Whether two processes may share a work: where PostgreSQL may run queries in parallel, and not in what workers run side by side
-- already (conferente.lado_a_lado, set by audit_interno.repartir_regra and detectar_parte). Touches nothing. Called by
-- regras.pendente_verificacao and its preparation.
create or replace function audit_interno.em_metades() returns boolean
language sql stable
return pg_catalog.current_setting('max_parallel_workers_per_gather')::int > 0
  and coalesce(pg_catalog.current_setting('conferente.lado_a_lado', true), '') = '';

comment on function audit_interno.em_metades() is 'Whether two processes may share a work: parallel query is allowed, and nobody else is at it already.';
revoke execute on function audit_interno.em_metades() from public;
--! EndIncluded regras/em_metades.sql
--! Included regras/perguntar_retroteste.sql
-- The back-test's questions with what both opinions gave each category, by two processes where audit_interno.em_metades allows it:
-- each takes half of the suppliers. Return query, because insert never runs in parallel. Reads what pontuar_pendencias reads; changes
-- nothing. Called by audit_interno.calibrar_historia.
create or replace function audit_interno.perguntar_retroteste(retroteste int4range, amostra int)
returns setof audit_interno.estatistica_pergunta
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_metades boolean := audit_interno.em_metades();
begin
  return query
  select u.id, p.com_conta, p.classe, p.lacuna, u.certa, p.categorias, p.bases, p.palavras, p.repetidas, p.recentes
  from (
    select x.* from audit_interno.pontuar_pendencias(null, retroteste, amostra, false) x where not v_metades
    union all
    select x.* from audit_interno.pontuar_pendencias(null, retroteste, amostra, false, 0) x where v_metades
    union all
    select x.* from audit_interno.pontuar_pendencias(null, retroteste, amostra, false, 1) x where v_metades
  ) p
  cross join lateral unnest(p.ids, p.certas) u (id, certa);
end
$$;

comment on function audit_interno.perguntar_retroteste(int4range, int) is
  'Questions of the back-test, as estatistica_pergunta keeps them: a sample of some months'' entries.';
revoke execute on function audit_interno.perguntar_retroteste(int4range, int) from public;
--! EndIncluded regras/perguntar_retroteste.sql
--! Included regras/contar_em_metades.sql
-- As contar_historia of some months, or of all when null, by two processes where audit_interno.em_metades allows it: one counts the even
-- months, one the odd ones. Return query, because insert never runs in parallel. Reads what contar_historia reads; changes nothing.
-- Called by audit_interno.contar_meses.
create or replace function audit_interno.contar_em_metades(meses int[])
returns table (nivel smallint, chave bigint, mes int, categoria int, linhas int)
language plpgsql stable rows 1000000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if cardinality(meses) = 1 or not audit_interno.em_metades() then
    return query select h.* from audit_interno.contar_historia(meses, null) h;
    return;
  end if;
  return query
  select h.* from audit_interno.contar_historia(meses, null, 0) h
  union all
  select h.* from audit_interno.contar_historia(meses, null, 1) h;
end
$$;

comment on function audit_interno.contar_em_metades(int[]) is 'Counts of the learnable history, as audit_interno.contar_historia, by two processes where it pays.';
revoke execute on function audit_interno.contar_em_metades(int[]) from public;
--! EndIncluded regras/contar_em_metades.sql
--! Included regras/pendente_verificacao.sql
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
  v_pendentes text[] := audit_interno.rotulos_pendentes();
begin
  -- a second process costs more than a few entries
  if not audit_interno.em_metades() or (
    select count(*)
    from (
      select
      from dw.lancamentos l
      where audit_interno.dobrar(btrim(l.categoria)) = any (v_pendentes)
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
      limit 2000
    ) l
  ) < 2000 then
    return query select * from audit_interno.explicar_pendencias(janela, null);
    return;
  end if;
  return query
  select * from audit_interno.explicar_pendencias(janela, 0)
  union all
  select * from audit_interno.explicar_pendencias(janela, 1);
end
$$;

comment on function regras.pendente_verificacao(audit.janela) is
  'Rule: entries under a pending label. Proposes the category inferred from history (supplier by code, company and spelling, cost centre, account, amount band, words) with a calibrated confidence, or only flags when there is nothing to infer from. Amount at stake: the entry''s.';
revoke execute on function regras.pendente_verificacao(audit.janela) from public;
--! EndIncluded regras/pendente_verificacao.sql
--! Included partes/repartir_regra.sql
-- The first step of one rule in a session that workers share: its preparation, its window's rows and control total, and
-- the parts of its detection, queued for whoever is free. Rules of one table and window are cut alike, by one count.
create or replace function audit_interno.repartir_regra(sessao_id bigint, nome_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_janela audit.janela := audit_interno.janela_execucao(sessao_id, nome_regra);
  v_por_parte bigint := (audit_interno.configuracao('sessao.linhas_por_parte') #>> '{}')::bigint;
  v_linhas bigint;
begin
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  if v_regra.preparacao is not null then
    -- workers share the cores already: see audit_interno.em_metades
    perform set_config('conferente.lado_a_lado', 'sim', true);
    execute format('select %s($1)', audit_interno.chamada_sql(v_regra.preparacao)) using v_janela;
  end if;
  perform audit_interno.medir_janela(repartir_regra.sessao_id, v_regra, v_janela);
  select e.linhas_examinadas into v_linhas
  from audit.execucoes_regra e where e.sessao_id = repartir_regra.sessao_id and e.regra = nome_regra;

  insert into audit_interno.partes_sessao (sessao_id, regra, parte, janela)
  select p.sessao_id, nome_regra, p.parte, p.janela
  from audit_interno.partes_sessao p
  where p.sessao_id = repartir_regra.sessao_id and p.regra = (
    select r.nome
    from audit.regras r
    where r.nome <> nome_regra and r.tabela = v_regra.tabela
      and r.coluna_data is not distinct from v_regra.coluna_data and r.coluna_carga is not distinct from v_regra.coluna_carga
      and audit_interno.janela_execucao(repartir_regra.sessao_id, r.nome) is not distinct from v_janela
      and exists (select from audit_interno.partes_sessao q where q.sessao_id = repartir_regra.sessao_id and q.regra = r.nome)
    limit 1);
  if not found and v_linhas >= 2 * v_por_parte then
    insert into audit_interno.partes_sessao (sessao_id, regra, parte, janela)
    select repartir_regra.sessao_id, nome_regra, c.n, row(c.data_inicio, c.data_fim, c.carregado_desde, c.carregado_ate, null)::audit.janela
    from audit_interno.cortar_janela(v_regra, v_janela, v_por_parte)
      with ordinality as c (data_inicio, data_fim, carregado_desde, carregado_ate, chaves, n);
  end if;
  if not exists (select from audit_interno.partes_sessao p where p.sessao_id = repartir_regra.sessao_id and p.regra = nome_regra) then
    insert into audit_interno.partes_sessao (sessao_id, regra, parte, janela)
    values (repartir_regra.sessao_id, nome_regra, 1, v_janela);
  end if;
  perform audit_interno.enfileirar_partes(repartir_regra.sessao_id, nome_regra);
end
$$;
comment on function audit_interno.repartir_regra(bigint, text) is 'Prepares a rule for a session and cuts its detection into parts.';
--! EndIncluded partes/repartir_regra.sql
--! Included partes/detectar_parte.sql
-- One part of the detection of one rule, in a transaction of its own that has taken it (tomar_parte). Parts of one rule run
-- side by side, and shut out whole detections and corrections of the rule by other sessions. The row of the rule's
-- execution decides: when the rule has failed, or the session has ended, meanwhile, nothing of the part is kept.
create or replace function audit_interno.detectar_parte(sessao_id bigint, nome_regra text, numero integer)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parte audit_interno.partes_sessao;
  v_regra audit.regras;
  v_total bigint;
  v_hash text;
  v_operacao bigint;
  v_inicio timestamptz := clock_timestamp();
begin
  select * into v_parte
  from audit_interno.partes_sessao p
  where p.sessao_id = detectar_parte.sessao_id and p.regra = nome_regra and p.parte = numero and p.status = 'pendente'
  for update;
  if not found then
    return; -- somebody else did it
  end if;
  -- workers share the cores already: see audit_interno.em_metades
  perform set_config('conferente.lado_a_lado', 'sim', true);
  select count(*) into v_total
  from audit_interno.partes_sessao p where p.sessao_id = detectar_parte.sessao_id and p.regra = nome_regra;
  if v_total = 1 then
    perform audit_interno.detectar_regra(detectar_parte.sessao_id, nome_regra);
  else
    perform pg_advisory_xact_lock_shared(hashtext('conferente.regra'), hashtext(nome_regra));
    select * into strict v_regra from audit.regras r where r.nome = nome_regra;
    v_hash := audit_interno.hash_regra(v_regra);
    v_operacao := audit_interno.abrir_operacao('deteccao', detectar_parte.sessao_id, nome_regra, detalhes => jsonb_build_object(
      'hash_funcao', v_hash, 'janela', to_jsonb(v_parte.janela), 'parte', numero, 'partes', v_total));
    perform audit_interno.levantar_achados(v_regra, v_parte.janela);
    perform audit_interno.registrar_achados(detectar_parte.sessao_id, v_regra, v_operacao, v_hash);
    perform audit_interno.reabrir_desfeitas(v_regra);
    perform audit_interno.fechar_operacao(v_operacao, (select count(*) from audit.deteccoes d where d.operacao_id = v_operacao));
    perform audit_interno.anotar_execucao(detectar_parte.sessao_id, v_regra, v_hash, v_inicio, false);
  end if;
  update audit_interno.partes_sessao p
  set status = 'concluida', operacao_id = v_operacao, inicio = v_inicio, fim = clock_timestamp()
  where p.sessao_id = detectar_parte.sessao_id and p.regra = nome_regra and p.parte = numero;
  -- progress for whoever watches; where somebody else is at the row, the next part carries this one's count
  perform from audit.sessoes_processamento s where s.id = detectar_parte.sessao_id for no key update skip locked;
  if found then
    perform audit_interno.totalizar_sessao(detectar_parte.sessao_id);
  end if;
end
$$;
comment on function audit_interno.detectar_parte(bigint, text, integer) is
  'Detects one part. NC016 when the session or the rule ended meanwhile, NC012 when the rule''s function was changed between two parts; nothing of it is recorded then.';
--! EndIncluded partes/detectar_parte.sql

reset role;
