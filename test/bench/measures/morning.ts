// A morning: a night's load, the session over it with all rules in auto, and its mail composed, among all rows and among a tenth of them.
import { connect, type Sql } from '../../../src/db/connection.ts'
import { compose } from '../../../src/mail/outbox.ts'
import { conductSession } from '../../../src/session/session.ts'
import { alternate, type Measure, now, seconds } from '../harness.ts'
import { loadDay, prepare } from '../warehouse.ts'

const LOADED = 8000
/** In the last month of the warehouse: a new month would make pendente_verificacao fit and calibrate again, as once a month it does. */
const day = (run: number) => `2026-10-${String(10 + (run % 20)).padStart(2, '0')}`

async function morning(sql: Sql, steps?: Map<string, number>): Promise<void> {
  let began = 0
  const session = await conductSession(
    sql,
    { modo: 'auto' },
    {
      began: () => {
        began = now()
      },
      ended: ({ etapa, regra }) => {
        const name = [etapa, regra].filter(Boolean).join(' ')
        steps?.set(name, (steps.get(name) ?? 0) + now() - began)
      },
    },
    { signal: new AbortController().signal },
  )
  if (!String(session['status']).startsWith('concluida')) throw new Error(String(session['mensagem']))
  const mails = await sql<{ id: bigint }[]>`
    select id from audit.notificacoes where sessao_id = ${session['id'] as bigint} and canal_id is null order by id`
  if (mails.length === 0) throw new Error('no mail')
  began = now()
  for (const { id } of mails) await compose(sql, id)
  steps?.set('mail', now() - began)
}

/** Auto where the demonstration has it, and somebody to write to; then a first morning, which counts the history. */
async function settleIn(sql: Sql): Promise<void> {
  await sql`
    select from unnest('{trade_marketing,pendente_verificacao,validacao_valores}'::text[]) as regra
    cross join lateral audit.alterar_regra(regra,
      '{"automatica": true, "concessao_correcoes": 1000000, "concessao_valor": 1000000000}', 'bancada')`
  await sql`select audit.alterar_configuracao('correio.destinatarios', '["financeiro@example.com"]', 'bancada')`
  await loadDay(sql, LOADED, day(0), 99, 'now')
  await morning(sql)
  await sql`vacuum analyze`
}

export const mornings: Measure = {
  name: 'morning',
  async run({ sql: large, serverUrl, rows, runs, say }) {
    const small = connect(await prepare(serverUrl, 'conferente_bench_manha', Math.round(rows / 10)), {
      max: 1,
    })
    try {
      const measured = async (sql: Sql, run: number) => {
        await loadDay(sql, LOADED, day(run), run, 'now')
        await sql`analyze dw.fato_lancamentos`
        const steps = new Map<string, number>()
        const took = await seconds(() => morning(sql, steps))
        say(
          `  ${sql === large ? 'all' : 'a tenth'}, run ${run}: ${took.toFixed(2)} s: ${[...steps].map(([name, s]) => `${name} ${s.toFixed(2)}`).join(', ')}`,
        )
        return took
      }
      await settleIn(large)
      await settleIn(small)
      return [
        {
          name: 'morning',
          work: `a morning: ${LOADED} rows loaded among ${rows}, all rules, auto, mail composed`,
          floor: `the same among ${Math.round(rows / 10)}`,
          unit: 's',
          ...(await alternate(runs, {
            floor: (run) => measured(small, run),
            ours: (run) => measured(large, run),
          })),
          bar: 1.2,
        },
      ]
    } finally {
      await small.end()
    }
  },
}
