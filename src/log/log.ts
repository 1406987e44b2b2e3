import { type Logger, multistream, pino, stdTimeFunctions } from 'pino'
import { describe } from './error.ts'
import { createRedactor, PATHS } from './redact.ts'
import { openRolling, type RollingReport } from './rolling.ts'

export { LogDirectoryError } from './rolling.ts'

export type Level = 'debug' | 'info' | 'warn' | 'error'

/** One event. Names of events and of technical things are English, those of the domain Portuguese. */
export interface Event {
  /** Such as `session.opened`. */
  readonly event: string
  readonly level?: Level | undefined
  /** With it the event is also written to the sessions' own file. */
  readonly sessao_id?: unknown
  readonly [field: string]: unknown
}

export interface Log {
  note(event: Event, message: string): void
  /** For a library that takes a logger and knows no sessions. */
  readonly logger: Logger
}

export interface LogOptions extends RollingReport {
  /** Directory of the rotating files; none are written without it. */
  readonly directory: string | undefined
  /** Whether each event also goes to stderr, as a line of JSON. */
  readonly stderr: boolean
  /** Texts that must not appear anywhere in a line. */
  readonly secrets: readonly string[]
}

const LEVEL: Level = 'info'

/**
 * Opens the log. Each line is written before `note` returns, so nothing is lost however the process ends. A line that cannot be
 * written stops nobody.
 * @throws {LogDirectoryError} when files cannot be written in `directory`
 */
export async function openLog({ directory, stderr, secrets, ...report }: LogOptions): Promise<Log> {
  const terminal = stderr ? [{ level: LEVEL, stream: stderrStream() }] : []
  const files = directory === undefined ? undefined : await openRolling(directory, report)
  const everything = files ? [...terminal, { level: LEVEL, stream: files.app }] : terminal
  const redact = createRedactor(secrets)
  const create = (streams: typeof everything) =>
    pino(
      {
        level: LEVEL,
        timestamp: stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        redact: { paths: PATHS, censor: '***' },
        // Libraries log no address of a request, whose query may contain anything, and no headers.
        serializers: { err: describe, req: () => undefined, res: () => undefined },
        hooks: { streamWrite: redact },
      },
      multistream(streams),
    )
  const logger = create(everything)
  const sessions = files ? create([...everything, { level: LEVEL, stream: files.sessions }]) : logger
  return {
    logger,
    note({ level = 'info', ...event }, message) {
      const target = event.sessao_id == null ? logger : sessions
      target[level](withoutBigints(event), message)
    },
  }
}

/** As in every `--json`: a JSON number would lose the last digits of an id. */
function withoutBigints(event: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(event).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]),
  )
}

function stderrStream() {
  // The reader has gone, or the file behind it is on a full disk: no reason to stop.
  process.stderr.on('error', () => {})
  return { write: (line: string) => void process.stderr.write(line) }
}
