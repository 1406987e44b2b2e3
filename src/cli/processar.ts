import type { Command } from 'commander'
import type { Session } from '../session/rows.ts'
import type { Request } from '../session/session.ts'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { UsageError } from './errors.ts'
import { printJson } from './output.ts'
import { executions, nextSteps, printSession, printSimulation } from './summary.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly modo: string
  readonly dataInicio?: string
  readonly dataFim?: string
  readonly regra?: string[]
  readonly simular?: boolean
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text } = app
  const parse = createParsers(text)
  command(program, app, 'processar')
    .requiredOption('--modo <modo>', text.option.mode, parse.oneOf(['manual', 'auto']))
    .option('--data-inicio <AAAA-MM-DD>', text.option.from, parse.day)
    .option('--data-fim <AAAA-MM-DD>', text.option.to, parse.day)
    .option('--regra <regra>', text.option.rules, parse.texts)
    .option('--simular', text.option.simulate)
    .option('--json', text.option.json)
    .action(async (options: Options) => {
      const { modo, dataInicio, dataFim, regra: regras } = options
      if (dataInicio !== undefined && dataFim !== undefined && dataInicio > dataFim) {
        throw new UsageError(text.usage.datesReversed(dataInicio, dataFim))
      }
      const request: Request = { modo, dataInicio, dataFim, regras }
      const work = options.simular ? simulate : conduct
      await withDatabase(app, { role: 'conferente_operador', own: !options.simular }, (database) =>
        work(app, database, request, options.json === true),
      )
    })
}

async function conduct(app: App, { sql }: Database, request: Request, json: boolean): Promise<number> {
  const [{ conductSession }, { createWatcher }] = await Promise.all([
    import('../session/session.ts'),
    import('./watcher.ts'),
  ])
  const session = await conductSession(sql, request, createWatcher(app), {
    signal: app.signal,
    reason: app.text.notice.interruptedReason,
  })
  const rules = await executions(sql, session.id)
  if (json) printJson({ ...session, execucoes: rules })
  else {
    printSession(app, session, rules)
    nextSteps(app, session)
  }
  return exitCode(session)
}

async function simulate(app: App, { sql }: Database, request: Request, json: boolean): Promise<number> {
  const { modo, dataInicio = null, dataFim = null, regras = null } = request
  const { withStep } = await import('./progress.ts')
  const [session] = await withStep(
    app.text.notice.simulating,
    app.format,
    () => sql<[Session]>`
      select * from audit.processar_divergencias(${modo}, ${dataInicio}::date, ${dataFim}::date,
        ${regras && [...regras]}::text[], simular => true)`,
  )
  if (json) printJson(session)
  else printSimulation(app, session)
  return exitCode(session)
}

const exitCode = (session: Session) => (session.status === 'concluida' ? 0 : 1)
