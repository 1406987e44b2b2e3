-- What suppliers of the given names, canonical, do under whichever code: as regras.historico_marketing, for names that come under a
-- code that nobody knows. Reads dw.lancamentos, the audit tables and the settings; changes nothing. Called by
-- regras.fornecedores_marketing.
create or replace function regras.historico_nomes_marketing(inicio date, fim date, nomes text[])
returns table (chave text, nome text, categoria_dobrada text, lancamentos bigint, desde date)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes() || ''::text;
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_grafias text[];
begin
  select array_agg(g.fornecedor) into v_grafias
  from (
    select distinct l.fornecedor
    from dw.lancamentos l
    where l.data_lancamento between historico_nomes_marketing.inicio and historico_nomes_marketing.fim
    offset 0
  ) g
  where regras.nome_canonico(g.fornecedor) = any (historico_nomes_marketing.nomes);

  return query
  with grupo as (
    select l.fornecedor_id, l.fornecedor, l.categoria, count(*) as lancamentos, min(l.data_lancamento)::date as desde
    from dw.lancamentos l
    where l.data_lancamento between historico_nomes_marketing.inicio and historico_nomes_marketing.fim
      and l.fornecedor in (select g from unnest(v_grafias) g)
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    group by 1, 2, 3
  ), outro as (
    select regras.chave_fornecedor(g.fornecedor_id, g.fornecedor) as chave, coalesce(regras.nome_canonico(g.fornecedor), '') as nome,
      coalesce(audit_interno.dobrar_categoria(g.categoria), '') as categoria_dobrada, g.lancamentos, g.desde
    from grupo g
    offset 0
  )
  select o.chave, o.nome, o.categoria_dobrada, sum(o.lancamentos)::bigint, min(o.desde)
  from outro o
  where o.categoria_dobrada <> all (v_pendentes)
  group by o.chave, o.nome, o.categoria_dobrada;
end
$$;

comment on function regras.historico_nomes_marketing(date, date, text[]) is
  'For each supplier key, canonical name among those given and folded category: entries between two booking dates, both included, and the first of them.';
revoke execute on function regras.historico_nomes_marketing(date, date, text[]) from public;
