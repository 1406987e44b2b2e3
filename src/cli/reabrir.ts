import type { Command } from 'commander'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { UsageError } from './errors.ts'
import { type Acted, reportActed } from './findings.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly sessao?: string
  readonly motivo: string
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text } = app
  const parse = createParsers(text)
  command(program, app, 'reabrir')
    .argument('[id...]', text.option.ids, parse.ids)
    .option('--sessao <id>', text.option.reopenSession, parse.id)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--json', text.option.json)
    .action(async (given: string[] | undefined, { sessao, motivo, json }: Options) => {
      const ids = given ?? []
      if (ids.length > 0 === (sessao !== undefined)) throw new UsageError(text.usage.reopenOne)
      await withDatabase(app, { role: 'conferente_revisor' }, async ({ sql }) => {
        const which = sessao
          ? sql`array(
              select d.id from audit.divergencias_processadas d
              where d.status = 'revertida' and d.id in (
                select a.divergencia_id from audit.alteracoes a join audit.operacoes o on o.id = a.operacao_id
                where o.sessao_id = ${sessao}::bigint and o.tipo = 'correcao'))`
          : sql`${ids}::bigint[]`
        const rows = await sql<Acted[]>`select * from audit.reabrir_divergencias(${which}, ${motivo})`
        return reportActed(app, rows, json === true, { undo: false })
      })
    })
}
