import { test } from 'tap'
import { cenario } from '../helper/scenario.ts'
import { conferente, personal } from './helper.ts'

test('why a correction failed is shown where failures are listed and where they are simulated', async (t) => {
  const c = await cenario(t)
  const url = personal(c.url, 'olivia')
  await c.lancar({ id: 1, descricao: 'teimosa' }, { id: 2 })
  const simulada = await conferente(['processar', '--modo', 'auto', '--simular'], { url })
  t.match(simulada.stdout, /errada {2}1 .*falharia[\s\S]*a regra errada ainda aponta/i)
  t.match(simulada.stdout, /errada {2}2 .*corrigiria/i)

  await conferente(['processar', '--modo', 'auto'], { url })
  const listada = await conferente(['listar', '--status', 'falha', '--detalhe'], { url })
  t.match(listada, { code: 0, stdout: /a categoria está errada\n.*motivo: .*a regra errada ainda aponta/i })
  const [falha] = await c.sql`select motivo from audit.divergencias_processadas where status = 'falha'`
  t.ok(listada.stdout.includes(falha?.['motivo']), 'word for word')
})
