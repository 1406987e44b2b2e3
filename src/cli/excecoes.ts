import type { Command } from 'commander'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { CommandError, UsageError } from './errors.ts'
import { print, printJson, printList } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.excecoes, by the columns that are read by name. */
interface Exception {
  readonly id: bigint
  readonly regra: string
  readonly tabela: string
  readonly registro_id: string
  readonly motivo: string
  readonly autor: string
  readonly expira_em: Date
  readonly revogada_em: Date | null
}

interface Options {
  readonly declarar?: string
  readonly regra?: string
  readonly registro?: string
  readonly ate?: string
  readonly revogar?: string
  readonly motivo?: string
  readonly todas?: boolean
  readonly json?: boolean
}

/** Rows that a person declared right for a rule: lists, declares and revokes them. */
export function register(program: Command, app: App): void {
  const { text } = app
  const { id, day } = createParsers(text)
  command(program, app, 'excecoes')
    .option('--declarar <divergencia>', text.option.exceptionFinding, id)
    .option('--regra <regra>', text.option.exceptionRule)
    .option('--registro <chave>', text.option.exceptionRow)
    .option('--ate <data>', text.option.exceptionUntil, day)
    .option('--revogar <id>', text.option.exceptionRevoke, id)
    .option('--motivo <motivo>', text.option.reasonToSet)
    .option('--todas', text.option.exceptionAll)
    .option('--json', text.option.json)
    .action((options: Options) => {
      const { role, work } = choose(app, options)
      return withDatabase(app, { role }, work)
    })
}

/** The act that the options ask for; wrong usage is reported before any database is opened. */
function choose(
  app: App,
  options: Options,
): {
  readonly role: 'conferente_leitor' | 'conferente_revisor'
  readonly work: (database: Database) => Promise<number>
} {
  const { usage } = app.text
  const { declarar, regra, registro, ate, revogar, motivo, todas } = options
  const acts = [declarar, regra ?? registro, revogar, todas].filter((act) => act !== undefined)
  if (acts.length > 1) throw new UsageError(usage.exceptionOne)
  if (acts.length === 0 || todas) {
    if (motivo !== undefined || ate !== undefined) throw new UsageError(usage.exceptionOne)
    return { role: 'conferente_leitor', work: (database) => list(app, database, options) }
  }
  if (motivo === undefined) throw new UsageError(usage.missingOption('--motivo <motivo>'))
  if (revogar !== undefined) {
    if (ate !== undefined) throw new UsageError(usage.conflict('--revogar <id>', '--ate <data>'))
    return { role: 'conferente_revisor', work: (database) => revoke(app, database, options) }
  }
  if (ate === undefined) throw new UsageError(usage.missingOption('--ate <data>'))
  if (declarar === undefined && regra === undefined)
    throw new UsageError(usage.missingOption('--regra <regra>'))
  if (declarar === undefined && registro === undefined)
    throw new UsageError(usage.missingOption('--registro <chave>'))
  return { role: 'conferente_revisor', work: (database) => declare(app, database, options) }
}

async function list({ text, format }: App, { sql }: Database, { todas, json }: Options): Promise<number> {
  const rows = await sql<Exception[]>`
    select * from audit.excecoes e
    where ${todas === true} or e.revogada_em is null and e.expira_em > clock_timestamp()
    order by e.id`
  const { column } = text
  printList(rows, { json, nothing: text.notice.noExceptions }, [
    { title: column.id, of: (r) => r.id, right: true },
    { title: column.rule, of: (r) => r.regra },
    { title: column.table, of: (r) => r.tabela },
    { title: column.record, of: (r) => r.registro_id },
    { title: column.expires, of: (r) => format.time(r.expira_em) },
    ...(todas ? [{ title: column.revoked, of: (r: Exception) => format.time(r.revogada_em) }] : []),
    { title: column.who, of: (r) => r.autor },
    { title: column.reason, of: (r) => r.motivo },
  ])
  return 0
}

async function declare(app: App, { sql }: Database, options: Options): Promise<number> {
  const { declarar = null, regra = null, registro = null, ate = '', motivo = '', json } = options
  // To the end of that day in the finance department's zone.
  const until = sql`(${ate}::date + 1)::timestamp at time zone audit.fuso()`
  const rows = await sql<Exception[]>`
    with entrada as (
      select d.regra, d.tabela, d.registro_id from audit.divergencias_processadas d where d.id = ${declarar}::bigint
      union all
      select ${regra}::text, (select r.tabela from audit.regras r where r.nome = ${regra}), ${registro}::text where ${declarar}::bigint is null
    )
    select e.* from entrada n cross join lateral audit.declarar_excecao(n.regra, n.tabela, n.registro_id, ${motivo}, ${until}) e`
  const [row] = rows
  if (row === undefined) throw new CommandError(app.text.usage.unknownFinding(declarar ?? ''))
  if (json) printJson(rows)
  else
    print(
      app.text.result.excepted(String(row.id), row.regra, row.registro_id, app.format.time(row.expira_em)),
    )
  return 0
}

async function revoke(
  app: App,
  { sql }: Database,
  { revogar = '', motivo = '', json }: Options,
): Promise<number> {
  const rows = await sql`select * from audit.revogar_excecao(${revogar}, ${motivo})`
  if (json) printJson(rows)
  else print(app.text.result.exceptionRevoked(revogar))
  return 0
}
