-- Writes corrections of one rule and one set of columns in one statement, as conferente_escrita. When the warehouse refuses (a constraint,
-- a trigger), the group is halved until the refused rows stand alone; the others go through. Where a row may hold something other than was
-- asked (audit_interno.exige_releitura), it is read again through the same relation: a row that is not exact is undone and left as infiel,
-- and the others are written again. Returns the booking dates of the altered rows, so that verification need not look for them in every
-- partition; without a column of dates, or for rows without a date, that is any day.
create or replace function audit_interno.aplicar_grupo(
  operacao_id bigint, regra audit.regras, colunas text[], aberta text, ids bigint[], tentativa integer default 1
)
returns daterange
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_relacao regclass := audit_interno.relacao(regra.tabela);
  v_tabela text := audit_interno.nome_sql(v_relacao);
  v_chave text := format('t.%I = l.registro_id::%s', regra.coluna_chave, audit_interno.tipo_coluna(v_relacao, regra.coluna_chave));
  v_limite text;
  v_chaves text[];
  v_de text;
  v_mesma text;
  v_para text;
  v_guarda text;
  v_intacta text;
  v_atribuicoes text;
  v_imagem text := audit_interno.expressao_imagens(v_relacao, colunas);
  v_outras text := audit_interno.expressao_imagens(v_relacao, audit_interno.colunas_guardadas(regra, colunas));
  v_data text := coalesce((
    select format('t.%I', a.attname) from pg_attribute a
    where a.attrelid = v_relacao and a.attname = regra.coluna_data and a.atttypid = 'date'::regtype and a.attnum > 0 and not a.attisdropped),
    'null::date');
  v_adiaveis text[] := audit_interno.adiaveis(v_relacao);
  v_reler boolean := audit_interno.exige_releitura(v_relacao);
  v_meio integer := cardinality(ids) / 2;
  v_dias daterange;
  v_quantas bigint;
  v_escritas bigint[];
  v_infieis jsonb;
  v_codigo text;
  v_erro text;
