-- Runs a rule over a window and leaves its findings, checked and complete, in the temporary table conferente_achado. One statement runs the
-- rule and reads its rows, so findings, values and entries come from one snapshot: an edit that is committed meanwhile is not seen. With
-- ausentes it also lists, as achado = false, the keys of the window at which the rule finds nothing, with what their rows hold, and the
-- keys that have no row. With verificacao a malformed finding is kept as its row's defeito, so that one row does not cost a batch all
-- others. Writes nothing else. Called by detection, by closing and by verification.
create or replace function audit_interno.levantar_achados(
  regra audit.regras, janela audit.janela, ausentes boolean default false, verificacao boolean default false
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_funcao text := audit_interno.chamada_sql(regra.funcao);
  v_propostos text;
  v_originais text;
  v_valores text;
  v_rastro text;
  v_linhas bigint;
  v_repetida text;
  v_defeito record;
begin
  -- a side of the window for which the relation has no column is open to the rule
  if regra.coluna_data is null then
    janela.data_inicio := null;
    janela.data_fim := null;
  end if;
  if regra.coluna_carga is null then
    janela.carregado_desde := null;
    janela.carregado_ate := null;
  end if;
  select
    string_agg(format('case when p.propostos ? %L then jsonb_build_object(%L, %s) else ''{}'' end',
      c, c, audit_interno.expressao_imagem(v_tabela, c, audit_interno.expressao_valor(v_tabela, c, 'p.propostos'))), ' || '),
    string_agg(format('case when p.propostos = ''{}'' or p.propostos ? %L then jsonb_build_object(%L, %s) else ''{}'' end',
      c, c, audit_interno.expressao_imagem(v_tabela, c, format('t.%I', c))), ' || ')
  into v_propostos, v_originais
  from unnest(regra.colunas) as c;

  -- The engine computes the amount at stake; the rule can only raise it. For the contract's relation the amount is known, whatever column a
  -- rule names.
  select coalesce(string_agg(format('abs(t.%1$I::numeric), abs((p.propostos ->> %1$L)::numeric - t.%1$I::numeric)', a.attname), ', '), 'null::numeric')
  into v_valores
  from pg_attribute a
  where a.attrelid = v_tabela and a.attnum > 0 and not a.attisdropped and (a.attname = regra.coluna_valor
    or regra.tabela = 'dw.lancamentos' and a.attname = 'valor'
      and (select t.typcategory from pg_type t where t.oid = audit_interno.tipo_base(v_tabela, 'valor')) = 'N');
  drop table if exists pg_temp.conferente_achado;
  create temp table conferente_achado (
    registro_id text, tabela text, achado boolean, tabela_dita text, existe boolean, estranhos jsonb, forma text,
    valores_propostos jsonb, valores_originais jsonb, entrada jsonb, impressao bytea, confianca numeric, evidencia jsonb,
    justificativa text, valor_em_risco numeric, valor_decisao numeric, resumo jsonb, identidade bytea, ordem bigint, mes date, filial text, defeito text
  ) on commit drop;
  v_rastro := audit_interno.rastro('conferente_regra');
  insert into pg_temp.conferente_achado
  select x.registro_id, regra.tabela, x.achado, x.tabela_dita, x.existe, x.estranhos, x.forma, x.valores_propostos, x.valores_originais,
    x.entrada, x.impressao, x.confianca, x.evidencia, x.justificativa, x.valor_em_risco, x.valor_decisao, x.resumo,
    case when x.achado then audit_interno.identidade(regra.nome, regra.tabela, x.registro_id, x.valores_propostos, x.evidencia, x.entrada, x.impressao) end,
    x.ordem, case when x.mes between 101 and 999912 then make_date(x.mes / 100, x.mes % 100, 1) end, x.filial,
    case when x.achado then case
      when x.registro_id is null then 'um achado sem registro_id'
      when coalesce(x.tabela_dita <> regra.tabela, false) and audit_interno.relacao(x.tabela_dita) <> v_tabela then format('um achado da tabela %s, mas está registrada para %s', x.tabela_dita, regra.tabela)
      when coalesce(x.tabela_dita <> regra.tabela, false) and audit_interno.relacao(x.tabela_dita) is null then format('um achado da tabela %s, que não existe', x.tabela_dita)
      when not x.existe then 'um achado de um registro que não existe'
      when x.confianca is null or x.confianca < 0 or x.confianca > 1 then format('confiança %s, fora de 0 a 1', coalesce(x.confianca::text, 'nula'))
      when x.forma <> 'object' and x.forma <> 'null' then 'como correção algo que não é um objeto JSON'
      when x.estranhos <> '{}' then format('valor para uma coluna que não é dela: %s', x.estranhos)
      when btrim(coalesce(x.justificativa, '')) = '' then 'um achado sem justificativa'
      when x.valor_em_risco < 0 or x.valor_em_risco = 'NaN' then format('valor em risco %s', x.valor_em_risco)
      when x.valores_propostos <> '{}' and x.valores_propostos = x.valores_originais then 'como correção o que o registro já tem'
    end end
  from audit_interno.ler(
    -- offset 0, or each expression would be evaluated again wherever it is used
    format(
      'with achada as (select u.*, row_number() over () as ordem from %6$s as u)
       select a.registro_id, a.achado, a.tabela, t.%1$I is not null, p.propostos - $2, jsonb_typeof(a.valores_propostos),
         case when p.propostos = ''{}'' then p.propostos else %2$s end, %3$s, %4$s, %5$s,
         a.confianca, coalesce(nullif(a.evidencia, ''null''), ''{}''), a.justificativa, coalesce(a.valor_em_risco, 0), greatest(a.valor_em_risco, %9$s), %10$s, a.ordem, %11$s, %12$s
       from achada as a
       cross join lateral (select case when jsonb_typeof(a.valores_propostos) = ''object'' then a.valores_propostos
         else ''{}'' end as propostos) as p
       left join %7$s as t on t.%1$I = a.registro_id::%8$s
       offset 0',
      regra.coluna_chave, v_propostos, v_originais, audit_interno.expressao_imagens(v_tabela, regra.colunas_identidade),
      audit_interno.expressao_impressao(v_tabela, regra.colunas),
      case
        when levantar_achados.ausentes then format(
          '(with encontrado as materialized (select f.*, true as achado from %s(row($1, $3, $4, $5, $6)::audit.janela) as f)
            select f.* from encontrado f
            union all
            select null, k, null, null, null, null, null, false from unnest($6) as k
            where k not in (select f.registro_id from encontrado f where f.registro_id is not null))', v_funcao)
        when janela.chaves is null and coalesce((
          select max(e.linhas_examinadas) from audit.execucoes_regra e where e.regra = regra.nome and e.status = 'pendente'), 0) > 200000
        then format('(select f.*, true as achado from audit_interno.rodar_regra(%L, row($1, $3, $4, $5, $6)::audit.janela) as f)', v_funcao)
        else format('(select f.*, true as achado from %s(row($1, $3, $4, $5, $6)::audit.janela) as f)', v_funcao) end,
      audit_interno.fonte_linhas(v_tabela, regra.coluna_chave, 'select c.registro_id from achada as c'),
      audit_interno.tipo_coluna(v_tabela, regra.coluna_chave),
      v_valores,
      audit_interno.expressao_imagens(v_tabela, regra.colunas_resumo),
      coalesce(audit_interno.expressao_mes(regra), 'null::integer'),
      case when regra.coluna_filial is null then 'null::text' else format('nullif(btrim(t.%I::text), '''')', regra.coluna_filial) end),
    janela, regra.colunas)
    as x (registro_id text, achado boolean, tabela_dita text, existe boolean, estranhos jsonb, forma text, valores_propostos jsonb,
      valores_originais jsonb, entrada jsonb, impressao bytea, confianca numeric, evidencia jsonb, justificativa text, valor_em_risco numeric, valor_decisao numeric, resumo jsonb, ordem bigint, mes integer, filial text);
  get diagnostics v_linhas = row_count;
  perform audit_interno.conferir_rastro('conferente_regra', v_rastro, format('a regra %s', regra.nome));

  -- two rows with one key: nobody knows which the rule meant, and a correction would change both
  if v_linhas > (select max(a.ordem) from pg_temp.conferente_achado a) then
    select min(a.registro_id) into v_repetida from pg_temp.conferente_achado a group by a.ordem having count(*) > 1 limit 1;
    raise exception using errcode = 'NC012',
      message = format('a regra %s aponta a chave %s, que mais de um registro de %s tem', regra.nome, v_repetida, regra.tabela),
      hint = format('Cada registro precisa de um %s só seu; conferente diagnostico conta os repetidos.', regra.coluna_chave);
  end if;
  select a.registro_id, a.defeito into v_defeito
  from pg_temp.conferente_achado a
  where a.defeito is not null and not (levantar_achados.verificacao and a.registro_id is not null)
  limit 1;
  if found then
    raise exception using errcode = 'NC012',
      message = format('a regra %s devolveu %s', regra.nome, v_defeito.defeito),
      detail = format('registro %s', coalesce(v_defeito.registro_id, 'nulo'));
  end if;

  if exists (select from pg_temp.conferente_achado a where a.achado group by a.identidade having count(*) > 1) then
    delete from pg_temp.conferente_achado a
    using (
      select ctid, row_number() over (partition by identidade order by confianca desc) as ordem
      from pg_temp.conferente_achado where achado
    ) as b
    where a.ctid = b.ctid and b.ordem > 1;
  end if;
  analyze pg_temp.conferente_achado (registro_id, identidade);
end
$$;
comment on function audit_interno.levantar_achados(audit.regras, audit.janela, boolean, boolean) is
  'Fills pg_temp.conferente_achado with what the rule finds in the window. NC012 when the rule returns nonsense, a key does not belong to exactly one row, or it leaves something behind.';
