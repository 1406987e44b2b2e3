-- Runs a rule over a window and leaves what it found, checked and complete, in the temporary table conferente_achado.
-- The rule is STABLE and is joined to its table in one statement: findings and original values come from one snapshot.
-- Writes nothing else. Called by detection, by closing and by verification.
create or replace function audit_interno.levantar_achados(regra audit.regras, janela audit.janela)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_tabela regclass := to_regclass(regra.tabela);
  v_chave text := audit_interno.tipo_coluna(v_tabela, regra.coluna_chave);
  v_propostos text;
  v_originais text;
  v_defeito record;
begin
  select
    string_agg(format('case when p.propostos ? %L then jsonb_build_object(%L, %s) else ''{}'' end',
      c, c, audit_interno.expressao_imagem(v_tabela, c, audit_interno.expressao_valor(v_tabela, c, 'p.propostos'))), ' || '),
    string_agg(format('case when p.propostos = ''{}'' or p.propostos ? %L then jsonb_build_object(%L, %s) else ''{}'' end',
      c, c, audit_interno.expressao_imagem(v_tabela, c, format('t.%I', c))), ' || ')
  into v_propostos, v_originais
  from unnest(regra.colunas) as c;

  drop table if exists pg_temp.conferente_achado, pg_temp.conferente_bruto;
  -- taken down first: joined at once, the planner would take a thousand for granted, whatever the rule finds
  execute format('create temp table conferente_bruto on commit drop as select * from %s($1)', audit_interno.chamada_sql(regra.funcao))
  using janela;
  analyze pg_temp.conferente_bruto (registro_id);
  -- offset 0: or each expression would be worked out again wherever it is used
  execute format(
    'create temp table conferente_achado on commit drop as
     select x.*,
       -- two kinds of flag on one row are two findings, so the kind of a flag is part of its identity
       sha256(convert_to(jsonb_build_array($2, $3, x.registro_id, x.valores_propostos,
         case when x.valores_propostos = ''{}'' then x.evidencia ->> ''tipo'' end)::text, ''UTF8'') || x.impressao) as identidade
     from (
       select a.tabela as tabela_dita, $3 as tabela, a.registro_id, p.propostos - $1 as estranhos,
         case when p.propostos = ''{}'' then p.propostos else %1$s end as valores_propostos,
         %2$s as valores_originais, t.%3$I is not null as existe, %4$s as impressao,
         jsonb_typeof(a.valores_propostos) as forma, a.confianca, coalesce(nullif(a.evidencia, ''null''), ''{}'') as evidencia, a.justificativa, coalesce(a.valor_em_risco, 0) as valor_em_risco,
         greatest(a.valor_em_risco, %8$s) as valor_decisao
       from pg_temp.conferente_bruto as a
       cross join lateral (select case when jsonb_typeof(a.valores_propostos) = ''object'' then a.valores_propostos
         else ''{}'' end as propostos) as p
       left join %5$s as t on t.%3$I = a.registro_id::%6$s %7$s
       offset 0
     ) as x',
    v_propostos, v_originais, regra.coluna_chave, audit_interno.expressao_impressao(v_tabela, regra.colunas),
    audit_interno.nome_sql(v_tabela), v_chave, (
      select audit_interno.limite_chaves(v_tabela, regra.coluna_chave, array_agg(b.registro_id)) from pg_temp.conferente_bruto b),
    case when regra.coluna_valor is null then 'null::numeric'
      else format('abs(t.%1$I::numeric), abs((p.propostos ->> %1$L)::numeric - t.%1$I::numeric)', regra.coluna_valor) end)
  using regra.colunas, regra.nome, regra.tabela;
  drop table pg_temp.conferente_bruto;

  select a.registro_id, d.defeito into v_defeito
  from pg_temp.conferente_achado a
  cross join lateral (select case
    when a.registro_id is null then 'um achado sem registro_id'
    when to_regclass(a.tabela_dita) <> v_tabela then format('um achado da tabela %s, e está registrada para %s', a.tabela_dita, regra.tabela)
    when a.tabela_dita is not null and to_regclass(a.tabela_dita) is null then format('um achado da tabela %s, que não existe', a.tabela_dita)
    when not a.existe then 'um achado de um registro que não existe'
    when a.confianca is null or a.confianca < 0 or a.confianca > 1 then format('confiança %s, fora de 0 a 1', coalesce(a.confianca::text, 'nula'))
    when a.forma <> 'object' and a.forma <> 'null' then 'como correção algo que não é um objeto'
    when a.estranhos <> '{}' then format('valor para coluna que não lhe cabe: %s', a.estranhos)
    when btrim(coalesce(a.justificativa, '')) = '' then 'um achado sem justificativa'
    when a.valor_em_risco < 0 or a.valor_em_risco = 'NaN' then format('valor em risco %s', a.valor_em_risco)
    when a.valores_propostos <> '{}' and a.valores_propostos = a.valores_originais then 'como correção o que o registro já tem'
  end as defeito) as d
  where d.defeito is not null
  limit 1;
  if found then
    raise exception using errcode = 'NC012',
      message = format('a regra %s devolveu %s', regra.nome, v_defeito.defeito),
      detail = format('registro %s', coalesce(v_defeito.registro_id, 'nulo'));
  end if;

  if exists (select from pg_temp.conferente_achado a group by a.identidade having count(*) > 1) then
    delete from pg_temp.conferente_achado a
    using (
      select ctid, row_number() over (partition by identidade order by confianca desc) as ordem
      from pg_temp.conferente_achado
    ) as b
    where a.ctid = b.ctid and b.ordem > 1;
  end if;
  analyze pg_temp.conferente_achado (registro_id, identidade);
end
$$;
comment on function audit_interno.levantar_achados(audit.regras, audit.janela) is
  'Fills pg_temp.conferente_achado with what the rule finds in the window. NC012 when the rule returns nonsense.';
