import type { Command } from 'commander'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { UsageError } from './errors.ts'
import { plain } from './format.ts'
import { print, printJson, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.verificacao, by the columns that are read by name. */
interface Line {
  readonly situacao: string
  readonly elo: bigint | null
  readonly operacao_id: bigint | null
  readonly objeto: string | null
  readonly esperado: string | null
  readonly encontrado: string | null
  readonly ocorrencias: bigint
  readonly operacoes: bigint
  readonly fatos: bigint
  readonly pendentes: bigint
  readonly selo: string
}

interface Options {
  readonly elo?: string
  readonly selo?: string
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text, format } = app
  const parse = createParsers(text)
  command(program, app, 'verificar')
    .option('--elo <n>', text.option.witnessLink, parse.link)
    .option('--selo <hex>', text.option.witnessSeal, parse.seal)
    .option('--json', text.option.json)
    .action(async ({ elo, selo, json }: Options) => {
      if ((elo === undefined) !== (selo === undefined)) throw new UsageError(text.usage.witnessBoth)
      await withDatabase(app, { role: 'conferente_leitor' }, async ({ sql }) => {
        const { withStep } = await import('./progress.ts')
        const rows = await withStep(
          text.verificar.running,
          format,
          () =>
            sql<Line[]>`select * from audit.verificar_integridade(${elo ?? null}::bigint, ${selo ?? null})`,
        )
        const [first] = rows
        const proven = first?.situacao === 'provada'
        if (json) printJson(rows)
        else if (proven) printProof(app, first, elo)
        else for (const row of rows) printBreak(app, row)
        if (!proven) tell(text.verificar.broken(format.number(rows.length)))
        return proven ? 0 : 1
      })
    })
}

function printProof({ text: { verificar }, format }: App, row: Line, witness: string | undefined): void {
  print(verificar.proven(format.number(row.operacoes), format.number(row.fatos), String(row.elo)))
  if (row.pendentes > 0n) print(verificar.pending(format.number(row.pendentes)))
  print(verificar.seal(row.selo))
  if (witness === undefined) tell(verificar.unwitnessed)
  else print(verificar.agrees(witness))
}

function printBreak({ text: { verificar }, format }: App, row: Line): void {
  const kind = verificar.situation[row.situacao as keyof typeof verificar.situation] ?? row.situacao
  const at = verificar.at(plain(row.elo), plain(row.operacao_id))
  const times = row.ocorrencias > 1n ? ` ${verificar.times(format.number(row.ocorrencias))}` : ''
  print(`✖ ${at === '' ? '' : `${at}: `}${kind}${times}`)
  if (row.objeto !== null) print(`    ${plain(row.objeto)}`)
  print(`    ${verificar.expected(plain(row.esperado))}`)
  print(`    ${verificar.found(plain(row.encontrado))}`)
}
