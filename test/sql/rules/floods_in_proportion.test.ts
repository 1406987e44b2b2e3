// A flood of any shape costs in proportion to its entries. Time tells that badly, so rows are counted: all that pass through any step of
// any statement of the rule, and the calls of its functions.
import postgres from 'postgres'
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { pour, SHAPES } from '../../helper/floods.ts'
import { makeLedger } from './ledger.ts'

const FEW = 400
const MANY = 4 * FEW

/** Each entry is wrong by itself, and has a finding of its own. */
const EACH_WRONG: Record<string, string> = {
  'amounts below their documents': `'NF ' || i, 60, 100`,
  'half of them without a number': `case when i % 2 = 0 then 'NF ' || i end, 60 + i, 100 + 3 * i`,
  'withheld taxes': `'NF ' || i, 95.35, 100`,
}

interface Step {
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly Plans?: readonly Step[]
  readonly [kind: string]: unknown
}

/** Rows that a step gave or looked at in vain, and so all steps below it. */
const rowsOf = (step: Step): number =>
  step['Actual Loops'] *
    (step['Actual Rows'] +
      Object.entries(step).reduce(
        (sum, [kind, value]) => sum + (kind.startsWith('Rows Removed') ? Number(value) : 0),
        0,
      )) +
  (step.Plans ?? []).reduce((sum, below) => sum + rowsOf(below), 0)

/** How often each function was called on this connection. Counts of earlier transactions may still be among them. */
async function callsOf(on: postgres.ISql): Promise<Record<string, number>> {
  const calls = await on`
    select funcname::text as name, sum(calls)::int as calls from pg_stat_xact_user_functions group by funcname`
  return Object.fromEntries(calls.map(({ name, calls }) => [name, Number(calls)]))
}

t.test('a flood costs in proportion to its entries, whatever its shape', async (t) => {
  const { sql, url } = await testDatabase(t)
  await makeLedger(sql)
  let rows = 0
  const watched = postgres(url, {
    max: 1,
    onnotice: ({ message = '' }) => {
      const plan = /plan:\n(\{[\s\S]*\})/.exec(message)?.[1]
      if (plan) rows += rowsOf(JSON.parse(plan).Plan)
    },
  })
  t.teardown(() => watched.end())
  await watched.unsafe(`
    load 'auto_explain';
    set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on; set auto_explain.log_analyze = on;
    set auto_explain.log_timing = off; set auto_explain.log_format = json; set client_min_messages = log;
    set max_parallel_workers_per_gather = 0; set track_functions = 'all'`)
  const work = async (shape: string, entries: number) => {
    await pour(sql, shape, entries)
    await sql`vacuum analyze dw.lancamentos`
    rows = 0
    return await watched.begin(async (tx) => {
      const before = await callsOf(tx)
      const [found] = await tx`
        select count(*)::int as findings, max((a.evidencia ->> 'lancamentos')::int) as entries
        from regra_validacao_valores.detectar(row(null, null, null, null, null)::audit.janela) a`
      const after = await callsOf(tx)
      return {
        rows,
        calls: Object.entries(after).reduce((sum, [name, n]) => sum + n - (before[name] ?? 0), 0),
        ...(found as { findings: number; entries: number | null }),
      }
    })
  }
  for (const [name, shape] of Object.entries({ ...SHAPES, ...EACH_WRONG })) {
    const few = await work(shape, FEW)
    const many = await work(shape, MANY)
    t.ok(few.rows > FEW, `${name}: rows were counted`)
    t.ok(
      many.rows < 1.2 * 4 * few.rows,
      `${name}: ${few.rows} rows for ${FEW} entries, ${many.rows} for ${MANY}`,
    )
    t.ok(
      many.calls < 1.2 * 4 * few.calls,
      `${name}: ${few.calls} calls for ${FEW} entries, ${many.calls} for ${MANY}`,
    )
    if (name in EACH_WRONG) continue
    t.equal(many.findings, few.findings, `${name}: as many findings`)
    t.ok(many.findings <= 1, `${name}: a flood is one finding, and not ${many.findings}`)
    if (many.findings > 0) t.ok((many.entries ?? 0) > MANY / 4, `${name}: it says how many`)
  }
})

t.test('of a flood each spelling is read once', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const called = async (shape: string) => {
    await pour(sql, shape, FEW)
    return await sql.begin(async (tx) => {
      await tx`set local track_functions = 'all'`
      await tx`set local max_parallel_workers_per_gather = 0`
      const before = await callsOf(tx)
      await tx`select count(*) from regra_validacao_valores.detectar(row(null, null, null, null, null)::audit.janela)`
      const after = await callsOf(tx)
      return (name: string) => (after[name] ?? 0) - (before[name] ?? 0)
    })
  }
  const keys = await called(SHAPES['one access key'] as string)
  t.ok(keys('digito_modulo11') <= 6, 'check digits')
  // twice for its end: to look for companions, and for those that have any
  t.ok(keys('ler_documento') <= 2 * FEW + 10, `documents: ${keys('ler_documento')}`)
  const parts = await called(SHAPES['parts in the number'] as string)
  t.ok(parts('ler_documento') <= 2 * FEW + 110, `documents with a part: ${parts('ler_documento')}`)
  t.ok(parts('marcas_texto') <= 10, `texts: ${parts('marcas_texto')}`)
})
