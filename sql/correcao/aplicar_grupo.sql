-- Writes corrections of one table and one set of columns in one statement. When the warehouse refuses (a constraint, a
-- trigger), the group is halved until the rows that it refuses stand alone; the rest go through. Returns the days on which
-- the altered rows are booked, so that verification need not look for them in every partition: of a table without a column
-- of dates, of rows without a date, and where a trigger may write it afterwards, that is any day.
create or replace function audit_interno.aplicar_grupo(
  operacao_id bigint, relacao regclass, coluna_chave text, colunas_regra text[], colunas text[], ids bigint[], coluna_data text
)
returns daterange
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tabela text := audit_interno.nome_sql(relacao);
  v_chave text := format('t.%I = l.registro_id::%s', coluna_chave, audit_interno.tipo_coluna(relacao, coluna_chave));
  v_guarda text;
  v_ja_certa text;
  v_atribuicoes text;
  v_imagem text;
  v_alteracao text;
  v_data text := coalesce((
    select format('t.%I', a.attname) from pg_attribute a
    where a.attrelid = relacao and a.attname = aplicar_grupo.coluna_data and a.atttypid = 'date'::regtype and a.attnum > 0 and not a.attisdropped),
    'null::date');
  v_dias daterange;
  v_quantas bigint;
  v_imagens jsonb;
  v_adiaveis text;
  v_reler boolean := audit_interno.exige_releitura(relacao);
  v_meio integer := cardinality(ids) / 2;
  v_codigo text;
  v_erro text;
