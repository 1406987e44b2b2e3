-- First step of looking for documents booked twice: entries that may be another booking of a document in the window, and what each says about
-- it. Coarse and cheap comparisons come first: amount and end of the number, then the supplier, then the number as it is read, then the text.
-- Twins and reversals may be outside the window. dentro: whether an entry is inside; ordem: the order of its key.
--   so_numero, citado, barra, especie, serie, ano, acesso, estorno   what the document's text says (regra_validacao_valores.ler_documento)
--   dita, objeto, mes_dito, ano_dito, estorno_dito   what the entry's text says (regra_validacao_valores.marcas_texto); dita also the number's
--   parte, documentada   whether its amount differs from its document's, and whether it has such an amount
--   centro, conta        its cost centre, and its category with the account
-- Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.lancados_em_dobro.
create or replace function regra_validacao_valores.lancamentos_comparaveis(
  janela audit.janela, proximidade int, absoluta numeric, relativa numeric, digitos int
) returns table (
  id text, ordem bigint, dentro boolean, data_lancamento date, carregado_em timestamptz, filial text, documento text, valor numeric,
  descricao text, montante numeric, raiz text, nome text,
  so_numero text, citado text, barra text, especie text, serie text, ano int, acesso text, estorno boolean, estorno_dito boolean,
  dita text, objeto text, mes_dito text, ano_dito text, parte boolean, documentada boolean, centro text, conta text
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
-- the planner knows nothing about these windows' output: nested loops or merges would search a whole flood for twins
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
  v_inicio date := greatest(janela.data_inicio, '0001-02-01');
  v_fim date := least(janela.data_fim, '9999-12-31');
  -- twice the days before: a reversal between a booking from too long ago and its twin belongs to that booking
  v_de date := greatest(v_inicio - 2 * proximidade, '0001-02-01');
  v_ate date := least(v_fim + proximidade, '9999-12-31');
  v_por_data boolean := janela.carregado_desde is null and janela.carregado_ate is null and janela.chaves is null;
  v_poucas boolean := not v_por_data or v_fim - v_inicio < proximidade;
  v_pendentes text[] := regras.rotulos_pendentes();
  v_datas date[];
  v_quantas int;
  v_suspeitas bigint[];
begin
  -- Twins and reversals are looked for on the flagged rows' own dates and the days around, so that a day's window reads days,
  -- not the table. What was loaded of late is mostly booked of late: then only its own dates are read, unless they are too many.
  if not v_por_data then
    select array_agg(distinct d.data + g.dias), count(distinct d.data) into v_datas, v_quantas
    from (
      select distinct l.data_lancamento as data
      from dw.lancamentos l
      where l.valor <> 0 and l.documento <> ''
        and l.data_lancamento between '0001-02-01' and '9999-12-31'
        and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id)
      limit 401
    ) d
    cross join generate_series(-2 * proximidade, proximidade) g (dias);
    if v_datas is null then
      return;
    end if;
    if v_quantas > 400 then
      v_datas := null;
    end if;
  end if;

  v_suspeitas := array(
    select s.chave
    from regra_validacao_valores.chaves_suspeitas(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, case when v_poucas then v_inicio else v_de end,
      case when v_poucas then v_fim else v_ate end, v_poucas) s (chave));
  if v_suspeitas = '{}' then
    return;
  end if;

  return query
  with lida as (
    select e.*, regras.raiz_fornecedor(e.fornecedor_id) as raiz
    from (
      -- by name: a warehouse may have further columns, called anything
      select l.id, l.data_lancamento::date as data_lancamento, l.carregado_em::timestamptz as carregado_em, l.filial, l.centro_custo,
        l.conta_contabil, l.categoria, l.fornecedor_id, l.fornecedor, l.documento::text as documento, l.valor, l.valor_documento, l.valor_desconto, l.descricao::text as descricao,
        regra_validacao_valores.chave_documento(l.valor, l.documento::text) as parecida
      from dw.lancamentos l
      -- The amount first, which is cheap. Hashed: the planner would estimate each member of a literal array, in every partition.
      where hash_numeric(abs(l.valor)) in (select s >> 32 from unnest(v_suspeitas) s) and l.valor <> 0 and l.documento <> ''
        and l.data_lancamento between v_de and v_ate
        and (v_datas is null or l.data_lancamento = any (v_datas))
      offset 0 -- or the document would be read for the join, and again
    ) e
    where e.parecida in (select s from unnest(v_suspeitas) s)
    offset 0
  ), acompanhada as (
    -- then the supplier; any supplier may match an entry without a code
    select l.*
    from (
      select l.*, count(*) over (partition by l.parecida) as companhia, count(l.raiz) over (partition by l.parecida) as com_codigo,
        count(*) over (partition by l.parecida, l.raiz) as da_empresa
      from lida l
    ) l
    where l.companhia > 1 and (l.da_empresa > 1 or l.com_codigo < l.companhia)
  ), escrita as materialized (
    -- each spelling once, here and for the texts: a flood has few
    select a.documento, d.*
    from (select distinct x.documento from acompanhada x) a
    cross join lateral regra_validacao_valores.ler_documento(a.documento) d
    offset 0
  ), numerada as (
    select l.*, count(*) over (partition by l.parecida, e.base) as iguais, e.base as so_numero, e.numero as citado, e.barra, e.parte as parte_escrita,
      e.especie, e.serie, e.ano, e.chave as acesso, e.estorno
    from acompanhada l
    join escrita e on e.documento = l.documento
    where e.numero is not null
  ), dita as materialized (
    select d.descricao, m.*
    from (select distinct n.descricao from numerada n where n.iguais > 1 and n.descricao is not null) d
    cross join lateral regra_validacao_valores.marcas_texto(d.descricao) m
    offset 0
  )
  select l.id::text, row_number() over (order by l.id), audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id), l.data_lancamento,
    l.carregado_em, l.filial::text, l.documento, l.valor::numeric, l.descricao, abs(l.valor)::numeric, l.raiz,
    -- another full stop or legal form does not make another supplier
    regras.nome_canonico(l.fornecedor),
    l.so_numero, l.citado, l.barra, l.especie, l.serie, l.ano, l.acesso, l.estorno, coalesce(d.estorno, false),
    -- the part that text or document name, or both
    concat_ws(' ', nullif(d.parte, ''), case when l.parte_escrita is distinct from nullif(d.parte, '') then l.parte_escrita end), d.objeto,
    -- a supplier whose numbers reach ten thousand does not use one in two months. A month in the text may be that of the booking, unless a
    -- year or a word says that it is the document's
    case when d.anunciado or l.so_numero !~ '[0-9]{5}' then d.mes end, case when d.anunciado or l.so_numero !~ '[0-9]{5}' then d.ano end,
    regra_validacao_valores.difere(l.valor, l.valor_documento, l.valor_desconto, absoluta, relativa, digitos),
    l.valor_documento is not null,
    coalesce(audit_interno.dobrar_categoria(l.centro_custo::text), ''),
    -- a parked entry has no category yet, and its account means nothing
    case when coalesce(audit_interno.dobrar_categoria(l.categoria::text), '') <> all (v_pendentes)
      then concat(audit_interno.dobrar_categoria(l.categoria::text), chr(31), l.conta_contabil) end
  from numerada l
  left join dita d on d.descricao = l.descricao
  where l.iguais > 1;
end
$$;

comment on function regra_validacao_valores.lancamentos_comparaveis(audit.janela, int, numeric, numeric, int) is
  'Entries that share amount, supplier and number with another, with what their document and text say.';
revoke execute on function regra_validacao_valores.lancamentos_comparaveis(audit.janela, int, numeric, numeric, int) from public;
