-- The entries that one marketing pattern matches, newest first, as audit.previsao_padrao shows them. Reads dw.lancamentos and
-- the settings; changes nothing. Called by audit.previsao_padrao, through audit_interno.ler.
create or replace function regra_trade_marketing.entradas_casadas(campo text, tipo text, padrao text, limite int)
returns table (
  registro_id text, data_lancamento date, categoria text, fornecedor text, descricao text, conta_contabil text,
  valor numeric, ja_em_marketing boolean
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_marketing text[] := regras.nomes_da_categoria(audit_interno.configuracao('trade_marketing.categoria') #>> '{}');
begin
  return query
  select l.id::text, l.data_lancamento::date, l.categoria::text, l.fornecedor::text, l.descricao::text,
    l.conta_contabil::text, l.valor::numeric,
    coalesce(audit_interno.dobrar_categoria(l.categoria) = any (v_marketing), false)
  from dw.lancamentos l
  where regra_trade_marketing.padrao_casa(entradas_casadas.tipo, entradas_casadas.padrao, audit_interno.dobrar(
    case entradas_casadas.campo when 'fornecedor' then l.fornecedor when 'descricao' then l.descricao else l.conta_contabil end))
  order by l.data_lancamento desc, l.id
  limit greatest(0, least(entradas_casadas.limite, 10000));
end
$$;

comment on function regra_trade_marketing.entradas_casadas(text, text, text, int) is
  'Entries that a pattern (contem, palavra, regex) matches in a field, newest first, at most 10,000.';
revoke execute on function regra_trade_marketing.entradas_casadas(text, text, text, int) from public;

-- What a marketing pattern would match before anybody saves it: the entries, newest first, the category in which they are booked, and
-- whether that is the marketing category already. Reads the ledger as conferente_regra (regra_trade_marketing.entradas_casadas); changes
-- nothing. Called by an administrator who maintains the patterns. An invalid regular expression raises invalid_regular_expression; one that
-- takes for ever ends at statement_timeout.
create or replace function audit.previsao_padrao(campo text, tipo text, padrao text, limite int default 50)
returns table (
  registro_id text, data_lancamento date, categoria text, fornecedor text, descricao text, conta_contabil text,
  valor numeric, ja_em_marketing boolean
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if campo is null or campo not in ('fornecedor', 'descricao', 'conta_contabil') then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'campo desconhecido: ' || coalesce(campo, '(nulo)'),
      hint = 'Use fornecedor, descricao ou conta_contabil.';
  end if;
  if tipo is null or tipo not in ('contem', 'palavra', 'regex') then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'tipo desconhecido: ' || coalesce(tipo, '(nulo)'),
      hint = 'Use contem, palavra ou regex.';
  end if;

  return query
  select * from audit_interno.ler('select * from regra_trade_marketing.entradas_casadas($2[1], $2[2], $2[3], $2[4]::int)',
    textos => array[campo, tipo, padrao, limite::text])
    as e (registro_id text, data_lancamento date, categoria text, fornecedor text, descricao text, conta_contabil text,
      valor numeric, ja_em_marketing boolean);
exception
  when undefined_table or invalid_schema_name or undefined_column then
    raise exception using errcode = 'NC010', message = 'o data warehouse não pôde ser lido: falta dw.lancamentos ou uma de suas colunas',
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
end
$$;

comment on function audit.previsao_padrao(text, text, text, int) is
  'Entries that a marketing pattern would match, newest first, before it is saved. campo: fornecedor, descricao or conta_contabil; tipo: contem, palavra or regex; limite: at most 10,000 rows. Errors: invalid_parameter_value, invalid_regular_expression, NC010 no warehouse to read.';
revoke execute on function audit.previsao_padrao(text, text, text, int) from public;
grant execute on function audit.previsao_padrao(text, text, text, int) to conferente_revisor, conferente_administrador;

-- The marketing patterns that audit.propor_padroes proposes: suppliers, words and pairs of words of entries that a person decided to move
-- to the marketing category, with their support and precision. Reads dw.lancamentos, the decisions, the patterns and the settings; changes
-- nothing. Called by audit.propor_padroes, through audit_interno.ler.
create or replace function regra_trade_marketing.padroes_propostos(suporte_minimo int, precisao_minima numeric)
returns table (campo text, tipo text, padrao text, suporte bigint, lancamentos bigint, precisao numeric)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_marketing text[] := regras.nomes_da_categoria(audit_interno.configuracao('trade_marketing.categoria') #>> '{}');
  v_pendentes text[] := regras.rotulos_pendentes();
begin
  return query
  with confirmado as materialized (
    select distinct d.registro_id
    from audit.divergencias_processadas d
    where d.tabela = 'dw.lancamentos' and d.status = 'corrigida'
      and audit_interno.dobrar_categoria(d.valores_propostos ->> 'categoria') = any (v_marketing)
      and exists (select 1 from audit.decisoes p
            where p.divergencia_id = d.id and p.tipo in ('aprovacao', 'segunda_aprovacao', 'correcao_manual'))
  ), entrada as materialized (
    select l.id::text as id, audit_interno.dobrar(btrim(l.fornecedor)) as fornecedor,
      string_to_array(nullif(regras.palavras_texto(l.descricao), ''), ' ') as palavras,
      c.registro_id is not null as confirmada,
      c.registro_id is not null or audit_interno.dobrar_categoria(l.categoria) = any (v_marketing) as marketing
    from dw.lancamentos l
    left join confirmado c on c.registro_id = l.id::text
    where audit_interno.dobrar_categoria(l.categoria) <> all (v_pendentes || ''::text)
  ), candidato as materialized (
    select e.id, e.confirmada, e.marketing, x.campo, x.texto
    from entrada e
    cross join lateral (
      select 'fornecedor' as campo, e.fornecedor as texto where e.fornecedor <> ''
      union
      select 'descricao', p from unnest(e.palavras) p where length(p) >= 4
      union
      select 'descricao', e.palavras[i] || ' ' || e.palavras[i + 1]
      from generate_series(1, cardinality(e.palavras) - 1) i
    ) x
    where (x.campo, x.texto) in (
      select f.campo, f.texto
      from entrada n
      cross join lateral (
        select 'fornecedor' as campo, n.fornecedor as texto where n.fornecedor <> ''
        union
        select 'descricao', p from unnest(n.palavras) p where length(p) >= 4
        union
        select 'descricao', n.palavras[i] || ' ' || n.palavras[i + 1]
        from generate_series(1, cardinality(n.palavras) - 1) i
      ) f
      where n.confirmada
      group by f.campo, f.texto
      having count(*) >= suporte_minimo
    )
  ), contado as (
    select c.campo, c.texto, count(*) filter (where c.confirmada) as suporte, count(*) as lancamentos,
      count(*) filter (where c.marketing) as marketing
    from candidato c
    group by c.campo, c.texto
  )
  select c.campo, 'palavra'::text, c.texto, c.suporte, c.lancamentos, round(c.marketing::numeric / c.lancamentos, 4)
  from contado c
  where c.marketing::numeric / c.lancamentos >= precisao_minima
    -- what an active pattern already catches needs no other
    and not exists (
      select 1 from audit.padroes_trade_marketing p
      where p.ativo and p.acao = 'incluir' and p.campo = c.campo
        and regra_trade_marketing.padrao_casa(p.tipo, p.padrao, c.texto))
    -- no pair if one of its words alone has as much support and is precise enough
    and not exists (
      select 1 from contado m
      where m.campo = c.campo and m.texto <> c.texto and ' ' || c.texto || ' ' like '% ' || replace(replace(m.texto, '\', ''), '%', '') || ' %'
        and c.campo = 'descricao' and m.suporte >= c.suporte and m.marketing::numeric / m.lancamentos >= precisao_minima)
  order by c.suporte desc, 6 desc, c.campo, c.texto;
end
$$;

comment on function regra_trade_marketing.padroes_propostos(int, numeric) is
  'Suppliers, words and pairs of words with at least suporte_minimo confirmed entries and the given precision over the ledger, that no active pattern has.';
revoke execute on function regra_trade_marketing.padroes_propostos(int, numeric) from public;

-- Proposes marketing patterns from what people confirmed: suppliers, words and pairs of words of entries that a person decided to move to
-- the marketing category. Support: the confirmed entries that have it. Precision: the share that is marketing (confirmed or booked so) of
-- all decided entries of the ledger with it. Saves nothing: a person accepts. Reads the ledger as conferente_regra
-- (regra_trade_marketing.padroes_propostos). Called by an administrator who maintains the patterns.
create or replace function audit.propor_padroes(suporte_minimo int default 3, precisao_minima numeric default 0.9)
returns table (campo text, tipo text, padrao text, suporte bigint, lancamentos bigint, precisao numeric)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select * from audit_interno.ler('select * from regra_trade_marketing.padroes_propostos($2[1]::int, $2[2]::numeric)',
    textos => array[suporte_minimo::text, precisao_minima::text])
    as p (campo text, tipo text, padrao text, suporte bigint, lancamentos bigint, precisao numeric);
exception
  when undefined_table or invalid_schema_name or undefined_column then
    raise exception using errcode = 'NC010', message = 'o data warehouse não pôde ser lido: falta dw.lancamentos ou uma de suas colunas',
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
end
$$;

comment on function audit.propor_padroes(int, numeric) is
  'Patterns worth adding, from confirmed corrections: suppliers, words and pairs of words with at least suporte_minimo confirmed entries and the given precision over the ledger. Saves nothing. Error: NC010 no warehouse to read.';
revoke execute on function audit.propor_padroes(int, numeric) from public;
grant execute on function audit.propor_padroes(int, numeric) to conferente_revisor, conferente_administrador;
