-- Loads of which every entry was there already, however few they are: three and no more than ninety-nine entries that came on one day (UTC)
-- or at one moment, each of which an earlier load had brought with the same day, amount, end of the number (the same text, where there is
-- none) and supplier. Larger ones regra_validacao_valores.cargas_repetidas knows by half. dias and momentos: when they came; what they booked is looked for
-- no further than 400 days from the given ones. Gives the stretch of time in which a load came. Reads dw.lancamentos;
-- changes nothing. Called by regra_validacao_valores.duplicidades and diferencas with loads of which something is there already.
create or replace function regra_validacao_valores.cargas_pequenas(dias date[], momentos timestamptz[], de date, ate date)
returns table (carga date, desde timestamptz, antes_de timestamptz)
language plpgsql stable rows 1
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
  v_inicios timestamptz[] := array(select d::timestamp at time zone 'UTC' from unnest(dias) d order by d);
  v_fim timestamptz := v_inicios[cardinality(v_inicios)] + interval '24 hours';
  v_de date := greatest(de, '0003-01-01') - 400;
  v_ate date := least(cargas_pequenas.ate, '9990-12-31') + 400;
  v_cargas tstzrange[];
  v_vindas bigint[];
  v_ids text[];
  v_lancados date[];
begin
  if v_inicios = '{}' then
    return;
  end if;
  -- how many each brought is counted first: most bring more
  select array_agg(c.carga), array_agg(c.vindas) into v_cargas, v_vindas
  from (
    select tstzrange(x.inicio, x.inicio + interval '24 hours') as carga, x.vindas
    from (
      select date_bin('24 hours', l.carregado_em::timestamptz, '2000-01-01 00:00:00+00') as inicio, count(*) as vindas
      from dw.lancamentos l
      where l.carregado_em >= v_inicios[1] and l.carregado_em < v_fim
      group by 1
    ) x
    where x.vindas between 3 and 99 and x.inicio = any (v_inicios)
    union all
    select tstzrange(l.carregado_em, l.carregado_em, '[]'), count(*)
    from dw.lancamentos l
    where l.carregado_em in (select m from unnest(momentos) m) and l.carregado_em >= v_inicios[1] and l.carregado_em < v_fim
    group by l.carregado_em
    having count(*) between 3 and 99
  ) c;
  if v_cargas is null then
    return;
  end if;
  select array_agg(l.id::text), array_agg(distinct l.data_lancamento) into v_ids, v_lancados
  from dw.lancamentos l
  where l.carregado_em >= v_inicios[1] and l.carregado_em < v_fim and l.data_lancamento between v_de and v_ate
    and l.carregado_em::timestamptz <@ (select range_agg(c) from unnest(v_cargas) c);
  return query
  with lida as materialized (
    select l.id::text as id, l.data_lancamento::date as dia, l.carregado_em::timestamptz as momento,
      coalesce(regra_validacao_valores.chave_documento(l.valor, nullif(l.documento, '')), hash_numeric(abs(l.valor))) as chave,
      case when l.documento <> '' then '' else audit_interno.dobrar(coalesce(l.descricao, '')) end as texto,
      regras.raiz_fornecedor(l.fornecedor_id) as raiz, regras.nome_canonico(l.fornecedor) as nome
    from dw.lancamentos l
    where l.data_lancamento in (select d from unnest(v_lancados) d)
  ), repetida as materialized (
    select t.id, t.momento, min(a.momento) as primeiro
    from lida t
    left join lida a on a.dia = t.dia and a.chave = t.chave and a.texto = t.texto
      and (a.raiz = t.raiz or (a.raiz is null or t.raiz is null) and a.nome = t.nome)
    where t.id in (select i from unnest(v_ids) i)
    group by t.id, t.momento
  ), inteira as (
    select c.carga, upper_inc(c.carga) as de_momento
    from unnest(v_cargas, v_vindas) c (carga, vindas)
    join repetida r on r.momento <@ c.carga
    group by c.carga, c.vindas
    having count(*) = c.vindas and bool_and(r.primeiro < lower(c.carga))
  )
  select (lower(i.carga) at time zone 'UTC')::date, lower(i.carga), case when i.de_momento then lower(i.carga) + interval '1 microsecond' else upper(i.carga) end
  from inteira i
  where not i.de_momento or not exists (select 1 from inteira d where not d.de_momento and d.carga @> i.carga);
end
$$;

comment on function regra_validacao_valores.cargas_pequenas(date[], timestamptz[], date, date) is
  'Loads of three to ninety-nine entries, each of which an earlier load had brought: the stretch of time in which each came.';
revoke execute on function regra_validacao_valores.cargas_pequenas(date[], timestamptz[], date, date) from public;
