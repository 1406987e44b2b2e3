-- Whether an amount, without its sign, is not what its document says beyond the tolerance: a share of it, or an error. Touches nothing;
-- inlined by the planner. Called by regra_validacao_valores.detectar, rateios and duplicidades.
create or replace function regra_validacao_valores.difere(
  valor numeric, documento numeric, desconto numeric, absoluta numeric, relativa numeric, digitos int
) returns boolean
language sql immutable parallel safe
return coalesce(pg_catalog.abs(pg_catalog.abs(valor) - pg_catalog.abs(documento - coalesce(desconto, 0)))
  > greatest(absoluta, relativa * pg_catalog.abs(documento - coalesce(desconto, 0)))
    + case when digitos = 0 then 0 else regra_validacao_valores.arredondamento_origem(valor, digitos)
      + regra_validacao_valores.arredondamento_origem(documento, digitos)
      + coalesce(regra_validacao_valores.arredondamento_origem(desconto, digitos), 0) end, false);

comment on function regra_validacao_valores.difere(numeric, numeric, numeric, numeric, numeric, int) is
  'Whether an amount without sign differs from its document less discount beyond the tolerance; false where there is no document.';
revoke execute on function regra_validacao_valores.difere(numeric, numeric, numeric, numeric, numeric, int) from public;

-- Amount of a document without sign and beginning of the supplier's code as one number: equal for the lines of one document, and for few
-- others. Touches nothing; inlined by the planner. Called by regra_validacao_valores.diferencas and linhas_documentos.
create or replace function regra_validacao_valores.chave_linhas(valor numeric, codigo text) returns bigint
language sql immutable parallel safe
return pg_catalog.hash_numeric_extended(pg_catalog.abs(valor),
  -- the company, for a code that lost its zeros begins otherwise
  pg_catalog.hashtextextended(case when codigo = '*' then '*' else coalesce(regras.raiz_fornecedor(codigo), '') end, 0));

comment on function regra_validacao_valores.chave_linhas(numeric, text) is
  'Hash of an amount without sign and a supplier''s company.';
revoke execute on function regra_validacao_valores.chave_linhas(numeric, text) from public;

-- All entries that may be lines of the given documents, each with its supplier and number made comparable: entries of the given days, and,
-- within a year before and after, entries whose number is written exactly as given. They are looked up by the document's amount without sign
-- and the beginning of the supplier's code (regra_validacao_valores.chave_linhas; '' stands for no code, '*' for an entry without a code that
-- may be anybody's), so that expensive comparisons only see entries with a companion. An entry that does not state the document's amount is
-- looked up by its number. tudo: there are too many days and numbers to look up one by one. raiz and nome: the entry's supplier. Reads dw.lancamentos; changes nothing.
-- Called by regra_validacao_valores.rateios.
create or replace function regra_validacao_valores.linhas_documentos(
  chaves bigint[], modulos numeric[], numeros text[], dias date[], tudo boolean
)
returns table (id text, data_lancamento date, carregado_em timestamptz, centro_custo text, categoria text, conta_contabil text, valor numeric,
  valor_documento numeric, valor_desconto numeric, descricao text, raiz text, nome text, numero text, serie text, ano int)
language plpgsql stable rows 1000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off -- a flood is larger than the planner expects
as $$
declare
  v_de date := greatest((select min(d) from unnest(dias) d), '0003-01-01') - 366;
  v_ate date := least((select max(d) from unnest(dias) d), '9990-12-31') + 366;
