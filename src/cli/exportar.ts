import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import type { Sql } from '../db/connection.ts'
import type { AuditedExport, Dialect, ExportFormat, FindingsFilter } from '../export/index.ts'
import { mayWait, STATUSES } from '../session/states.ts'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { UsageError } from './errors.ts'
import { refuseExisting, writeWhole } from './new-file.ts'
import { tell } from './output.ts'
import type { Step } from './progress.ts'
import { withDatabase } from './with-database.ts'

const TRAIL = 'trilha'
// Here rather than imported from the export module, which is loaded only to export.
const FORMATS = ['csv', 'xlsx', TRAIL]
const DIALECTS = ['pt-BR', 'rfc4180'] satisfies Dialect[]

interface Options {
  readonly formato: ExportFormat | typeof TRAIL
  readonly dialeto?: Dialect
  readonly sessao?: string
  readonly status?: string[]
  readonly regra?: string
  readonly dataInicio?: string
  readonly dataFim?: string
  readonly arquivo?: string
  readonly sobrescrever?: boolean
  readonly motivo?: string
}

export function register(program: Command, app: App): void {
  const { text } = app
  const parse = createParsers(text)
  const status = parse.oneOf(STATUSES)
  command(program, app, 'exportar')
    .requiredOption('--formato <formato>', text.option.exportFormat, parse.oneOf(FORMATS))
    .option('--dialeto <dialeto>', text.option.dialect, parse.oneOf(DIALECTS))
    .option('--sessao <id>', text.option.foundBy, parse.id)
    .option(
      '--status <status>',
      text.option.exportStatus(STATUSES.join(', ')),
      (value: string, previous: string[] = []) => [...previous, status(value)],
    )
    .option('--regra <regra>', text.option.ruleFilter)
    .option('--data-inicio <AAAA-MM-DD>', text.option.foundFrom, parse.day)
    .option('--data-fim <AAAA-MM-DD>', text.option.foundTo, parse.day)
    .option('--arquivo <arquivo>', text.option.file)
    .option('--sobrescrever', text.option.overwrite)
    .option('--motivo <motivo>', text.option.exportReason)
    .action(async (options: Options) => {
      await checkUsage(app, options)
      await withDatabase(app, { role: 'conferente_leitor' }, ({ sql }) => run(app, sql, options))
    })
}

async function checkUsage({ text }: App, options: Options): Promise<void> {
  const { formato, dialeto, dataInicio, dataFim, arquivo, sobrescrever } = options
  if (dataInicio !== undefined && dataFim !== undefined && dataInicio > dataFim) {
    throw new UsageError(text.usage.datesReversed(dataInicio, dataFim))
  }
  const filtered = ['dialeto', 'sessao', 'status', 'regra', 'dataInicio', 'dataFim'] as const
  const filter = filtered.find((name) => options[name] !== undefined)
  if (formato === TRAIL && filter !== undefined)
    throw new UsageError(
      text.usage.conflict(`--${filter.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}`, TRAIL),
    )
  if (formato === 'xlsx' && dialeto !== undefined)
    throw new UsageError(text.usage.conflict('--dialeto', 'xlsx'))
  if (arquivo === undefined && formato === 'xlsx' && process.stdout.isTTY) {
    throw new UsageError(text.exportar.binaryTerminal)
  }
  if (arquivo !== undefined && !sobrescrever) await refuseExisting(text, arquivo)
}

async function run(app: App, sql: Sql, options: Options): Promise<number> {
  const { text, format, settings } = app
  const { formato, dialeto = 'pt-BR', arquivo, sobrescrever = false, motivo, ...filter } = options
  await checkFilter(app, sql, filter)
  const { auditExport, auditTrail, inTransaction } = await import('../export/index.ts')
  const within = inTransaction(sql)
  const { language } = settings
  const exported =
    formato === TRAIL
      ? await auditTrail(within, language, motivo)
      : await auditExport(
          within,
          filter,
          { format: formato, dialect: dialeto, language, decides: mayWait(filter.status) },
          motivo,
        )
  const cancelQuery = app.cancel
  // Between two batches there is no query to cancel, and the cancel must have passed before the end is recorded.
  app.cancel = async () => {
    await cancelQuery?.().catch(() => {})
    exported.stream.destroy(new Error('interrupted'))
  }
  if (app.signal.aborted) await app.cancel()
  const said = formato === TRAIL ? text.exportar.trail : text.exportar
  const label = said.running(arquivo ?? 'stdout')
  try {
    const { withStep } = await import('./progress.ts')
    await withStep(
      label,
      format,
      async (step) => {
        const stop = showRows(app, exported, step)
        try {
          if (arquivo === undefined) await writeStandard(exported.stream)
          else await writeWhole(text, arquivo, exported.stream, sobrescrever)
        } finally {
          stop()
        }
      },
      () => said.done(format.number(exported.rows), arquivo ?? 'stdout'),
    )
    const { operacao, sha256 } = await exported.recorded
    tell(text.exportar.recorded(String(operacao), sha256))
    return 0
  } catch (error) {
    exported.stream.destroy()
    await exported.recorded.catch(() => {})
    // `conferente exportar --formato csv | head`: a reader that stops knows that it did.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 1
    throw error
  }
}

async function checkFilter({ text }: App, sql: Sql, { regra, sessao }: FindingsFilter): Promise<void> {
  if (regra !== undefined) {
    const known = await sql<{ nome: string }[]>`select nome from audit.regras order by prioridade, nome`
    const names = known.map(({ nome }) => nome)
    if (!names.includes(regra)) throw new UsageError(text.usage.unknownRule(regra, names.join(', ')))
  }
  if (sessao !== undefined) {
    const [known] = await sql`select from audit.sessoes_processamento where id = ${String(sessao)}::bigint`
    if (!known) throw new UsageError(text.exportar.unknownSession(String(sessao)))
  }
}

/** `end: false`: stdout stays open for what is printed after. */
function writeStandard(content: Readable): Promise<void> {
  return pipeline(content, process.stdout, { end: false })
}

function showRows({ text, format }: App, exported: AuditedExport, step: Step): () => void {
  if (!process.stderr.isTTY) return () => {}
  const timer = setInterval(() => step.update(text.exportar.rows(format.number(exported.rows))), 500)
  return () => clearInterval(timer)
}
