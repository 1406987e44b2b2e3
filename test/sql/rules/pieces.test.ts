// Small functions on which the rules rest, each tested by itself.
import fc from 'fast-check'
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'

t.test('words are letters: folded, without digits and punctuation', async (t) => {
  const { sql } = await testDatabase(t)
  const [row] = await sql`select regras.palavras_texto(' NF-e 123 de Água-Viva, 2ª VIA (10/2025)') as p`
  t.equal(row?.['p'], 'nf e de agua viva a via')
})

t.test('codes of one company are distinguished from codes padded with zeros', async (t) => {
  const { sql } = await testDatabase(t)
  const root = async (...codes: (string | null)[]) =>
    (
      await sql<{ raiz: string | null }[]>`
        select regras.raiz_fornecedor(c) as raiz from unnest(${codes}::text[]) with ordinality x (c, n) order by n`
    ).map((r) => r.raiz)
  t.same(await root('12.345.678/0001-95', '12345678000276', '12.ABC.345/01DE-35', '12abc345000199'), [
    '12345678',
    '12345678',
    '12abc345',
    '12abc345',
  ])
  t.same(
    await root('00000000012345', '00000000099999', '00.000.000/0001-91'),
    ['00000000012345', '00000000099999', '191'],
    'a company number of zero matches nobody',
  )
  t.same(await root('F-0001', ' ', '', null), ['f0001', null, null, null])
})

t.test('an access key is found in a text, with letters where its CNPJ has them', async (t) => {
  const { sql } = await testDatabase(t)
  const [goods, service] = [
    '35261112ABC34501DE35550010000001231000001235',
    '35503082212ABC34501DE35000000000007726110000000010',
  ]
  const spaced = goods.replaceAll(/(.{4})/g, '$1 ')
  const texts = [
    `NF-e ${goods}`,
    `chave ${spaced.toLowerCase()}fim`,
    `pedido 123456 ${goods}`,
    `NFS-e ${service}.`,
    `${goods}1`,
  ]
  const rows = await sql`
    select regras.chave_no_texto(x) as chave from unnest(${texts}::text[]) with ordinality as t (x, n) order by n`
  t.same(
    rows.map(({ chave }) => chave),
    [goods, goods, goods, service, null],
  )
})

t.test('fast folding gives the same as decomposing every accent', async (t) => {
  const { sql } = await testDatabase(t)
  const letters = [...'aZ9 -ãÃçÇáÁéÉíÍóÓõÕêÊôÔúÚâÂàÀüÜñÑºª–’“ŞşßœØła\u0301c\u0327']
  const text = fc.array(fc.constantFrom(...letters), { maxLength: 12 }).map((parts) => parts.join(''))
  const texts = fc.sample(text, { numRuns: 2000, seed: 1 })
  const different = await sql`
    select x, audit_interno.dobrar(x) as dobrado from unnest(${texts}::text[]) as x
    where audit_interno.dobrar(x) is distinct from lower(translate(normalize(x, nfd),
      U&'\\00AA\\00BA\\2013\\2014\\2019\\2018\\201C\\201D\\0301\\0303\\0327\\0302\\0300\\0308\\030A', 'ao--''''""'))`
  t.same([...different], [])
  const [row] = await sql`select audit_interno.dobrar('PROMOÇÃO de Verão, 2ª via – Üß') as dobrado`
  t.equal(row?.['dobrado'], 'promocao de verao, 2a via - uß')
})

/** Expressions and texts of few letters, so that they often match; the percent sign is special to LIKE. */
const letter = fc.constantFrom(...'ababaç %')
const atom = fc.oneof(
  { weight: 4, arbitrary: letter },
  fc.constantFrom('.', '[ab]', '[^a]', '(ab)', '(?:a|b)', '(a(b))', '\\s', '\\d', '[[:alpha:]]', '^', '$'),
)
const quantified = fc
  .tuple(atom, fc.constantFrom('', '', '', '', '?', '*', '+', '+?', '*?', '{2}'))
  .filter(([what, times]) => times === '' || !['^', '$'].includes(what))
  .map(([what, times]) => what + times)
