import { test } from 'tap'
import { scenario } from '../helper/scenario.ts'
import { conferente, personal } from './helper.ts'

test('the reason why a correction failed is shown in lists and in simulations', async (t) => {
  const c = await scenario(t)
  const url = personal(c.url, 'olivia')
  await c.book({ id: 1, descricao: 'teimosa' }, { id: 2 })
  const simulated = await conferente(['processar', '--modo', 'auto', '--simular'], { url })
  t.match(simulated.stdout, /errada {2}1 .*falharia[\s\S]*a regra errada ainda aponta/i)
  t.match(simulated.stdout, /errada {2}2 .*corrigiria/i)

  await conferente(['processar', '--modo', 'auto'], { url })
  const listed = await conferente(['listar', '--status', 'falha', '--detalhe'], { url })
  t.match(listed, { code: 0, stdout: /a categoria está errada\n.*motivo: .*a regra errada ainda aponta/i })
  const [failure] = await c.sql`select motivo from audit.divergencias_processadas where status = 'falha'`
  t.ok(listed.stdout.includes(failure?.['motivo']), 'word for word')
})
