-- The number that parts of one document share, however each is marked (654321-1, 654321/B, 654321 rateio CC1): the first of three digits
-- or more, or the only one, without leading zeros. Null where there is none. Touches nothing. Called by partes_possiveis.
create or replace function regra_validacao_valores.miolo_documento(documento text) returns text
language sql immutable parallel safe
return nullif(pg_catalog.ltrim(coalesce((pg_catalog.regexp_match(pg_catalog.translate(documento, '.,', ''), '[0-9]{3,}'))[1],
  (pg_catalog.regexp_match(documento, '^[^0-9]*([0-9]+)[^0-9]*$'))[1]), '0'), '');

comment on function regra_validacao_valores.miolo_documento(text) is 'First number of three digits or more in a document, or the only one, without leading zeros.';
revoke execute on function regra_validacao_valores.miolo_documento(text) from public;

-- The stretch in which a day lies, so long that a day and those near it (proximidade) lie in two of them at most. Touches nothing. Called by
-- partes_possiveis.
create or replace function regra_validacao_valores.trecho(dia date, proximidade int) returns int
language sql immutable parallel safe
return case when pg_catalog.isfinite(dia) then (dia - date '2000-01-01') / (2 * proximidade + 1) else 0 end;

comment on function regra_validacao_valores.trecho(date, int) is 'Number of the stretch of 2 * proximidade + 1 days in which a day lies; 0 for an infinite one.';
revoke execute on function regra_validacao_valores.trecho(date, int) from public;

-- Of entries below their document's amount, those that may be a part of the document although their numbers do not say so. Those whose numbers
-- say so are judged by regra_validacao_valores.rateios. An entry may be a part if, within the given days, the same supplier has an entry with
-- another number that is also below a document of the same amount, or whose amount is exactly what is missing. inteira: the entries with the
-- same document's amount add up to it, so they are its parts. The arrays have one element for each entry. Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.diferencas.
create or replace function regra_validacao_valores.partes_possiveis(
  ids text[], dias date[], valores numeric[], esperados numeric[], documentos text[], codigos text[], nomes text[], proximidade int,
  absoluta numeric, relativa numeric, digitos int
)
returns table (id text, outras bigint, inteira boolean)
language plpgsql stable rows 1000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off -- a flood is larger than the planner expects
set enable_mergejoin = off
as $$
declare
  v_datas date[] := array(select distinct d + g from unnest(dias) d cross join generate_series(-proximidade, proximidade) g);