begin
  select
    string_agg(audit_interno.expressao_igual(v_relacao, c, 'l.de'), ' and '),
    string_agg(audit_interno.expressao_fiel(v_relacao, c, 'l.para'), ' and '),
    string_agg(format('%I = %s', c, audit_interno.expressao_valor(v_relacao, c, 'l.para')), ', ')
  into v_de, v_para, v_atribuicoes
  from unnest(colunas) as c;
  v_mesma := format('(l.entrada - %1$L::text[] = %2$s or l.entrada_nossa - %1$L::text[] = %2$s)', colunas, audit_interno.expressao_imagens(v_relacao, array(
    select c from unnest(regra.colunas_identidade) as c where c <> all (colunas))));
  v_intacta := format('%s and %s and (l.impressao is null or l.impressao = %s)', v_de, v_mesma,
    audit_interno.expressao_impressao(v_relacao, regra.colunas));
  v_guarda := concat_ws(' and ', v_intacta, aberta);

  begin
    select audit_interno.limite_chaves(v_relacao, regra.coluna_chave, array_agg(l.registro_id)) into v_limite
    from pg_temp.conferente_lote l where l.divergencia_id = any (ids);
    v_chave := v_chave || v_limite;
    if v_reler then
      perform audit_interno.travar_grupo(v_tabela, v_chave, v_guarda, v_outras, ids);
    end if;
    -- the door also checks what the warehouse defers to the commit, while a refusal can still be pinned on a row
    if not v_reler then
      with alterada as (
        select e.*
        from audit_interno.escrever(format(
          'update %s t set %s from pg_temp.conferente_lote l where l.divergencia_id = any ($1) and %s and %s
           returning l.divergencia_id, %s, %s', v_tabela, v_atribuicoes, v_chave, v_guarda, v_imagem, v_data), ids, v_adiaveis)
          as e (divergencia_id bigint, depois jsonb, dia date)
      ), imagem as (
        insert into audit.alteracoes (operacao_id, divergencia_id, reverte_operacao_id, antes, depois)
        select aplicar_grupo.operacao_id, a.divergencia_id, l.reverte_operacao_id, l.de, a.depois
        from alterada a join pg_temp.conferente_lote l on l.divergencia_id = a.divergencia_id
      )
      select count(*), case when count(*) = 0 then 'empty' when count(a.dia) < count(*) then '(,)'
        else daterange(min(a.dia), max(a.dia), '[]') end
      into v_quantas, v_dias
      from alterada a;
      perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
    else
      select coalesce(array_agg(e.divergencia_id), '{}') into v_escritas
      from audit_interno.escrever(format(
        'update %s t set %s from pg_temp.conferente_lote l where l.divergencia_id = any ($1) and l.outras is not null and %s and %s
         returning l.divergencia_id', v_tabela, v_atribuicoes, v_chave, v_guarda), ids, v_adiaveis) as e (divergencia_id bigint);
      perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
      -- through the same relation, as the same role; every locked row, because a trigger may also write and report that it did not
      with lida as (
        select r.*
        from audit_interno.escrever(format(
          'select l.divergencia_id, t.%I is not null, %s, %s, %s, %s, %s
           from pg_temp.conferente_lote l left join %s t on %s
           where l.divergencia_id = any ($1) and l.outras is not null',
          regra.coluna_chave, v_para, v_de, v_imagem, v_outras, v_data, v_tabela, v_chave), ids)
          as r (divergencia_id bigint, existe boolean, pedida boolean, intacta boolean, agora jsonb, outras jsonb, dia date)
      ), julgada as (
        select r.divergencia_id, r.divergencia_id = any (v_escritas) as escrita, r.dia, r.agora, r.outras as outras_agora, l.outras, l.para,
          coalesce(r.existe and r.outras = l.outras and case when r.divergencia_id = any (v_escritas) then r.pedida else r.intacta end, false) as fiel
        from lida r join pg_temp.conferente_lote l on l.divergencia_id = r.divergencia_id
      ), imagem as (
        insert into audit.alteracoes (operacao_id, divergencia_id, reverte_operacao_id, antes, depois)
        select aplicar_grupo.operacao_id, j.divergencia_id, l.reverte_operacao_id, l.de, j.agora
        from julgada j join pg_temp.conferente_lote l on l.divergencia_id = j.divergencia_id
        where j.escrita and j.fiel
      )
      select count(*) filter (where j.escrita and j.fiel),
        jsonb_object_agg(j.divergencia_id, audit_interno.descrever_infiel(j.para, j.agora, j.outras, j.outras_agora)) filter (where not j.fiel),
        case when count(*) filter (where j.escrita and j.fiel) = 0 then 'empty' when bool_or(j.escrita and j.fiel and j.dia is null) then '(,)'
          else daterange(min(j.dia) filter (where j.escrita and j.fiel), max(j.dia) filter (where j.escrita and j.fiel), '[]') end
      into v_quantas, v_infieis, v_dias
      from julgada j;
      perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
      if v_infieis is not null then
        raise exception using errcode = 'NC999', message = 'algo não ficou como pedido';
      end if;
    end if;
  exception when assert_failure or others then -- "others" does not include assert_failure
    get stacked diagnostics v_codigo = returned_sqlstate, v_erro = message_text;
    v_erro := audit_interno.sem_segredos(v_erro);
    if v_codigo = 'NC999' and v_infieis is not null then -- the write is undone; the inexact rows stand aside
      update pg_temp.conferente_lote l set resultado = 'infiel', erro = v_infieis ->> l.divergencia_id::text
      where l.divergencia_id = any (ids) and (v_infieis ? l.divergencia_id::text);
      if tentativa >= 5 and cardinality(ids) > 1 then
        update pg_temp.conferente_lote l set resultado = 'infiel', erro = 'o gatilho do data warehouse grava a cada vez outra coisa'
        where l.divergencia_id = any (ids) and l.resultado <> 'infiel';
      end if;
      update pg_temp.conferente_lote l set agora = audit_interno.valores_atuais(l.divergencia_id, l.de)
      where l.divergencia_id = any (ids) and l.resultado = 'infiel' and l.agora is null;
      ids := array(
        select l.divergencia_id from pg_temp.conferente_lote l where l.divergencia_id = any (ids) and l.resultado <> 'infiel' order by 1);
      return case when ids = '{}' then 'empty'::daterange
        else audit_interno.aplicar_grupo(operacao_id, regra, colunas, aberta, ids, tentativa + 1) end;
    end if;
    -- what the relation cannot do is refused at once for the whole group: a column that its view does not write, a generated one
    if v_codigo in ('0A000', '428C9', '55000') then
      update pg_temp.conferente_lote l set resultado = 'recusada', erro = format('%s: %s', v_codigo, v_erro)
      where l.divergencia_id = any (ids);
      return 'empty'::daterange;
    end if;
    -- pin on rows only what the data cause; a deadlock, a lost privilege or a full disk is not a row's fault
    if audit_interno.falha_de_quem(v_codigo) <> 'linha' then
      raise;
    end if;
    -- keys that their column can no longer hold are found at once too, without halving
    v_chaves := array(select l.registro_id from pg_temp.conferente_lote l where l.divergencia_id = any (ids));
    if v_codigo like '22%' and v_chaves <> audit_interno.chaves_legiveis(v_relacao, regra.coluna_chave, v_chaves) then
      v_chaves := audit_interno.chaves_legiveis(v_relacao, regra.coluna_chave, v_chaves);
      update pg_temp.conferente_lote l set resultado = 'recusada',
        erro = format('a chave %s não cabe mais na coluna %s, que agora é do tipo %s', l.registro_id, regra.coluna_chave,
          audit_interno.tipo_coluna(v_relacao, regra.coluna_chave))
      where l.divergencia_id = any (ids) and l.registro_id <> all (v_chaves);
      ids := array(select l.divergencia_id from pg_temp.conferente_lote l where l.divergencia_id = any (ids) and l.registro_id = any (v_chaves) order by 1);
      return case when ids = '{}' then 'empty'::daterange else audit_interno.aplicar_grupo(operacao_id, regra, colunas, aberta, ids, tentativa) end;
    end if;
    if cardinality(ids) = 1 then
      update pg_temp.conferente_lote l set resultado = 'recusada', erro = format('%s: %s', v_codigo, v_erro)
      where l.divergencia_id = ids[1];
      return 'empty'::daterange;
    end if;
    return range_merge(
      audit_interno.aplicar_grupo(operacao_id, regra, colunas, aberta, ids[:v_meio]),
      audit_interno.aplicar_grupo(operacao_id, regra, colunas, aberta, ids[v_meio + 1:]));
  end;
  if v_quantas = cardinality(ids) then
    return v_dias;
  end if;

  perform audit_interno.exigir_confirmadas(v_relacao);
  update pg_temp.conferente_lote l
  set agora = case when x.existe then x.agora end,
    resultado = case when not x.existe then 'ausente' when not x.mesma then 'outra' when x.certa then 'ja_certa'
      when x.parada and not x.aberta then 'fechada' when x.parada then 'recusada' else 'movida' end,
    erro = case when not x.existe or x.certa and x.mesma then null when not x.mesma then format('a chave é agora de outro lançamento: antes %s, agora %s', l.entrada, x.entrada)
      when x.parada and not x.aberta then 'o período está fechado'
      when x.parada then 'o banco não gravou e não disse por quê (talvez um gatilho ou uma política de linha)' end
  from audit_interno.escrever(format(
    'select l.divergencia_id, t.%I is not null, coalesce(%s, false), coalesce(%s, false), coalesce(%s, false), %s, %s, %s
     from pg_temp.conferente_lote l left join %s t on %s
     where l.divergencia_id = any ($1)',
    regra.coluna_chave, v_mesma, v_para, v_intacta, v_imagem, audit_interno.expressao_imagens(v_relacao, regra.colunas_identidade),
    coalesce(aberta, 'true'), audit_interno.fonte_linhas(v_relacao, regra.coluna_chave,
      'select c.registro_id from pg_temp.conferente_lote c where c.divergencia_id = any ($1)'), v_chave), ids)
    as x (divergencia_id bigint, existe boolean, mesma boolean, certa boolean, parada boolean, agora jsonb, entrada jsonb, aberta boolean)
  where x.divergencia_id = l.divergencia_id and not exists (
    select from audit.alteracoes a where a.divergencia_id = l.divergencia_id and a.operacao_id = aplicar_grupo.operacao_id);
  perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
  -- a row that the writing role cannot see has not necessarily gone
  update pg_temp.conferente_lote l
  set resultado = 'recusada', erro = 'conferente_escrita não vê o registro (talvez por uma política de linha do data warehouse)'
  from audit_interno.ler(format('select k.c from unnest($2) as k (c) join %1$s t on t.%2$I = k.c::%3$s and t.%2$I = any ($2::%3$s[])', v_tabela, regra.coluna_chave,
      audit_interno.tipo_coluna(v_relacao, regra.coluna_chave)), null, (
    select array_agg(x.registro_id) from pg_temp.conferente_lote x where x.divergencia_id = any (ids) and x.resultado = 'ausente')) as v (registro_id text)
  where l.divergencia_id = any (ids) and l.resultado = 'ausente' and l.registro_id = v.registro_id;
  return v_dias;
end
$$;
comment on function audit_interno.aplicar_grupo(bigint, audit.regras, text[], text, bigint[], integer) is
  'Applies part of pg_temp.conferente_lote: one rule, one set of columns; aberta: audit_interno.condicao_aberta of them. Returns the days on which the altered rows are booked.';