begin
  select
    string_agg(audit_interno.expressao_igual(relacao, c, 'l.de'), ' and '),
    string_agg(audit_interno.expressao_igual(relacao, c, 'l.para'), ' and '),
    string_agg(format('%I = %s', c, audit_interno.expressao_valor(relacao, c, 'l.para')), ', '),
    format('jsonb_build_object(%s)', string_agg(format('%L, t.%I', c, c), ', '))
  into v_guarda, v_ja_certa, v_atribuicoes, v_imagem
  from unnest(colunas) as c;
  select v_chave || audit_interno.limite_chaves(relacao, coluna_chave, array_agg(l.registro_id)) into v_chave
  from pg_temp.conferente_lote l where l.divergencia_id = any (ids);
  v_guarda := format('%s and (l.impressao is null or l.impressao = %s)', v_guarda,
    audit_interno.expressao_impressao(relacao, colunas_regra));

  begin
    if exists (select from pg_trigger g where g.tgrelid = relacao and g.tgtype & 64 = 64 and g.tgenabled <> 'D') then
      -- INSTEAD OF: the view's update neither locks nor re-reads rows, so they are locked in a statement of their own
      begin
        execute format('select count(*) from (select from %s t, pg_temp.conferente_lote l where l.divergencia_id = any ($1) and %s for update of t) as x',
          v_tabela, v_chave) using ids;
      exception when feature_not_supported then
        -- an outer join or a grouping in the view: its tables are kept from other writers until the batch is committed
        execute format('lock table %s in share row exclusive mode', v_tabela);
      end;
    end if;
    v_alteracao := format(
      'update %1$s t set %2$s
       from pg_temp.conferente_lote l
       where l.divergencia_id = any ($1) and %3$s and %4$s
       returning l.divergencia_id, l.reverte_operacao_id, l.de, %5$s as depois, %6$s as dia',
      v_tabela, v_atribuicoes, v_chave, v_guarda, v_imagem, v_data);
    if v_reler then
      execute format('with alterada as (%s) select count(*), coalesce(jsonb_object_agg(a.divergencia_id, a.depois), ''{}''), ''(,)''::daterange from alterada a', v_alteracao)
      into v_quantas, v_imagens, v_dias using ids;
    else
      execute format(
        'with alterada as (%s), imagem as (
           insert into audit.alteracoes (operacao_id, divergencia_id, reverte_operacao_id, antes, depois)
           select $2, a.divergencia_id, a.reverte_operacao_id, a.de, a.depois from alterada a
         )
         select count(*), case when count(*) = 0 then ''empty'' when count(a.dia) < count(*) then ''(,)''
           else daterange(min(a.dia), max(a.dia), ''[]'') end
         from alterada a', v_alteracao)
      into v_quantas, v_dias using ids, operacao_id;
    end if;
    -- what the warehouse checks only at commit is checked here, where a refusal can still be pinned on a row
    select string_agg(distinct format('%I.%I', n.nspname, c.conname), ', ') into v_adiaveis
    from pg_constraint c join pg_namespace n on n.oid = c.connamespace
    where c.condeferrable and n.nspname not in ('audit', 'audit_interno');
    if v_adiaveis is not null then
      execute format('set constraints %s immediate', v_adiaveis);
    end if;
    if v_reler then
      execute format(
        'with imagem as (
           update pg_temp.conferente_lote l set agora = coalesce((select %1$s from %2$s t where %3$s), $3 -> l.divergencia_id::text)
           where l.divergencia_id = any ($2) and $3 ? l.divergencia_id::text
           returning l.divergencia_id, l.reverte_operacao_id, l.de, l.agora
         )
         insert into audit.alteracoes (operacao_id, divergencia_id, reverte_operacao_id, antes, depois)
         select $1, i.divergencia_id, i.reverte_operacao_id, i.de, i.agora from imagem i',
        v_imagem, v_tabela, v_chave)
      using operacao_id, ids, v_imagens;
    end if;
  exception when others then
    get stacked diagnostics v_codigo = returned_sqlstate, v_erro = message_text;
    -- only what the data cause is pinned on rows; a deadlock, a lost privilege or a full disk is not a row's fault
    if left(v_codigo, 2) not in ('09', '21', '22', '23', '27', '38', '39', '44', '45', 'P0') and v_codigo !~ '^[5-9I-Z]..[0-9A-Z]{2}$'
      or left(v_codigo, 2) in ('53', '54', '55', '57', '58', 'XX')
    then
      raise;
    end if;
    if cardinality(ids) = 1 then
      update pg_temp.conferente_lote l set resultado = 'recusada', erro = format('%s: %s', v_codigo, v_erro)
      where l.divergencia_id = ids[1];
      return 'empty'::daterange;
    end if;
    return range_merge(
      audit_interno.aplicar_grupo(operacao_id, relacao, coluna_chave, colunas_regra, colunas, ids[:v_meio], coluna_data),
      audit_interno.aplicar_grupo(operacao_id, relacao, coluna_chave, colunas_regra, colunas, ids[v_meio + 1:], coluna_data));
  end;
  if v_quantas = cardinality(ids) then
    return v_dias;
  end if;

  execute format(
    'update pg_temp.conferente_lote l
     set agora = case when x.existe then x.imagem end,
       resultado = case when not x.existe then ''ausente'' when x.ja_certa then ''ja_certa'' when x.parada then ''recusada'' else ''movida'' end,
       erro = case when x.parada and not x.ja_certa then ''o banco não gravou e não disse por quê (um gatilho ou uma política de linha)'' end
     from (
       select l.divergencia_id, t.%1$I is not null as existe, %2$s as ja_certa, %3$s as parada, %4$s as imagem
       from pg_temp.conferente_lote l left join %5$s t on %6$s
       where l.divergencia_id = any ($1) and not exists (
         select from audit.alteracoes a where a.divergencia_id = l.divergencia_id and a.operacao_id = $2)
     ) as x
     where x.divergencia_id = l.divergencia_id',
    coluna_chave, v_ja_certa, v_guarda, v_imagem, v_tabela, v_chave)
  using ids, operacao_id;
  return v_dias;
end
$$;
comment on function audit_interno.aplicar_grupo(bigint, regclass, text, text[], text[], bigint[], text) is
  'Applies part of pg_temp.conferente_lote: one table, one set of columns. Returns the days on which the altered rows are booked.';
