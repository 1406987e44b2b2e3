// One life: its commands, and its end, where everything is rolled back.
import fc from 'fast-check'
import { type Command, life as lived, type Model, STEPS } from './commands.ts'
import { Broken, type Life } from './life.ts'

const unlived = (most: number): Model => ({ ran: [], most, looked: false, asked: 0 })

/** @throws {Broken} if a promise does not hold; any other error as it is */
export async function live(
  life: Life,
  commands: Iterable<Command>,
  most = STEPS,
  model = unlived(most),
): Promise<void> {
  await life.begin()
  await fc.asyncModelRun(() => ({ model, real: life }), commands)
  model.ended = true
  await rolledBack(life)
}

export interface Outcome {
  /** What was done, up to the failure if there was one. */
  readonly ran: readonly Command[]
  readonly error?: Error
  /** It came to its end; if it failed, it failed there. */
  readonly ended: boolean
}

async function outcome(life: Life, commands: Iterable<Command>, most: number): Promise<Outcome> {
  const model = unlived(most)
  try {
    await live(life, commands, most, model)
    return { ran: model.ran, ended: true }
  } catch (error) {
    return { ran: model.ran, ended: model.ended === true, error: error as Error }
  }
}

/** The life of one seed. */
export async function byChance(life: Life, seed: number, most: number): Promise<Outcome> {
  const [commands = []] = fc.sample(lived(most), { seed, numRuns: 1 })
  return outcome(life, commands, most)
}

/** Leaves out halves, quarters, single commands, as long as the life still fails, or until few enough are left. */
export async function shrunk(life: Life, failed: Outcome, few: number): Promise<Outcome> {
  let least = failed
  for (let size = Math.ceil(least.ran.length / 2); ; size = Math.ceil(size / 2)) {
    const before = least.ran.length
    // a command that failed is not left out
    for (let from = before - size - (least.ended ? 0 : 1); from > -size; from -= size) {
      if (least.ran.length <= few) return least
      const fewer = least.ran.filter((_, i) => i < from || i >= from + size)
      if (fewer.length === least.ran.length) continue
      const still = await outcome(life, fewer, STEPS)
      if (still.error) least = still
    }
    if (size === 1 && least.ran.length === before) return least
  }
}

/**
 * Everything is rolled back. What was touched from outside is reported as a conflict; untouched entries are what they were, to the
 * byte; the books balance, and the chain is proven.
 */
async function rolledBack(life: Life): Promise<void> {
  await life.stand()
  await life.sql`truncate dw.capricho`
  await life.sql`drop trigger if exists gravar on dw.lancamentos`
  const adelia = life.as('adelia')
  await life.attempt(
    () =>
      adelia`select audit.reabrir_periodo(p.mes, 'tudo de volta') from audit.periodos p where p.reaberto_em is null`,
  )
  const ana = life.as('ana')
  const refused = new Map<bigint, string>()
  for (let more = true; more; ) {
    const standing = await life.sql<
      { id: bigint }[]
    >`select id from audit.divergencias_processadas where status = 'corrigida' order by id`
    if (standing.length === 0) break
    const rows = await ana<{ divergencia_id: bigint; resultado: string }[]>`
      select divergencia_id, resultado from audit.reverter_divergencias(${`{${standing.map(({ id }) => id)}}`}::bigint[], 'tudo de volta')`
    more = rows.some(({ resultado }) => ['revertida', 'ja_revertida'].includes(resultado))
    for (const { divergencia_id, resultado } of rows) refused.set(divergencia_id, resultado)
  }
  const left = await life.sql<{ id: bigint; registro_id: string; touched: boolean }[]>`
    select d.id, d.registro_id, exists (select from life.log l where l.registro = d.registro_id) as touched
    from audit.divergencias_processadas d where d.status = 'corrigida' order by d.id`
  const breaks = left
    .filter(({ id, touched }) => !touched || !['conflito', 'ausente'].includes(refused.get(id) ?? ''))
    .map(
      ({ id, registro_id }) =>
        `everything is rolled back: finding ${id} of row ${registro_id} stands, ${refused.get(id) ?? 'and nobody said so'}`,
    )
  const changed = await life.sql`
    select r.id, r.row as was, t::text as is from life.rows r left join dw.lancamentos t on t.id = r.id
    where t::text is distinct from r.row and not exists (select from life.log l where l.registro = r.id::text) order by r.id`
  breaks.push(
    ...changed.map(
      (row) => `an untouched entry is what it was: ${row['id']} was ${row['was']}, is ${row['is']}`,
    ),
  )
  if (breaks.length > 0) throw new Broken(breaks)
  await life.keepsPromises()
  await life.proves(true)
}
