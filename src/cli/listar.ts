import { type Command, Option } from 'commander'
import type { Sql } from '../db/connection.ts'
import { STATUSES, WAITING } from '../session/states.ts'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { UsageError } from './errors.ts'
import { type Finding, findingColumns, printFindings } from './findings.ts'
import { print, printJson, printList, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.vw_correcoes_desfeitas, by the columns that are read by name. */
interface Undone {
  readonly divergencia_id: bigint
  readonly regra: string
  readonly tabela: string
  readonly registro_id: string
  readonly coluna: string
  readonly situacao: string
  readonly valor_corrigido: string | null
  readonly valor_encontrado: string | null
  readonly corrigida_em: Date
  readonly carregado_em: Date | null
  readonly vista_em: Date
  readonly vezes_desfeita: bigint
  readonly status: string
}

interface Options {
  readonly status?: string
  readonly regra?: string
  readonly limite: number
  readonly detalhe?: boolean
  readonly desfeitas?: boolean
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text, format } = app
  const parse = createParsers(text)
  command(program, app, 'listar')
    .option('--status <status>', text.option.status(STATUSES.join(', ')), parse.oneOf(STATUSES))
    .option('--regra <regra>', text.option.ruleFilter)
    .option('--limite <n>', text.option.limit, parse.integer(1, 1_000_000), 20)
    .option('--detalhe', text.option.detail)
    .addOption(new Option('--desfeitas', text.option.undone).conflicts(['status', 'detalhe']))
    .option('--json', text.option.json)
    .action((options: Options) =>
      withDatabase(app, { role: 'conferente_leitor' }, async ({ sql }) => {
        if (options.regra !== undefined) {
          const known = await sql<{ nome: string }[]>`select nome from audit.regras order by prioridade, nome`
          const names = known.map(({ nome }) => nome)
          if (!names.includes(options.regra)) {
            throw new UsageError(text.usage.unknownRule(options.regra, names.join(', ')))
          }
        }
        if (options.desfeitas) return listUndone(app, sql, options)
        const asked = sql`
          from audit.divergencias_processadas
          where status = any (${options.status ? [options.status] : WAITING}::text[])
            and (${options.regra ?? null}::text is null or regra = ${options.regra ?? null})`
        // Those who may decide see what identifies the entries; a reader does not, unless the setting allows it.
        const rows = await sql.begin(async (tx) => {
          // Since PostgreSQL 16 the creator of a role is a member that may not become it.
          await tx`
            select set_config('role', 'conferente_revisor', true)
            where pg_has_role(session_user, 'conferente_revisor',
              case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)`
          return tx<Finding[]>`
            select ${findingColumns(sql)} ${asked} order by valor_em_risco desc, id limit ${options.limite}`
        })
        if (options.json) printJson(rows)
        else if (rows.length === 0) print(text.notice.noFindings)
        else {
          printFindings(app, rows, { sentence: options.detalhe === true, seen: true })
          const [all] = await sql<{ total: bigint; adiadas: number }[]>`
            select count(*) as total, count(*) filter (where adiada_ate > audit.hoje())::int as adiadas ${asked}`
          const postponed = all?.adiadas ? `, ${text.notice.postponed(format.number(all.adiadas))}` : ''
          tell(text.notice.shown(format.number(rows.length), format.number(all?.total)) + postponed)
        }
        return 0
      }),
    )
}

/** What to fix at the source, newest first: a line for each finding and column. */
async function listUndone(
  { text, format }: App,
  sql: Sql,
  { regra, limite, json }: Options,
): Promise<number> {
  const asked = sql`from audit.vw_correcoes_desfeitas where ${regra ?? null}::text is null or regra = ${regra ?? null}`
  const rows = await sql<Undone[]>`
    select * ${asked} order by vista_em desc, valor_em_risco desc, divergencia_id, coluna limit ${limite}`
  const { column } = text
  printList(rows, { json, nothing: text.notice.noneUndone }, [
    { title: column.finding, of: (r) => r.divergencia_id, right: true },
    { title: column.rule, of: (r) => r.regra },
    { title: column.table, of: (r) => r.tabela },
    { title: column.record, of: (r) => r.registro_id, right: true },
    { title: column.sourceColumn, of: (r) => r.coluna },
    { title: column.wanted, of: (r) => r.valor_corrigido },
    {
      title: column.cameBack,
      of: (r) => (r.situacao === 'ausente' ? text.result.gone : r.valor_encontrado),
    },
    { title: column.correctedAt, of: (r) => format.time(r.corrigida_em) },
    { title: column.load, of: (r) => (r.carregado_em ? format.time(r.carregado_em) : '—') },
    { title: column.seenAt, of: (r) => format.time(r.vista_em) },
    { title: column.times, of: (r) => format.number(r.vezes_desfeita), right: true },
    { title: column.status, of: (r) => r.status },
  ])
  if (json || rows.length === 0) return 0
  const [all] = await sql<{ total: bigint }[]>`select count(*) as total ${asked}`
  tell(text.notice.shown(format.number(rows.length), format.number(all?.total)))
  return 0
}
