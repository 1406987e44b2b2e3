// Correcting a tenth of the warehouse, and rolling it back, against a plain update of the same rows there and back, and against the same with
// an audit trigger.
import type { Sql } from '../../../src/db/connection.ts'
import { conductSession, type SessionStep } from '../../../src/session/session.ts'
import { alternate, type Measure, now, type Result, seconds } from '../harness.ts'
import { peer } from '../peer.ts'
import { damage, RULE, settle, trustAgain } from '../warehouse.ts'

export const correcting: Measure = {
  name: 'correction',
  async run({ sql, runs, say }) {
    const [targets] = await sql<{ n: number }[]>`select count(*)::int as n from bancada.alvo`
    const n = targets?.n ?? 0
    const detection: number[] = []
    const longest: number[] = []
    const back = { floorRuns: [] as number[], runs: [] as number[] }
    const triggered: number[] = []
    await peer(sql, 'trigger')
    const trigger = (state: 'enable' | 'disable') =>
      sql.unsafe(`alter table dw.fato_lancamentos ${state} trigger audit_trigger_row`)
    await damage(sql, 1)

    const forward = await alternate(runs, {
      before: async (run) => {
        await damage(sql, run)
        await trustAgain(sql)
        await settle(sql)
      },
      floor: async (run) => {
        const there = await seconds(() => peer(sql, 'correction'))
        await settle(sql)
        back.floorRuns.push(await seconds(() => damage(sql, run)))
        await settle(sql)
        await trigger('enable')
        triggered.push(await seconds(() => peer(sql, 'correction')))
        await trigger('disable')
        return there
      },
      ours: async (run) => {
        const steps: { etapa: SessionStep['etapa']; took: number }[] = []
        let began = 0
        const session = await conductSession(
          sql,
          { modo: 'auto', dataInicio: '1990-01-01', dataFim: '2100-12-31', regras: [RULE] },
          {
            began: () => {
              began = now()
            },
            ended: ({ etapa }) => steps.push({ etapa, took: now() - began }),
          },
          { signal: new AbortController().signal },
        )
        const corrected = Number(session['corrigidas'])
        // A few may be contested by other rules' findings on the same rows.
        if (corrected < n * 0.95) throw new Error(`${corrected} of ${n} corrected: ${session['mensagem']}`)
        const sum = (wanted: (step: string) => boolean) =>
          steps.filter(({ etapa }) => wanted(etapa)).reduce((total, { took }) => total + took, 0)
        detection.push(sum((step) => step === 'detectar'))
        longest.push(Math.max(...steps.filter(({ etapa }) => etapa === 'corrigir').map(({ took }) => took)))
        await settle(sql)
        const id = session['id'] as bigint
        back.runs.push(
          await seconds(async () => {
            const [undone] = await sql`
              select count(*) filter (where resultado = 'revertida')::int as n from audit.reverter_sessao(${id}, 'bancada')`
            if (undone?.['n'] !== corrected) throw new Error(`${undone?.['n']} of ${corrected} rolled back`)
          }),
        )
        say(
          `  run ${run}: detection ${detection.at(-1)?.toFixed(2)} s, correction ${sum((step) => step !== 'detectar').toFixed(2)} s, longest batch ${longest.at(-1)?.toFixed(2)} s, rollback ${back.runs.at(-1)?.toFixed(2)} s`,
        )
        return sum((step) => step !== 'detectar')
      },
    })
    const results: Result[] = [
      {
        name: 'correction',
        work: `correct ${n} rows: change, images, states, seal, verification`,
        floor: 'plain update of the same rows',
        unit: 's',
        ...forward,
        bar: 2,
        why: 'of each row an image, the new state of its finding, and their digests are written and sealed',
      },
      {
        name: 'trigger',
        work: 'the same update with an audit table by trigger: an image of each row, no state, check, seal or way back',
        floor: 'plain update of the same rows',
        unit: 's',
        floorRuns: forward.floorRuns,
        runs: triggered,
      },
      {
        name: 'rollback',
        work: `roll the same ${n} back`,
        floor: 'plain update back',
        unit: 's',
        ...back,
        bar: 2,
        why: 'as for correcting, and of each row the decision of the person who rolled it back',
      },
      await bytesKept(sql),
      {
        name: 'batch',
        work: 'longest batch of that: how long a corrected row stays locked',
        floor: '',
        unit: 's',
        floorRuns: [],
        runs: longest,
      },
    ]
    return results
  },
}

/** The bytes kept for one altered row: the image with its two indexes, against the changed columns before and after as text. */
async function bytesKept(sql: Sql): Promise<Result> {
  await sql`vacuum audit.alteracoes`
  const [kept] = await sql<{ floor: number; ours: number }[]>`
    select avg(octet_length(antes::text) + octet_length(depois::text))::float8 as floor,
      (select sum(pg_total_relation_size(m.relid)) from pg_partition_tree('audit.alteracoes') m)::float8 / count(*) as ours
    from audit.alteracoes`
  return {
    name: 'bytes',
    work: 'bytes kept for one altered row, indexes included',
    floor: 'its changed columns, before and after, as JSON text',
    unit: 'bytes',
    floorRuns: [kept?.floor ?? 0],
    runs: [kept?.ours ?? 0],
    bar: 6,
  }
}
