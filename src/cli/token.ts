import type { Command } from 'commander'
import type { TokenRecord } from '../http/token.ts'
import { ROLES } from '../settings/settings.ts'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { CommandError, UsageError } from './errors.ts'
import { plain } from './format.ts'
import { print, printJson, printTable, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly papel?: string
  readonly nome?: string
  readonly validade: number
  readonly revogar?: string
  readonly revogarPessoa?: string
  readonly motivo?: string
  readonly listar?: boolean
  readonly json?: boolean
}

const DAYS: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, m: 30, a: 365 }
const MOST_DAYS = 730

export function register(program: Command, app: App): void {
  const { text } = app
  const { oneOf } = createParsers(text)
  command(program, app, 'token')
    .option('--papel <papel>', text.option.tokenRole, oneOf(ROLES))
    .option('--nome <nome>', text.option.tokenName)
    .option('--validade <prazo>', text.option.tokenValidity, (value) => days(app, value), 90)
    .option('--listar', text.option.tokenList)
    .option('--revogar <id>', text.option.tokenRevoke)
    .option('--revogar-pessoa <nome>', text.option.tokenRevokePerson)
    .option('--motivo <motivo>', text.option.tokenReason)
    .option('--json', text.option.json)
    .action((options: Options) => {
      const work = choose(app, options)
      return withDatabase(app, { role: 'conferente_administrador' }, work)
    })
}

/** The act that the options ask for; wrong usage is reported before any database is opened. */
function choose(app: App, options: Options): (database: Database) => Promise<number> {
  const { usage } = app.text
  const { listar, revogar, revogarPessoa, papel, nome, motivo } = options
  const acts = [listar, revogar, revogarPessoa, papel ?? nome].filter((act) => act !== undefined)
  if (acts.length !== 1) throw new UsageError(usage.tokenOne)
  if (listar) return (database) => list(app, database, options)
  if (revogar !== undefined || revogarPessoa !== undefined) {
    if (motivo === undefined) throw new UsageError(usage.missingOption('--motivo <motivo>'))
    return (database) => revoke(app, database, options)
  }
  if (papel === undefined) throw new UsageError(usage.missingOption('--papel <papel>'))
  if (nome === undefined) throw new UsageError(usage.missingOption('--nome <nome>'))
  return (database) => issue(app, database, options)
}

async function issue(app: App, database: Database, options: Options): Promise<number> {
  const { text, format } = app
  const { papel = '', nome = '', validade, json } = options
  const { serverSettings } = await import('../http/settings.ts')
  const { signToken } = await import('../http/token.ts')
  const settings = serverSettings(app.settings, database)
  if (settings.jwksUrl !== undefined) throw new CommandError(text.token.elsewhere)
  const [record] = await database.sql<[TokenRecord]>`
    select * from audit.registrar_token(${nome}, ${papel}, now() + make_interval(secs => ${Math.round(validade * 86_400)}))`
  const token = await signToken(settings, record)
  if (json) printJson({ ...record, token })
  else {
    tell(text.token.issued(plain(record.nome), papel, format.time(record.expira_em), record.id))
    // Alone on stdout, so that it can be piped to where it belongs; it is stored nowhere.
    print(token)
  }
  return 0
}

/** A program's token, or the session of a person who came in by a one-time link or by single sign-on. */
type Bearer = 'programa' | 'convite' | 'login único'

async function list({ text, format }: App, { sql }: Database, { json }: Options): Promise<number> {
  const rows = await sql<(TokenRecord & { revogado_em: Date | null; de: Bearer })[]>`
    select k.id, k.nome, k.papel, coalesce(o.detalhes ->> 'por', 'programa') as de, k.emitido_em, k.emitido_por, k.expira_em,
      (select min(r.revogado_em) from audit.revogacoes r
       where r.token_id = k.id or (r.nome = k.nome and r.revogado_em >= k.emitido_em)) as revogado_em
    from audit.tokens k join audit.operacoes o on o.id = k.operacao_id order by k.emitido_em desc`
  if (json) printJson(rows)
  else if (rows.length === 0) tell(text.token.none)
  else {
    printTable(rows, [
      { title: text.column.id, of: (r) => r.id },
      { title: text.column.name, of: (r) => r.nome },
      { title: text.column.role, of: (r) => r.papel.replace('conferente_', '') },
      { title: text.token.bearer, of: (r) => text.token.bearers[r.de] },
      { title: text.column.issued, of: (r) => format.time(r.emitido_em) },
      { title: text.column.expires, of: (r) => format.time(r.expira_em) },
      { title: text.column.revoked, of: (r) => (r.revogado_em ? format.time(r.revogado_em) : '') },
    ])
  }
  return 0
}

async function revoke({ text }: App, { sql }: Database, options: Options): Promise<number> {
  const { revogar = null, revogarPessoa = null, motivo = '', json } = options
  const [row] = await sql<{ nome: string | null }[]>`
    select * from audit.revogar_acesso(${motivo}, token_id => ${revogar}, nome => ${revogarPessoa})`
  if (json) printJson(row)
  else
    tell(revogar === null ? text.token.revokedPerson(plain(row?.nome)) : text.token.revoked(plain(revogar)))
  return 0
}

function days({ text }: App, value: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,5})([hdma])$/.exec(value) ?? []
  const length = Number(amount) * (DAYS[unit] ?? 0)
  if (!(length > 0 && length <= MOST_DAYS)) throw new UsageError(text.usage.validity(value, MOST_DAYS))
  return length
}
