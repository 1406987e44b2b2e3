// Decisions that come back in a spreadsheet: the same as by any other way, line by line, or left with the reason.
import { type Test, test } from 'tap'
import type { Row } from '../../src/db/connection.ts'
import { readDecisions } from '../../src/export/index.ts'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'
import { type Decisions, decideBySheet, exportSheet, fillIn, readRows, saveSheet } from '../helper/sheet.ts'

/** Findings on rows 1 to 6: 4 only flags, 5 needs two people. */
async function queue(t: Test) {
  const c = await scenario(t)
  await c.book(
    { id: 1 },
    { id: 2 },
    { id: 3 },
    { id: 4, descricao: 'aponta' },
    { id: 5, valor: 150_000 },
    { id: 6 },
  )
  await c.runSession('manual')
  const ids = new Map<number, number>()
  for (const row of [1, 2, 3, 4, 5, 6]) ids.set(row, (await c.finding(row)).id)
  const id = (row: number) => ids.get(row) as number
  /** By row of the warehouse. */
  const sheet = async (decisions: Decisions) =>
    fillIn(
      await readRows(await exportSheet(c.asPerson('ana'))),
      Object.fromEntries(Object.entries(decisions).map(([row, said]) => [id(Number(row)), said])),
    )
  return { c, id, sheetOf: sheet }
}

/** What became of each, by row of the warehouse. */
async function board(c: Scenario, results: readonly Row[]) {
  const rows = await c.sql`select id::int, registro_id from audit.divergencias_processadas`
  const row = new Map(rows.map(({ id, registro_id }) => [id, registro_id]))
  return Object.fromEntries(
    results.map((r) => {
      const { resultado, codigo, status } = r as unknown as Record<string, string>
      return [row.get(r['id']), codigo ?? `${resultado}: ${status}`]
    }),
  )
}

test("a sheet decides like the page, line by line with reasons, and the file's digest is sealed", async (t) => {
  const { c, id, sheetOf } = await queue(t)
  const file = await saveSheet(
    await sheetOf({
      1: ['aprovar'],
      2: [' Rejeitar ', 'combinado com o fornecedor'],
      3: ['rejeitar', 1],
      4: ['confirmar', 'nota cancelada'],
      5: ['aprovar', 'conferi a nota'],
    }),
  )
  const { results, sha256 } = await decideBySheet(c.asPerson('ana'), file)
  t.same(await board(c, results), {
    1: 'feita: corrigida',
    2: 'feita: rejeitada',
    3: 'feita: rejeitada',
    4: 'feita: resolvida',
    5: 'feita: aguardando_segunda_aprovacao',
  })
  t.equal(await c.categoria(1), 'CERTA')
  t.equal(await c.categoria(5), 'ERR', 'the second person is still somebody else')
  t.equal(await c.status(6), 'aberta', 'an empty decision is no decision')
  const reasons =
    await c.sql`select divergencia_id::int as id, tipo, ator, motivo from audit.decisoes order by id`
  t.match(
    [...reasons].sort((a, b) => a['id'] - b['id']),
    [
      { id: id(1), tipo: 'aprovacao', ator: 'ana', motivo: 'decidida na planilha fila.xlsx' },
      { id: id(2), tipo: 'rejeicao', motivo: 'combinado com o fornecedor' },
      { id: id(3), tipo: 'rejeicao', motivo: '1: o lançamento está certo como está' },
      { id: id(4), tipo: 'confirmacao', motivo: 'nota cancelada' },
      { id: id(5), tipo: 'aprovacao', motivo: 'conferi a nota' },
    ],
  )
  const kept = await c.sql`select id::int, motivo from audit.divergencias_processadas order by id`
  t.match(
    kept.map(({ motivo }) => motivo),
    [
      'decidida na planilha fila.xlsx',
      'combinado com o fornecedor',
      /^1: /,
      'nota cancelada',
      'conferi a nota',
      null,
    ],
  )
  await c.sql`select audit_interno.selar()`
  const operations = await c.sql`
    select id::int, tipo, linhas::int, detalhes, selo is not null as selada from audit.operacoes
    where tipo in ('aprovacao', 'rejeicao', 'confirmacao') order by tipo`
  t.match(
    [...operations],
    [
      { tipo: 'aprovacao', linhas: 2, selada: true },
      { tipo: 'confirmacao', linhas: 1, selada: true },
      { tipo: 'rejeicao', linhas: 2, selada: true },
    ].map((one) => ({ ...one, detalhes: { planilha: { sha256, nome: 'fila.xlsx' } } })),
  )
  t.match(await c.asPerson('leo')`select situacao from audit.verificar_integridade()`, [
    { situacao: 'provada' },
  ])
  t.match(
    await c.undo('ana', operations[2]?.['id']),
    [{ status: 'aberta' }, { status: 'aberta' }],
    'and undone like any act',
  )
})