/** Enough letters for a filter, with something in between. */
const letters = fc.string({ unit: fc.constantFrom(...'ab'), minLength: 1, maxLength: 2 })
const expression = fc.oneof(
  fc.array(quantified, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
  fc.tuple(letters, quantified, letters).map((parts) => parts.join('')),
  fc.tuple(letter, letter).map(([a, b]) => `${a}b|${b}aa`),
)

t.test('the quick filter of an expression lets through everything that it matches', async (t) => {
  const { sql } = await testDatabase(t)
  const expressions = fc.sample(expression, { numRuns: 1000, seed: 1 })
  const texts = fc.sample(fc.string({ unit: letter, maxLength: 12 }), { numRuns: 100, seed: 2 })
  const [row] = await sql<{ matched: number; filtered: number; lost: string[] }[]>`
    with e as (
      select e, regra_trade_marketing.filtro_padrao('regex', '(?i)' || regra_trade_marketing.sem_acentos(e)) as filtro
      from unnest(${expressions}::text[]) as e
    )
    select count(*)::int as matched, count(e.filtro)::int as filtered,
      coalesce(array_agg(e.e || ' / ' || x) filter (where audit_interno.dobrar(x) not like e.filtro), '{}') as lost
    from e, unnest(${texts}::text[]) as x
    where regra_trade_marketing.padrao_casa('regex', e.e, audit_interno.dobrar(x))`
  t.same(row?.lost, [])
  t.ok((row?.matched ?? 0) > 1000, 'the test is meaningful: there are many matches')
  t.ok((row?.filtered ?? 0) > 20, 'and many of them had a filter')

  const filters = await sql`
    select regra_trade_marketing.filtro_padrao('regex', e) as f from unnest(array['(?i)a[cç][aã]o (de )?varejo', '(?i)promo(ção|cional)?',
      '(?i)^prefeitura$', '(?i)verba|bônus', '(?i)\\mverba', '(?i)ab', '(?i)(verba)', '(?i)trade.*marketing', '***=verba+', '(?x)ver ba',
      '(?i)verba(?=x)', '(?i)verba{2}']) with ordinality as x (e, n) order by n`
  t.same(
    filters.map(({ f }) => f),
    [
      '%a%o %varejo%',
      '%promo%%',
      '%%prefeitura%%',
      null,
      null,
      null,
      null,
      '%trade%marketing%',
      null,
      null,
      null,
      null,
    ],
  )
})

t.test('an instalment is recognised by its number, however it is written', async (t) => {
  const { sql } = await testDatabase(t)
  const cases: [descricao: string | null, parcela: string][] = [
    ['parcela 2/3', '2'],
    ['PARC. 02', '2'],
    ['Parcela 002 de 12', '2'],
    ['parcela nº 2', '2'],
    ['parcela n. 2', '2'],
    ['Parcela número 2', '2'],
    ['2ª parcela', '2'],
    ['2a. parcela', '2'],
    ['02° parc', '2'],
    ['2ª parcela - 10/2025', '2'],
    ['aluguel, 12ª Parcela de 12', '12'],
    ['NF 345 parcela 2', '2'],
    ['prestação 2/12', '2'],
    ['Prest. 02', '2'],
    ['2ª prestação', '2'],
    ['segunda parcela do contrato', '2'],
    ['DÉCIMA PARCELA', '10'],
    ['parcela IV', '4'],
    ['parcela II/III', '2'],
    ['parcela dois de três', '2'],
    ['NF 345 2/3', '2'],
    ['NF 345 - 02 / 12 ', '2'],
    ['NF 345 em 10/02/2025', ''],
    ['NF 345 de 10/2025', ''],
    ['NF 1.345/12', ''],
    ['prestação de contas', ''],
    ['última parcela', '-1'],
    ['parcela via boleto', ''],
    ['NF 345 parcela única', ''],
    ['em 3 parcelas', ''],
    ['345a parte do parcelamento', ''],
    ['parcela', ''],
    ['serviço 2', ''],
    ['', ''],
    [null, ''],
  ]
  const rows = await sql`select regra_validacao_valores.parcela_dita(d) as p
    from unnest(${cases.map(([d]) => d)}::text[]) with ordinality as x (d, n) order by n`
  t.same(
    rows.map(({ p }) => p),
    cases.map(([, instalment]) => instalment),
  )
})
