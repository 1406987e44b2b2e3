-- What the given suppliers do when they do not look like marketing: their entries between two days that no including pattern
-- matches, by category, pending ones left out. All of them are read: three of thousands defend a category, and a sample would
-- lose them. Reads dw.lancamentos, the patterns and the settings; changes nothing. Called by regras.trade_marketing.
create or replace function regras.historico_marketing(inicio date, fim date, chaves text[])
returns table (chave text, categoria_dobrada text, lancamentos bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- a list that may not be hashed is gone through for every entry
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_descricao_filtro text[] := regras.filtro_padroes('incluir', 'descricao');
  v_descricao text := regras.expressao_padroes('incluir', 'descricao', true);
  v_descricao_livre text := regras.expressao_padroes('incluir', 'descricao', false);
  v_fornecedor_filtro text[] := regras.filtro_padroes('incluir', 'fornecedor');
  v_fornecedor text := regras.expressao_padroes('incluir', 'fornecedor', true);
  v_fornecedor_livre text := regras.expressao_padroes('incluir', 'fornecedor', false);
  v_conta_filtro text[] := regras.filtro_padroes('incluir', 'conta_contabil');
  v_conta text := regras.expressao_padroes('incluir', 'conta_contabil', true);
  v_conta_livre text := regras.expressao_padroes('incluir', 'conta_contabil', false);
  v_codigos text[] := array(
    select regras.codigos_marketing(historico_marketing.inicio, historico_marketing.fim, historico_marketing.chaves));
  v_sem_codigo boolean := exists (select from unnest(historico_marketing.chaves) k where k like '=%');
begin
  return query
  with grupo as (
    -- descriptions are many; what else is folded and matched is few, once grouped
    select l.fornecedor_id, l.fornecedor, l.categoria, l.conta_contabil, count(*) as lancamentos
    from dw.lancamentos l
    cross join lateral (select audit_interno.dobrar(l.descricao) as descricao offset 0) d
    where l.data_lancamento between historico_marketing.inicio and historico_marketing.fim
      -- of few an index is used; of many the planner would weigh each, and one scan by parallel workers is faster
      and (cardinality(v_codigos) <= 500 and l.fornecedor_id = any (v_codigos)
        or cardinality(v_codigos) > 500 and l.fornecedor_id in (select c from unnest(v_codigos) c))
      and not regras.texto_casa(d.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
    group by 1, 2, 3, 4
    union all
    select null, l.fornecedor, l.categoria, l.conta_contabil, count(*)
    from dw.lancamentos l
    cross join lateral (select audit_interno.dobrar(l.descricao) as descricao offset 0) d
    where v_sem_codigo and l.data_lancamento between historico_marketing.inicio and historico_marketing.fim
      and regras.inicio_fornecedor(l.fornecedor_id) = ''
      and not regras.texto_casa(d.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
    group by 2, 3, 4
  ), outro as (
    select regras.chave_fornecedor(g.fornecedor_id, g.fornecedor) as chave, audit_interno.dobrar(g.fornecedor) as nome,
      audit_interno.dobrar(g.conta_contabil) as conta, coalesce(audit_interno.dobrar_categoria(g.categoria), '') as categoria_dobrada, g.lancamentos
    from grupo g
    offset 0
  )
  select o.chave, o.categoria_dobrada, sum(o.lancamentos)::bigint
  from outro o
  where o.chave = any (historico_marketing.chaves) and o.categoria_dobrada <> '' and o.categoria_dobrada <> all (v_pendentes)
    and not regras.texto_casa(o.conta, v_conta_filtro, v_conta, v_conta_livre)
    and not regras.texto_casa(o.nome, v_fornecedor_filtro, v_fornecedor, v_fornecedor_livre)
  group by o.chave, o.categoria_dobrada;
end
$$;

comment on function regras.historico_marketing(date, date, text[]) is
  'For each supplier key and folded category: entries between two booking dates, both included, that no marketing pattern matches.';
revoke execute on function regras.historico_marketing(date, date, text[]) from public;
