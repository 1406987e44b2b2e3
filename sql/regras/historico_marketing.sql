-- What the given suppliers do: their entries between two days, by name and category, pending ones left out, whether or not a marketing pattern
-- matches them: a supplier that is itself a pattern must be able to say otherwise. All of them are read: three of thousands defend a
-- category, and a sample would lose them. What we booked and nobody confirmed is left out, or the rule would believe itself. Reads
-- dw.lancamentos, the audit tables and the settings; changes nothing. Called by
-- regras.fornecedores_marketing.
create or replace function regras.historico_marketing(inicio date, fim date, chaves text[])
returns table (chave text, nome text, categoria_dobrada text, lancamentos bigint, desde date)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- a list that may not be hashed is gone through for every entry
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes() || ''::text;
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_codigos text[] := array(
    select regras.codigos_marketing(historico_marketing.inicio, historico_marketing.fim, historico_marketing.chaves));
  v_sem_codigo boolean := exists (select from unnest(historico_marketing.chaves) k where k like '=%');
begin
  return query
  with grupo as (
    select l.fornecedor_id, l.fornecedor, l.categoria, count(*) as lancamentos, min(l.data_lancamento)::date as desde
    from dw.lancamentos l
    where l.data_lancamento between historico_marketing.inicio and historico_marketing.fim
      -- of few an index is used; of many the planner would weigh each, and one scan by parallel workers is faster
      and (cardinality(v_codigos) <= 500 and l.fornecedor_id = any (v_codigos)
        or cardinality(v_codigos) > 500 and l.fornecedor_id in (select c from unnest(v_codigos) c))
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    group by 1, 2, 3
    union all
    select null, l.fornecedor, l.categoria, count(*), min(l.data_lancamento)::date
    from dw.lancamentos l
    where v_sem_codigo and l.data_lancamento between historico_marketing.inicio and historico_marketing.fim
      and regras.inicio_fornecedor(l.fornecedor_id) = ''
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    group by 2, 3
  ), outro as (
    select regras.chave_fornecedor(g.fornecedor_id, g.fornecedor) as chave, coalesce(regras.nome_canonico(g.fornecedor), '') as nome,
      coalesce(audit_interno.dobrar_categoria(g.categoria), '') as categoria_dobrada, g.lancamentos, g.desde
    from grupo g
    offset 0
  )
  select o.chave, o.nome, o.categoria_dobrada, sum(o.lancamentos)::bigint, min(o.desde)
  from outro o
  where o.chave = any (historico_marketing.chaves) and o.categoria_dobrada <> all (v_pendentes)
  group by o.chave, o.nome, o.categoria_dobrada;
end
$$;

comment on function regras.historico_marketing(date, date, text[]) is
  'For each supplier key, canonical name and folded category: entries between two booking dates, both included, and the first of them.';
revoke execute on function regras.historico_marketing(date, date, text[]) from public;
