-- What counts as the history of each suspect's supplier: the entries under its code, unless the code had other names before the
-- suspect's month and none like this one, for codes are given to others, copied and mistyped (contradito). Where the code
-- had nothing before that month and the name is known under another code, the name's entries count as well. The arrays go together.
-- Reads the ledger through regras.historico_marketing and historico_nomes_marketing; changes nothing. Called by
-- regras.trade_marketing.
create or replace function regras.fornecedores_marketing(
  inicio date, fim date, categoria text, chaves text[], nomes text[], cortes date[]
) returns table (
  chave text, nome text, corte date, contradito boolean, total numeric, marketing numeric, maior_outra numeric, por_categoria jsonb
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off
as $$
declare
  v_marketing text := audit_interno.dobrar(fornecedores_marketing.categoria);
begin
  return query
  with suspeito as materialized (
    select u.chave, u.nome, u.corte, u.chave not like '=%' and u.nome <> '' as tem_ambos
    from unnest(chaves, nomes, cortes) u (chave, nome, corte)
    where u.chave is not null
  ), historia as materialized (
    select h.* from regras.historico_marketing(inicio, fim, array(select distinct s.chave from suspeito s)) h
  ), antes as materialized (
    select distinct s.chave, s.nome, s.corte, h.nome as outro
    from suspeito s
    join historia h on h.chave = s.chave and h.desde < s.corte
    where s.tem_ambos
  ), nova as materialized (
    select a.chave, a.nome, a.corte from antes a where a.outro <> '' group by 1, 2, 3 having bool_and(a.outro <> a.nome)
  ), par as (
    select a.* from nova n join antes a using (chave, nome, corte) where a.outro <> ''
  ), grafia as materialized (
    select g.nome, regras.trigramas(g.nome) as trigramas
    from (select p.nome from par p union select p.outro from par p) g
    offset 0
  ), estranha as materialized (
    select p.chave, p.nome, p.corte
    from par p
    join grafia a on a.nome = p.nome
    join grafia b on b.nome = p.outro
    group by 1, 2, 3
    having not bool_or(regras.nomes_parecidos(a.nome, a.trigramas, b.nome, b.trigramas))
  ), sem_passado as materialized (
    select s.chave, s.nome, s.corte
    from suspeito s
    left join antes a on a.chave = s.chave and a.nome = s.nome and a.corte = s.corte
    where s.tem_ambos and a.chave is null
  ), pelo_nome as materialized (
    select h.*
    from (select array_agg(distinct s.nome) as nomes from sem_passado s having count(*) > 0) n
    cross join lateral regras.historico_nomes_marketing(inicio, fim, n.nomes) h
  ), conhecida as (
    select distinct s.chave, s.nome, s.corte from sem_passado s join pelo_nome h on h.nome = s.nome and h.desde < s.corte
  ), conta as (
    -- an entry under both code and name is in both: once
    select s.chave, s.nome, s.corte, h.chave as de, h.nome as quem, h.categoria_dobrada, h.lancamentos
    from suspeito s
    join historia h on h.chave = s.chave
    union
    select s.chave, s.nome, s.corte, h.chave, h.nome, h.categoria_dobrada, h.lancamentos
    from conhecida s
    join pelo_nome h on h.nome = s.nome
  ), soma as (
    select c.chave, c.nome, c.corte, c.categoria_dobrada, sum(c.lancamentos) as lancamentos from conta c group by 1, 2, 3, 4
  ), resumo as (
    select m.chave, m.nome, m.corte, sum(m.lancamentos) as total,
      sum(m.lancamentos) filter (where m.categoria_dobrada = v_marketing) as marketing,
      max(m.lancamentos) filter (where m.categoria_dobrada <> v_marketing) as maior_outra,
      jsonb_object_agg(m.categoria_dobrada, m.lancamentos) as por_categoria
    from soma m
    group by 1, 2, 3
  )
  select s.chave, s.nome, s.corte, e.chave is not null, r.total, r.marketing, r.maior_outra, r.por_categoria
  from suspeito s
  left join estranha e on e.chave = s.chave and e.nome = s.nome and e.corte = s.corte
  left join resumo r on r.chave = s.chave and r.nome = s.nome and r.corte = s.corte and e.chave is null;
end
$$;

comment on function regras.fornecedores_marketing(date, date, text, text[], text[], date[]) is
  'For each suspect''s supplier key, canonical name and month: whether the name contradicts the code, and the entries that count as the supplier''s, in all, in the marketing category, in the largest other one and by category.';
revoke execute on function regras.fornecedores_marketing(date, date, text, text[], text[], date[]) from public;
