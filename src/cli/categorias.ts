import type { Command } from 'commander'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { plain } from './format.ts'
import { printJson, printList, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.sucessoras_categoria. */
interface Successor {
  readonly id: bigint
  readonly de: string
  readonly para: string
  readonly desde: string
  readonly ativo: boolean
  readonly criado_por: string
  readonly motivo: string | null
}

/** Categories that were renamed, merged or split: lists them, enters a successor, and takes one back. */
export function register(program: Command, app: App): void {
  const { text } = app
  const { day, id } = createParsers(text)
  const categories = command(program, app, 'categorias')
  categories
    .command('listar', { isDefault: true })
    .description(text.command.categoriasListar)
    .option('--json', text.option.json)
    .action((options: { json?: boolean }) =>
      withDatabase(app, { role: 'conferente_leitor' }, (database) => list(app, database, options)),
    )
  categories
    .command('suceder')
    .description(text.command.categoriasSuceder)
    .argument('<de>', text.option.categoryEnded)
    .argument('<para>', text.option.categoryNow)
    .requiredOption('--desde <data>', text.option.categorySince, day)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--json', text.option.json)
    .action((de: string, para: string, options: { desde: string; motivo: string; json?: boolean }) =>
      withDatabase(app, { role: 'conferente_administrador' }, async ({ sql }) => {
        const rows = await sql<Successor[]>`
          select s.id, s.de, s.para, s.desde::text, s.ativo, s.criado_por, s.motivo
          from audit.salvar_sucessora(${de}, ${para}, ${options.desde}::text::date, ${options.motivo}) as s`
        if (options.json) printJson(rows)
        else
          for (const row of rows)
            tell(text.result.categorySucceeds(String(row.id), plain(row.de), plain(row.para), row.desde))
        return 0
      }),
    )
  categories
    .command('desativar')
    .description(text.command.categoriasDesativar)
    .argument('<id>', text.option.successor, id)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--json', text.option.json)
    .action((successor: string, options: { motivo: string; json?: boolean }) =>
      withDatabase(app, { role: 'conferente_administrador' }, async ({ sql }) => {
        const rows = await sql<Successor[]>`
          select s.id, s.de, s.para, s.desde::text, s.ativo, s.criado_por, s.motivo
          from audit.desativar_sucessora(${successor}::bigint, ${options.motivo}) as s`
        if (options.json) printJson(rows)
        else tell(text.result.successorOff(successor))
        return 0
      }),
    )
}

async function list({ text }: App, { sql }: Database, { json }: { json?: boolean }): Promise<number> {
  const rows = await sql<Successor[]>`
    select s.id, s.de, s.para, s.desde::text, s.ativo, s.criado_por, s.motivo
    from audit.sucessoras_categoria as s order by s.ativo desc, s.desde desc, s.de, s.para`
  const { column } = text
  printList(rows, { json, nothing: text.notice.noSuccessors }, [
    { title: column.id, of: (r) => r.id, right: true },
    { title: column.categoryEnded, of: (r) => r.de },
    { title: column.categoryNow, of: (r) => r.para },
    { title: column.since, of: (r) => r.desde },
    { title: column.active, of: (r) => text.yesNo(r.ativo) },
    { title: column.who, of: (r) => r.criado_por },
    { title: column.reason, of: (r) => r.motivo },
  ])
  return 0
}
