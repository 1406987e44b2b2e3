import type postgres from 'postgres'
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { asOwner } from '../../helper/owner.ts'
import { bookEntries, findings, type LedgerEntry, makeLedger, setSetting, strangeOnes } from './ledger.ts'

const RULE_FUNCTION = 'trade_marketing'

async function pattern(
  sql: postgres.Sql,
  field: string,
  type: string,
  text: string,
  action = 'incluir',
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into audit.padroes_trade_marketing (campo, tipo, acao, padrao) values (${field}, ${type}, ${action}, ${text}) returning id::int`
  return row?.id as number
}

const keys = async (sql: postgres.Sql, window_ = {}) =>
  (await findings(sql, RULE_FUNCTION, window_)).map((a) => a.registro_id)

t.test('patterns match supplier, description and account, without case and accents', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'contem', 'Promoção')
  await pattern(sql, 'fornecedor', 'palavra', 'agência mídia')
  await pattern(sql, 'conta_contabil', 'regex', '^4\\.7\\.\\d+$')
  const found = await bookEntries(
    sql,
    { descricao: 'Material de PROMOCAO de ponto de venda', fornecedor: 'Um' },
    { descricao: 'semipromoção de verão', fornecedor: 'Dois' },
    { fornecedor: 'AGENCIA  MIDIA Brasil Ltda' },
    { fornecedor: 'Boa Agência-Mídia' },
    { conta_contabil: '4.7.12', fornecedor: 'Três' },
  )
  await bookEntries(
    sql,
    { descricao: 'promo de verão' },
    { fornecedor: 'Subagência mídia' },
    { fornecedor: 'agência de mídia' },
    { conta_contabil: '4.7.12.A' },
    { conta_contabil: '14.7.12' },
    { descricao: '4.7.12' },
    { descricao: 'Promoção', categoria: 'TRADE MARKETING ' },
  )
  const all = await findings(sql, RULE_FUNCTION)
  t.same(
    all.map((a) => a.registro_id),
    found.sort(),
  )
  for (const finding of all) {
    t.same(finding.valores_propostos, { categoria: 'Trade Marketing' })
    t.ok(Number(finding.confianca) < 0.95, 'a pattern alone does not prove it')
    t.equal(Number(finding.valor_em_risco), 100)
    t.match(finding.justificativa, /Casa com o padrão/)
  }
})

t.test('an expression keeps its classes: \\S is not \\s', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'regex', '^Ação\\Sx$')
  const [yes] = await bookEntries(sql, { descricao: 'AÇÃO-X' }, { descricao: 'ação x' })
  t.same(await keys(sql), [yes])
})

t.test('an expression typed in capitals finds what is booked in any case, simple or not', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'regex', '^VERBA (DE )?COOPERAÇÃO$')
  await pattern(sql, 'fornecedor', 'regex', '^(BRINDES|BÔNUS)\\M')
  const found = await bookEntries(
    sql,
    { descricao: 'Verba de cooperação' },
    { descricao: 'VERBA COOPERACAO' },
    { fornecedor: 'Brindes do Sul' },
    { fornecedor: 'BONUS SA' },
  )
  await bookEntries(sql, { descricao: 'Verba de cooperação rural' }, { fornecedor: 'Brindesul' })
  t.same(await keys(sql), found.sort())
})

t.test('special characters in a plain pattern are literal', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'contem', 'a.b (50%) [x] \\d+')
  const [yes] = await bookEntries(
    sql,
    { descricao: 'item A.B (50%) [X] \\D+ fim' },
    { descricao: 'item aXb (50%) [x] 77' },
  )
  t.same(await keys(sql), [yes])
})

t.test('an excluding pattern wins over any including one', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'contem', 'campanha')
  await pattern(sql, 'descricao', 'contem', 'campanha de vacinação', 'excluir')
  await pattern(sql, 'fornecedor', 'palavra', 'hospital', 'excluir')
  const [yes] = await bookEntries(
    sql,
    { descricao: 'campanha de verão' },
    { descricao: 'Campanha de Vacinação' },
    { descricao: 'campanha de verão', fornecedor: 'Hospital São Lucas' },
  )
  t.same(await keys(sql), [yes])
})

t.test('an empty or inactive pattern matches nothing, and no pattern finds nothing', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(
    sql,
    { descricao: 'campanha' },
    { descricao: null, fornecedor: null, conta_contabil: null },
    { descricao: '' },
  )
  t.same(await keys(sql), [])
  await pattern(sql, 'descricao', 'contem', 'campanha')
  await sql`update audit.padroes_trade_marketing set ativo = false`
  t.same(await keys(sql), [])
  await sql`alter table audit.padroes_trade_marketing disable trigger user`
  for (const [type, text] of [
    ['contem', ''],
    ['palavra', ' . '],
    ['regex', '  '],
    ['contem', '\t'],
  ] as const) {
    await sql`insert into audit.padroes_trade_marketing (campo, tipo, padrao, padrao_dobrado)
      values ('descricao', ${type}, ${text}, ${text})`
  }
  t.same(await keys(sql), [])
})

t.test("the supplier's history counts against a copied text, and both sides are shown", async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'contem', 'campanha')
  const station: LedgerEntry = {
    fornecedor_id: '11222333000181',
    fornecedor: 'Posto Sol',
    categoria: 'Combustível',
  }
  await bookEntries(sql, ...Array.from({ length: 20 }, () => ({ ...station, descricao: 'abastecimento' })))
  const [copied, elsewhere, unknown] = await bookEntries(
    sql,
    { ...station, descricao: 'campanha de verão', fornecedor_id: '11.222.333/0002-62' },
    { ...station, descricao: 'campanha de verão', categoria: 'Outros' },
    { fornecedor: 'Nunca Vista', descricao: 'campanha de verão', categoria: 'Combustível' },
  )
  const by = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a]))
  const finding = by.get(copied as string)
  t.ok(Number(finding?.confianca) < 0.02, `a person decides, without hurry: ${finding?.confianca}`)
  t.match(finding?.evidencia, {
    historico_fornecedor: { lancamentos: 21, na_categoria_lancada: 20, em_marketing: 0 },
  })
  t.match(finding?.justificativa, /Casa com o padrão.*Contra: 20 de 21 .* estão na categoria lançada/)
  const above = Number(by.get(elsewhere as string)?.confianca)
  t.ok(above > 5 * Number(finding?.confianca), 'history speaks for the category it knows, and for no other')
  t.equal(Number(by.get(unknown as string)?.confianca), above, 'no history, nothing against it')
})

t.test(
  "three of a supplier's thousands of entries defend their category, whatever the others are",
  async (t) => {
    const { sql } = await testDatabase(t)
    await makeLedger(sql)
    await pattern(sql, 'descricao', 'contem', 'campanha')
    const from = (fornecedor_id: string | null, supplier: string): LedgerEntry => ({
      fornecedor_id,
      fornecedor: supplier,
      categoria: 'Combustível',
      descricao: 'abastecimento',
    })
    // their codes begin alike, and one has none
    const large = from('FORN-0001-A', 'Rede Sol')
    const small = from('FORN-0001-B', 'Posto Lua')
    const withoutCode = from(null, 'Posto Mar')
    const withLetters = from('12.ABC.345/01DE-35', 'Posto Novo')
    await bookEntries(
      sql,
      ...Array.from({ length: 1500 }, () => ({ ...large, categoria: 'Frete' })),
      ...Array.from({ length: 1500 }, () => ({
        ...large,
        categoria: 'Trade Marketing',
        descricao: 'campanha',
      })),
      ...[large, small, withoutCode, { ...withLetters, fornecedor_id: '12abc345000199' }].flatMap((l) => [
        l,
        l,
        l,
      ]),
    )
    const suspects = await bookEntries(
      sql,
      ...[large, small, withoutCode, withLetters].map((l) => ({ ...l, descricao: 'campanha de verão' })),
    )
    const by = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a]))
    const [many, few, without, lettersOf] = suspects.map((id) => by.get(id))
    for (const [finding, entriesOf, inMarketing, who] of [
      [many, 3003, 1500, 'a large supplier'],
      [few, 3, 0, 'a small one beside it'],
      [without, 3, 0, 'one without a code'],
      [lettersOf, 3, 0, 'one whose CNPJ has letters, written otherwise'],
    ] as const) {
      t.same(
        finding?.evidencia.historico_fornecedor,
        { lancamentos: entriesOf, na_categoria_lancada: 3, em_marketing: inMarketing, meses: 12 },
        who,
      )
      t.match(
        finding?.justificativa,
        new RegExp(`Contra: 3 de ${entriesOf} outros lançamentos do fornecedor`),
        who,
      )
      t.ok(Number(finding?.confianca) < 0.95, `${who}: a person decides`)
    }
    t.ok(
      [few, without, lettersOf].every((finding) => Number(finding?.confianca) < 0.1),
      'three entries of three are a habit',
    )
  },
)

t.test('without a usable date there is no history against it, and a person decides', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'contem', 'campanha')
  const theirs = { fornecedor: 'Transportes Serra', fornecedor_id: '12345678000195', categoria: 'Frete' }
  await bookEntries(sql, ...Array.from({ length: 40 }, () => ({ ...theirs, descricao: 'frete' })))
  const withoutDate = await bookEntries(
    sql,
    ...[null, '9999-12-31', '-infinity', 'infinity', '0001-01-01'].map((data_lancamento) => ({
      ...theirs,
      descricao: 'campanha',
      data_lancamento,
    })),
    {
      fornecedor: 'Ninguém',
      descricao: 'campanha',
      data_lancamento: null,
      categoria: 'PENDENTE DE VERIFICAÇÃO',
    },
  )
  // alone, and next to one that has a date
  for (const others of [[], await bookEntries(sql, { ...theirs, descricao: 'campanha' })]) {
    const all = await findings(sql, RULE_FUNCTION, { chaves: [...withoutDate, ...others] })
    t.equal(all.length, withoutDate.length + others.length)
    for (const finding of all) {
      t.ok(Number(finding.confianca) < 0.3, `${finding.registro_id}: ${finding.confianca}`)
      if (withoutDate.includes(finding.registro_id))
        t.match(finding.justificativa, /Contra: .*sem uma data que sirva/)
    }
  }
})

t.test('each of six hundred suppliers has its own history', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'contem', 'campanha')
  await pattern(sql, 'fornecedor', 'contem', 'merchandising')
  const suspects = await bookEntries(
    sql,
    ...Array.from({ length: 600 }, (_, n) => ({
      fornecedor_id: `F-${n}`,
      fornecedor: 'Rede',
      categoria: 'Frete',
      descricao: 'campanha de verão',
    })),
  )
  const history = { fornecedor: 'Rede', categoria: 'Frete', descricao: 'entrega' }
  await bookEntries(
    sql,
    ...[1, 2, 3].flatMap(() =>
      Array.from({ length: 300 }, (_, n) => ({ ...history, fornecedor_id: `F-${n}` })),
    ),
    // under the same code, with a name that a pattern matches: a pattern takes away nobody's own history
    ...[1, 2, 3].map(() => ({ ...history, fornecedor_id: 'F-400', fornecedor: 'Rede Merchandising' })),
    ...[1, 2, 3].map(() => ({ ...history, fornecedor_id: null, descricao: 'campanha' })),
  )
  const by = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a]))
  const against = suspects.map(
    (id) => by.get(id)?.evidencia.historico_fornecedor.na_categoria_lancada as number,
  )
  t.same(
    against,
    against.map((_, n) => (n < 300 || n === 400 ? 3 : 0)),
  )
})

t.test('the rarer the error, the more a pattern has to prove', async (t) => {
  const { sql } = await testDatabase(t)
  const value = async (instalment: number, error: number) => {
    const [row] =
      await sql`select regra_trade_marketing.confianca_padrao(${instalment}, ${error})::float8 as p`
    return row?.['p'] as number
  }
  t.equal((await value(0.9, 0.03)).toFixed(3), '0.218')
  t.ok((await value(0.998, 0.03)) < 0.95)
  t.ok((await value(0.9984, 0.03)) >= 0.95)
  t.ok((await value(0.9, 0.3)) > (await value(0.9, 0.03)))
  t.equal(await value(0.9, 0.5), 0.9, 'a pending entry has no category yet: the share itself')
  const share = async (pro: number, against: number) => {
    const [row] =
      await sql`select regra_trade_marketing.parcela_contestada(0.95, ${pro}, ${against})::float8 as p`
    return row?.['p'] as number
  }
  t.equal(await share(0, 0), 0.95)
  t.ok((await share(50, 0)) > 0.95)
  t.ok((await share(0, 3)) < 0.6)
  t.ok((await share(0, 50)) < (await share(0, 10)))
  t.ok((await share(9, 9)) < 0.7)
})

t.test('a supplier that is itself a pattern also has a history, but not a very old one', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await setSetting(sql, 'trade_marketing.categoria', 'Combustíveis')
  await pattern(sql, 'fornecedor', 'palavra', 'auto')
  const shop = (n: number, more: LedgerEntry): LedgerEntry => ({
    fornecedor: `Auto Posto ${'abcdefghij'[n % 10]}`,
    ...more,
  })
  await bookEntries(
    sql,
    ...Array.from({ length: 90 }, (_, n) => shop(n, { categoria: 'Combustíveis', descricao: 'gasolina' })),
    ...Array.from({ length: 12 }, () => ({
      fornecedor: 'Auto Lima',
      categoria: 'Peças',
      data_lancamento: '2021-01-10',
    })),
  )
  const parts = { fornecedor: 'Auto Peças Silva', categoria: 'Peças' }
  const instalments = await bookEntries(
    sql,
    ...Array.from({ length: 6 }, (_, n) => ({ ...parts, descricao: `pneus parcela ${n + 1}/6` })),
  )
  const [old] = await bookEntries(sql, { fornecedor: 'Auto Lima', categoria: 'Peças' })
  const by = new Map(
    (await findings(sql, RULE_FUNCTION, { inicio: '2025-01-01' })).map((a) => [a.registro_id, a]),
  )
  for (const id of instalments) {
    t.ok(Number(by.get(id)?.confianca) < 0.1, `an instalment: ${by.get(id)?.confianca}`)
    t.match(
      by.get(id)?.justificativa,
      /De 9\d outros lançamentos que casam com ele, 90 estão em "Combustíveis"/,
    )
    t.match(by.get(id)?.justificativa, /Contra: 5 de 5 outros lançamentos do fornecedor/)
  }
  t.equal(by.get(old as string)?.evidencia.contra, null)
})

t.test('a pattern acts alone only once people have proved it', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  const oldOne = await pattern(sql, 'descricao', 'contem', 'campanha')
  const shop = (n: number): LedgerEntry => ({
    fornecedor: `Loja ${n}`,
    fornecedor_id: `L-${n}`,
    descricao: 'campanha',
  })
  // a supplier that leaves no doubt, and entries that leave some
  const agency = { fornecedor: 'Agência Lua', fornecedor_id: 'A-1', descricao: 'campanha' }
  await bookEntries(sql, ...Array.from({ length: 700 }, () => ({ ...agency, categoria: 'Trade Marketing' })))
  await bookEntries(
    sql,
    ...Array.from({ length: 700 }, () => ({ categoria: 'Frete', descricao: 'frete', fornecedor: 'Trans' })),
  )
  const [right] = await bookEntries(sql, agency)
  const doubts = await bookEntries(sql, ...Array.from({ length: 70 }, (_, n) => shop(n)))
  const olivia = connectAs('olivia')
  const session = () => olivia`select status, corrigidas::int, mensagem
    from audit.processar_divergencias('auto', '2025-01-01', '2025-12-31', '{trade_marketing}')`
  t.match(await session(), [{ status: 'concluida', corrigidas: 0 }])
  const read = (id: string | undefined) => sql`select confianca::float8 as confianca, justificativa
    from audit.divergencias_processadas where registro_id = ${id as string} and status = 'aberta'`
  const [before] = await read(right)
  t.equal(before?.['confianca'], 0.94, 'capped below the threshold')
  t.match(before?.['justificativa'], /O padrão ainda não corrige sozinho: 0 de 20 respostas certas/)

  const approve = (ids: string[]) => connectAs('ana')`
    select from audit.aprovar_divergencias(array(select id from audit.divergencias_processadas
      where registro_id = any (${ids}) and status = 'aberta'), 'conferi a nota')`
  await approve(doubts.slice(0, 19))
  t.match(await session(), [{ corrigidas: 0 }], 'nineteen answers are not twenty')
  await approve(doubts.slice(19, 20))
  // a comment is not an answer, and takes none away
  await connectAs(
    'ana',
  )`select from audit.comentar(array(select divergencia_id from audit.decisoes), 'as notas estão no arquivo')`
  t.match(await session(), [{ corrigidas: 1 }], 'the supplier that leaves no doubt')
  await approve(doubts.slice(20, 60))
  t.match(await session(), [{ corrigidas: 10 }], 'sixty right of sixty make .95 without any supplier')

  // the same words in another pattern have proved nothing
  await sql`update audit.padroes_trade_marketing set ativo = false where id = ${oldOne}`
  await pattern(sql, 'descricao', 'palavra', 'campanha')
  await bookEntries(sql, shop(100))
  t.match(await session(), [{ corrigidas: 0 }])
})

t.test('fewer answers prove a pattern only while the rule is bounded by a grant', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'contem', 'campanha')
  await connectAs('adelia')`select audit.alterar_configuracao('regras.decisoes_minimas', '1', 'só uma basta')`
  const agency = { fornecedor: 'Agência Lua', fornecedor_id: 'A-1', descricao: 'campanha' }
  await bookEntries(sql, ...Array.from({ length: 700 }, () => ({ ...agency, categoria: 'Trade Marketing' })))
  await bookEntries(
    sql,
    ...Array.from({ length: 700 }, () => ({ categoria: 'Frete', descricao: 'frete', fornecedor: 'Trans' })),
  )
  const [right, other] = await bookEntries(sql, agency, agency)
  const found = async () => {
    await connectAs(
      'olivia',
    )`select from audit.processar_divergencias('manual', '2025-01-01', '2025-12-31', '{trade_marketing}')`
    return sql`select confianca::float8 as confianca, evidencia from audit.divergencias_processadas
      where registro_id = ${other as string} and status = 'aberta'`
  }
  t.match(await found(), [{ confianca: 0.94 }])
  await connectAs(
    'ana',
  )`select from audit.aprovar_divergencias(array(select id from audit.divergencias_processadas
    where registro_id = ${right as string}), 'conferi a nota')`
  t.ok(Number((await found())[0]?.['confianca']) > 0.95, 'one answer, where a grant bounds what auto may do')
  await asOwner(
    sql,
    (owner) => owner`update audit.regras set prova = 'provada' where nome = 'trade_marketing'`,
  )
  t.match(await found(), [{ confianca: 0.94 }], 'a rule without a bound needs twenty')
})

t.test('answers on one supplier prove a pattern for that supplier, and little for others', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'palavra', 'brindes')
  const moon = { fornecedor: 'Agência Lua', fornecedor_id: 'A-1', descricao: 'campanha e brindes' }
  await bookEntries(sql, ...Array.from({ length: 100 }, () => ({ ...moon, categoria: 'Trade Marketing' })))
  await bookEntries(
    sql,
    ...Array.from({ length: 100 }, () => ({ categoria: 'Frete', descricao: 'frete', fornecedor: 'Trans' })),
  )
  const answered = async (entries: LedgerEntry[]) => {
    const ids = await bookEntries(sql, ...entries)
    await connectAs(
      'olivia',
    )`select from audit.processar_divergencias('manual', '2025-01-01', '2025-12-31', '{trade_marketing}')`
    await connectAs(
      'ana',
    )`select from audit.aprovar_divergencias(array(select id from audit.divergencias_processadas
      where registro_id = any (${ids}) and status = 'aberta'), 'conferi a nota')`
  }
  await answered(Array.from({ length: 90 }, () => ({ ...moon, categoria: 'Serviços' })))
  const [hers, fresh, without] = await bookEntries(
    sql,
    { ...moon, categoria: 'Serviços' },
    { fornecedor: 'Nova Gráfica', fornecedor_id: 'N-9', categoria: 'Escritório', descricao: 'brindes' },
    { fornecedor: null, fornecedor_id: null, categoria: 'Escritório', descricao: 'brindes' },
  )
  const of = async (id: string | undefined) => {
    const [finding] = await findings(sql, RULE_FUNCTION, { chaves: [id as string] })
    if (!finding) throw new Error(`nothing found at ${id}`)
    return finding
  }
  t.ok(Number((await of(hers)).confianca) >= 0.95, 'its own next entry')
  for (const id of [fresh, without]) {
    const finding = await of(id)
    t.ok(Number(finding.confianca) < 0.95, `${finding.confianca}`)
    t.match(
      finding.justificativa,
      /3 de 20 respostas certas de pessoas; de cada outro fornecedor contam três/,
    )
  }
  await answered(
    Array.from({ length: 15 }, (_, n) => ({
      ...moon,
      fornecedor: `Gráfica ${n}`,
      fornecedor_id: `G-${n}`,
    })),
  )
  t.ok(Number((await of(fresh)).confianca) < 0.95, 'fifteen others, one answer each, and three')
  await answered(
    Array.from({ length: 30 }, (_, n) => ({
      ...moon,
      fornecedor: `Gráfica ${n % 15}`,
      fornecedor_id: `G-${n % 15}`,
    })),
  )
  t.match(
    (await of(fresh)).justificativa,
    /0 de 5 sobre lançamentos desta categoria/,
    'fifteen others, three each, but none booked as this one is',
  )
  await sql`update dw.lancamentos set categoria = 'Serviços' where id = ${fresh as string}`
  t.ok(Number((await of(fresh)).confianca) >= 0.95, 'and one that was booked as they were')
})

t.test("a pending entry is proposed too; the supplier's usual category counts against it", async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'contem', 'campanha')
  const station: LedgerEntry = {
    fornecedor: 'Posto Sol',
    categoria: 'Combustível',
    descricao: 'abastecimento',
  }
  await bookEntries(sql, ...Array.from({ length: 20 }, () => station))
  const [parked, free] = await bookEntries(
    sql,
    { ...station, categoria: 'pendente', descricao: 'campanha' },
    { fornecedor: 'Outra', categoria: 'Pendente', descricao: 'campanha' },
  )
  const by = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a]))
  t.ok(Number(by.get(parked as string)?.confianca) < 0.5)
  t.match(by.get(parked as string)?.evidencia.contra, /20 de 20 .* estão em outra categoria/)
  t.equal(
    Number(by.get(free as string)?.confianca),
    0.94,
    'nothing was booked wrong: the share itself, unproved',
  )
})

t.test('every part of the window is honoured', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'contem', 'campanha')
  const [a, b] = await bookEntries(
    sql,
    { descricao: 'campanha', data_lancamento: '2025-03-01', carregado_em: '2025-03-02T00:00:00Z' },
    { descricao: 'campanha', data_lancamento: '2025-03-05', carregado_em: '2025-03-06T00:00:00Z' },
  )
  t.same(await keys(sql, { inicio: '2025-03-01', fim: '2025-03-01' }), [a])
  t.same(await keys(sql, { inicio: '2025-03-02', fim: '2025-03-05' }), [b])
  t.same(await keys(sql, { desde: '2025-03-06T00:00:00Z' }), [b])
  t.same(await keys(sql, { ate: '2025-03-06T00:00:00Z' }), [a])
  t.same(await keys(sql, { chaves: [b as string] }), [b])
  t.same(await keys(sql, { chaves: [] }), [])
})

t.test('the category and the base confidence come from the business', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'contem', 'campanha')
  await bookEntries(sql, { descricao: 'campanha', categoria: 'Divulgação' }, { descricao: 'campanha' })
  await setSetting(sql, 'trade_marketing.categoria', 'DIVULGACAO')
  await sql`update audit.regras set confianca_base = 0.8 where nome = ${RULE_FUNCTION}`
  const [only, ...rest] = await findings(sql, RULE_FUNCTION)
  t.same(rest, [], 'accents and case do not make a category differ')
  t.same(only?.valores_propostos, { categoria: 'DIVULGACAO' })
  const low = Number(only?.confianca)
  await sql`update audit.regras set confianca_base = 0.95 where nome = ${RULE_FUNCTION}`
  t.ok(Number((await findings(sql, RULE_FUNCTION))[0]?.confianca) > low)
  await setSetting(sql, 'trade_marketing.erro_lancamento', 0.2)
  t.ok(
    Number((await findings(sql, RULE_FUNCTION))[0]?.confianca) > 0.7,
    'where one in five is booked wrongly',
  )
})

t.test('odd rows cause no error, and a runaway expression can be cancelled', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql, 'text')
  await pattern(sql, 'descricao', 'contem', 'promo')
  await bookEntries(sql, ...strangeOnes.map((e, i) => ({ ...e, id: `k${i}` })))
  t.same(await keys(sql), ['k11'])
  // a text of prime length has no such parts, and every cut is tried
  await bookEntries(sql, { id: 'primo', descricao: 'a'.repeat(9973) })
  // as it was saved before such expressions were refused
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into audit.padroes_trade_marketing (campo, tipo, padrao, padrao_dobrado)
      values ('descricao', 'regex', ${'^(aa+)(a+)\\1\\2\\1+$'}, ${'^(aa+)(a+)\\1\\2\\1+$'})`
  })
  await t.rejects(
    sql.begin(async (tx) => {
      await tx`set local statement_timeout = '500ms'`
      await tx`select * from regra_trade_marketing.detectar(null)`
    }),
    { code: '57014' },
  )
})

