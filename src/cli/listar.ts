import type { Command } from 'commander'
import { STATUSES, WAITING } from '../states.ts'
import { type App, withDatabase } from './app.ts'
import { createParsers } from './arguments.ts'
import { UsageError } from './errors.ts'
import { findingColumns, printFindings } from './findings.ts'
import { print, printJson, tell } from './output.ts'

interface Options {
  readonly status?: string
  readonly regra?: string
  readonly limite: number
  readonly detalhe?: boolean
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text, format } = app
  const parse = createParsers(text)
  program
    .command('listar')
    .description(text.command.listar)
    .option('--status <status>', text.option.status(STATUSES.join(', ')), parse.oneOf(STATUSES))
    .option('--regra <regra>', text.option.ruleFilter)
    .option('--limite <n>', text.option.limit, parse.integer(1, 1_000_000), 20)
    .option('--detalhe', text.option.detail)
    .option('--json', text.option.json)
    .addHelpText('after', text.example.listar)
    .action((options: Options) =>
      withDatabase(app, { role: 'conferente_leitor' }, async ({ sql }) => {
        if (options.regra !== undefined) {
          const known = await sql<{ nome: string }[]>`select nome from audit.regras order by prioridade, nome`
          const names = known.map(({ nome }) => nome)
          if (!names.includes(options.regra)) {
            throw new UsageError(text.usage.unknownRule(options.regra, names.join(', ')))
          }
        }
        const asked = sql`
          from audit.divergencias_processadas
          where status = any (${options.status ? [options.status] : WAITING}::text[])
            and (${options.regra ?? null}::text is null or regra = ${options.regra ?? null})`
        const rows = await sql`
          select ${findingColumns(sql)} ${asked} order by valor_em_risco desc, id limit ${options.limite}`
        if (options.json) printJson(rows)
        else if (rows.length === 0) print(text.notice.noFindings)
        else {
          printFindings(app, rows, { sentence: options.detalhe === true })
          const [all] = await sql`select count(*) as total ${asked}`
          tell(text.notice.shown(format.number(rows.length), format.number(all?.['total'])))
        }
        return 0
      }),
    )
}
