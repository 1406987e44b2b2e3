import type { Attempted } from '../mail/outbox.ts'
import type { App } from './app.ts'
import { CommandError } from './errors.ts'
import { noteWhatIsTold, tell } from './output.ts'

/** Logs the result of an attempt to send a message; people see it in `conferente notificacoes`. */
export function noteMail({ text, log }: App): (delivery: Attempted) => void {
  return ({ id, tipo, canal, status, sessao_id, tentativas, ultimo_erro }) =>
    log?.note(
      {
        event: 'mail.attempted',
        level: ultimo_erro == null ? 'info' : 'warn',
        notificacao_id: id,
        sessao_id,
        tipo,
        ...(canal !== null && { canal }),
        status,
        tentativas,
        ultimo_erro,
      },
      text.log.mail(String(id), String(tipo), String(status)),
    )
}

/** Commands that run for long, unseen: programs read what they print. */
const LONG = new Set(['trabalhar', 'servir', 'iniciar'])

/**
 * Opens the log of a command that writes one: any command if CONFERENTE_LOGS is set, and long-running ones whose stderr is no
 * terminal.
 * @throws {CommandError} when the directory cannot be used
 */
export async function openCommandLog(app: App, command: string): Promise<void> {
  const { settings, text, format } = app
  const onStderr = LONG.has(command) && !process.stderr.isTTY
  if (settings.logsDir === undefined && !onStderr) return
  const [{ openLog, LogDirectoryError }, { credentials }] = await Promise.all([
    import('../log/log.ts'),
    import('../log/redact.ts'),
  ])
  const opened = await openLog({
    directory: settings.logsDir,
    stderr: onStderr,
    secrets: [
      ...credentials([settings.databaseUrl, settings.smtpUrl]),
      settings.jwtSecret ?? '',
      settings.oidc?.secret ?? '',
    ],
    broken: (code) => tell(text.log.broken(code), { event: 'log.broken', level: 'error', codigo: code }),
    mended: (lost) =>
      tell(text.log.mended(format.number(lost)), { event: 'log.mended', level: 'warn', perdidos: lost }),
  }).catch((error: Error) => {
    if (!(error instanceof LogDirectoryError)) throw error
    throw new CommandError(text.log.directory[error.reason](error.directory, error.code))
  })
  app.log = { ...opened, onStderr }
  noteWhatIsTold((line, { message = line.trim(), ...about }) => {
    if (message !== '') opened.note({ event: 'told', ...about }, message)
    return onStderr
  })
  const began = Date.now()
  opened.note({ event: 'command.began', comando: command }, `conferente ${command}`)
  process.once('exit', (code) => {
    const level = code === 0 ? 'info' : 'error'
    const fields = { comando: command, codigo: code, ms: Date.now() - began }
    opened.note({ event: 'command.ended', level, ...fields }, `conferente ${command}: ${code}`)
  })
}