t.test('a pattern can be previewed before it is saved', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const [a, b] = await bookEntries(
    sql,
    { descricao: 'Ação promocional', data_lancamento: '2025-01-01' },
    { descricao: 'AÇÃO PROMOCIONAL', data_lancamento: '2025-02-01', categoria: 'Trade Marketing' },
    { descricao: 'reação promocional' },
  )
  const seen = (type: string, text: string, limit = 10) => sql`
    select registro_id, ja_em_marketing from audit.previsao_padrao('descricao', ${type}, ${text}, ${limit})`
  t.same(await seen('palavra', 'acao promocional'), [
    { registro_id: b, ja_em_marketing: true },
    { registro_id: a, ja_em_marketing: false },
  ])
  t.equal((await seen('contem', 'ação')).length, 3)
  t.equal((await seen('contem', 'ação', 2)).length, 2)
  t.equal((await seen('contem', '')).length, 0)
  await t.rejects(seen('regex', '('), { code: '2201B' })
  await t.rejects(seen('nenhum', 'x'), { code: '22023' })
  await t.rejects(sql`select * from audit.previsao_padrao('valor', 'contem', 'x', 1)`, { code: '22023' })
})

t.test("words of the booked category count for it, even without a supplier's history", async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'contem', 'campanha')
  const station = (n: number): LedgerEntry => ({
    fornecedor: `Posto ${'abcdefghij'[n]}`,
    categoria: 'Combustível',
  })
  const time = (n: number, entry: (i: number) => LedgerEntry) => Array.from({ length: n }, (_, i) => entry(i))
  await bookEntries(
    sql,
    ...time(6, (i) => ({ ...station(i), descricao: 'diesel' })),
    // a word of only two suppliers, one of four entries, one that is elsewhere half of the time
    ...time(8, (i) => ({ ...station(i % 2), descricao: 'lavagem' })),
    ...time(4, (i) => ({ ...station(i), descricao: 'calibragem' })),
    ...time(6, (i) => ({ ...station(i), descricao: 'pneus' })),
    ...time(6, (i) => ({ fornecedor: `Loja ${'abcdefghij'[i]}`, categoria: 'Frota', descricao: 'pneus' })),
  )
  let newOnes = 0
  const newOne = (descricao: string, more: LedgerEntry = {}): LedgerEntry => ({
    fornecedor: `Nova ${'abcdefghij'[newOnes++]}`,
    categoria: 'Combustível',
    descricao,
    ...more,
  })
  const cases: [entry: LedgerEntry, contra: RegExp | null][] = [
    [newOne('campanha de verão', { fornecedor: 'Posto Novo' }), /"posto" .* 24 de 24/],
    [newOne('diesel para a campanha'), /"diesel" .* 6 de 6/],
    [newOne('diesel para a campanha', { categoria: 'Frota' }), null],
    [newOne('diesel para a campanha', { categoria: 'Pendente' }), null],
    [newOne('campanha lavagem'), null],
    [newOne('campanha calibragem'), null],
    [newOne('campanha pneus'), null],
    [newOne('campanha de verão e praia'), null],
  ]
  const ids = await bookEntries(sql, ...cases.map(([entry]) => entry))
  const by = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a]))
  for (const [i, [entry, against]] of cases.entries()) {
    const finding = by.get(ids[i] as string)
    const name = `${entry.fornecedor}, ${entry.descricao}, ${entry.categoria}`
    if (against) {
      t.match(finding?.evidencia.contra, against, name)
      t.match(finding?.justificativa, /Casa com o padrão.*Contra: a palavra/)
      t.ok(Number(finding?.confianca) < 0.01, `a person decides: ${finding?.confianca}`)
    } else {
      t.equal(finding?.evidencia.contra, null, name)
      t.ok(Number(finding?.confianca) > 0.01, `${name}: ${finding?.confianca}`)
    }
  }
  t.match(by.get(ids[1] as string)?.evidencia.historico_texto, [
    { palavra: 'diesel', na_categoria: 6, total: 6 },
  ])
})

