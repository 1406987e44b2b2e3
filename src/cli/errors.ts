import { CommanderError } from 'commander'
import type { Warning } from '../db/connection.ts'
import { lackingRole } from '../db/denied.ts'
import { isLost } from '../db/lost.ts'
import { EmbeddedError } from '../embedded/error.ts'
import { type Catalogue, catalogue } from '../i18n/index.ts'
import { publicMessage } from '../log/error.ts'
import { SessionInterrupted } from '../session/interrupted.ts'
import { SettingsError } from '../settings/settings.ts'
import type { App } from './app.ts'
import { plain, said } from './format.ts'
import { type About, tell } from './output.ts'
import { usageMessage } from './usage.ts'

/** Wrong usage, in the user's words already. */
export class UsageError extends Error {}

/** Something that ends the command with exit code 1, in the user's words already. */
export class CommandError extends Error {}

interface Failure extends Error {
  readonly code?: string
  readonly detail?: string
  readonly hint?: string
  readonly where?: string
}

const LOST = /^(08...|57P0[1-5]|CONNECTION_(CLOSED|ENDED|DESTROYED)|ECONNRESET|EPIPE)$/
/** What Citus says of one of its nodes; the connection to the database itself stands. */
const NODE_AWAY =
  /^(08...|XX000) .*(remote node|connection establishment for node|connection marked as essential|EOF detected)/s
const UNREACHABLE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|CONNECT_TIMEOUT|ENOENT)$/
const WRONG_USAGE = new Set(['NC001', 'NC002', 'NC003', 'NC006', 'NC008', 'NC009', 'NC014', 'NC902'])

/** Prints on stderr what went wrong, never with a stack, and returns the exit code. */
export function reportError(app: App | undefined, error: unknown): number {
  if (error instanceof SettingsError) {
    const { settings, setting } = catalogue(error.language).error
    tell(settings)
    for (const problem of error.problems) tell(`  ${setting(problem)}`)
    return 2
  }
  const text = app?.text ?? catalogue('pt-BR')
  if (error instanceof CommanderError) return reportCommander(text, error)
  if (error instanceof UsageError) return say(text, 2, error.message)
  if (error instanceof SessionInterrupted)
    return say(text, 1, text.error.sessionInterrupted(String(error.sessionId)), {
      sessao_id: error.sessionId,
    })
  if (app?.signal.aborted) return say(text, 1, text.error.interrupted)
  if (error instanceof CommandError) return say(text, 1, error.message)
  if (error instanceof EmbeddedError) {
    say(text, 1, text.embedded[error.code])
    for (const [key, value] of Object.entries(error.details)) tell(`  ${key}: ${plain(value)}`)
    return 1
  }
  return reportFailure(app, text, error as Failure)
}

/** Prints on stderr a warning about something that the database did as asked. */
export function reportWarning(text: Catalogue, { code, message, hint }: Warning): void {
  const summary = text.code[code as keyof Catalogue['code']]
  if (summary) tell(summary)
  tell(text.error.warning(said(message)), { level: 'warn' })
  if (hint) tell(`  ${text.error.hint(said(hint))}`)
}

function reportCommander(text: Catalogue, error: CommanderError): number {
  // Help and version that were asked for are on stdout already.
  if (error.exitCode === 0) return 0
  if (error.code !== 'commander.help') {
    say(text, 2, usageMessage(text, error))
    tell(text.usage.seeHelp)
  }
  return 2
}

function reportFailure(app: App | undefined, text: Catalogue, error: Failure): number {
  const { code = isLost(error) ? 'CONNECTION_CLOSED' : '' } = error
  if (code.startsWith('NC')) {
    const summary = text.code[code as keyof Catalogue['code']]
    if (summary) tell(summary)
    say(text, 1, said(error.message))
    told(text, error)
    tell(`  ${text.error.code(code)}`)
    return WRONG_USAGE.has(code) ? 2 : 1
  }
  const known = knownFailure(app, text, code, error)
  say(text, 1, known?.message ?? said(error.message || String(error)), {
    codigo: code,
    message: known?.message ?? publicMessage(error),
  })
  if (known && error.message) tell(`  ${said(error.message)}`)
  told(text, error)
  // a refusal with a hint knows more than the command does
  if (known?.hint && !error.hint) tell(`  ${text.error.hint(known.hint)}`)
  if (code) tell(`  ${text.error.code(code)}`)
  return 1
}

function knownFailure(
  app: App | undefined,
  text: Catalogue,
  code: string,
  failure: Failure,
): { message: string; hint?: string } | undefined {
  const { message } = failure
  const { error } = text
  if (code === '08P01' && /startup parameter/.test(message)) {
    return { message: text.pooler.parameter, hint: text.pooler.parameterHint }
  }
  if (UNREACHABLE.test(code)) return { message: error.unreachable, hint: error.unreachableHint }
  if (NODE_AWAY.test(`${code} ${message}`)) return { message: error.nodeAway, hint: error.nodeAwayHint }
  // what Node says when the server closes instead of agreeing on TLS: no work had begun
  if (/before secure TLS connection/.test(message)) return { message: error.noTls, hint: error.noTlsHint }
  if (LOST.test(code)) return { message: error.lost, hint: error.lostHint }
  if (code === '28P01' || code === '28000') return { message: error.login, hint: error.loginHint }
  if (code === '3D000') {
    const demo = app?.program.opts()['demo'] === true
    return { message: error.noDatabase, hint: demo ? error.noDemoHint : error.noDatabaseHint }
  }
  if (code === '53300') return { message: error.tooMany }
  if (/^(42P01|3F000|42883|42704)$/.test(code) && /audit|exemplo|conferente/.test(message)) {
    return { message: error.notMigrated, hint: error.notMigratedHint }
  }
  if (code === '42501') {
    const lacking = lackingRole(failure)
    if (lacking) return { message: error.lacking(lacking.role), hint: error.lackingHint(lacking.grant) }
    return { message: error.forbidden, ...(app?.role && { hint: error.forbiddenHint(app.role, login(app)) }) }
  }
  if (code === '57014') return { message: error.cancelled }
  // a standby says 0A000 where a statement reads a table that only the primary has, before it gets to writing
  if (code === '25006' || (code === '0A000' && /during recovery|durante a? ?recupera/.test(message)))
    return { message: error.readOnly, hint: error.readOnlyHint }
  if (code === '53100') return { message: error.diskFull }
  return undefined
}

/** The login under which the command runs. */
function login({ settings, text }: App): string {
  const { username } = new URL(settings.databaseUrl ?? 'postgres://')
  return username ? plain(decodeURIComponent(username)) : text.error.yourLogin
}

function told(text: Catalogue, { detail, hint }: Failure): void {
  // A detail may show a whole row.
  if (detail) tell(`  ${said(detail)}`, { level: 'debug' })
  if (hint) tell(`  ${text.error.hint(said(hint))}`)
}

function say(text: Catalogue, exitCode: number, message: string, about: About = {}): number {
  tell(text.error.error(message), { event: 'command.failed', level: 'error', ...about })
  return exitCode
}
