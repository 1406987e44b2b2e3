--! Previous: sha1:98428c73042f2f2ed08c213ade05eb7bdb3b9dbf
--! Hash: sha1:ed8c798bddc3e911fbcd2acc3a5f74903369af2b
--! Message: the row behind a finding

set local role conferente_dono;

--! Included deteccao/levantar_achados.sql
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
         jsonb_typeof(a.valores_propostos) as forma, a.confianca, coalesce(nullif(a.evidencia, ''null''), ''{}'') as evidencia, a.justificativa, coalesce(a.valor_em_risco, 0) as valor_em_risco
       from pg_temp.conferente_bruto as a
       cross join lateral (select case when jsonb_typeof(a.valores_propostos) = ''object'' then a.valores_propostos
         else ''{}'' end as propostos) as p
       left join %5$s as t on t.%3$I = a.registro_id::%6$s %7$s
       offset 0
     ) as x',
    v_propostos, v_originais, regra.coluna_chave, audit_interno.expressao_impressao(v_tabela, regra.colunas),
    audit_interno.nome_sql(v_tabela), v_chave, (
      select audit_interno.limite_chaves(v_tabela, regra.coluna_chave, array_agg(b.registro_id)) from pg_temp.conferente_bruto b))
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
--! EndIncluded deteccao/levantar_achados.sql
--! Included regras/descrever_provas.sql
-- What spoke for a suggestion, for a reviewer: at each level of knowledge how many entries of earlier months there were and how
-- many had the category, finest first; the five words that pulled towards it most; and the finest level by itself, for the
-- sentence. An account that many suppliers share is wider than a supplier. The arrays go together. Touches nothing. Called by regras.pendente_verificacao.
create or replace function audit_interno.descrever_provas(
  niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[]
) returns table (por_nivel jsonb, palavras jsonb, lista text, todas bigint, certas bigint, por text)
language sql immutable parallel safe rows 1
begin atomic
  select n.por_nivel, p.palavras, p.lista, n.todas, n.certas, n.por
  from (
    select
      pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('por', v.nome, 'lancamentos', v.todas, 'na_categoria', v.iguais) order by v.ordem desc) as por_nivel,
      (pg_catalog.array_agg(v.todas order by v.ordem desc))[1] as todas, (pg_catalog.array_agg(v.iguais order by v.ordem desc))[1] as certas,
      (pg_catalog.array_agg(v.nome order by v.ordem desc))[1] as por
    from (
      select u.todas, u.iguais, case u.nivel when 21 then 3.5 else u.nivel end as ordem,
        case u.nivel
          when 2 then 'centro de custo' when 3 then 'centro de custo e faixa de valor' when 4 then 'empresa do fornecedor'
          when 5 then 'nome do fornecedor' when 6 then 'código do fornecedor' when 7 then 'fornecedor e centro de custo'
          when 8 then 'fornecedor, centro de custo e faixa de valor' when 9 then 'fornecedor, centro de custo e valor'
          when 10 then 'fornecedor e mesmo texto' when 11 then 'fornecedor e conta' when 21 then 'conta contábil'
        end as nome
      from unnest(niveis, lancamentos, iguais) u (nivel, todas, iguais)
      where u.nivel <> 20
    ) v
  ) n
  cross join (
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('palavra', v.termo, 'lancamentos', v.todas, 'na_categoria', v.iguais)) as palavras,
      pg_catalog.string_agg(v.termo, ', ') as lista
    from (
      select u.termo, u.todas, u.iguais
      from unnest(niveis, termos, lancamentos, iguais) u (nivel, termo, todas, iguais)
      where u.nivel = 20 and u.iguais > 0
      order by u.iguais / (u.todas + 5)::double precision desc, u.iguais desc, u.termo
      limit 5
    ) v
  ) p;
end;

comment on function audit_interno.descrever_provas(smallint[], text[], bigint[], bigint[]) is
  'Levels and words that spoke for a suggestion, with their counts, as evidence.';
revoke execute on function audit_interno.descrever_provas(smallint[], text[], bigint[], bigint[]) from public;
--! EndIncluded regras/descrever_provas.sql
--! Included consulta/ver_registro.sql
-- The whole row behind a finding, as the warehouse holds it now: who decides has to see what is decided. Only rows with a finding, and
-- only for those who decide or administer. Reads the table of the finding; called by the review page and in psql.
create or replace function audit.ver_registro(divergencia_id bigint)
returns table (coluna text, tipo text, valor text)
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_divergencia audit.divergencias_processadas;
  v_chave text;
  v_tipo text;
  v_relacao regclass;
  v_registro jsonb;
begin
  select * into v_divergencia from audit.divergencias_processadas d where d.id = ver_registro.divergencia_id;
  if not found then
    raise exception using errcode = 'NC004',
      message = format('divergência desconhecida: %s', coalesce(ver_registro.divergencia_id::text, 'nula'));
  end if;
  select r.coluna_chave into strict v_chave from audit.regras r where r.nome = v_divergencia.regra;
  v_relacao := to_regclass(v_divergencia.tabela);
  v_tipo := audit_interno.tipo_coluna(v_relacao, v_chave);
  if v_tipo is null then
    return;
  end if;
  -- t.*: a table may have a column that is called t
  execute format('select to_jsonb(t.*) from %s t where t.%I = $1::%s', audit_interno.nome_sql(v_relacao), v_chave, v_tipo)
  into v_registro using v_divergencia.registro_id;
  return query
  select a.attname::text, audit_interno.tipo_coluna(v_relacao, a.attname), v_registro ->> a.attname
  from pg_attribute a
  where a.attrelid = v_relacao and a.attnum > 0 and not a.attisdropped and v_registro is not null
  order by a.attnum;
end
$$;
comment on function audit.ver_registro(bigint) is
  'The row behind a finding as the warehouse holds it now, a line for each column in their order, with its type and its value as text; none when the row, its table or its key column is gone. Errors: NC004 unknown id.';
grant execute on function audit.ver_registro(bigint) to conferente_revisor, conferente_administrador;
--! EndIncluded consulta/ver_registro.sql

reset role;
