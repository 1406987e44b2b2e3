// A simulation leaves nothing behind, and yet it is visible while it runs.
import { test } from 'tap'
import { sqlstate } from '../helper/scenario.ts'
import { until, workshop } from '../helper/work.ts'

test('only the person who runs a simulation sees its progress', async (t) => {
  const c = await workshop(t)
  const [runs, looks] = [c.connectAs('olivia'), c.connectAs('olivia')]
  const seen = () => looks`select etapa, regra, feitas::int, total::int from audit.simulacoes_em_curso()`
  t.same([...(await seen())], [])
  await c.slowDown(1)
  const simulated = runs`select status, corrigidas::int from audit.processar_divergencias('auto', simular => true)`
  const done = simulated.then((rows) => [...rows])
  await until(async () => (await seen())[0]?.['feitas'] === 1)
  t.same([...(await seen())], [{ etapa: 'detectar', regra: 'outra', feitas: 1, total: 2 }])
  await until(async () => (await seen())[0]?.['feitas'] === 2)
  t.same([...(await seen())], [{ etapa: 'detectar', regra: 'uma', feitas: 2, total: 2 }])
  t.same(await done, [{ status: 'concluida', corrigidas: 40 }])
  t.same([...(await seen())], [], 'and it disappears with its transaction')
  t.equal((await c.sql`select from audit.sessoes_processamento`).length, 0)

  // a stranger may give an application the same name, but his login is not hers; nor is her own name believed if it is not a step
  const mark = (await c.sql`select left(md5('olivia'), 8) as mark`)[0]?.['mark'] as string
  await c.connectAs('leo').begin(async (leo) => {
    await leo`select set_config('application_name', ${`simula ${mark} detectar 1/2 uma`}, true)`
    t.same([...(await seen())], [])
  })
  await runs.begin(async (own) => {
    await own`select set_config('application_name', ${`simula ${mark} 1/2 <b>`}, true)`
    t.same([...(await seen())], [])
  })
  for (const who of ['leo', 'ana', 'adelia'] as const)
    t.equal(await sqlstate(c.connectAs(who)`select audit.simulacoes_em_curso()`), '42501', who)
})
