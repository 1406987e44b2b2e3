import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Sql } from '../db/connection.ts'
import type { Witness } from '../trail/check.ts'
import type { ProvenStamps } from '../trail/stamps.ts'
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
  readonly desde?: boolean
  readonly arquivo?: string
  readonly raizes?: string
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text, format } = app
  const parse = createParsers(text)
  command(program, app, 'verificar')
    .option('--elo <n>', text.option.witnessLink, parse.link)
    .option('--selo <hex>', text.option.witnessSeal, parse.seal)
    .option('--desde', text.option.sinceWitness)
    .option('--arquivo <arquivo>', text.option.trailFile)
    .option('--raizes <arquivo>', text.option.stampRoots)
    .option('--json', text.option.json)
    .action(async ({ elo, selo, desde, arquivo, raizes, json }: Options) => {
      if ((elo === undefined) !== (selo === undefined) || (desde && elo === undefined))
        throw new UsageError(text.usage.witnessBoth)
      if (desde && arquivo !== undefined) throw new UsageError(text.usage.conflict('--desde', '--arquivo'))
      const roots = raizes === undefined ? app.settings.stampRoots : resolve(raizes)
      if (arquivo !== undefined) {
        const witness =
          elo === undefined || selo === undefined ? undefined : { elo: Number(elo), selo: selo.toLowerCase() }
        process.exitCode = await checkFile(app, { arquivo, witness, roots, json: json === true })
        return
      }
      await withDatabase(app, { role: 'conferente_leitor' }, async ({ sql }) => {
        const { withStep } = await import('./progress.ts')
        const { rows, stamps } = await withStep(text.verificar.running, format, async () => {
          const found = await (desde
            ? sql<Line[]>`select * from audit.verificar_desde(${elo ?? null}::bigint, ${selo ?? null})`
            : sql<Line[]>`select * from audit.verificar_integridade(${elo ?? null}::bigint, ${selo ?? null})`)
          const { stamps, breaks } = await checkStamps(app, sql, roots)
          const broken = found[0]?.situacao === 'provada' && breaks.length > 0 ? [] : found
          return { rows: [...broken, ...breaks] as readonly Line[], stamps }
        })
        const [first] = rows
        const proven = first?.situacao === 'provada'
        if (json) printJson(rows)
        else if (proven) {
          printProof(app, first, { witness: elo, desde: desde === true, stamps, roots })
          await printArchives(app, sql)
        } else for (const row of rows) printBreak(app, row)
        if (!proven) tell(text.verificar.broken(format.number(rows.length)))
        return proven ? 0 : 1
      })
    })
}

/** What SQL cannot tell: whether the authority signed. */
async function checkStamps(app: App, sql: Sql, roots: string | undefined) {
  const [{ Breaks }, { proveStamps }] = await Promise.all([
    import('../trail/breaks.ts'),
    import('../trail/stamps.ts'),
  ])
  const kept = await sql<{ elo: bigint; token: Buffer; selado: Buffer | null }[]>`
    select elo, token, selado from audit.carimbos()`
  const breaks = new Breaks()
  const stamps = await proveStamps(
    kept.map(({ elo, token, selado }) => ({ elo: Number(elo), token, sealed: selado })),
    roots,
    (found) => breaks.add(found),
  ).catch((error) => {
    throw fileError(app, roots, error)
  })
  return { stamps, breaks: breaks.list() }
}

interface Proof {
  readonly witness: string | undefined
  readonly desde: boolean
  readonly stamps: ProvenStamps
  readonly roots: string | undefined
}

function printProof(app: App, row: Line, { witness, desde, stamps, roots }: Proof): void {
  const { verificar } = app.text
  const { format } = app
  print(verificar.proven(format.number(row.operacoes), format.number(row.fatos), String(row.elo)))
  if (row.pendentes > 0n) print(verificar.pending(format.number(row.pendentes)))
  print(verificar.seal(row.selo))
  printStamps(app, stamps, roots)
  if (witness === undefined) tell(verificar.unwitnessed)
  else print(verificar.agrees(witness))
  if (desde) tell(verificar.since(String(witness)))
}

/** Which part of the chain has its facts in an archive, and who archived them. */
async function printArchives({ text: { verificar }, format }: App, sql: Sql): Promise<void> {
  const archives = await sql<
    { id: bigint; de: string; a: string; quem: string; quando: Date; sha256: string; elo: bigint }[]
  >`
    select operacao_id as id, to_char(mes_inicio, 'YYYY-MM') as de, to_char(mes_fim, 'YYYY-MM') as a, arquivado_por as quem,
      arquivado_em as quando, arquivo_sha256 as sha256, arquivo_elo as elo
    from audit.arquivamentos()`
  for (const { id, de, a, quem, quando, sha256, elo } of archives)
    print(verificar.archived(de, a, plain(quem), format.time(quando), String(id), sha256, String(elo)))
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

function printStamps(
  { text: { verificar }, format }: App,
  stamps: ProvenStamps,
  roots: string | undefined,
): void {
  const { carimbos, primeiro, ultimo } = stamps
  if (primeiro === undefined || ultimo === undefined) return
  print(
    verificar.stamped(
      format.number(carimbos),
      format.time(primeiro.em),
      String(ultimo.elo),
      format.time(ultimo.em),
      plain(ultimo.autoridade),
    ),
  )
  if (roots === undefined) tell(verificar.noRoots)
}

/** A file that cannot be read; any other error stays as it is. */
function fileError({ text }: App, file: string | undefined, error: NodeJS.ErrnoException): Error {
  return error.syscall === undefined
    ? error
    : new CommandError(text.verificar.noFile(plain(error.path ?? file), error.code ?? ''))
}

interface FileCheck {
  readonly arquivo: string
  readonly witness: Witness | undefined
  readonly roots: string | undefined
  readonly json: boolean
}

/** Opens no database and loads no driver. */
async function checkFile(app: App, { arquivo, witness, roots, json }: FileCheck): Promise<number> {
  const { text, format } = app
  const { verificar } = text
  const { checkTrail } = await import('../trail/check.ts')
  const { withStep } = await import('./progress.ts')
  const bytes = createReadStream(arquivo, { highWaterMark: 1 << 20, signal: app.signal })
  const { breaks, ...report } = await withStep(verificar.runningFile(plain(arquivo)), format, () =>
    checkTrail(bytes, witness, roots),
  ).catch((error) => {
    throw fileError(app, arquivo, error)
  })
  if (breaks.length > 0) {
    if (json) printJson(breaks)
    else for (const row of breaks) printBreak(app, row)
    tell(verificar.broken(format.number(breaks.length)))
    return 1
  }
  if (json) printJson([{ situacao: 'provada', ...report }])
  else {
    print(
      verificar.provenFile(
        format.number(report.operacoes),
        format.number(report.fatos),
        format.number(report.divergencias),
        String(report.elo),
      ),
    )
    if (report.arquivadas > 0) print(verificar.archivedFile(format.number(report.arquivadas)))
    if (report.esquecidos > 0) print(verificar.forgottenFile(format.number(report.esquecidos)))
    if (report.pendentes > 0) print(verificar.pendingFile(format.number(report.pendentes)))
    print(verificar.seal(report.selo))
    printStamps(app, report, roots)
    if (witness !== undefined) print(verificar.agrees(String(witness.elo)))
    tell(verificar.notInFile)
    if (witness === undefined) tell(verificar.unwitnessed)
  }
  return 0
}