test('the same file sent twice finds everything decided, and says by which operation', async (t) => {
  const { c, sheetOf } = await queue(t)
  const file = await saveSheet(await sheetOf({ 1: ['aprovar'], 2: ['rejeitar', 'certo'], 5: ['aprovar'] }))
  await decideBySheet(c.asPerson('ana'), file)
  const before = one(await c.sql`select count(*)::int as n from audit.decisoes`)
  const { results } = await decideBySheet(c.asPerson('ana'), file)
  t.same(await board(c, results), { 1: 'NC005', 2: 'NC005', 5: 'NC007' })
  t.match(results[0], {
    resultado: 'deixada',
    explicacao: /corrigida por ana .*por esta mesma planilha, operação \d+/,
    status: 'corrigida',
  })
  t.same(one(await c.sql`select count(*)::int as n from audit.decisoes`), before, 'nothing was done')
  const second = await decideBySheet(c.asPerson('bruno'), file)
  t.match(
    second.results.find(({ status }) => status === 'aguardando_segunda_aprovacao'),
    { codigo: 'NC021', explicacao: /aguardando_segunda_aprovacao, proposto por ana/ },
    'a second person who has not seen that there was a first',
  )
  const again = fillIn(await readRows(await exportSheet(c.asPerson('bruno'))), {
    [(await c.finding(5)).id]: ['aprovar', 'conferi também'],
  })
  t.match((await decideBySheet(c.asPerson('bruno'), await saveSheet(again))).results, [
    { resultado: 'feita', status: 'corrigida' },
  ])
})

test('lines that changed since the export are left, and the others are decided', async (t) => {
  const { c, sheetOf } = await queue(t)
  const file = await saveSheet(
    await sheetOf({
      1: ['aprovar'],
      2: ['aprovar'],
      3: ['rejeitar', 'certo'],
      4: ['confirmar'],
      5: ['rejeitar', 'certo'],
      6: ['aprovar'],
    }),
  )
  await c.typeIn('ana', (await c.finding(2)).id, { categoria: 'OUTRA' })
  await c.reject('bruno', (await c.finding(3)).id)
  await c.approve('bruno', (await c.finding(5)).id)
  await c.change(6, 'ERR2')
  await c.runSession('manual') // finds everything again, and the sixth as another finding
  const { results } = await decideBySheet(c.asPerson('ana'), file)
  t.same(await board(c, results), {
    1: 'feita: corrigida',
    2: 'NC007',
    3: 'NC005',
    4: 'feita: resolvida',
    5: 'NC021',
    6: 'NC005',
  })
  t.equal(
    await c.status(5),
    'aguardando_segunda_aprovacao',
    'whoever rejects has not seen that it was proposed',
  )
  t.equal(await c.categoria(6), 'ERR2')
})

test('a warehouse row that changed is not overwritten', async (t) => {
  const { c, sheetOf } = await queue(t)
  const file = await saveSheet(await sheetOf({ 1: ['aprovar'], 2: ['aprovar'] }))
  await c.change(1, 'ERRADA')
  const { results } = await decideBySheet(c.asPerson('ana'), file)
  t.same(await board(c, results), { 1: 'sem_efeito: obsoleta', 2: 'feita: corrigida' })
  t.equal(await c.categoria(1), 'ERRADA')
})

test('changed cells elsewhere are refused, with or without a decision', async (t) => {
  const { c, sheetOf } = await queue(t)
  const rows = await sheetOf({ 1: ['aprovar'], 2: ['aprovar'], 3: ['rejeitar', 'certo'] })
  const [heading = []] = rows
  const column = (title: string) => heading.indexOf(title)
  const of = (record: string) => rows.find((row) => row[column('Registro')] === record) ?? []
  of('1')[column('Depois')] = 'OUTRA'
  of('3')[column('Vezes')] = 7
  of('4')[column('Justificativa')] = 'está certa'
  of('6')[column('Controle')] = null
  of('6')[0] = 'aprovar'
  const { results } = await decideBySheet(c.asPerson('ana'), await saveSheet(rows))
  t.same(await board(c, results), { 1: 'NC023', 2: 'feita: corrigida', 3: 'NC023', 4: 'NC023', 6: 'NC023' })
  t.match(results[0], { explicacao: /células de depois/ }, 'it says which one')
  t.equal(await c.categoria(1), 'ERR')
})

