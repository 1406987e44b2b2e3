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
set enable_nestloop = off -- a flood is more than the planner thinks
as $$
declare
  v_desde date := (select min(d) from unnest(desde) d);
  v_ate date := (select max(d) from unnest(ate) d);
  v_sem_codigo boolean := array_position(raizes, null) is not null;
  v_negativas boolean := exists (select 1 from unnest(montantes) m where m < 0);
begin
  return query
  with lancada as materialized (
    select b.* from unnest(raizes, nomes, numeros, montantes, desde, ate) with ordinality b (raiz, nome, numero, montante, desde, ate, n)
  ), credito as materialized (
    select row_number() over () as n, l.data_lancamento::date as data_lancamento, l.valor::numeric as valor, l.documento::text as documento, l.descricao::text as descricao, regras.raiz_fornecedor(l.fornecedor_id) as raiz,
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
    select c.data_lancamento as dia, c.valor, c.raiz, c.nome, n.numero, bool_or(n.proprio) as proprio
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
    group by c.n, c.data_lancamento, c.valor, c.raiz, c.nome, n.numero
  ), creditada as materialized (
    -- whose reversals count for a document: those of its company, and those without a code under its name; if it has no code itself, all under its name
    select l.dia, l.valor, l.numero, l.proprio, q.quem,
      -- a number that more than a hundred entries name is a flood: then each counts in full, so that the cost stays in proportion
      l.proprio or count(*) filter (where not l.proprio) over (partition by q.quem, l.numero) > 100 as inteira
    from lido l
    cross join lateral (values ('r' || l.raiz), (case when l.raiz is null then 's' || l.nome end), ('t' || l.nome)) q (quem)
    where q.quem is not null
  ), pergunta as materialized (
    select b.*, q.quem
    from lancada b
    cross join lateral (values ('r' || b.raiz), (case when b.raiz is null then 't' else 's' end || b.nome)) q (quem)
    where q.quem is not null
  ), corrida as (
    -- what had been taken back until then: one walk over the days of each number, not a pair for each amount and reversal
    select x.n, x.vez * sum(x.valor) over (partition by x.quem, x.numero, x.lado order by x.dia, x.ordem) as parcela
    from (
      select c.quem, c.numero, sign(c.valor) as lado, c.dia, 1 as ordem, abs(c.valor) as valor, null::bigint as n, 0 as vez from creditada c where c.inteira
      union all
      select p.quem, p.numero, -sign(p.montante), p.desde, 0, 0, p.n, -1 from pergunta p
      union all
      select p.quem, p.numero, -sign(p.montante), p.ate, 2, 0, p.n, 1 from pergunta p
    ) x
  ), achada as (
    select c.n, c.parcela from corrida c where c.n is not null
    union all
    -- the whole reversal is not among them
    select p.n, -abs(c.valor)
    from pergunta p join creditada c on c.quem = p.quem and c.numero = p.numero and c.valor = -p.montante
    where c.proprio and c.dia between p.desde and p.ate
    union all
    select p.n, least(abs(c.valor), abs(p.montante))
    from pergunta p join creditada c on c.quem = p.quem and c.numero = p.numero
    where not c.inteira and c.dia between p.desde and p.ate and sign(c.valor) = -sign(p.montante)
  )
  select b.raiz, b.nome, b.numero, b.montante, sum(a.parcela)
  from achada a
  join lancada b on b.n = a.n
  group by b.raiz, b.nome, b.numero, b.montante
  having sum(a.parcela) > 0;
end
$$;

comment on function regra_validacao_valores.estornos_avulsos(text[], text[], text[], numeric[], date[], date[]) is
  'Of each document what was taken back of it in parts, together with other documents, or in words only.';
revoke execute on function regra_validacao_valores.estornos_avulsos(text[], text[], text[], numeric[], date[], date[]) from public;