begin
  if dias = '{}' then
    return;
  end if;
  return query
  with lida as (
    select e.*, count(*) over (partition by abs(e.valor_documento), e.fim) + count(*) filter (where e.valor_documento is null) over (partition by e.fim) as companhia
    from (
      select f.id::text as id, f.data_lancamento::date as data_lancamento, f.carregado_em::timestamptz as carregado_em,
        f.centro_custo::text as centro_custo, f.categoria::text as categoria, f.conta_contabil::text as conta_contabil,
        f.valor::numeric as valor, f.valor_documento::numeric as valor_documento, f.valor_desconto::numeric as valor_desconto,
        f.descricao::text as descricao, f.documento::text as documento, f.fornecedor_id::text as codigo, f.fornecedor::text as nome,
        regra_validacao_valores.fim_documento(f.documento) as fim
      from dw.lancamentos f
      where (abs(f.valor_documento) = any (modulos) -- cheap, and nearly always decisive
          -- hashed: the planner would estimate each member of a literal array against the whole expression, in every partition
          and (regra_validacao_valores.chave_linhas(f.valor_documento, f.fornecedor_id) in (select c from unnest(linhas_documentos.chaves) c)
            or regra_validacao_valores.chave_linhas(f.valor_documento, '*') in (select c from unnest(linhas_documentos.chaves) c))
        or f.valor_documento is null and f.documento in (select n from unnest(numeros) n))
        and f.documento <> '' and f.data_lancamento between v_de and v_ate
        and (tudo or f.data_lancamento = any (dias) or f.documento = any (numeros))
      offset 0
    ) e
    where abs(e.valor) < 1e30 and abs(coalesce(e.valor_desconto, 0)) < 1e30
  ), escrita as materialized (
    -- each spelling once: a flood has one
    select d.documento, n.numero, n.serie, n.ano
    from (select distinct x.documento from lida x where x.companhia > 1) d
    cross join lateral regra_validacao_valores.ler_documento(d.documento) n
    offset 0
  )
  select l.id, l.data_lancamento, l.carregado_em, l.centro_custo, l.categoria, l.conta_contabil, l.valor, l.valor_documento, l.valor_desconto, l.descricao,
    regras.raiz_fornecedor(l.codigo), regras.nome_canonico(l.nome), e.numero, e.serie, e.ano
  from lida l
  join escrita e on e.documento = l.documento
  where l.companhia > 1 and e.numero is not null
    and coalesce(regras.raiz_fornecedor(l.codigo), regras.nome_canonico(l.nome)) is not null;
end
$$;

comment on function regra_validacao_valores.linhas_documentos(bigint[], numeric[], text[], date[], boolean) is
  'Entries that may be lines of the same documents as the given ones, with supplier and number made comparable.';
revoke execute on function regra_validacao_valores.linhas_documentos(bigint[], numeric[], text[], date[], boolean) from public;

-- What the sum of a document's lines says about it: inteiros is 1 if it is the document, -1 if it is the document with the other sign, 0 if
-- lines cancel each other, null otherwise; the right amount, with the sum's sign; and the tolerance. A share is rounded to the cent, so
-- each line may be half a cent off. A discount is the document's (maior, of its lines) or the lines' own (descontos, their sum), whichever
-- explains the sum. Touches nothing; inlined by the planner. Called by regra_validacao_valores.rateios.
create or replace function regra_validacao_valores.conferir_soma(
  soma numeric, maior numeric, linhas bigint, documento numeric, desconto numeric, descontos numeric, arredondado numeric,
  absoluta numeric, relativa numeric
)
returns table (inteiros int, esperado numeric, tolerancia numeric)
language sql immutable parallel safe
begin atomic
  select
    case
      when pg_catalog.abs(soma) <= t.tolerancia and maior > t.tolerancia then 0
      when pg_catalog.abs(pg_catalog.abs(soma) - e.esperado) <= t.tolerancia then pg_catalog.sign(soma)::int
    end,
    e.esperado * case when soma < 0 then -1 else 1 end,
    t.tolerancia
  from (
    select case when pg_catalog.abs(pg_catalog.abs(soma) - pg_catalog.abs(documento - desconto))
        <= pg_catalog.abs(pg_catalog.abs(soma) - pg_catalog.abs(documento - pg_catalog.abs(descontos)))
      then pg_catalog.abs(documento - desconto) else pg_catalog.abs(documento - pg_catalog.abs(descontos)) end as esperado
  ) e
  cross join lateral (select greatest(absoluta, relativa * e.esperado, 0.005 * linhas) + arredondado as tolerancia) t;
end;

comment on function regra_validacao_valores.conferir_soma(numeric, numeric, bigint, numeric, numeric, numeric, numeric, numeric, numeric) is
  'Whether lines together are their document (1), its reversal (-1), nothing (0) or neither (null); what would be right, and the tolerance.';
