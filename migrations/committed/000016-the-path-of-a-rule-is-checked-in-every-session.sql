--! Previous: sha1:251db5a001e640e9970c855ee611cfcfb0bfc02c
--! Hash: sha1:6aa2382e2252de286729ac6491f9e4863e2962f4
--! Message: the path of a rule is checked in every session

set local role conferente_dono;

--! Included configuracao/conferir_caminho.sql
-- Why a function's search_path leaves it to its caller what it reads, in one sentence, or null. Called by
-- audit_interno.conferir_regra.
create or replace function audit_interno.conferir_caminho(funcao text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when f.caminho is null then
      format('a função %s não fixa o search_path: sem isso, quem a chama decide que tabelas ela lê; acrescente set search_path = pg_catalog, pg_temp', funcao)
    -- HAZARD: where pg_temp is not named it comes first, and a view that the caller puts there runs its functions as
    -- conferente_dono. An empty path makes the rule say every name in full.
    when f.caminho not in ('', '""') and f.caminho !~ '^((?!\mpg_temp\M).)*(^|[, ])(pg_temp|"pg_temp") *$' then
      format('o search_path da função %s deve nomear pg_temp uma vez, por último: sem isso, tabelas temporárias de quem a chama passam à frente das que ela lê', funcao)
  end
  from (select (
    select substr(c, length('search_path=') + 1)
    from pg_proc p cross join lateral unnest(p.proconfig) as c
    where p.oid = to_regprocedure(conferir_caminho.funcao || '(audit.janela)') and c like 'search\_path=%') as caminho) as f
$$;
comment on function audit_interno.conferir_caminho(text) is 'Why a function of one audit.janela is not safe from its caller''s search path, or null.';
--! EndIncluded configuracao/conferir_caminho.sql
--! Included configuracao/conferir_regra.sql
-- What is wrong with a rule as registered, in one sentence, or null. Called when a rule is registered, by every session, by
-- back-tests and by diagnostico.
create or replace function audit_interno.conferir_regra(regra audit.regras)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_funcao regprocedure;
  v_tabela regclass;
  v_proc pg_proc;
  v_nome text;
  v_faltam text;
  v_defeito text;
begin
  foreach v_nome in array array_remove(array[regra.funcao, regra.preparacao], null) loop
    if not audit_interno.nome_qualificado(v_nome) then
      return format('a função se dá pelo nome, com o esquema e sem argumentos, como regras.trade_marketing, e não %L', v_nome);
    end if;
    -- in another session the same name is another function, of whoever runs the rule
    if exists (
      select from pg_proc p
      where p.oid = to_regprocedure(v_nome || '(audit.janela)')
        and (p.pronamespace = pg_my_temp_schema() or pg_is_other_temp_schema(p.pronamespace)))
    then
      return format('a função %s está num esquema temporário, que cada sessão tem o seu', v_nome);
    end if;
  end loop;
  v_funcao := to_regprocedure(regra.funcao || '(audit.janela)');
  if v_funcao is null then
    return format('não existe a função %s(audit.janela)', regra.funcao);
  end if;
  select * into v_proc from pg_proc p where p.oid = v_funcao;
  if v_proc.prorettype <> 'audit.achado'::regtype or not v_proc.proretset then
    return format('a função %s deve devolver setof audit.achado', regra.funcao);
  end if;
  if v_proc.provolatile = 'v' then
    return format('a função %s deve ser stable: só assim lê a mesma fotografia que o motor, e não escreve', regra.funcao);
  end if;
  if regra.preparacao is not null and to_regprocedure(regra.preparacao || '(audit.janela)') is null then
    return format('não existe a função de preparação %s(audit.janela)', regra.preparacao);
  end if;
  foreach v_nome in array array_remove(array[regra.funcao, regra.preparacao], null) loop
    v_defeito := audit_interno.conferir_caminho(v_nome);
    if v_defeito is not null then
      return v_defeito;
    end if;
  end loop;
  if not audit_interno.nome_qualificado(regra.tabela) then
    return format('a tabela se dá como esquema.tabela, e não %L', regra.tabela);
  end if;
  v_tabela := to_regclass(regra.tabela);
  if v_tabela is null then
    return format('não existe a tabela %s', regra.tabela);
  end if;
  select string_agg(c.coluna, ', ' order by c.coluna) into v_faltam
  from unnest(regra.colunas || array[regra.coluna_chave, regra.coluna_data, regra.coluna_carga, regra.coluna_valor]) as c (coluna)
  where c.coluna is not null and not exists (
    select from pg_attribute a
    where a.attrelid = v_tabela and a.attname = c.coluna and a.attnum > 0 and not a.attisdropped);
  if v_faltam is not null then
    return format('a tabela %s não tem a(s) coluna(s) %s', regra.tabela, v_faltam);
  end if;
  if array_position(regra.colunas, null) is not null then
    return 'há um nome de coluna nulo';
  end if;
  if regra.coluna_chave = any (regra.colunas) then
    return format('a chave %s não pode estar entre as colunas que a regra corrige', regra.coluna_chave);
  end if;
  return null;
end
$$;
comment on function audit_interno.conferir_regra(audit.regras) is 'Why a rule cannot run, or null.';
--! EndIncluded configuracao/conferir_regra.sql
--! Included configuracao/experimentar_regra.sql
-- Tries a rule out before it is registered: it must run, prepared, over up to
-- a hundred rows of its table, writing nothing, and return nothing that the engine would refuse. Everything it did is rolled back. What goes
-- wrong is told in one sentence; null when all is well, or when the table cannot be tried yet. Called by
-- audit.registrar_regra alone: sessions call the cheap audit_interno.conferir_regra.
create or replace function audit_interno.experimentar_regra(regra audit.regras)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tabela regclass := to_regclass(regra.tabela);
  v_chaves text[];
  v_codigo text;
  v_erro text;
  v_detalhe text;
begin
  if v_tabela is null then
    return null;
  end if;
  begin
    execute format('select array_agg(x.chave) from (select t.%I::text as chave from %s t limit 100) as x',
      regra.coluna_chave, audit_interno.nome_sql(v_tabela)) into v_chaves;
    if v_chaves is not null then
      if regra.preparacao is not null then
        execute format('select %s($1)', audit_interno.chamada_sql(regra.preparacao))
        using row(null, null, null, null, v_chaves)::audit.janela;
      end if;
      perform audit_interno.ler_sem_escrever(regra.funcao, row(null, null, null, null, v_chaves)::audit.janela);
      perform audit_interno.levantar_achados(regra, row(null, null, null, null, v_chaves)::audit.janela);
      if exists (select from pg_temp.conferente_achado a where a.registro_id <> all (v_chaves)) then
        raise exception using errcode = 'NC012', message = 'devolveu registros que não foram pedidos em janela.chaves';
      end if;
    end if;
    raise exception using errcode = 'NC999', message = 'simulação';
  exception
    when sqlstate 'NC999' then
      return null; -- the trial is undone
    when query_canceled then
      -- told on, never taken back: whoever gave up, or set the limit, is obeyed
      raise exception using errcode = 'query_canceled',
        message = format('a experiência da regra %s foi interrompida: %s', regra.nome, sqlerrm),
        detail = format('função %s, com %s registros', regra.funcao, coalesce(cardinality(v_chaves), 0)),
        hint = 'Se foi o tempo-limite (statement_timeout): a regra não termina, ou lê mais do que os registros de janela.chaves.';
    when others then
      get stacked diagnostics v_codigo = returned_sqlstate, v_erro = message_text, v_detalhe = pg_exception_detail;
      if left(v_codigo, 2) in ('40', '53', '57', '58') then
        raise;
      end if;
      return concat_ws('; ', format('a experiência com %s registros falhou (%s): %s',
        coalesce(cardinality(v_chaves), 0), v_codigo, v_erro), nullif(v_detalhe, ''));
  end;
end
$$;
comment on function audit_interno.experimentar_regra(audit.regras) is 'Why a rule fails when tried on up to a hundred rows, or null. Leaves nothing.';
--! EndIncluded configuracao/experimentar_regra.sql
--! Included avaliacao/avaliar_regra.sql
-- Back-tests a rule, and if asked another version of it, over a past window. Everything runs in subtransactions that are
-- rolled back: no finding, no statistic and no row of the warehouse is changed when it returns. Rows that were corrected or
-- mended since are put back for the rule's eyes only; until it returns nobody else can change them. HAZARD: what it runs, it
-- runs as conferente_dono, and reviewers may call it: outra_funcao has to belong to somebody who may register rules.
create or replace function audit.avaliar_regra(regra text, data_inicio date, data_fim date, outra_funcao text default null)
returns setof audit.avaliacao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_versao audit.regras;
  v_funcoes text[];
  v_funcao text;
  v_defeito text;
begin
  select * into v_regra from audit.regras r where r.nome = avaliar_regra.regra;
  if not found then
    raise exception using errcode = 'NC003', message = format('regra desconhecida: %s', coalesce(avaliar_regra.regra, 'nula')),
      hint = 'Existem: ' || (select string_agg(r.nome, ', ' order by r.nome) from audit.regras r) || '.';
  end if;
  if not coalesce(isfinite(data_inicio) and isfinite(data_fim), false) then
    raise exception using errcode = 'NC001', message = 'faltam data_inicio e data_fim, duas datas do calendário',
      hint = 'Uma avaliação olha uma janela do passado.';
  end if;
  if data_inicio > data_fim then
    raise exception using errcode = 'NC002', message = format('janela invertida: %s é depois de %s', data_inicio, data_fim);
  end if;

  v_funcoes := array_remove(array[v_regra.funcao, outra_funcao], null);
  v_versao := v_regra;
  foreach v_funcao in array v_funcoes loop
    v_versao.funcao := v_funcao;
    v_defeito := audit_interno.conferir_regra(v_versao);
    -- the registered function was held to it by an administrator
    if v_defeito is null and v_funcao = outra_funcao then
      perform audit_interno.exigir_dono(outra_funcao);
    end if;
    if v_defeito is not null then
      raise exception using errcode = 'NC011', message = format('não se avalia %s: %s', v_funcao, v_defeito);
    end if;
  end loop;
  foreach v_funcao in array v_funcoes loop
    v_versao.funcao := v_funcao;
    return query select * from audit_interno.avaliar_versao(v_versao, avaliar_regra.data_inicio, avaliar_regra.data_fim,
      nullif(case when v_funcao = outra_funcao then v_regra.funcao else outra_funcao end, v_funcao));
  end loop;
end
$$;
comment on function audit.avaliar_regra(text, date, date, text) is
  'Back-tests a rule over a window of booking dates, both included, and changes nothing. What it finds, with the window''s rows as they were before they were mended, is judged by people''s decisions and by what the rows held later (fonte decisoes); for pendente_verificacao also entries with a real category are asked as if they were pending (fonte retroteste). One line for each band of confidence (reliability table), then só aponta, no limiar and total, where erro_calibracao is the expected calibration error: sum over bands of n_band / n * |precisao - confianca_media| (Naeini et al. 2015; Guo et al. 2017). Shares and confidences go from 0 to 1. outra_funcao: another version of the rule''s function, tried on the same rows and told apart by funcao; it must be fit to be registered, and belong to a superuser or a member of conferente_dono or conferente_administrador. Recall of the registered function is bounded by what it found itself. Errors: NC001 a date is missing or infinite, NC002 window reversed, NC003 unknown rule, NC011 a function that is no rule or does not pin its search_path, 42501 outra_funcao belongs to somebody who could not register it, NC012 a rule that returns nonsense, 55P03 a row is being changed.';
revoke execute on function audit.avaliar_regra(text, date, date, text) from public;
grant execute on function audit.avaliar_regra(text, date, date, text) to conferente_revisor, conferente_operador, conferente_administrador;
--! EndIncluded avaliacao/avaliar_regra.sql

reset role;
