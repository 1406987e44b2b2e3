-- The number that parts of one document share, however each is marked (654321-1, 654321/B, 654321 rateio CC1): the first of three digits
-- or more, or the only one, without leading zeros. Null where there is none. Touches nothing. Called by partes_possiveis.
create or replace function regra_validacao_valores.miolo_documento(documento text) returns text
language sql immutable parallel safe
return nullif(pg_catalog.ltrim(coalesce((pg_catalog.regexp_match(pg_catalog.translate(documento, '.,', ''), '[0-9]{3,}'))[1],
  (pg_catalog.regexp_match(documento, '^[^0-9]*([0-9]+)[^0-9]*$'))[1]), '0'), '');

comment on function regra_validacao_valores.miolo_documento(text) is 'First number of three digits or more in a document, or the only one, without leading zeros.';
revoke execute on function regra_validacao_valores.miolo_documento(text) from public;

-- Of entries below their document's amount, those that may be a part of it although their numbers do not say so
-- (regra_validacao_valores.rateios knows those that do): within so many days the same supplier has an entry, of no other number, that is below
-- a document of the same amount too, or that is just what is missing. inteira: those of the same document's amount add up to it, and so they
-- are its parts. The arrays have a place for each entry. Reads dw.lancamentos; changes nothing. Called by regra_validacao_valores.diferencas.
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
set enable_nestloop = off -- a flood is more than the planner thinks
as $$
declare
  v_datas date[] := array(select distinct d + g from unnest(dias) d cross join generate_series(-proximidade, proximidade) g);
begin
  if ids = '{}' then
    return;
  end if;
  return query
  with procurada as (
    select p.id, p.dia, abs(p.valor) as valor, abs(p.esperado) as esperado, regra_validacao_valores.miolo_documento(p.documento) as miolo,
      regras.raiz_fornecedor(p.codigo) as raiz, regras.nome_canonico(p.nome) as nome
    from unnest(ids, dias, valores, esperados, documentos, codigos, nomes) p (id, dia, valor, esperado, documento, codigo, nome)
  ), candidata as (
    select l.id, l.dia, l.valor, l.esperado, l.parte, regra_validacao_valores.miolo_documento(l.documento) as miolo,
      regras.raiz_fornecedor(l.codigo) as raiz, regras.nome_canonico(l.nome) as nome
    from (
      select f.id::text as id, f.data_lancamento::date as dia, abs(f.valor) as valor, abs(f.valor_documento - coalesce(f.valor_desconto, 0)) as esperado,
        coalesce(f.valor * (f.valor_documento - coalesce(f.valor_desconto, 0)) > 0 and abs(f.valor) < abs(f.valor_documento), false)
          and regra_validacao_valores.difere(f.valor, f.valor_documento, f.valor_desconto, absoluta, relativa, digitos) as parte,
        f.documento::text as documento, f.fornecedor_id::text as codigo, f.fornecedor::text as nome
      from dw.lancamentos f
      where abs(f.valor) < 1e30 and f.data_lancamento between (select min(d) from unnest(v_datas) d) and (select max(d) from unnest(v_datas) d)
        and (cardinality(v_datas) > 400 or f.data_lancamento = any (v_datas))
        -- by the whole unit, which is cheap to look up; to the cent below
        and (round(abs(f.valor_documento - coalesce(f.valor_desconto, 0))) in (select round(abs(e)) + g from unnest(esperados) e cross join generate_series(-1, 1) g)
          or round(abs(f.valor)) in (select round(abs(e) - abs(v)) + g from unnest(esperados, valores) x (e, v) cross join generate_series(-1, 1) g))
      offset 0
    ) l
  ), achada as (
    -- by its code or by its name, whichever both have; who has neither may be anybody
    select distinct p.id, p.valor as parte, p.esperado, c.id as outra, c.valor, c.parte and abs(c.esperado - p.esperado) <= absoluta as mesma
    from (
      select p.*, k.chave
      from procurada p cross join lateral (values ('=' || p.raiz), (':' || p.nome), (case when p.raiz is null and p.nome is null then '' end)) k (chave)
      where k.chave is not null
    ) p
    join (
      select c.*, k.chave
      from candidata c cross join lateral (values ('=' || c.raiz), (':' || c.nome), (case when c.raiz is null and c.nome is null then '' end)) k (chave)
      where k.chave is not null
    ) c on c.chave = p.chave
    where c.id <> p.id and c.dia between p.dia - proximidade and p.dia + proximidade
      and (c.raiz = p.raiz or c.raiz is null or p.raiz is null)
      and (c.miolo is null or p.miolo is null or right(c.miolo, length(p.miolo)) = p.miolo or right(p.miolo, length(c.miolo)) = c.miolo)
      and (c.parte and abs(c.esperado - p.esperado) <= absoluta or abs(c.valor + p.valor - p.esperado) <= absoluta)
  )
  select a.id, count(*), coalesce(abs(a.parte + sum(a.valor) filter (where a.mesma) - a.esperado) <= absoluta + 0.005 * count(*), false)
  from achada a
  group by a.id, a.parte, a.esperado;
end
$$;

comment on function regra_validacao_valores.partes_possiveis(text[], date[], numeric[], numeric[], text[], text[], text[], int, numeric, numeric, int) is
  'Entries below their document''s amount that may be parts of one document, with how many others, and whether all together are the document.';
revoke execute on function regra_validacao_valores.partes_possiveis(text[], date[], numeric[], numeric[], text[], text[], text[], int, numeric, numeric, int) from public;
