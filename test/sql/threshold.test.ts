import t from 'tap'
import { one, scenario } from '../helper/scenario.ts'

t.test('a confidence just below the threshold is neither corrected nor rounded up to it', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.94995 }, { id: 2, confianca: 0.95 })
  await c.runSession('auto')
  t.equal(await c.status(1), 'aberta')
  t.equal(await c.status(2), 'corrigida')
  const finding =
    await c.sql`select confianca::text from audit.divergencias_processadas where registro_id = '1'`
  t.equal(one(finding)['confianca'], '0.9499')
})