t.test('entries that match too, or lie outside the months, give no evidence by their words', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'contem', 'campanha')
  const agency = (i: number, more: LedgerEntry): LedgerEntry => ({
    fornecedor: `Agência ${'abcdefghij'[i]}`,
    categoria: 'Consultoria',
    ...more,
  })
  const ten = (more: LedgerEntry) => Array.from({ length: 10 }, (_, i) => agency(i, more))
  await bookEntries(sql, ...ten({ descricao: 'campanha mensal' }))
  await bookEntries(sql, ...ten({ descricao: 'mensal', data_lancamento: '2021-01-10' }))
  await bookEntries(sql, ...ten({ descricao: 'mensal', categoria: 'pendente' }))
  t.ok((await findings(sql, RULE_FUNCTION)).every((a) => a.evidencia.contra === null))
  await setSetting(sql, 'trade_marketing.meses_historico', 60)
  t.ok(
    (await findings(sql, RULE_FUNCTION)).every((a) =>
      /a palavra "\w+" está na categoria lançada/.test(a.evidencia.contra ?? ''),
    ),
    'with five years of history the early ones count',
  )
})

t.test("not evidence: pending entries, the patterns' own words, truncated words", async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'palavra', 'test drive')
  await pattern(sql, 'descricao', 'palavra', 'pdv')
  const time = (n: number, entry: (i: number) => LedgerEntry) => Array.from({ length: n }, (_, i) => entry(i))
  await bookEntries(
    sql,
    // all of them parked: nobody has said what they are
    ...time(10, () => ({ fornecedor: 'Parada', categoria: 'PENDENTE', descricao: 'nota' })),
    // a word of the pattern, among other words
    ...time(10, (i) => ({
      fornecedor: `Loja ${'abcdefghij'[i]}`,
      categoria: 'Informática',
      descricao: 'drive externo',
    })),
    // more than the pattern's word is not the word: these are history
    ...time(3, () => ({ fornecedor: 'Caixas', categoria: 'Informática', descricao: 'pdvs' })),
    ...time(3, () => ({ fornecedor: 'Caixas', categoria: 'Informática', descricao: 'rpdv' })),
  )
  const [stopped, drive, boxes] = await bookEntries(
    sql,
    { fornecedor: 'Parada', categoria: 'Pendente', descricao: 'pdv' },
    { fornecedor: 'Nova', categoria: 'Informática', descricao: 'test drive' },
    { fornecedor: 'Caixas', categoria: 'Informática', descricao: 'pdv' },
  )
  const by = new Map((await findings(sql, RULE_FUNCTION)).map((a) => [a.registro_id, a.evidencia.contra]))
  t.equal(by.get(stopped as string), null)
  t.equal(by.get(drive as string), null)
  t.match(by.get(boxes as string), /^6 de 6/)
})

