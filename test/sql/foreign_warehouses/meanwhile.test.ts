// What a person commits while a rule reads is neither overwritten nor recorded as what the row held, and costs no rule its session.

import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { approveAll, findingsIn, runSession } from '../../helper/warehouse.ts'
import { houseRule, type Kind, propose, warehouse } from '../../helper/warehouses.ts'

const DOOR = 4242

/** A rule that, whenever it runs, waits at a door that the test holds, before it reads the ledger or after. */
async function scene(t: Test, kind: Kind, moment: 'before' | 'after') {
  const b = await testDatabase(t)
  const [olivia, ana, adelia] = [b.connectAs('olivia'), b.connectAs('ana'), b.connectAs('adelia')]
  const dw = await warehouse(b.sql, { kind })
  const wait = `perform pg_advisory_lock_shared(${DOOR}); perform pg_advisory_unlock_shared(${DOOR});`
  await houseRule(b.sql, adelia, { [moment]: wait })
  const holder = await b.sql.reserve()
  t.teardown(() => holder.release())
  return {
    ...b,
    olivia,
    ana,
    dw,
    /** Lets a session run until its rule waits, does something, and lets it end. */
    async during(mode: 'manual' | 'auto', work: () => Promise<unknown>) {
      await holder`select pg_advisory_lock(${DOOR})`
      const session = runSession(olivia, mode, ['casa']).then((row) => row) // starts it now
      try {
        for (const deadline = Date.now() + 60_000; ; await sleep(20)) {
          const [waiting] =
            await b.sql`select from pg_locks where locktype = 'advisory' and objid = ${DOOR} and not granted
            and database = (select oid from pg_database where datname = current_database())`
          if (waiting) break
          if (Date.now() > deadline) throw new Error('the rule never looked')
        }
        await work()
      } finally {
        await holder`select pg_advisory_unlock(${DOOR})`
      }
      return session
    },
  }
}

/** What a person writes directly into the ledger. */
const typed = (kind: Kind, key: string, category: string) =>
  kind === 'estrela'
    ? `update {s}.fato set sk_categoria = (select sk from {s}.dim_categoria where upper(nome) = '${category}') where nk = ${key}`
    : kind === 'razao'
      ? `update {s}.lancamentos set categoria = '${category}' where id = '${key}'`
      : `update {s}.movimento set classe = '${category}' where id = '${key}'`

for (const kind of ['estrela', 'razao', 'debito_credito'] as const) {
  for (const moment of ['before', 'after'] as const) {
    t.test(`${kind}: an edit committed while the rule looks, ${moment} it reads`, async (t) => {
      const { sql, dw, ana, during } = await scene(t, kind, moment)
      const { key, right, other, wrong } = dw
      await propose(
        sql,
        [1, 4, 9, 12].map((n) => ({ id: key(n), valores: { categoria: right } })),
      )
      const session = await during('auto', async () => {
        await dw.edit(typed(kind, key(1), other)) // something else
        await dw.edit(typed(kind, key(4), right)) // the very proposal
      })
      t.match(session, { status: 'concluida', falhas: 0n }, session['mensagem'])
      t.same(
        await dw.differences(),
        [],
        'what the person wrote is still there, and the rest is as the audit says',
      )
      const all = await findingsIn(sql)
      const of = (n: number) => all.filter((d) => d['registro_id'] === key(n))
      for (const n of [1, 4]) {
        t.same(
          of(n).filter((d) => d['status'] === 'corrigida'),
          [],
          `${n} is not called corrected`,
        )
        t.ok(
          of(n).every((d) => String(d['valores_originais']['categoria']).trim() === wrong),
          'what the person wrote differs from what the row held when it was found',
        )
      }
      t.same(
        [of(9), of(12)].map((d) => d.map((one) => one['status'])),
        [['corrigida'], ['corrigida']],
      )
      t.match(await sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])

      // by day: found, then edited while the rule looks again, then approved
      await propose(
        sql,
        [17].map((n) => ({ id: key(n), valores: { categoria: right }, confianca: 0.5 })),
      )
      await during('manual', () => dw.edit(typed(kind, key(17), other)))
      const open = await findingsIn(sql, 'aberta')
      if (open.length > 0)
        t.match(
          await approveAll(ana, ...open.map((d) => d['id'])),
          open.map(() => ({ status: 'obsoleta' })),
        )
      t.same(await dw.differences(), [])
    })
  }
}

t.test('an edit committed between detection and correction is not overwritten', async (t) => {
  for (const kind of ['estrela', 'razao', 'debito_credito'] as const) {
    const b = await testDatabase(t)
    const dw = await warehouse(b.sql, { kind })
    await houseRule(b.sql, b.connectAs('adelia'))
    const { key, right, other } = dw
    await propose(
      b.sql,
      [1, 4].map((n) => ({ id: key(n), valores: { categoria: right } })),
    )
    const olivia = b.connectAs('olivia')
    await runSession(olivia, 'manual', ['casa'])
    // somebody else committed a trial of the same: the finding is older than the edit
    await dw.edit(typed(kind, key(1), other))
    const found = await findingsIn(b.sql, 'aberta')
    const after = await approveAll(b.connectAs('ana'), ...found.map((d) => d['id']))
    t.same(
      after.map((d) => [d['registro_id'], d['status']]),
      [
        [key(1), 'obsoleta'],
        [key(4), 'corrigida'],
      ],
      kind,
    )
    t.same(await dw.differences(), [], kind)
  }
})
