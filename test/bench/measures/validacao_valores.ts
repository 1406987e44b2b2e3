// validacao_valores over the whole table, findings recorded, against the plainest scan that could find wrong amounts.
import type { Sql } from '../../../src/db/connection.ts'
import { conductSession } from '../../../src/session/session.ts'
import { alternate, type Context, type Measure, median, type Result, seconds } from '../harness.ts'

async function findings(sql: Sql, rule: string): Promise<{ took: number; found: number; fresh: number }> {
  let took = 0
  let began = 0
  const session = await conductSession(
    sql,
    { modo: 'manual', dataInicio: '1990-01-01', dataFim: '2100-12-31', regras: [rule] },
    {
      began: () => {
        began = performance.now()
      },
      ended: ({ etapa }) => {
        if (etapa === 'detectar') took += (performance.now() - began) / 1000
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
    floor: () =>
      seconds(
        () => sql`
          select count(*) from dw.lancamentos l
          where abs(l.valor - (l.valor_documento - coalesce(l.valor_desconto, 0))) > 0.05`,
      ),
    ours: async (run) => {
      const { took, found: n, fresh } = await findings(sql, 'validacao_valores')
      say(`  run ${run}: ${n} findings, ${fresh} of them new, ${took.toFixed(2)} s`)
      found = n
      return took
    },
  })
  const bar = 1.5 + (found * 20e-6) / median(measured.floorRuns)
  return [
    {
      name: 'validacao_valores',
      work: `validacao_valores over the whole table, ${found} findings recorded`,
      floor: 'the bare predicate in one sequential scan',
      unit: 's',
      ...measured,
      bar,
      why: 'looks for documents booked twice, which sorts a number for each entry; counts the window; explains and records what it finds',
      note: 'bar: 1.5, and 20 µs a finding; the first run records them, the others find them again',
    },
  ]
}

export const validacaoValores: Measure = { name: 'validacao_valores', run: amounts }
