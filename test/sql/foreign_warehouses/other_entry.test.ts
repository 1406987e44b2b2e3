// A key that belongs to another entry after the ledger was emptied and loaded again: nothing found, corrected, approved, typed or
// excepted before applies to the entry that has the key now.
import t, { type Test } from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { drawn } from '../../helper/thorough.ts'
import { approveAll, findingsIn, refusalOf, rollBack, runSession } from '../../helper/warehouse.ts'
import { houseRule, type Kind, propose, type Warehouse, warehouse } from '../../helper/warehouses.ts'

async function scene(t: Test, kind: Kind) {
  const b = await testDatabase(t)
  const [olivia, ana, bruno, adelia] = [
    b.connectAs('olivia'),
    b.connectAs('ana'),
    b.connectAs('bruno'),
    b.connectAs('adelia'),
  ]
  const dw = await warehouse(b.sql, { kind })
  await houseRule(b.sql, adelia)
  return { ...b, olivia, ana, bruno, dw }
}

/** The same keys and the same wrong values, for other suppliers and documents. */
async function reload({ base, kind, edit }: Warehouse, wrong: string) {
  if (kind === 'estrela')
    await edit(
      `update {s}.fato set sk_fornecedor = 1 + (coalesce(sk_fornecedor, 2) % 2), nota = 'OUTRA-' || nota, sk_categoria = 1`,
    )
  else if (kind === 'razao')
    await edit(`create temp table outra as select * from {s}.lancamentos; alter table outra drop column modulo; truncate {s}.lancamentos;
      insert into {s}.lancamentos (id, data_lancamento, carregado_em, filial, centro_custo, conta_contabil, categoria, fornecedor_id, fornecedor, documento, descricao, valor, valor_documento, valor_desconto, lote)
      select id, data_lancamento, carregado_em, filial, centro_custo, conta_contabil, '${wrong}', '999', 'Outra S.A.', 'OUTRA-' || documento, descricao, valor, valor_documento, valor_desconto, lote from outra;
      drop table outra`)
  else
    await edit(
      `update {s}.movimento set forn_codigo = '99999999000199', forn_nome = 'Outra S.A.', nota = 'OUTRA-' || nota, classe = '${wrong}'`,
    )
  return base
}

/** The same keys and the same values, for another supplier: only what identifies the entry tells it apart. */
const otherSupplier = ({ kind, edit }: Warehouse) =>
  edit(
    kind === 'estrela'
      ? 'update {s}.fato set sk_fornecedor = 1 + (coalesce(sk_fornecedor, 2) % 2)'
      : kind === 'razao'
        ? `update {s}.lancamentos set fornecedor_id = '999', fornecedor = 'Outra S.A.'`
        : `update {s}.movimento set forn_codigo = '99999999000199', forn_nome = 'Outra S.A.'`,
  )

