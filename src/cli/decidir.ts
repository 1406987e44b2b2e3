import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from 'commander'
import type { DecisionSheet } from '../export/index.ts'
import type { App } from './app.ts'
import { command } from './command.ts'
import { CommandError } from './errors.ts'
import { plain } from './format.ts'
import { print, printJson, printTable, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.resultado_planilha. */
interface LineResult {
  readonly linha: number
  readonly id: bigint | null
  readonly decisao: string | null
  readonly resultado: string
  readonly codigo: string | null
  readonly explicacao: string | null
  readonly status: string | null
  readonly motivo: string | null
  readonly operacao_id: bigint | null
  readonly aviso: string | null
}

export function register(program: Command, app: App): void {
  const { text } = app
  command(program, app, 'decidir')
    .argument('<arquivo>', text.option.sheet)
    .option('--simular', text.option.simulateSheet)
    .option('--json', text.option.json)
    .action(
      async (file: string, { json = false, simular = false }: { json?: boolean; simular?: boolean }) => {
        const { lines, sha256 } = await read(app, file)
        await withDatabase(app, { role: 'conferente_revisor' }, async ({ sql }) => {
          const rows = await sql<LineResult[]>`
          select * from audit.decidir_planilha(${JSON.stringify(lines)}::text::jsonb, ${sha256}, ${basename(file)}, ${simular})`
          const code = report(app, rows, sha256, json)
          if (simular) tell(text.planilha.simulated)
          return code
        })
      },
    )
}

async function read({ text }: App, file: string): Promise<DecisionSheet> {
  const { readDecisions, SheetError } = await import('../export/index.ts')
  const { problem } = text.planilha
  const refuse = (why: string) => new CommandError(`${plain(file)}: ${why}`)
  try {
    return await readDecisions(await readFile(file))
  } catch (error) {
    if (error instanceof SheetError) throw refuse(problem[error.problem](error.what))
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') throw refuse(text.planilha.noFile)
    if (code === 'EACCES' || code === 'EPERM') throw refuse(text.planilha.unreadable)
    if (code === 'EISDIR') throw refuse(problem.notXlsx())
    throw error
  }
}

function report({ text, format }: App, rows: readonly LineResult[], sha256: string, json: boolean): number {
  const { column, planilha } = text
  if (json) printJson(rows)
  else {
    printTable(rows, [
      { title: planilha.line, of: (r) => r.linha, right: true },
      { title: column.finding, of: (r) => r.id, right: true },
      { title: planilha.decision, of: (r) => r.decisao },
      { title: planilha.outcome, of: (r) => (r.resultado === 'deixada' ? planilha.left : r.status) },
      // Last, because a narrow terminal cuts it.
      { title: planilha.why, of: (r) => r.explicacao ?? r.motivo },
    ])
    print()
  }
  const counts = new Map<string, number>()
  for (const { resultado } of rows) counts.set(resultado, (counts.get(resultado) ?? 0) + 1)
  const said = [...counts].map(([name, n]) =>
    planilha.counted[name as keyof typeof planilha.counted](n, format.number(n)),
  )
  tell(said.join(', '))
  if (rows.some((r) => r.resultado !== 'deixada' && r.status === 'aguardando_segunda_aprovacao'))
    tell(planilha.secondNeeded)
  for (const warning of new Set(rows.map((r) => r.aviso))) if (warning) tell(warning)
  const operations = [...new Set(rows.map((r) => r.operacao_id).filter((id) => id !== null))].sort((a, b) =>
    Number(a - b),
  )
  if (operations.length > 0) tell(planilha.sealed(operations.join(', '), sha256))
  for (const operation of operations) tell(text.notice.undo(String(operation)))
  return rows.every((r) => r.resultado === 'feita') ? 0 : 1
}
