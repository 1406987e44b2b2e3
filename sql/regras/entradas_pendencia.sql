-- The entries in question and what is known of each. Either the pending entries of a window, each allowed to see the months
-- before its own (corte); or (retroteste) decided entries of the given months: a sample, each allowed to see the months before
-- some wait, or without a size (amostra) all of them without a wait. What contradicts its supplier's
-- code (contra: nome, texto; see regras.contradizem_codigo) is asked without the code. metade: of all suppliers (null) or of one
-- half (0, 1). Reads dw.lancamentos and the statistics; changes nothing.
-- Called by regras.pontuar_pendencias and by the fitting of the weights.
create or replace function regras.entradas_pendencia(janela audit.janela, retroteste int4range, amostra int, metade int)
returns table (
  id text, corte int, lacuna smallint, certa int, raiz text, nome text, codigo text, centro text, conta text, valor numeric, texto text,
  contra text
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_nossas text[] := case when retroteste is not null then regras.corrigidas_sem_palavra() end;
  v_inicio date := make_date(lower(retroteste) / 12, lower(retroteste) % 12 + 1, 1);
  v_fim date := make_date(upper(retroteste) / 12, upper(retroteste) % 12 + 1, 1);
  v_limiar bigint;
begin
  if retroteste is null then
    return query
    with pendente as materialized (
      select l.id::text as id, coalesce(regras.mes_indice(l.data_lancamento), -1) as corte,
        left(l.fornecedor, 200) as escrito, l.fornecedor_id, l.centro_custo, l.conta_contabil, l.valor, l.descricao
      from dw.lancamentos l
      where coalesce(audit_interno.dobrar_categoria(l.categoria), '') = any (v_pendentes)
        and (metade is null or regras.metade_fornecedor(l.fornecedor_id, l.fornecedor) = metade)
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
    ), mes as materialized (
      select m.corte, regras.lacuna(m.corte, regras.ultimo_mes_conhecido(m.corte)) as lacuna
      from (select distinct p.corte from pendente p) m
    ), entrada as materialized (
      select row_number() over () as n, p.id, p.corte, m.lacuna, regras.raiz_fornecedor(p.fornecedor_id) as raiz,
        case when n.escrito is null then regras.nome_canonico(p.escrito) else n.nome end as nome,
        nullif(btrim(p.fornecedor_id), '') as codigo, nullif(btrim(p.centro_custo), '') as centro,
        nullif(btrim(p.conta_contabil), '') as conta, p.valor, regras.palavras_texto(p.descricao) as texto
      from pendente p
      join mes m on m.corte = p.corte
      left join regras.estatistica_nome n on n.escrito = p.escrito
    ), contraria as materialized (
      select c.* from (select array_agg(e.raiz order by e.n) as raizes, array_agg(e.nome order by e.n) as nomes,
        array_agg(e.texto order by e.n) as textos, array_agg(e.corte order by e.n) as cortes from entrada e) a
      cross join lateral regras.contradizem_codigo(a.raizes, a.nomes, a.textos, a.cortes) c
    )
    select e.id, e.corte, e.lacuna, null::int, case when c.n is null then e.raiz end, e.nome, case when c.n is null then e.codigo end,
      e.centro, e.conta, e.valor, e.texto, c.contra
    from entrada e
    left join contraria c on c.n = e.n;
    return;
  end if;

  -- of a large ledger only as many are looked at as make the sample surely full: hashes are spread evenly
  select case when 2 * amostra < sum(m.linhas) then ((2.0 * amostra / sum(m.linhas) - 0.5) * 18446744073709551615)::bigint end
  into v_limiar
  from regras.estatistica_mes m
  where m.mes <@ retroteste;

  return query
  with decidida as materialized (
    select l.id::text as id, regras.mes_indice(l.data_lancamento) as mes, c.id as certa,
      left(l.fornecedor, 200) as escrito, l.fornecedor_id, l.centro_custo, l.conta_contabil, l.valor, l.descricao
    from dw.lancamentos l
    join (
      select k.id, k.categoria
      from regras.estatistica_categoria k
      where audit_interno.dobrar_categoria(k.categoria) <> all (v_pendentes || ''::text)
      offset 0
    ) c on c.categoria = l.categoria
    where l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
      and (v_limiar is null or hashtextextended(l.id::text, 1) <= v_limiar)
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    -- the same sample whenever the ledger is the same
    order by hashtextextended(l.id::text, 1)
    limit amostra
  ), espera as materialized (
    -- each is asked as if it had waited for none to eleven months, rather evenly: how long a real one waits is not known
    select p.mes, p.corte, p.sorte, regras.lacuna(p.mes, u.ultimo) as lacuna
    from (
      select m.mes, g.sorte,
        case when amostra is null then m.mes else greatest(m.mes - g.meses, lower(retroteste)) end as corte
      from generate_series(lower(retroteste), upper(retroteste) - 1) m (mes)
      cross join unnest('{0,0,0,1,1,2,2,3,4,5,6,7,8,9,10,11}'::int[]) with ordinality g (meses, sorte)
    ) p
    join (
      select c.corte, regras.ultimo_mes_conhecido(c.corte) as ultimo
      from generate_series(lower(retroteste), upper(retroteste) - 1) c (corte)
      offset 0
    ) u on u.corte = p.corte
  ), entrada as materialized (
    select row_number() over () as n, d.id, e.corte, e.lacuna, d.certa, regras.raiz_fornecedor(d.fornecedor_id) as raiz,
      case when n.escrito is null then regras.nome_canonico(d.escrito) else n.nome end as nome,
      nullif(btrim(d.fornecedor_id), '') as codigo, nullif(btrim(d.centro_custo), '') as centro,
      nullif(btrim(d.conta_contabil), '') as conta, d.valor, regras.palavras_texto(d.descricao) as texto
    from decidida d
    join espera e on e.mes = d.mes and e.sorte = 1 + (hashtextextended(d.id, 2) & 15)
    left join regras.estatistica_nome n on n.escrito = d.escrito
    where metade is null or regras.metade_fornecedor(d.fornecedor_id, d.escrito) = metade
  ), contraria as materialized (
    select c.* from (select array_agg(e.raiz order by e.n) as raizes, array_agg(e.nome order by e.n) as nomes,
      array_agg(e.texto order by e.n) as textos, array_agg(e.corte order by e.n) as cortes from entrada e) a
    cross join lateral regras.contradizem_codigo(a.raizes, a.nomes, a.textos, a.cortes) c
  )
  select e.id, e.corte, e.lacuna, e.certa, case when c.n is null then e.raiz end, e.nome, case when c.n is null then e.codigo end,
    e.centro, e.conta, e.valor, e.texto, c.contra
  from entrada e
  left join contraria c on c.n = e.n;
end
$$;

comment on function regras.entradas_pendencia(audit.janela, int4range, int, int) is
  'Entries in question (pending ones, or a back-test sample), what they are compared by, and the first month they may not see.';
revoke execute on function regras.entradas_pendencia(audit.janela, int4range, int, int) from public;