begin
  if ids = '{}' then
    return;
  end if;
  return query
  with procurada as materialized (
    -- by the whole unit, which a join can look up; to the cent below
    select p.id, p.dia, abs(p.valor) as valor, abs(p.esperado) as esperado, p.miolo, p.raiz, p.nome, a.falta, round(a.montante) + g as redondo
    from (
      select u.id, u.dia, u.valor, u.esperado, coalesce(regra_validacao_valores.miolo_documento(u.documento), '') as miolo,
        regras.raiz_fornecedor(u.codigo) as raiz, regras.nome_canonico(u.nome) as nome
      from unnest(ids, dias, valores, esperados, documentos, codigos, nomes) u (id, dia, valor, esperado, documento, codigo, nome)
      offset 0
    ) p
    cross join lateral (values (false, abs(p.esperado)), (true, abs(p.esperado) - abs(p.valor))) a (falta, montante)
    cross join generate_series(-1, 1) g
  ), desejada as materialized (
    -- the two stretches of days that may hold the other part
    select distinct p.falta, p.redondo, regra_validacao_valores.trecho(d, proximidade) as trecho
    from procurada p cross join lateral unnest(array[p.dia - proximidade, p.dia + proximidade]) d
  ), lida as (
    select f.id::text as id, f.data_lancamento::date as dia, f.valor::numeric as valor, f.valor_documento::numeric as valor_documento,
      f.valor_desconto::numeric as valor_desconto, abs(f.valor_documento - coalesce(f.valor_desconto, 0)) as esperado,
      f.documento::text as documento, f.fornecedor_id::text as codigo, f.fornecedor::text as nome
    from dw.lancamentos f
    where abs(f.valor) < 1e30 and f.data_lancamento between (select min(d) from unnest(v_datas) d) and (select max(d) from unnest(v_datas) d)
      and (cardinality(v_datas) > 400 or f.data_lancamento = any (v_datas))
      -- cheap, and nearly always decisive: a part itself, or an amount that somebody misses
      and (f.valor * f.valor_documento > 0 and abs(f.valor) < abs(f.valor_documento)
        or round(abs(f.valor)) in (select p.redondo from procurada p where p.falta))
    offset 0
  ), vista as materialized (
    select x.*, row_number() over (partition by x.falta, x.redondo, coalesce(x.raiz, '=' || x.nome) order by length(x.id), x.id collate "C") as n
    from (
      select c.id, c.dia, abs(c.valor) as valor, c.falta, c.redondo, case when c.falta then abs(c.valor) else c.esperado end as montante,
        coalesce(regra_validacao_valores.miolo_documento(c.documento), '') as miolo, regras.raiz_fornecedor(c.codigo) as raiz,
        regras.nome_canonico(c.nome) as nome
      from (
        select d.*
        from (
          select l.*, v.falta, round(v.montante) as redondo
          from lida l cross join lateral (values (false, l.esperado), (true, abs(l.valor))) v (falta, montante)
          offset 0 -- or all that is looked for is listed once for each entry
        ) d
        where (d.falta, d.redondo, regra_validacao_valores.trecho(d.dia, proximidade)) in (select x.falta, x.redondo, x.trecho from desejada x)
          and (d.falta or d.valor * d.valor_documento > 0 and abs(d.valor) < abs(d.valor_documento)
            and regra_validacao_valores.difere(d.valor, d.valor_documento, d.valor_desconto, absoluta, relativa, digitos))
        offset 0
      ) c
      offset 0
    ) x
  ), numero as (
    select p.miolo from procurada p union select v.miolo from vista v
  ), fim as materialized (
    -- one number may be the end of the other: looked up, so that a flood of numbers stays in proportion
    select x.miolo, right(x.miolo, g) as fim
    from numero x cross join lateral generate_series(1, length(x.miolo)) g
    where right(x.miolo, g) in (select y.miolo from numero y)
  ), combina as (
    select f.miolo, f.fim as outro from fim f
    union
    select f.fim, f.miolo from fim f
    union
    select f.miolo, '' from fim f
  ), pedida as materialized (
    -- before the amounts, which all may be the same
    select p.*, m.outro from procurada p join combina m on m.miolo = p.miolo
  ), par as (
    select p.id, p.dia, p.valor, p.esperado, p.raiz, p.nome, p.falta, c.id as outra, c.dia as dia_outra, c.valor as valor_outra, c.montante,
      c.raiz as raiz_outra, c.nome as nome_outra
    from pedida p
    join vista c on c.falta = p.falta and c.redondo = p.redondo and c.miolo = p.outro
    -- of a flood without numbers three hundred are enough
    where c.n <= 300 or c.miolo <> ''
    union all
    -- without a number it may be the end of any
    select p.id, p.dia, p.valor, p.esperado, p.raiz, p.nome, p.falta, c.id, c.dia, c.valor, c.montante, c.raiz, c.nome
    from procurada p
    join vista c on c.falta = p.falta and c.redondo = p.redondo
    where p.miolo = '' and c.n <= 300
  ), achada as (
    -- by its code or its name, whichever both have; an entry with neither may be anybody's
    select p.id, p.valor as parte, p.esperado, p.outra, p.valor_outra as valor, bool_or(not p.falta) as mesma
    from par p
    where p.outra <> p.id and p.dia_outra between p.dia - proximidade and p.dia + proximidade
      and abs(case when p.falta then p.montante + p.valor else p.montante end - p.esperado) <= absoluta
      and case when p.raiz is null or p.raiz_outra is null then p.nome is not distinct from p.nome_outra else p.raiz = p.raiz_outra end
    group by p.id, p.valor, p.esperado, p.outra, p.valor_outra
  )
  select a.id, count(*), coalesce(abs(a.parte + sum(a.valor) filter (where a.mesma) - a.esperado) <= absoluta + 0.005 * count(*), false)
  from achada a
  group by a.id, a.parte, a.esperado;
end
$$;

comment on function regra_validacao_valores.partes_possiveis(text[], date[], numeric[], numeric[], text[], text[], text[], int, numeric, numeric, int) is
  'Entries below their document''s amount that may be parts of one document, with how many others, and whether all together are the document.';
revoke execute on function regra_validacao_valores.partes_possiveis(text[], date[], numeric[], numeric[], text[], text[], text[], int, numeric, numeric, int) from public;
