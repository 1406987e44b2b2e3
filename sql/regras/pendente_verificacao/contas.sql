-- Which account goes with each category, and which accounts are those on which entries wait, as the latest months of history say.
-- papel: 'da_categoria', the one account of that category (folded), when of all its entries and of all of the account's at least the
-- share of pendente.conta_parcela are each other's, and of them at least pendente.conta_lancamentos; certeza: the share that the next
-- entry of the category may be expected to have. 'transitoria', an account on which so many entries waited, and hardly any had a
-- category. Nothing while pendente.move_conta is
-- false, or the registered columns of the rule that asks do not name the account. Reads estatistica_contagem, estatistica_conta, the settings and
-- audit.regras. Called by regra_pendente_verificacao.explicar_pendencias and, once
-- that rule has counted, by regra_trade_marketing.detectar.
create or replace function regra_pendente_verificacao.contas_conhecidas(regra text)
returns table (papel text, conta text, categoria text, categoria_dobrada text, certeza numeric, lancamentos bigint, todas bigint)
language plpgsql stable rows 100
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_parcela numeric := (audit_interno.configuracao('pendente.conta_parcela') #>> '{}')::numeric;
  v_minimo int := (audit_interno.configuracao('pendente.conta_lancamentos') #>> '{}')::int;
  v_desde int := (
    select max(m.mes) - (audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int from regra_pendente_verificacao.estatistica_mes m);
begin
  if not coalesce((audit_interno.configuracao('pendente.move_conta') #>> '{}')::boolean, false)
    or not exists (select from audit.regras r where r.nome = contas_conhecidas.regra and 'conta_contabil' = any (r.colunas))
  then
    return;
  end if;
  return query
  with categoria as (
    select k.id, k.categoria, audit_interno.dobrar_categoria(k.categoria) as dobrada from regra_pendente_verificacao.estatistica_categoria k
  ), par as (
    select c.chave, k.dobrada, min(k.categoria) as categoria, sum(c.linhas)::bigint as linhas
    from regra_pendente_verificacao.estatistica_contagem c
    join categoria k on k.id = c.categoria
    where c.nivel = 21 and c.mes > v_desde
    group by 1, 2
  ), da_conta as (
    select p.chave, sum(p.linhas)::bigint as linhas from par p group by 1
  ), da_categoria as (
    -- those without an account too
    select k.dobrada, sum(c.linhas)::bigint as linhas
    from regra_pendente_verificacao.estatistica_contagem c
    join categoria k on k.id = c.categoria
    where c.nivel = 0 and c.chave = 0 and c.mes > v_desde
    group by 1
  ), juntas as (
    select p.chave, p.categoria, p.dobrada, p.linhas, g.linhas as todas
    from par p
    join da_conta a on a.chave = p.chave
    join da_categoria g on g.dobrada = p.dobrada
    where p.linhas >= v_minimo and p.linhas >= v_parcela * a.linhas and p.linhas >= v_parcela * g.linhas
  ), parada as (
    select c.chave, sum(c.linhas)::bigint as linhas
    from regra_pendente_verificacao.estatistica_contagem c
    where c.nivel = 22 and c.mes > v_desde
    group by 1
  )
  select 'da_categoria', t.conta, j.categoria, j.dobrada, round((j.linhas + 0.5) / (j.todas + 1), 6), j.linhas, j.todas
  from juntas j
  join regra_pendente_verificacao.estatistica_conta t on t.chave = j.chave
  union all
  select 'transitoria', t.conta, null, null, null, s.linhas, s.linhas + coalesce(a.linhas, 0)
  from parada s
  join regra_pendente_verificacao.estatistica_conta t on t.chave = s.chave
  left join da_conta a on a.chave = s.chave
  where s.linhas >= v_minimo and s.linhas >= v_parcela * (s.linhas + coalesce(a.linhas, 0));
end
$$;

comment on function regra_pendente_verificacao.contas_conhecidas(text) is
  'Accounts that go with one category (da_categoria) and those on which entries wait (transitoria), with the entries that say so.';
revoke execute on function regra_pendente_verificacao.contas_conhecidas(text) from public;
