import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Command } from 'commander'
import type { Sql } from '../db/connection.ts'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { CommandError } from './errors.ts'
import { plain } from './format.ts'
import { refuseExisting, writeWhole } from './new-file.ts'
import { print, printJson, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly ate: string
  readonly motivo: string
  readonly arquivo?: string
  readonly apagar?: boolean
  readonly simular?: boolean
  readonly json?: boolean
}

/** A row of audit.arquivar_meses, its months as text. */
interface Archived {
  readonly operacao_id: bigint | null
  readonly mes_inicio: string
  readonly mes_fim: string
  readonly operacoes: bigint
  readonly fatos: bigint
  readonly elo_inicial: bigint | null
  readonly elo_final: bigint | null
}

/** Archives old months of facts: exports the trail that holds them, proves the file, and only then detaches them. */
export function register(program: Command, app: App): void {
  const { text } = app
  const { month } = createParsers(text)
  command(program, app, 'arquivar')
    .requiredOption('--ate <mes>', text.option.archiveUntil, month)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--arquivo <arquivo>', text.option.archiveFile)
    .option('--apagar', text.option.archiveDelete)
    .option('--simular', text.option.archiveDry)
    .option('--json', text.option.json)
    .action(async (options: Options) => {
      const file = options.arquivo ?? `trilha-ate-${options.ate.slice(0, 7)}.jsonl`
      if (!options.simular) await refuseExisting(text, file)
      await withDatabase(app, { role: 'conferente_administrador' }, ({ sql }) => run(app, sql, file, options))
    })
}

async function run(app: App, sql: Sql, file: string, options: Options): Promise<number> {
  const { text, format } = app
  const { ate, motivo, apagar = false, simular = false, json } = options
  const months = (row: Archived) =>
    row.mes_inicio === row.mes_fim ? row.mes_inicio : `${row.mes_inicio} – ${row.mes_fim}`
  const planned = (await act(sql, sql`${ate}::text::date, ${motivo}, simular => true`)) as Archived
  if (simular) {
    if (json) printJson([planned])
    else
      print(
        text.arquivar.planned(
          months(planned),
          format.number(planned.operacoes),
          format.number(planned.fatos),
        ),
      )
    return 0
  }
  const { operacao, elo, selo, sha256 } = await exportAndProve(app, sql, file, motivo)
  const done = (await act(
    sql,
    sql`${ate}::text::date, ${motivo}, ${operacao}::bigint, ${elo}::bigint, ${selo}, ${apagar}`,
  )) as Archived
  if (json) printJson([{ ...done, arquivo: file, sha256, elo, selo }])
  else {
    print(
      text.arquivar.done(
        months(done),
        format.number(done.operacoes),
        format.number(done.fatos),
        String(done.operacao_id),
      ),
    )
    print(text.arquivar.file(plain(file), sha256, String(elo), selo))
  }
  tell(apagar ? text.arquivar.deleted : text.arquivar.left)
  return 0
}

async function act(sql: Sql, given: ReturnType<Sql>): Promise<Archived | undefined> {
  const [row] = await sql<Archived[]>`
    select operacao_id, to_char(mes_inicio, 'YYYY-MM') as mes_inicio, to_char(mes_fim, 'YYYY-MM') as mes_fim, operacoes, fatos, elo_inicial, elo_final
    from audit.arquivar_meses(${given})`
  return row
}

/** Proves the file as it is on the disk, and checks that it has the digest that was recorded. */
async function exportAndProve(app: App, sql: Sql, file: string, reason: string) {
  const { text, format, settings } = app
  const [{ auditTrail, inTransaction }, { checkTrail }, { withStep }] = await Promise.all([
    import('../export/index.ts'),
    import('../trail/check.ts'),
    import('./progress.ts'),
  ])
  const exported = await auditTrail(inTransaction(sql), settings.language, reason)
  const cancelQuery = app.cancel
  app.cancel = async () => {
    await cancelQuery?.().catch(() => {})
    exported.stream.destroy(new Error('interrupted'))
  }
  if (app.signal.aborted) await app.cancel()
  await withStep(text.exportar.trail.running(plain(file)), format, () =>
    writeWhole(text, file, exported.stream, false),
  ).catch(async (error) => {
    exported.stream.destroy()
    await exported.recorded.catch(() => {})
    throw error
  })
  app.cancel = cancelQuery
  const { operacao, sha256 } = await exported.recorded
  const digest = createHash('sha256')
  async function* read() {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, signal: app.signal })) {
      digest.update(chunk)
      yield chunk as Buffer
    }
  }
  const { breaks, elo, selo } = await withStep(text.verificar.runningFile(plain(file)), format, () =>
    checkTrail(read(), undefined, settings.stampRoots),
  )
  if (breaks.length > 0 || digest.digest('hex') !== sha256)
    throw new CommandError(text.arquivar.unproven(plain(file), breaks[0]?.situacao ?? 'SHA-256'))
  return { operacao, elo, selo, sha256 }
}
