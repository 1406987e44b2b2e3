import { createReadStream } from 'node:fs'
import type { Command } from 'commander'
import type { Witness } from '../trail/check.ts'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { CommandError, UsageError } from './errors.ts'
import { plain } from './format.ts'
import { print, printJson, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

interface BrokenLine {
  readonly situacao: string
  readonly elo: bigint | number | null
  readonly operacao_id: bigint | number | null
  readonly objeto: string | null
  readonly esperado: string | null
  readonly encontrado: string | null
  readonly ocorrencias: bigint | number
}

/** A row of audit.verificacao, by the columns that are read by name. */
interface Line extends BrokenLine {
  readonly operacoes: bigint
  readonly fatos: bigint
  readonly pendentes: bigint
  readonly selo: string
}

interface Options {
  readonly elo?: string
  readonly selo?: string
  readonly arquivo?: string
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text, format } = app
  const parse = createParsers(text)
  command(program, app, 'verificar')
    .option('--elo <n>', text.option.witnessLink, parse.link)
    .option('--selo <hex>', text.option.witnessSeal, parse.seal)
    .option('--arquivo <arquivo>', text.option.trailFile)
    .option('--json', text.option.json)
    .action(async ({ elo, selo, arquivo, json }: Options) => {
      if ((elo === undefined) !== (selo === undefined)) throw new UsageError(text.usage.witnessBoth)
      if (arquivo !== undefined) {
        const witness =
          elo === undefined || selo === undefined ? undefined : { elo: Number(elo), selo: selo.toLowerCase() }
        process.exitCode = await checkFile(app, arquivo, witness, json === true)
        return
      }
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

function printBreak({ text: { verificar }, format }: App, row: BrokenLine): void {
  const kind = verificar.situation[row.situacao as keyof typeof verificar.situation] ?? row.situacao
  const at = verificar.at(plain(row.elo), plain(row.operacao_id))
  const times = row.ocorrencias > 1 ? ` ${verificar.times(format.number(row.ocorrencias))}` : ''
  print(`✖ ${at === '' ? '' : `${at}: `}${kind}${times}`)
  if (row.objeto !== null) print(`    ${plain(row.objeto)}`)
  print(`    ${verificar.expected(plain(row.esperado))}`)
  print(`    ${verificar.found(plain(row.encontrado))}`)
}

/** No database is opened, and no driver loaded. */
async function checkFile(
  app: App,
  file: string,
  witness: Witness | undefined,
  json: boolean,
): Promise<number> {
  const { text, format } = app
  const { verificar } = text
  const { checkTrail } = await import('../trail/check.ts')
  const { withStep } = await import('./progress.ts')
  const report = await withStep(verificar.runningFile(plain(file)), format, () =>
    checkTrail(createReadStream(file, { highWaterMark: 1 << 20, signal: app.signal }), witness),
  ).catch((error: NodeJS.ErrnoException) => {
    throw error.syscall === undefined
      ? error
      : new CommandError(verificar.noFile(plain(file), error.code ?? ''))
  })
  const { breaks } = report
  if (json) printJson(breaks.length > 0 ? breaks : [{ situacao: 'provada', ...report, breaks: undefined }])
  else if (breaks.length > 0) for (const row of breaks) printBreak(app, row)
  else {
    print(
      verificar.provenFile(
        format.number(report.operacoes),
        format.number(report.fatos),
        format.number(report.divergencias),
        String(report.elo),
      ),
    )
    if (report.pendentes > 0) print(verificar.pendingFile(format.number(report.pendentes)))
    print(verificar.seal(report.selo))
    if (witness !== undefined) print(verificar.agrees(String(witness.elo)))
    tell(verificar.notInFile)
    if (witness === undefined) tell(verificar.unwitnessed)
  }
  if (breaks.length > 0) tell(verificar.broken(format.number(breaks.length)))
  return breaks.length > 0 ? 1 : 0
}
