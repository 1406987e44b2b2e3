// validacao_valores over the whole table, findings recorded, against one statement by hand that finds the same kinds and records them.
import type { Sql } from '../../../src/db/connection.ts'
import { conductSession } from '../../../src/session/session.ts'
import { alternate, type Context, type Measure, now, type Result, seconds } from '../harness.ts'
import { peer } from '../peer.ts'

async function findings(sql: Sql, rule: string): Promise<{ took: number; found: number; fresh: number }> {
  let took = 0
  let began = 0
  const session = await conductSession(
    sql,
    { modo: 'manual', dataInicio: '1990-01-01', dataFim: '2100-12-31', regras: [rule] },
    {
      began: () => {
        began = now()
      },
      ended: ({ etapa }) => {
        if (etapa === 'detectar') took += now() - began
      },
    },
    { signal: new AbortController().signal },
  )
  if (session['status'] !== 'concluida') throw new Error(`${rule}: ${session['mensagem']}`)
  return { took, found: Number(session['encontradas']), fresh: Number(session['novas']) }
}

async function amounts({ sql, runs, say }: Context): Promise<readonly Result[]> {
  let found = 0
  const measured = await alternate(runs, {
    floor: () => seconds(() => peer(sql, 'validacao_valores')),
    ours: async (run) => {
      const { took, found: n, fresh } = await findings(sql, 'validacao_valores')
      say(`  run ${run}: ${n} findings, ${fresh} of them new, ${took.toFixed(2)} s`)
      found = n
      return took
    },
  })
  const [byHand] = await sql<{ n: number }[]>`select count(*)::int as n from bancada.achados`
  return [
    {
      name: 'validacao_valores',
      work: `validacao_valores over the whole table, ${found} findings recorded`,
      floor: `one statement by hand, ${byHand?.n} findings recorded`,
      unit: 's',
      ...measured,
      bar: 1,
      note: 'the first run records the findings, the others find them again',
    },
  ]
}

export const validacaoValores: Measure = { name: 'validacao_valores', run: amounts }