t.test('an excluding pattern that was switched off silences nothing', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'palavra', 'pdv')
  const id = await pattern(sql, 'descricao', 'palavra', 'recall', 'excluir')
  const [recall] = await bookEntries(sql, { descricao: 'recall pdv' })
  t.same(await keys(sql), [])
  await sql`update audit.padroes_trade_marketing set ativo = false where id = ${id}`
  t.same(await keys(sql), [recall])
})

t.test('what looks like marketing and what only resembles it', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await pattern(sql, 'descricao', 'palavra', 'pdv')
  await pattern(sql, 'descricao', 'contem', 'mídia cooperada')
  await pattern(sql, 'descricao', 'regex', 'reembolso (de )?campanha')
  await pattern(sql, 'fornecedor', 'palavra', 'merchandising')
  await pattern(sql, 'conta_contabil', 'contem', '4.1.3.05')
  await pattern(sql, 'descricao', 'palavra', 'recall', 'excluir')
  const sim: LedgerEntry[] = [
    { descricao: 'PDV' },
    { descricao: 'material (pdv)' },
    { descricao: 'p/PDV:loja' },
    { descricao: 'pdv\tnovo' },
    { descricao: 'Mi\u0301dia  Cooperada' },
    { descricao: 'MÍDIA\nCOOPERADA ABRIL' },
    { descricao: 'Reembolso Campanha' },
    { descricao: 'xreembolso de campanhas' },
    { fornecedor: 'Alfa Merchandising Ltda' },
    { conta_contabil: '4.1.3.05.01' },
    { descricao: 'PDV', categoria: '' },
    { descricao: 'PDV', categoria: null },
    { descricao: 'PDV', categoria: 'Trade' },
    { descricao: 'PDV', valor: 0 },
    { descricao: 'PDV', valor: -50 },
    { descricao: 'PDV', valor: null },
    { descricao: 'PDV', valor: '9999999999999999.99' },
  ]
  const no: LedgerEntry[] = [
    { descricao: 'PDVs' },
    { descricao: 'rpdv' },
    { descricao: 'pdv2' },
    { descricao: 'p d v' },
    { descricao: 'mídia-cooperada' },
    { descricao: 'cooperada mídia' },
    { descricao: 'reembolso da campanha' },
    { descricao: 'merchandising' },
    { fornecedor: 'Merchandisings' },
    { fornecedor: 'PDV' },
    { conta_contabil: '4.1.3.5' },
    { conta_contabil: '4x1x3x05' },
    { descricao: 'recall pdv' },
    { conta_contabil: '4.1.3.05', descricao: 'Recall' },
    { descricao: 'PDV', categoria: ' trade  marketing'.replace('  ', ' ') },
    { descricao: 'PDV', categoria: 'TRADE MARKETING' },
  ]
  const expected = await bookEntries(sql, ...sim)
  const otherOnes = await bookEntries(sql, ...no)
  const foundCount = new Set(await keys(sql))
  for (const [i, id] of expected.entries()) t.ok(foundCount.has(id), `found: ${JSON.stringify(sim[i])}`)
  for (const [i, id] of otherOnes.entries())
    t.notOk(foundCount.has(id), `left alone: ${JSON.stringify(no[i])}`)
})
