import { realpathSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Sql } from '../db/connection.ts'
import type { ScheduleChange, ScheduleSettings } from './agendar-prompts.ts'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { CommandError, UsageError } from './errors.ts'
import { plain } from './format.ts'
import { print, printJson, tell } from './output.ts'
import type { Installed } from './service-files.ts'
import { withDatabase } from './with-database.ts'

interface Options extends Partial<ScheduleSettings> {
  readonly motivo?: string
  readonly mostrar?: boolean
  readonly json?: boolean
  readonly systemd?: string
  readonly windows?: string
  readonly crontab?: string
}

const KEYS = ['cron', 'fuso', 'modo'] as const

export function register(program: Command, app: App): void {
  const { text } = app
  command(program, app, 'agendar')
    .option('--cron <expressao>', text.option.cron)
    .option('--fuso <fuso>', text.option.zone)
    .option('--modo <modo>', text.option.mode, createParsers(text).oneOf(['manual', 'auto']))
    .option('--motivo <motivo>', text.option.reasonToSet)
    .option('--mostrar', text.option.showSchedule)
    .option('--systemd <arquivo>', text.option.systemd)
    .option('--windows <arquivo>', text.option.windows)
    .option('--crontab <arquivo>', text.option.crontab)
    .option('--json', text.option.json)
    .action((options: Options) => plan(app, options))
}

async function plan(app: App, options: Options): Promise<void> {
  const { text } = app
  const changes = KEYS.some((key) => options[key] !== undefined)
  if (changes && options.mostrar)
    throw new UsageError(text.usage.conflict('--mostrar', '--cron, --fuso, --modo'))
  if (changes && options.motivo === undefined)
    throw new UsageError(text.usage.missingOption('--motivo <motivo>'))
  if (options.systemd !== undefined || options.windows !== undefined) await writeServices(app, options)
  const silent = options.systemd ?? options.windows
  if (silent !== undefined && !changes && !options.mostrar && options.crontab === undefined) return
  const asked = !changes && !options.mostrar && !options.json && options.crontab === undefined
  const asks = asked && process.stdin.isTTY && process.stdout.isTTY
  const role = changes || asks ? 'conferente_administrador' : 'conferente_leitor'
  await withDatabase(app, { role }, async ({ sql }) => {
    const before = await current(sql)
    const change = asks
      ? await (await import('./agendar-prompts.ts')).askSchedule(app, before)
      : (options as ScheduleChange)
    if (change === undefined) throw new CommandError(text.agenda.unchanged)
    if (changes || asks) await write(app, sql, before, change)
    const schedule = await current(sql)
    if (options.crontab !== undefined) {
      const { crontabLines } = await import('./service-files.ts')
      await give(app, options.crontab, crontabLines(installed(), schedule))
      if (schedule.fuso !== systemZone()) tell(text.agenda.cronZone(schedule.fuso, systemZone()))
      if (!changes && !options.mostrar) return 0
    }
    const { nextRuns } = await import('../worker/schedule.ts')
    const runs = nextRuns(schedule, new Date(), 5)
    if (options.json) printJson({ ...schedule, proximas: runs })
    else show(app, schedule, runs)
    return 0
  })
}

/** Changes all settings in one transaction, so that a new time never runs in the old zone. */
async function write(app: App, sql: Sql, before: ScheduleSettings, change: ScheduleChange): Promise<void> {
  const { transaction } = await import('../db/transaction.ts')
  await transaction(sql, async (tx) => {
    for (const key of KEYS) {
      const value = change[key]
      if (value === undefined || value === before[key]) continue
      await tx`select from audit.alterar_configuracao(${`agenda.${key}`}, ${tx.json(value)}, ${change.motivo})`
    }
    const after = await current(tx as unknown as Sql)
    const { possible } = await import('../worker/schedule.ts')
    if (!possible(after)) throw new UsageError(app.text.agenda.never(after.cron))
  })
}

async function current(sql: Sql): Promise<ScheduleSettings> {
  const [found] = await sql<[ScheduleSettings]>`
    select max(valor #>> '{}') filter (where chave = 'agenda.cron') as cron, max(valor #>> '{}') filter (where chave = 'agenda.fuso') as fuso,
      max(valor #>> '{}') filter (where chave = 'agenda.modo') as modo
    from audit.configuracoes_sistema`
  return found
}

function show({ text, settings }: App, { cron, fuso, modo }: ScheduleSettings, runs: readonly Date[]): void {
  const when = new Intl.DateTimeFormat(settings.language, {
    timeZone: fuso,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  })
  print(text.agenda.current(plain(cron), plain(fuso), modo))
  print(text.agenda.next)
  for (const run of runs) print(`  ${when.format(run)}`)
  tell(text.agenda.needsWorker)
}

async function writeServices(app: App, { systemd, windows }: Options): Promise<void> {
  const { text } = app
  const { schtasksLine, systemdUnit, windowsTask } = await import('./service-files.ts')
  if (systemd !== undefined) {
    const place = installed()
    await give(app, systemd, systemdUnit(place, text.agenda.description))
    tell(text.agenda.systemdNext(systemd === '-' ? 'conferente.service' : systemd, place.environmentFile))
  }
  if (windows !== undefined) {
    const place = installed()
    if (windows === '-') print(windowsTask(place, text.agenda.description).trimEnd())
    else {
      const task = windowsTask(place, text.agenda.description, 'UTF-16').replaceAll('\n', '\r\n')
      await give(app, windows, Buffer.from(`\ufeff${task}`, 'utf16le'))
    }
    tell(text.agenda.windowsNext(schtasksLine(windows === '-' ? 'conferente.xml' : resolve(windows))))
  }
}

async function give({ text }: App, file: string, content: string | Buffer): Promise<void> {
  if (file === '-') return print(String(content).trimEnd())
  try {
    await writeFile(file, content, { flag: 'wx' })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new CommandError(code === 'EEXIST' ? text.agenda.exists(file) : plain(message))
  }
  tell(text.agenda.written(resolve(file)))
}

const installed = (): Installed => ({
  command: [process.execPath, realpathSync(process.argv[1] ?? '')],
  environmentFile: '/etc/conferente/ambiente',
})

const systemZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone
