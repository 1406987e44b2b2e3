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

  drop table if exists pg_temp.conferente_achado;
  execute format(
    'create temp table conferente_achado on commit drop as
     select a.tabela, a.registro_id, p.propostos - $2 as estranhos,
       case when p.propostos = ''{}'' then p.propostos else %1$s end as valores_propostos,
       %2$s as valores_originais, t.%3$I is not null as existe, %4$s as impressao,
       jsonb_typeof(a.valores_propostos) as forma, a.confianca, coalesce(a.evidencia, ''{}'') as evidencia, a.justificativa, coalesce(a.valor_em_risco, 0) as valor_em_risco,
       null::bytea as identidade
     from %5$s($1) as a
     cross join lateral (select case when jsonb_typeof(a.valores_propostos) = ''object'' then a.valores_propostos
       else ''{}'' end as propostos) as p
     left join %6$s as t on t.%3$I = a.registro_id::%7$s',
    v_propostos, v_originais, regra.coluna_chave, audit_interno.expressao_impressao(v_tabela, regra.colunas),
    audit_interno.chamada_sql(regra.funcao), audit_interno.nome_sql(v_tabela), v_chave)
  using janela, regra.colunas;

  select a.registro_id, d.defeito into v_defeito
  from pg_temp.conferente_achado a
  cross join lateral (select case
    when a.registro_id is null then 'um achado sem registro_id'
    when to_regclass(a.tabela) <> v_tabela then format('um achado da tabela %s, e está registrada para %s', a.tabela, regra.tabela)
    when a.tabela is not null and to_regclass(a.tabela) is null then format('um achado da tabela %s, que não existe', a.tabela)
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

  update pg_temp.conferente_achado a
  set tabela = regra.tabela,
    -- two kinds of flag on one row are two findings, so a flag's kind is part of its identity
    identidade = sha256(convert_to(jsonb_build_array(regra.nome, regra.tabela, a.registro_id, a.valores_propostos,
      case when a.valores_propostos = '{}' then a.evidencia ->> 'tipo' end)::text, 'UTF8') || a.impressao);
  delete from pg_temp.conferente_achado a
  using (
    select ctid, row_number() over (partition by identidade order by confianca desc) as ordem
    from pg_temp.conferente_achado
  ) as b
  where a.ctid = b.ctid and b.ordem > 1;
  analyze pg_temp.conferente_achado;
end
$$;
comment on function audit_interno.levantar_achados(audit.regras, audit.janela) is
  'Fills pg_temp.conferente_achado with what the rule finds in the window. NC012 when the rule returns nonsense.';
