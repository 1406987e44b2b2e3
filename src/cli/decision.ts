import type { Command } from 'commander'
import type { Sql } from '../db/connection.ts'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { type Acted, type Finding, findingColumns, printFindings, reportActed } from './findings.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly motivo: string
  readonly visto?: string[]
  readonly json?: boolean
}

/** A command `NAME ID… --motivo M` that passes its ids to one function of the database. */
export function registerDecision(
  program: Command,
  app: App,
  name: 'aprovar' | 'rejeitar' | 'confirmar',
  functionName: string,
): void {
  const { text } = app
  const parse = createParsers(text)
  const acts = command(program, app, name)
    .argument('<id...>', text.option.ids, parse.ids)
    .requiredOption('--motivo <motivo>', text.option.reason)
  if (name === 'aprovar') acts.option('--visto <visto...>', text.option.seen, parse.texts)
  acts.option('--json', text.option.json).action((ids: string[], { motivo, visto, json }: Options) =>
    withDatabase(app, { role: 'conferente_revisor' }, async ({ sql }) => {
      const seen = visto ?? (name === 'aprovar' && asksPeople(json) ? await shown(app, sql, ids) : undefined)
      if (seen === null) return 1
      const rows = await sql<
        Acted[]
      >`select * from ${sql.unsafe(functionName)}(${ids}::bigint[], ${motivo}${seen ? sql`, ${seen}::text[]` : sql``})`
      return reportActed(app, rows, json === true)
    }),
  )
}

const asksPeople = (json = false) => process.stdin.isTTY && process.stdout.isTTY && !json

/** Shows the findings and asks. Gives what was seen of each (null for one that is not there), or null when the person gives up. */
async function shown(app: App, sql: Sql, ids: string[]): Promise<(string | null)[] | null> {
  const rows = await sql<Finding[]>`
    select ${findingColumns(sql)} from audit.divergencias_processadas where id = any (${ids}::bigint[]) order by id`
  const seen = new Map(rows.map((row) => [String(row.id), row.visto]))
  if (rows.length > 0) {
    printFindings(app, rows, { sentence: true })
    const { askApproval } = await import('./aprovar-prompts.ts')
    if (!(await askApproval(app, rows.length))) return null
  }
  return ids.map((id) => seen.get(id) ?? null)
}
