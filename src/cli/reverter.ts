import type { Command } from 'commander'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { UsageError } from './errors.ts'
import { type RolledBack, reportRollback } from './findings.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly divergencia?: string[]
  readonly operacao?: string
  readonly sessao?: string
  readonly motivo: string
  readonly porque?: string
  readonly json?: boolean
}

const REASONS = ['erradas', 'outra-razao']

export function register(program: Command, app: App): void {
  const { text } = app
  const parse = createParsers(text)
  command(program, app, 'reverter')
    .option('--divergencia <id...>', text.option.findings, parse.ids)
    .option('--operacao <id>', text.option.operation, parse.id)
    .option('--sessao <id>', text.option.session, parse.id)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--porque <porque>', text.option.because, parse.oneOf(REASONS))
    .option('--json', text.option.json)
    .action(async (options: Options) => {
      const { divergencia, operacao, sessao, motivo } = options
      if ([divergencia, operacao, sessao].filter((given) => given !== undefined).length !== 1) {
        throw new UsageError(text.usage.rollbackOne)
      }
      const porque =
        options.porque ??
        (process.stdin.isTTY && process.stdout.isTTY && !options.json
          ? await (await import('./reverter-prompts.ts')).askWhy(app)
          : 'outra-razao')
      if (porque === undefined) {
        process.exitCode = 1
        return
      }
      await withDatabase(
        app,
        { role: divergencia ? 'conferente_revisor' : 'conferente_operador' },
        async ({ sql }) => {
          const rows = divergencia
            ? await sql<
                RolledBack[]
              >`select * from audit.reverter_divergencias(${divergencia}::bigint[], ${motivo}, ${porque})`
            : operacao
              ? await sql<
                  RolledBack[]
                >`select * from audit.reverter_operacao(${operacao}::bigint, ${motivo}, ${porque})`
              : await sql<
                  RolledBack[]
                >`select * from audit.reverter_sessao(${sessao ?? null}::bigint, ${motivo}, ${porque})`
          return reportRollback(app, rows, options.json === true)
        },
      )
    })
}
