-- Which account goes with each category, and which accounts merely hold waiting entries, according to the history up to each of the given
-- months.
--
-- papel 'da_categoria': the one account of that category (folded). From some month on (the earliest that fits), at least the share
-- pendente.conta_parcela of the category's entries are on the account, the same share of the account's entries are in the category, and these
-- entries are at least pendente.conta_lancamentos. certeza: the chance that the category's next entry is on the account.
--
-- A new chart of accounts ends such a pair. The account no longer counts in four cases: fewer than four in five of the category's latest
-- entries (a month's, at least ten) are on it; in its latest month the category has more entries on another account; some of its latest
-- entries are on an account born then; or most of the ledger's latest month is on accounts born since the category was last booked.
--
-- papel 'propria': the same over the whole history, whenever the pair began. It is enough to contradict a proposal, not to make one.
--
-- papel 'transitoria': an account on which at least pendente.conta_lancamentos entries waited and hardly any had a category. Entries left
-- behind there by a category with an account of its own do not count (papel 'esquecida', with that account in outra).
--
-- Nothing while pendente.move_conta is false, or while the calling rule's registered columns do not include the account. Reads
-- estatistica_contagem, estatistica_conta, the settings and audit.regras. Called by regra_pendente_verificacao.explicar_pendencias, by
-- regra_trade_marketing.detectar once that rule has counted, and by the diagnosis.
create or replace function regra_pendente_verificacao.contas_conhecidas(regra text, meses int[])
returns table (
  mes int, papel text, conta text, categoria text, categoria_dobrada text, certeza numeric, lancamentos bigint, todas bigint, outra text
)
language plpgsql stable rows 100
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- inputs of unknown size and in no order: hash joins
set enable_nestloop = off
as $$
declare
  v_parcela numeric := (audit_interno.configuracao('pendente.conta_parcela') #>> '{}')::numeric;
  v_minimo int := (audit_interno.configuracao('pendente.conta_lancamentos') #>> '{}')::int;
  v_meses int := (audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int;
  v_sem_sucessoras boolean := not exists (select 1 from audit.sucessoras_categoria s where s.ativo);
begin
  if not coalesce((audit_interno.configuracao('pendente.move_conta') #>> '{}')::boolean, false)
    or not exists (select 1 from audit.regras r where r.nome = contas_conhecidas.regra and 'conta_contabil' = any (r.colunas))
  then
    return;
  end if;
  return query
  with pedida as materialized (
    select distinct unnest(contas_conhecidas.meses) as mes
  ), categoria as materialized (
    select k.id, k.categoria, audit_interno.dobrar_categoria(k.categoria) as dobrada from regra_pendente_verificacao.estatistica_categoria k
  ), sucessao as materialized (
    select s.mes, s.de, p.categoria, p.dobrada, s.renasce
    from regra_pendente_verificacao.sucessoes_em(contas_conhecidas.meses) s
    join categoria p on p.id = s.para
    where not v_sem_sucessoras and s.quantas = 1
  ), contada as materialized (
    -- chave 0 of level 0: the whole category, entries without an account included
    select a.mes as pedido, c.nivel, c.chave, c.mes, coalesce(s.dobrada, k.dobrada) as dobrada, min(coalesce(s.categoria, k.categoria)) as categoria,
      sum(c.linhas)::bigint as linhas
    from pedida a
    join regra_pendente_verificacao.estatistica_contagem c on c.mes <= a.mes and c.mes > a.mes - v_meses
    join categoria k on k.id = c.categoria
    left join sucessao s on s.mes = a.mes and s.de = k.id and (s.renasce is null or c.mes < s.renasce)
    where c.nivel = 21 or c.nivel = 0 and c.chave = 0
    group by 1, 2, 3, 4, 5
  ), nascida as materialized (
    select c.chave, min(c.mes) as mes from regra_pendente_verificacao.estatistica_contagem c where c.nivel in (21, 22) group by 1
  ), da_categoria as materialized (
    select c.pedido, c.dobrada, c.mes, c.linhas, max(c.mes) over (partition by c.pedido, c.dobrada) as ultima from contada c where c.nivel = 0
  ), dupla as materialized (
    select c.pedido, c.chave, c.dobrada, min(c.categoria) as categoria
    from contada c
    where c.nivel = 21
    group by 1, 2, 3
    having sum(c.linhas) >= v_minimo
  ), soma as materialized (
    -- going back from the latest month: how many entries, and how many of them on the account
    select d.pedido, d.chave, d.dobrada, d.categoria, g.mes, g.ultima,
      sum(g.linhas) over w as todas, sum(coalesce(c.linhas, 0)) over w as linhas
    from dupla d
    join da_categoria g on g.pedido = d.pedido and g.dobrada = d.dobrada
    left join contada c on c.nivel = 21 and c.pedido = d.pedido and c.chave = d.chave and c.dobrada = d.dobrada and c.mes = g.mes
    window w as (partition by d.pedido, d.chave, d.dobrada order by g.mes desc)
  ), periodo as materialized (
    select distinct on (s.pedido, s.chave, s.dobrada) s.*
    from soma s
    where s.linhas >= v_minimo and s.linhas >= v_parcela * s.todas
    order by s.pedido, s.chave, s.dobrada, s.mes
  ), da_conta as (
    -- everything on the account in the same months
    select p.pedido, p.chave, p.dobrada, sum(c.linhas) as linhas
    from periodo p
    join contada c on c.nivel = 21 and c.pedido = p.pedido and c.chave = p.chave and c.mes >= p.mes
    group by 1, 2, 3
  ), recente as (
    select distinct on (s.pedido, s.chave, s.dobrada) s.pedido, s.chave, s.dobrada, s.linhas / s.todas as parcela
    from soma s
    where s.todas >= least(10, v_minimo)
    order by s.pedido, s.chave, s.dobrada, s.mes desc
  ), rival as (
    select p.pedido, p.chave, p.dobrada, coalesce(sum(c.linhas) filter (where c.chave = p.chave and c.mes = p.ultima), 0) as linhas,
      coalesce(max(c.linhas) filter (where c.chave <> p.chave and c.mes = p.ultima), 0) as outra,
      coalesce(bool_or(c.chave <> p.chave and n.mes >= p.ultima - 1), false) as nova
    from periodo p
    join contada c on c.nivel = 21 and c.pedido = p.pedido and c.dobrada = p.dobrada and c.mes >= p.ultima - 1
    join nascida n on n.chave = c.chave
    group by 1, 2, 3
  ), plano as (
    -- for each month in which a category was last booked: whether most of the ledger's latest month is on accounts born since
    select u.pedido, u.ultima, 2 * sum(c.linhas) filter (where n.mes > u.ultima) > sum(c.linhas) as outro
    from (select distinct p.pedido, p.ultima from periodo p) u
    join (select c.pedido, max(c.mes) as mes from contada c where c.nivel = 21 group by 1) m on m.pedido = u.pedido and m.mes > u.ultima
    join contada c on c.nivel = 21 and c.pedido = u.pedido and c.mes = m.mes
    join nascida n on n.chave = c.chave
    group by 1, 2
  ), junta as materialized (
    select p.*
    from periodo p
    join da_conta a on a.pedido = p.pedido and a.chave = p.chave and a.dobrada = p.dobrada
    join recente r on r.pedido = p.pedido and r.chave = p.chave and r.dobrada = p.dobrada
    -- early months may be left out because the account did not exist yet, but not because they contradict the pair
    join nascida b on b.chave = p.chave
    join (select g.pedido, g.dobrada, min(g.mes) as mes from da_categoria g group by 1, 2) i on i.pedido = p.pedido and i.dobrada = p.dobrada
    left join rival o on o.pedido = p.pedido and o.chave = p.chave and o.dobrada = p.dobrada
    left join plano n on n.pedido = p.pedido and n.ultima = p.ultima
    -- one misbooked entry does not make another account
    where p.mes <= greatest(i.mes, b.mes + 1) and p.linhas >= v_parcela * a.linhas and r.parcela >= 0.8 and o.nova is not true and n.outro is not true
      and coalesce(o.outra, 0) <= greatest(1, coalesce(o.linhas, 0))
  ), inteira as (
    select c.nivel, c.chave, k.dobrada, min(k.categoria) as categoria, sum(c.linhas)::bigint as linhas
    from regra_pendente_verificacao.estatistica_contagem c
    join categoria k on k.id = c.categoria
    where (c.nivel = 21 or c.nivel = 0 and c.chave = 0) and c.mes > (select max(m.mes) - v_meses from regra_pendente_verificacao.estatistica_mes m)
    group by 1, 2, 3
  ), propria as (
    select i.chave, i.categoria, i.dobrada, i.linhas, g.linhas as todas
    from inteira i
    join inteira g on g.nivel = 0 and g.dobrada = i.dobrada
    join (select x.chave, sum(x.linhas) as linhas from inteira x where x.nivel = 21 group by 1) a on a.chave = i.chave
    where i.nivel = 21 and i.linhas >= v_minimo and i.linhas >= v_parcela * a.linhas and i.linhas >= v_parcela * g.linhas
  ), parada as (
    select a.mes as pedido, c.chave, sum(c.linhas)::bigint as linhas
    from pedida a
    join regra_pendente_verificacao.estatistica_contagem c on c.mes <= a.mes and c.mes > a.mes - v_meses
    where c.nivel = 22
    group by 1, 2
  ), decidida as (
    select c.pedido, c.chave, c.dobrada, min(c.categoria) as categoria, sum(c.linhas)::bigint as linhas, min(j.chave) as outra
    from contada c
    left join junta j on j.pedido = c.pedido and j.dobrada = c.dobrada and j.chave <> c.chave
    where c.nivel = 21
    group by 1, 2, 3
  ), transitoria as materialized (
    select s.pedido, s.chave, s.linhas, s.linhas + coalesce(x.alheias, 0) as todas
    from parada s
    left join (
      select d.pedido, d.chave, sum(d.linhas) filter (where d.outra is null)::bigint as alheias from decidida d group by 1, 2
    ) x on x.pedido = s.pedido and x.chave = s.chave
    where s.linhas >= v_minimo and s.linhas >= v_parcela * (s.linhas + coalesce(x.alheias, 0))
  )
  select j.pedido, 'da_categoria', t.conta, j.categoria, j.dobrada, round((j.linhas + 0.5) / (j.todas + 1), 6), j.linhas::bigint, j.todas::bigint, null
  from junta j
  join regra_pendente_verificacao.estatistica_conta t on t.chave = j.chave
  union all
  select a.mes, 'propria', t.conta, p.categoria, p.dobrada, null, p.linhas, p.todas, null
  from pedida a
  cross join propria p
  join regra_pendente_verificacao.estatistica_conta t on t.chave = p.chave
  union all
  select s.pedido, 'transitoria', t.conta, null, null, null, s.linhas, s.todas, null
  from transitoria s
  join regra_pendente_verificacao.estatistica_conta t on t.chave = s.chave
  union all
  select s.pedido, 'esquecida', t.conta, d.categoria, d.dobrada, null, d.linhas, d.linhas, o.conta
  from transitoria s
  join decidida d on d.pedido = s.pedido and d.chave = s.chave and d.outra is not null
  join regra_pendente_verificacao.estatistica_conta t on t.chave = s.chave
  join regra_pendente_verificacao.estatistica_conta o on o.chave = d.outra;
end
$$;

comment on function regra_pendente_verificacao.contas_conhecidas(text, int[]) is
  'As of each month: accounts that go with one category (da_categoria), those on which entries wait (transitoria), and what was decided and left behind on these (esquecida), with the entries that say so.';
revoke execute on function regra_pendente_verificacao.contas_conhecidas(text, int[]) from public;

-- Entries whose category was decided while they stayed on an account that holds waiting entries: those in the history, and those that we
-- corrected and nobody has confirmed. As lines of the diagnosis, at most ten, the accounts with most such entries first. They are reported and
-- nothing is proposed, because nobody asked about them and their month may already be reported. Reads the statistics, the settings, the audit
-- tables and dw.lancamentos by key. Called by audit_interno.diagnosticar_categorias.
create or replace function regra_pendente_verificacao.diagnosticar_contas()
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql stable rows 5
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_nossas text[] := regras.corrigidas_sem_palavra();
begin
  return query
  with conhecida as materialized (
    select * from regra_pendente_verificacao.contas_conhecidas('pendente_verificacao',
      array[regra_pendente_verificacao.ultimo_mes_conhecido(2147483647)])
  ), esquecida as (
    select k.conta, k.categoria_dobrada, k.categoria, k.outra, k.lancamentos from conhecida k where k.papel = 'esquecida'
    union all
    select t.conta, d.categoria_dobrada, d.categoria, d.conta, count(*)
    from dw.lancamentos l
    join conhecida t on t.papel = 'transitoria' and t.conta = btrim(l.conta_contabil)
    join conhecida d on d.papel = 'da_categoria' and d.categoria_dobrada = audit_interno.dobrar_categoria(l.categoria) and d.conta <> t.conta
    where l.id = any (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id))
    group by 1, 2, 3, 4
  ), por_categoria as (
    select e.conta, min(e.categoria) as categoria, min(e.outra) as outra, sum(e.lancamentos)::bigint as lancamentos
    from esquecida e group by e.conta, e.categoria_dobrada
  )
  select format('conta "%s"', p.conta), 'aviso',
    format('%s lançamentos com categoria continuam nesta conta transitória: %s', sum(p.lancamentos),
      string_agg(format('"%s" (%s; a conta dela é %s)', p.categoria, p.lancamentos, p.outra), ', ' order by p.lancamentos desc, p.categoria)),
    'Ninguém muda a conta deles sozinho. Veja quais são: select id, data_lancamento, categoria from dw.lancamentos where btrim(conta_contabil) = '
      || quote_literal(p.conta) || ' and categoria in (' || string_agg(quote_literal(p.categoria), ', ' order by p.categoria) || ').'
  from por_categoria p
  group by p.conta
  order by sum(p.lancamentos) desc, p.conta
  limit 10;
end
$$;

comment on function regra_pendente_verificacao.diagnosticar_contas() is
  'Lines of the diagnosis: entries with a category whose account stayed on a transitory one.';
revoke execute on function regra_pendente_verificacao.diagnosticar_contas() from public;