for (const kind of drawn(['estrela', 'razao', 'debito_credito'] as const, 1)) {
  t.test(`${kind}: another entry that holds the same values is left alone by everything`, async (t) => {
    const { sql, olivia, ana, bruno, dw } = await scene(t, kind)
    const { right, other, key } = dw
    await propose(
      sql,
      [1, 4, 9, 12, 17].map((n, i) => ({
        id: key(n),
        valores: { categoria: right },
        confianca: i < 2 ? 0.99 : 0.5,
        risco: i === 3 ? 150_000 : 10,
      })),
    )
    const auto = await runSession(olivia, 'auto', ['casa'])
    t.match(auto, { corrigidas: 2n }, auto['mensagem'])
    const all = await findingsIn(sql)
    const id = (n: number) => all.find((d) => d['registro_id'] === key(n))?.['id']
    await approveAll(ana, id(12)) // the first of two people
    await ana`select audit.corrigir_manualmente(${id(17)}, ${sql.json({ categoria: other })}, 'olhei a nota')`
    await sql`delete from casa.propostas`
    await otherSupplier(dw)
    t.same(await dw.differences(), [])

    const conflict = { resultado: 'conflito', agora: { categoria: right }, explicacao: /outro lançamento/ }
    t.match(await rollBack(ana, id(1)), [conflict])
    t.match(
      await olivia`select * from audit.reverter_sessao(${auto['id']}, 'engano')`,
      [conflict, conflict],
      'by session',
    )
    t.match(
      await approveAll(bruno, id(9), id(12), id(17)),
      Array(3).fill({ status: 'obsoleta', motivo: /outro lançamento/ }),
      'approved, approved by the second, typed',
    )
    t.same(await dw.differences(), [], 'every row is as it was')
    t.match(await sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
  })

  t.test(`${kind}: rollbacks, approvals and typed values leave the other entry alone`, async (t) => {
    const { sql, olivia, ana, bruno, dw } = await scene(t, kind)
    const { wrong, right, other, key } = dw
    await propose(
      sql,
      [1, 4, 9, 12, 17, 20].map((n, i) => ({
        id: key(n),
        valores: { categoria: right },
        confianca: i < 2 ? 0.99 : 0.5,
        risco: i === 3 ? 150_000 : 10,
      })),
    )
    const auto = await runSession(olivia, 'auto', ['casa'])
    t.match(auto, { corrigidas: 2n }, auto['mensagem'])
    const all = await findingsIn(sql)
    const id = (n: number) => all.find((d) => d['registro_id'] === key(n))?.['id']
    await approveAll(ana, id(12)) // the first of two people
    await ana`select audit.corrigir_manualmente(${id(17)}, ${sql.json({ categoria: other })}, 'olhei a nota')`
    t.same(await dw.differences(), [])

    await sql`delete from casa.propostas`
    await reload(dw, wrong)
    // the witness starts from the reloaded ledger: earlier corrections are nowhere any more
    const image = async () =>
      (await sql`select array_agg(l::text order by id::text) as rows from dw.lancamentos l`)[0]?.['rows']
    const before = await image()

    for (const n of [1, 4]) {
      const [item] = await rollBack(ana, id(n))
      t.match(item, { resultado: 'conflito' }, `a rollback of ${n}`)
      t.ok(item?.['agora'], 'shown three ways')
    }
    t.same(
      (await olivia`select * from audit.reverter_sessao(${auto['id']}, 'engano')`).map((r) => r['resultado']),
      ['conflito', 'conflito'],
    )
    t.same(await image(), before, 'no rollback touched it')
    const approved = await approveAll(bruno, id(9), id(12), id(17))
    t.same(
      approved.map((d) => d['status']),
      ['obsoleta', 'obsoleta', 'obsoleta'],
      'approved, approved by the second, typed',
    )
    t.same(await image(), before, 'no approval touched it')

    // the other entry's own error is its own finding, whatever became of the earlier one
    await propose(
      sql,
      [1, 9, 20].map((n) => ({ id: key(n), valores: { categoria: right } })),
    )
    const next = await runSession(olivia, 'auto', ['casa'])
    t.match(next, { encontradas: 3n, novas: 3n, corrigidas: 3n }, next['mensagem'])
    t.match(await sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
  })

  t.test(
    `${kind}: a typed value is not proposed for another entry, an exception does not silence it`,
    async (t) => {
      const { sql, olivia, ana, bruno, dw } = await scene(t, kind)
      const { wrong, right, other, key } = dw
      await propose(
        sql,
        [1, 4, 9].map((n) => ({ id: key(n), valores: { categoria: right }, confianca: 0.5 })),
      )
      await runSession(olivia, 'manual', ['casa'])
      const [first, , third] = await findingsIn(sql, 'aberta')
      await ana`select audit.declarar_excecao('casa', 'dw.lancamentos', ${key(1)}, 'é assim', now() + interval '1 year')`
      await runSession(olivia, 'manual', ['casa'])
      t.match(await findingsIn(sql, 'rejeitada'), [{ id: first?.['id'] }])
      await ana`select audit.rejeitar_divergencias(${`{${third?.['id']}}`}::bigint[], 'está certo')`

      await sql`delete from casa.propostas`
      await reload(dw, wrong)
      await propose(
        sql,
        [1, 4, 9].map((n) => ({ id: key(n), valores: { categoria: right }, confianca: 0.5 })),
      )
      // typed after the reload, while looking at what is left of the earlier entry
      const [open] = await findingsIn(sql, 'aberta')
      const typed = ana`select audit.corrigir_manualmente(${open?.['id']}, ${sql.json({ categoria: other })}, 'olhei a nota')`
      if ((await refusalOf(typed)) === undefined)
        t.match(
          await approveAll(bruno, open?.['id']),
          [{ status: 'obsoleta' }],
          'typed for another entry, and not written',
        )
      t.match(await sql`select count(*) as n from dw.lancamentos where categoria = ${wrong}`, [{ n: 44n }])
      const session = await runSession(olivia, 'manual', ['casa'])
      t.match(session, { suprimidas: 0n, encontradas: 3n }, 'each of the three is reported again')
      t.same(
        (await findingsIn(sql, 'aberta')).map((d) => d['registro_id']).sort(),
        [key(1), key(4), key(9)].sort(),
      )
      await ana`select audit.declarar_excecao('casa', 'dw.lancamentos', ${key(1)}, 'é assim', now() + interval '1 year')`
      t.match(
        await runSession(olivia, 'manual', ['casa']),
        { suprimidas: 1n },
        'an exception of its own still holds',
      )
    },
  )
}

t.test('an entry whose document we corrected ourselves is still the same entry', async (t) => {
  const b = await testDatabase(t)
  const [olivia, ana, adelia] = [b.connectAs('olivia'), b.connectAs('ana'), b.connectAs('adelia')]
  const { sql } = b
  const dw = await warehouse(sql, { kind: 'razao' })
  await houseRule(sql, adelia, { columns: ['documento'] })
  const second = { name: 'zebra', columns: ['categoria'] }
  await houseRule(sql, adelia, second)
  const document = (n: number) => ({ id: dw.key(n), valores: { documento: 'NF-2' } })
  const label = (n: number, confidence = 0.99) => ({
    id: dw.key(n),
    valores: { categoria: dw.right },
    confianca: confidence,
  })
  await propose(sql, [document(1), document(4)], { columns: ['documento'] })
  await propose(sql, [label(1), label(4, 0.5), label(9)], second)
  const first = await runSession(olivia, 'auto', ['casa', 'zebra'])
  t.match(first, { status: 'concluida', corrigidas: 4n, obsoletas: 0n }, 'both corrections of one row')
  t.same(await dw.differences(), [])
  const [open] = await findingsIn(sql, 'aberta')
  t.match(await approveAll(ana, open?.['id']), [{ registro_id: dw.key(4), status: 'corrigida' }])

  await propose(sql, [document(9)], { columns: ['documento'] })
  const later = await runSession(olivia, 'auto', ['casa', 'zebra'])
  t.match(later, { corrigidas: 1n, obsoletas: 0n, desfeitas: 0n })
  // the earlier ones come back while the later one stands
  const rows = await olivia`select * from audit.reverter_sessao(${first['id']}, 'engano')`
  t.same(new Set(rows.map((r) => r['resultado'])), new Set(['revertida']), rows[0]?.['explicacao'])
  t.same(await dw.differences(), [])
  t.match(await sql`select documento, categoria from dw.lancamentos where id = ${dw.key(9)}`, [
    { documento: 'NF-2', categoria: dw.wrong },
  ])
  t.match(await sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
})

t.test("findings on an entry that we corrected meanwhile are not taken for another entry's", async (t) => {
  const b = await testDatabase(t)
  const [olivia, adelia] = [b.connectAs('olivia'), b.connectAs('adelia')]
  const dw = await warehouse(b.sql, { kind: 'razao' })
  await houseRule(b.sql, adelia, { columns: ['documento'] })
  const second = { name: 'zebra', columns: ['categoria'] }
  await houseRule(b.sql, adelia, second)
  await propose(b.sql, [{ id: dw.key(1), valores: { categoria: dw.right }, confianca: 0.5 }], second)
  await runSession(olivia, 'auto', ['zebra'])
  await propose(b.sql, [{ id: dw.key(1), valores: { documento: 'NF-2' } }], { columns: ['documento'] })
  await runSession(olivia, 'auto', ['casa'])
  await runSession(olivia, 'auto', ['zebra'])
  t.match(await findingsIn(b.sql), [
    { regra: 'casa', status: 'corrigida' },
    { status: 'obsoleta', motivo: /tomou o lugar/ },
    { regra: 'zebra', status: 'aberta' },
  ])
})
