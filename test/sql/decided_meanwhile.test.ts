// A session runs while a person's transaction is open. It never waits for a person while it holds what that person may want next.
import t from 'tap'
import { untilLocked } from '../helper/database.ts'
import { type Scenario, scenario } from '../helper/scenario.ts'

/** Ana decides on one finding, a session begins, and then she decides on another before she commits. */
async function meanwhile(c: Scenario, first: string, second: string) {
  let session: Promise<unknown> | undefined
  await c.asPerson('ana').begin(async (ana) => {
    await ana.unsafe(first)
    session = c.runSession('manual', c.connectAs('olivia'))
    await Promise.race([session, untilLocked(c.sql)])
    await ana.unsafe(second)
  })
  return session
}
const rollBack = (id: number) => `select audit.reverter_divergencias('{${id}}', 'era outra nota')`
const reject = (id: number) => `select audit.rejeitar_divergencias('{${id}}', 'está certo')`

t.test('a correction that is being rolled back was not undone from outside', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3, confianca: 0.5 })
  await c.runSession('auto')
  await c.sql`update dw.lancamentos set categoria = 'ERR',
    carregado_em = case id when 1 then now() - interval '9 days' else now() end where id > 0`
  const [first, third] = [await c.finding(1), await c.finding(3)]
  t.match(await meanwhile(c, rollBack(first.id), reject(third.id)), {
    status: 'concluida_com_falhas',
    desfeitas: 1n,
  })
  t.same(await Promise.all([1, 2, 3].map((record) => c.status(record))), ['revertida', 'aberta', 'rejeitada'])
})

t.test('a finding on a late row that is being decided is left to whoever decides it', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, data: '2026-11-03' }, { id: 2 })
  await c.runSession()
  await c.sql`update dw.lancamentos set carregado_em = now() - interval '9 days' where id = 1`
  await c.change(2, 'ERR')
  await c.book({ id: 3, data: '2026-11-03', carregado: '2026-11-03' })
  const [first, second] = [await c.finding(1), await c.finding(2)]
  t.match(await meanwhile(c, reject(first.id), reject(second.id)), {
    status: 'concluida_com_falhas',
    recorrentes: 1n,
    novas: 1n,
  })
  t.same(await Promise.all([1, 2, 3].map((record) => c.status(record))), ['rejeitada', 'rejeitada', 'aberta'])
  t.match(await c.sql`select * from audit.verificar_integridade()`, [{ situacao: 'provada' }])
})
