import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Authorities, Refused, Summary } from '../notas/index.ts'
import type { App, Database } from './app.ts'
import { command } from './command.ts'
import { CommandError, UsageError } from './errors.ts'
import { plain } from './format.ts'
import { print, printJson, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A longer list of refused files helps nobody; all of them are in audit.notas_recusadas. */
const MOST_TOLD = 1000

interface Options {
  readonly raizes?: string
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text, settings } = app
  command(program, app, 'notas')
    .argument('[pasta]', text.notas.folder)
    .option('--raizes <caminho>', text.notas.rootsOption)
    .option('--json', text.option.json)
    .action(async (given: string | undefined, { raizes, json = false }: Options) => {
      const folder = given === undefined ? settings.notesDir : resolve(given)
      if (folder === undefined) throw new UsageError(text.notas.noFolder)
      await requireFolder(app, folder)
      const authorities = await trusted(app, raizes === undefined ? settings.notesRoots : resolve(raizes))
      await withDatabase(app, { role: 'conferente_dono', own: true }, (database) =>
        readNotes(app, database, folder, authorities, json),
      )
    })
}

async function requireFolder({ text }: App, folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory()) throw new CommandError(`${plain(folder)}: ${text.notas.noSuchFolder}`)
}

async function trusted({ text }: App, path: string | undefined): Promise<Authorities> {
  const { readAuthorities } = await import('../notas/index.ts')
  try {
    return readAuthorities(path)
  } catch {
    throw new CommandError(text.notas.badRoots(plain(path)))
  }
}

async function readNotes(
  app: App,
  { url, sql: own }: Database,
  folder: string,
  authorities: Authorities,
  json: boolean,
): Promise<number> {
  const { text, format, signal } = app
  const [{ alone, connectAs }, { readFolder, TooManyFiles }, { startStep }] = await Promise.all([
    import('../db/connection.ts'),
    import('../notas/index.ts'),
    import('./progress.ts'),
  ])
  const refused: Refused[] = []
  const step = startStep(text.notas.step, format, !json)
  try {
    const summary = await alone(connectAs('conferente_dono', url, { name: 'conferente notas' }), (sql) =>
      readFolder(sql, folder, {
        authorities,
        signal,
        onRefused: (one) => refused.length < MOST_TOLD && refused.push(one),
        onProgress: (files) => step.update(text.notas.progress(format.number(files))),
      }),
    )
    step.done()
    if (json) printJson({ pasta: folder, ...summary, recusas: refused })
    else report(app, summary, refused)
    await advise(app, own, summary)
    return summary.recusados > 0 ? 1 : 0
  } catch (error) {
    step.failed()
    if (error instanceof TooManyFiles)
      throw new CommandError(`${plain(folder)}: ${text.notas.tooMany(format.number(error.most))}`)
    if (['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw new CommandError(`${plain(folder)}: ${text.notas.unreadable}`)
    throw error
  }
}

/** The result of reading a folder, in one line. */
export function brought(
  { text, format }: App,
  { arquivos, conhecidos, novas, canceladas, recusados }: Summary,
): string {
  const [files = '', known = '', fresh = '', cancelled = '', refused = ''] = [
    arquivos,
    conhecidos,
    novas,
    canceladas,
    recusados,
  ].map((n) => format.number(n))
  return text.notas.done(files, known, fresh, cancelled, refused)
}

function report(app: App, summary: Summary, refused: readonly Refused[]): void {
  const { reason } = app.text.notas
  for (const { arquivo, motivo, detalhe } of refused)
    print(`${plain(arquivo)}: ${reason[motivo]}${detalhe === '' ? '' : ` (${plain(detalhe)})`}`)
  print(brought(app, summary))
}

async function advise(
  { text }: App,
  sql: Database['sql'],
  { raizes, de, ate, novas, canceladas }: Summary,
): Promise<void> {
  if (raizes === 0) tell(text.notas.noRoots)
  const [rule] = await sql<{ ativa: boolean }[]>`select ativa from audit.regras where nome = 'notas_fiscais'`
  if (rule?.ativa === false) tell(text.notas.inactive)
  else if (novas + canceladas > 0 && de !== null && ate !== null) tell(text.notas.late(de, ate))
}
