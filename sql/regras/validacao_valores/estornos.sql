-- The numbers that a text names, without full stops between thousands and leading zeros, each once. Touches nothing. Called by
-- regra_validacao_valores.estornos_avulsos.
create or replace function regra_validacao_valores.numeros_citados(texto text) returns text[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(distinct m[1])
  from regexp_matches(regexp_replace(left(texto, 500), '(?<=[0-9])[.](?=[0-9]{3}(?![0-9]))', '', 'g'), '0*([1-9][0-9]*)', 'g') m
$$;

comment on function regra_validacao_valores.numeros_citados(text) is 'Numbers that a text names, without leading zeros; null when none.';
revoke execute on function regra_validacao_valores.numeros_citados(text) from public;

-- How much of some documents was taken back between two days by entries of other amounts or numbers: in parts, in one sum for several
-- documents ("NF 3 e 4"), or under another number or none, with words that say so ("estorno da NF 3"). Whole reversals of the same number
-- are not included, because regra_validacao_valores.duplicidades counts them. An entry that names several documents counts for each of
-- them, up to its amount: in doubt something was taken back. The arrays belong together, and return their raiz, nome, numero and montante
-- (with its sign). Bookings with a negative amount are taken back only by words, because otherwise every ordinary entry could be a
-- reversal. Reads dw.lancamentos; changes nothing. Called by regra_validacao_valores.duplicidades for what it would flag.
create or replace function regra_validacao_valores.estornos_avulsos(
  raizes text[], nomes text[], numeros text[], montantes numeric[], desde date[], ate date[]
) returns table (raiz text, nome text, numero text, montante numeric, credito numeric)
language plpgsql stable rows 100
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_desde date := (select min(d) from unnest(desde) d);
  v_ate date := (select max(d) from unnest(ate) d);
  v_sem_codigo boolean := array_position(raizes, null) is not null;
  v_negativas boolean := exists (select from unnest(montantes) m where m < 0);
begin
  return query
  with lancada as materialized (
    select b.* from unnest(raizes, nomes, numeros, montantes, desde, ate) b (raiz, nome, numero, montante, desde, ate)
  ), credito as materialized (
    select l.data_lancamento, l.valor, l.documento::text as documento, l.descricao::text as descricao, regras.raiz_fornecedor(l.fornecedor_id) as raiz,
      regras.nome_canonico(l.fornecedor) as nome,
      audit_interno.dobrar(left(l.descricao, 500)) ~ '(estorn|cancel|devol|anula|revers|revert|nota de credito)' as dito
    from dw.lancamentos l
    -- of suppliers who have anything in question
    where l.data_lancamento between v_desde and v_ate
      and (l.valor < 0
        -- only by words: a cheap search for letters comes first, because this branch reads nearly every ordinary entry
        or v_negativas and l.valor > 0 and (l.documento ~* '(est|rev|canc|dev|anul)' or l.descricao ~* '(estorn|cancel|devol|anula|revers|revert|nota)'))
      and (regras.raiz_fornecedor(l.fornecedor_id) in (select x from unnest(raizes) x)
        or (v_sem_codigo or regras.raiz_fornecedor(l.fornecedor_id) is null) and regras.nome_canonico(l.fornecedor) in (select x from unnest(nomes) x))
  ), lido as materialized (
    -- each number that it names, and whether it is its own
    select c.data_lancamento, c.valor, c.raiz, c.nome, n.numero, bool_or(n.proprio) as proprio, row_number() over () as n
    from credito c
    cross join lateral (
      select d.numero, true as proprio from regra_validacao_valores.ler_documento(c.documento) d where c.valor < 0 or c.dito or d.estorno
      union all
      select x, false from unnest(regra_validacao_valores.numeros_citados(c.documento)) x where c.documento ~ '[0-9][^0-9.]+[0-9]' and (c.valor < 0 or c.dito)
      union all
      select x, false from unnest(regra_validacao_valores.numeros_citados(c.descricao)) x
      where c.dito
    ) n
    where n.numero in (select b.numero from lancada b)
    group by c.data_lancamento, c.valor, c.raiz, c.nome, n.numero, c.documento, c.descricao
  ), encontro as (
    select b.raiz, b.nome, b.numero, b.montante, b.desde, b.ate, c.data_lancamento, c.valor, c.proprio, c.n
    from lancada b join lido c on c.numero = b.numero and c.raiz = b.raiz
    union
    select b.raiz, b.nome, b.numero, b.montante, b.desde, b.ate, c.data_lancamento, c.valor, c.proprio, c.n
    from lancada b join lido c on c.numero = b.numero and c.nome = b.nome
    where c.raiz is null or b.raiz is null
  )
  select e.raiz, e.nome, e.numero, e.montante, sum(case when e.proprio then abs(e.valor) else least(abs(e.valor), abs(e.montante)) end)
  from encontro e
  where e.data_lancamento between e.desde and e.ate and sign(e.valor) = -sign(e.montante) and not (e.proprio and e.valor = -e.montante)
  group by e.raiz, e.nome, e.numero, e.montante;
end
$$;

comment on function regra_validacao_valores.estornos_avulsos(text[], text[], text[], numeric[], date[], date[]) is
  'Of each document what was taken back of it in parts, together with other documents, or in words only.';
revoke execute on function regra_validacao_valores.estornos_avulsos(text[], text[], text[], numeric[], date[], date[]) from public;
