import { readFileSync } from 'node:fs'
import { Eta } from 'eta'

/** What keeps the service running, as text for the system's own scheduler. Nothing here installs anything. */
export interface Installed {
  /** Program and its first arguments: node and the command's script. */
  readonly command: readonly [string, string]
  /** File with DATABASE_URL=… and others, separate because it holds secrets. */
  readonly environmentFile: string
}

const template = (name: string) => readFileSync(new URL(`./services/${name}.eta`, import.meta.url), 'utf8')
// `<%=` escapes for XML; the other two formats have their own escaping, below.
const eta = new Eta({ autoTrim: false })
const filled = (name: string, values: object) => eta.renderString(template(name), values)

/** A systemd unit for `conferente iniciar`: worker, schedule, mail and API, as README starts them. */
export function systemdUnit(installed: Installed, description: string): string {
  const specifier = (text: string) => text.replaceAll('%', '%%')
  // Specifiers begin with %, variables with $, in quotes too.
  const argument = (word: string) => `"${specifier(word.replace(/["\\]/g, '\\$&')).replaceAll('$', '$$$$')}"`
  return filled('conferente.service', { ...installed, description, specifier, argument })
}

/**
 * A task for the Windows Task Scheduler that runs `conferente iniciar` from system start. It uses the environment of the machine:
 * `setx /m DATABASE_URL …`.
 * @param encoding declared in the first line; a file for schtasks is UTF-16
 */
export function windowsTask(
  { command }: Pick<Installed, 'command'>,
  description: string,
  encoding?: string,
): string {
  return filled('conferente.xml', { command, description, encoding })
}

/** The command that installs such a task, to be run by an administrator. */
export const schtasksLine = (file: string) => `schtasks /create /tn Conferente /xml "${file}"`

/**
 * Lines for crontab that run one session a day, and send its mail, without a worker.
 * @param schedule read in `fuso` by a cron that knows CRON_TZ (cronie); Debian's reads it in the system's zone
 */
export function crontabLines(
  { command, environmentFile }: Installed,
  { cron, fuso, modo }: { cron: string; fuso: string; modo: string },
): string {
  // An unescaped % ends the command in a crontab.
  const word = (text: string) => shellQuoted(text).replaceAll('%', '\\%')
  const run = (...words: string[]) => [...command, ...words].map(word).join(' ')
  return filled('conferente.crontab', {
    cron,
    fuso,
    environmentFile,
    word,
    processar: run('processar', '--modo', modo),
    notificacoes: run('notificacoes', '--enviar'),
  })
}

const shellQuoted = (word: string) =>
  /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