test('a recomputed digest does not hide changes to what is decided', async (t) => {
  const { c, id } = await queue(t)
  const line = async (row: number, cellsOf: object) => {
    const [v] = await c.sql`
      select audit.divergencia_visto(d) as visto, to_jsonb(v) as v from audit.divergencias_processadas d
      join audit.vw_divergencias_exportacao v using (id) where d.id = ${id(row)}`
    const { antes, depois, regra, tabela, registro_id, status, tipo, colunas, valor_em_risco } =
      v?.['v'] ?? {}
    const cells = {
      id: id(row),
      antes,
      depois,
      regra,
      tabela,
      registro_id,
      status,
      tipo,
      colunas,
      valor_em_risco,
      ...cellsOf,
    }
    const [forged] =
      await c.sql`select audit_interno.resumo_celulas(audit_interno.celulas_lidas(${c.sql.json(cells)})) as resumo`
    return {
      linha: row,
      decisao: 'aprovar',
      controle: `${v?.['visto']}-${forged?.['resumo']}`,
      celulas: cells,
    }
  }
  const lines = [
    await line(1, {}),
    await line(2, { depois: 'OUTRA' }),
    await line(3, { id: id(6) }),
    await line(5, { valor_em_risco: 1 }),
  ]
  const results = await c.asPerson('ana')`
    select id::int, resultado, codigo, status from audit.decidir_planilha(${c.sql.json(lines as never)}, ${'0'.repeat(64)})`
  t.match(
    [...results],
    [
      { id: id(1), resultado: 'feita' },
      { id: id(2), codigo: 'NC021' },
      { id: id(6), codigo: 'NC021' },
      { id: id(5), codigo: 'NC021' },
    ],
  )
})

test('invalid lines are left, with the reason', async (t) => {
  const { c, id, sheetOf } = await queue(t)
  const rows = await sheetOf({
    1: ['sim'],
    2: ['rejeitar'],
    3: ['rejeitar', 9],
    4: ['aprovar'],
    5: [null, 'falta ver'],
    6: ['aprovar', 'x'.repeat(2001)],
  })
  const copy = [...(rows.find((row) => row[2] === id(1)) ?? [])]
  copy[2] = 999_999
  rows.push(copy, ['aprovar', null, 'doze'], ['', '', ''], [null, null, null, 'soma'])
  const { results } = await decideBySheet(c.asPerson('ana'), await saveSheet(rows))
  t.same(
    results.map(({ id: finding, codigo: code }) => [finding, code]),
    [
      [id(1), 'NC001'],
      [id(2), 'NC006'],
      [id(3), 'NC006'],
      [id(4), 'NC017'],
      [id(5), 'NC001'],
      [id(6), 'NC006'],
      [999_999, 'NC001'],
      [null, 'NC004'],
    ],
  )
  t.match(results.at(-1), { explicacao: 'falta o número da divergência' })
  t.equal(one(await c.sql`select count(*)::int as n from audit.decisoes`)['n'], 0)

  const twice = await sheetOf({ 1: ['aprovar'], 2: ['aprovar'] })
  const [first = []] = twice.filter((row) => row[2] === id(1))
  twice.push([...first])
  t.same(
    (await decideBySheet(c.asPerson('ana'), await saveSheet(twice))).results.map((r) => r['codigo']),
    ['NC001', null, 'NC001'],
  )
})

test('a file that is not a sheet of decisions does nothing', async (t) => {
  const { c, sheetOf } = await queue(t)
  const ana = c.asPerson('ana')
  t.equal(await sqlstate(decideBySheet(ana, await saveSheet(await sheetOf({})))), 'NC001', 'nothing decided')
  const digest = 'a'.repeat(64)
  for (const [lines, file] of [
    ['{}', digest],
    ['[{"linha": "x"}]', digest],
    ['[{"linha": 1, "decisao": "aprovar", "celulas": {"id": 1}}]', 'A'.repeat(64)],
    ['[{"linha": 1, "decisao": "aprovar", "celulas": {"id": 1}}]', null],
    [JSON.stringify(Array.from({ length: 10_001 }, (_, theRow) => ({ linha: theRow }))), digest],
    [null, digest],
  ]) {
    t.equal(
      await sqlstate(ana`select audit.decidir_planilha(${lines as string}::text::jsonb, ${file as string})`),
      'NC001',
    )
  }
  for (const who of ['leo', 'olivia', 'adelia', 'ninguem'] as const) {
    t.equal(await sqlstate(c.asPerson(who)`select audit.decidir_planilha('[]', ${digest})`), '42501')
  }
})