revoke execute on function regra_validacao_valores.conferir_soma(numeric, numeric, bigint, numeric, numeric, numeric, numeric, numeric, numeric) from public;

-- Judges documents in several lines (one supplier, one number, one valor_documento) as what they are: one document, whose lines together
-- are what it says. Lines of one day that add up to it are right, and so are those of a year (instalments). A reversed line counts nothing.
-- What is left over, and a document that is there more than once within the days, is one finding about all its lines, on the last of those
-- that are not the whole document by themselves.
--
-- One row for each line of such a document; tipo is null if there is nothing to report, or if another line reports it. No row for an entry
-- that stands alone, which is judged by itself. Keys, amounts, numbers and days of the suspicious entries as in linhas_documentos.
-- creditos: lines whose amount has the other sign than the document by habit (regra_validacao_valores.sinais). copias: how many lines of
-- its day equal the line; carga and primeira_carga: the days on which it, and the first of them, were loaded. Reads dw.lancamentos; changes
-- nothing. Called by regra_validacao_valores.detectar.
create or replace function regra_validacao_valores.rateios(
  chaves bigint[], modulos numeric[], numeros text[], dias date[], tudo boolean, proximidade int, absoluta numeric, relativa numeric, digitos int,
  creditos text[]
)
returns table (id text, tipo text, soma numeric, esperado numeric, tolerancia numeric, quantas bigint, linhas jsonb, repetida numeric, vezes int,
  copias bigint, carga date, primeira_carga date)