test('a finding is postponed from a sheet, until the day before the reason or until its row changes', async (t) => {
  const { c, id, sheetOf } = await queue(t)
  const file = await saveSheet(
    await sheetOf({
      1: ['adiar', '15/12/2099: espero a nota de crédito'],
      2: ['adiar'],
      3: ['adiar', 73_051], // the cell holds a day: 01/01/2100
      4: ['adiar', '2099-12-15 1'],
      5: ['adiar', '31/02/2099 depois'],
      6: ['adiar', '15/12/2020 depois'],
    }),
  )
  const { results } = await decideBySheet(c.asPerson('ana'), file)
  t.match(results, [
    {
      id: id(1),
      decisao: 'adiar',
      resultado: 'feita',
      status: 'aberta',
      explicacao: 'adiada até 15/12/2099',
    },
    { id: id(2), resultado: 'feita', explicacao: 'adiada até que o registro mude' },
    { id: id(3), resultado: 'feita', explicacao: 'adiada até 01/01/2100' },
    { id: id(4), resultado: 'feita', motivo: '1: espero resposta do fornecedor' },
    { id: id(5), codigo: 'NC001', explicacao: /não se pode adiar para 31\/02\/2099/ },
    { id: id(6), codigo: 'NC001', explicacao: /não se pode adiar para 15\/12\/2020/ },
  ])
  t.same(
    [
      ...(await c.sql`select ate::text, motivo from audit.decisoes where tipo = 'adiamento' order by divergencia_id`),
    ],
    [
      { ate: '2099-12-15', motivo: 'espero a nota de crédito' },
      { ate: 'infinity', motivo: 'decidida na planilha fila.xlsx' },
      { ate: '2100-01-01', motivo: 'decidida na planilha fila.xlsx' },
      { ate: '2099-12-15', motivo: '1: espero resposta do fornecedor' },
    ],
  )
  t.same(
    [...(await c.sql`select registro_id from audit.vw_divergencias_abertas where not adiada order by id`)],
    [{ registro_id: '5' }, { registro_id: '6' }],
  )
  const [operation] = await c.sql`select id::int, detalhes from audit.operacoes where tipo = 'adiamento'`
  t.match(operation?.['detalhes'], { planilha: { nome: 'fila.xlsx' } })
  t.equal((await c.undo('ana', operation?.['id'])).length, 4, 'one act, undone as one')
  t.match(await c.asPerson('leo')`select situacao from audit.verificar_integridade()`, [
    { situacao: 'provada' },
  ])
})

test('simulating a sheet says what would become of each line, and writes nothing', async (t) => {
  const { c, id, sheetOf } = await queue(t)
  const lines = (
    await readDecisions(
      await saveSheet(
        await sheetOf({
          1: ['aprovar'],
          2: ['rejeitar', 'certo'],
          4: ['aprovar'],
          5: ['aprovar'],
          6: ['adiar'],
        }),
      ),
    )
  ).lines
  const traces =
    () => c.sql`select (select count(*) from audit.operacoes) as o, (select count(*) from audit.decisoes) as d,
    (select count(*) from audit.alteracoes) as a, (select string_agg(status, ' ' order by id) from audit.divergencias_processadas) as s,
    (select string_agg(categoria, ' ' order by id) from dw.lancamentos) as l`
  const before = one(await traces())
  const simulated = await c.asPerson('ana')`
    select id::int, resultado, status, codigo, operacao_id from audit.decidir_planilha(${c.sql.json(lines as never)}, ${'0'.repeat(64)}, simular => true)`
  t.same(
    [...simulated],
    [
      { id: id(1), resultado: 'feita', status: 'corrigida', codigo: null, operacao_id: null },
      { id: id(2), resultado: 'feita', status: 'rejeitada', codigo: null, operacao_id: null },
      { id: id(4), resultado: 'deixada', status: 'aberta', codigo: 'NC017', operacao_id: null },
      {
        id: id(5),
        resultado: 'feita',
        status: 'aguardando_segunda_aprovacao',
        codigo: null,
        operacao_id: null,
      },
      { id: id(6), resultado: 'feita', status: 'aberta', codigo: null, operacao_id: null },
    ],
  )
  t.strictSame(one(await traces()), before)
})