language sql stable
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
  with escrita as (
    select x.*, x.valor_documento is not null
        and regra_validacao_valores.difere(x.valor, x.valor_documento, x.valor_desconto, absoluta, relativa, digitos) as parte
    from regra_validacao_valores.linhas_documentos(rateios.chaves, rateios.modulos, rateios.numeros, rateios.dias, rateios.tudo) x
  ), de_quem as (
    -- an entry without a code belongs to the supplier of its name, if there is only one. A share without a code belongs to the supplier that
    -- has a share of the same number and amount with a code; then nothing is proposed for either
    select e.*, coalesce(e.raiz, case when e.nome is not null and min(e.raiz) over nome = max(e.raiz) over nome then min(e.raiz) over nome end,
      case when e.parte and min(e.raiz) filter (where e.parte) over numero = max(e.raiz) filter (where e.parte) over numero
        then min(e.raiz) filter (where e.parte) over numero end,
      '=' || e.nome) as fornecedor
    from escrita e
    window nome as (partition by e.numero, e.nome), numero as (partition by e.numero, abs(e.valor_documento))
  ), completa as (
    -- an entry that does not state the document's amount is a line of its supplier's only document with that number on that day; if booked on
    -- another day, only if it makes the document whole (otherwise it may be another month of a contract)
    select q.*, coalesce(q.valor_documento, case
        when min(abs(q.valor_documento)) over dia = max(abs(q.valor_documento)) over dia then max(q.valor_documento) over dia
        when min(abs(q.valor_documento)) over numero = max(abs(q.valor_documento)) over numero
          and abs(abs(sum(q.valor) over numero) - max(abs(q.valor_documento)) over numero) <= 0.005 * count(*) over numero
        then max(q.valor_documento) over numero end) as documento_lido
    from de_quem q
    window numero as (partition by q.fornecedor, q.numero), dia as (partition by q.fornecedor, q.numero, q.data_lancamento)
  ), linha as (
    select l.id, l.data_lancamento, l.carregado_em, l.centro_custo, l.categoria, l.conta_contabil, l.valor, l.documento_lido as valor_documento, l.descricao,
      -- what a line does not say of its document it shares with the others of its number and amount that do, unless these differ
      dense_rank() over (order by l.fornecedor, l.numero, abs(l.documento_lido), coalesce(l.serie, l.outra_serie, ''),
        coalesce(l.ano, case when extract(year from l.data_lancamento) in (l.outro_ano, l.outro_ano + 1) then l.outro_ano end, 0)) as nota, abs(l.documento_lido) as modulo,
      coalesce(l.valor_desconto, 0) * sign(l.documento_lido) as desconto,
      l.parte,
      case when digitos = 0 then 0 else regra_validacao_valores.arredondamento_origem(l.valor, digitos)
        + regra_validacao_valores.arredondamento_origem(l.documento_lido, digitos) end as arredondado
    from (
      select x.*, case when min(x.serie) over numero = max(x.serie) over numero then min(x.serie) over numero end as outra_serie,
        case when min(x.ano) over numero = max(x.ano) over numero then min(x.ano) over numero end as outro_ano
      from completa x
      where x.documento_lido is not null
      window numero as (partition by x.fornecedor, x.numero, abs(x.documento_lido))
    ) l
  ), do_documento as (
    select l.*, count(*) over documento as companheiras, bool_or(l.parte) over documento as repartido,
      max(sign(l.valor_documento)) over documento as lado, min(l.valor * sign(l.valor_documento)) over documento < 0 as virado,
      bool_or(l.id in (select c from unnest(creditos) c)) over documento as habitual,
      sum(l.valor) over documento * max(sign(l.valor_documento)) over documento as saldo,
      sum(l.valor) over dia as soma, max(l.valor) over dia as maior, count(*) over dia as quantas, max(l.desconto) over dia as um_desconto,
      sum(l.desconto * sign(l.valor)) over dia as descontos, sum(l.arredondado) over dia as arredondados
    from linha l
    window documento as (partition by l.nota),
      dia as (partition by l.nota, l.data_lancamento)
  ), do_dia as (
    select d.*, s.inteiros
    from do_documento d
    cross join lateral regra_validacao_valores.conferir_soma(
      d.soma, d.maior, d.quantas, d.modulo, d.um_desconto, d.descontos, d.arredondados, absoluta, relativa) s
    where d.companheiras > 1 and d.repartido
  ), do_ano as (
    select d.id, d.data_lancamento, d.carregado_em, d.centro_custo, d.categoria, d.conta_contabil, d.valor, d.nota, d.modulo, d.desconto,
      d.arredondado, d.parte, coalesce(d.inteiros, s.inteiros) as inteiros,
      d.lado, d.saldo, d.habitual
    from (
      select x.*, sum(x.valor) over resto as soma_resto, max(x.valor) over resto as maior_resto, count(*) over resto as quantas_resto,
        max(x.desconto) over resto as um_desconto_resto, sum(x.desconto * sign(x.valor)) over resto as descontos_resto,
        sum(x.arredondado) over resto as arredondados_resto
      from do_dia x
      window resto as (partition by x.nota, x.inteiros is null)
    ) d
    cross join lateral regra_validacao_valores.conferir_soma(d.soma_resto, d.maior_resto, d.quantas_resto, d.modulo, d.um_desconto_resto,
      d.descontos_resto, d.arredondados_resto, absoluta, relativa) s
  ), cercada as (
    select a.*, a.inteiros is null as sobra,
      -- what stands whole within the days, reversals taken off
      coalesce(abs(sum(a.valor) filter (where a.inteiros <> 0) over em_volta), 0) as inteiro_perto,
      count(*) filter (where a.inteiros is null) over em_volta as sobras_perto
    from do_ano a
    window em_volta as (partition by a.nota order by a.data_lancamento
      range between make_interval(days => proximidade) preceding and make_interval(days => proximidade) following)
  ), junta as (
    select c.*, count(*) over juntas as quantas, sum(c.valor) over juntas as soma, max(c.valor) over juntas as maior,
      max(c.desconto) over juntas as um_desconto, sum(c.desconto * sign(c.valor)) over juntas as descontos,
      sum(c.arredondado) over juntas as arredondados,
      count(*) over igual as iguais, count(*) over igual_no_dia as copias,
      (c.carregado_em at time zone 'UTC')::date as carga, min((c.carregado_em at time zone 'UTC')::date) over igual_no_dia as primeira_carga,
      row_number() over (partition by c.nota, c.falada
        order by c.parte desc, c.carregado_em desc nulls last, c.data_lancamento desc, length(c.id) desc, c.id collate "C" desc) as do_fim
    from (
      select x.*, x.sobra
        -- the other sign than the document's, and no booking that it takes back
        or x.parte and x.saldo < -absoluta and x.inteiros * x.lado < 0 and not x.habitual
        or x.inteiros <> 0 and (x.sobras_perto > 0 or x.inteiro_perto > 1.5 * abs(x.modulo - x.desconto) + absoluta) as falada
      from cercada x
    ) c
    window juntas as (partition by c.nota, c.falada),
      igual as (partition by c.nota, c.falada, c.valor, c.centro_custo, c.categoria, c.conta_contabil),
      igual_no_dia as (partition by c.nota, c.falada, c.valor, c.centro_custo, c.categoria, c.conta_contabil, c.data_lancamento)
  ), julgada as (
    select j.*, s.inteiros as inteiras, s.esperado, s.tolerancia, l.sinal, j.soma * l.sinal - abs(s.esperado) as excesso,
      max(abs(j.valor)) filter (where j.iguais > 1 and abs(j.valor * l.sinal - j.soma * l.sinal + abs(s.esperado)) <= s.tolerancia) over juntas as repetida,
      case when abs(s.esperado) > 0 and j.soma * l.sinal > 0 and abs(j.soma) < 1e9 * abs(s.esperado)
          and abs(j.soma - round(j.soma / s.esperado) * s.esperado) <= s.tolerancia
        then round(j.soma / s.esperado)::int end as vezes
    from junta j
    cross join lateral regra_validacao_valores.conferir_soma(
      j.soma, j.maior, j.quantas, j.modulo, j.um_desconto, j.descontos, j.arredondados, absoluta, relativa) s
    -- the sign that the sum should have: the document's, or the other by habit
    cross join lateral (select case when j.habitual and j.soma < 0 then -1 else 1 end * sign(j.lado) as sinal) l
    window juntas as (partition by j.nota, j.falada)
  ), listada as (
    select j.nota, jsonb_agg(jsonb_build_object('id', j.id, 'data_lancamento', j.data_lancamento,
      'centro_custo', j.centro_custo, 'categoria', j.categoria, 'conta_contabil', j.conta_contabil, 'valor', j.valor) order by j.do_fim) as linhas
    from junta j
    where j.falada and j.do_fim <= 20
    group by j.nota
  )
  select j.id,
    case
      when not j.falada or j.do_fim > 1 then null
      -- what is missing on some days makes up for what other days have too much
      when j.inteiras = 0 or j.inteiras * j.lado > 0 or j.inteiras <> 0 and j.habitual then null
      when j.inteiras <> 0 then 'sinal_trocado'
      when j.vezes > 1 then 'rateio_repetido'
      when j.excesso > 0 and j.repetida is not null then 'rateio_linha_repetida'
      when j.excesso > 0 then 'rateio_a_mais'
      else 'rateio_a_menos' end,
    j.soma, case when j.inteiras <> 0 then -j.esperado else j.sinal * abs(j.esperado) end, j.tolerancia, j.quantas, x.linhas, j.repetida, j.vezes,
    j.copias, j.carga, j.primeira_carga
  from julgada j
  left join listada x on j.falada and j.do_fim = 1 and x.nota = j.nota
  -- alone, and nothing near: an entry with an error of its own
  where not (j.falada and j.quantas = 1) and (j.falada or j.parte)
  union all
  -- the sign of a reversal is no error; it takes back what says the same instalment
  select e.id, null, null, null, null, null, null, null, null, null, null, null
  from (
    select d.id, d.parte, d.valor * d.lado as valor,
      sum(d.valor) over (partition by d.nota, regra_validacao_valores.parcela_dita(d.descricao)) * d.lado as saldo
    from do_documento d
    where d.companheiras > 1 and d.virado
  ) e
  where not e.parte and e.valor < 0 and e.saldo >= -absoluta
$$;

comment on function regra_validacao_valores.rateios(bigint[], numeric[], text[], date[], boolean, int, numeric, numeric, int, text[]) is
  'Documents of several lines, judged as one: a row for each line, with a kind on the one that carries the finding.';
revoke execute on function regra_validacao_valores.rateios(bigint[], numeric[], text[], date[], boolean, int, numeric, numeric, int, text[]) from public;
