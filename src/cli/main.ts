import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { readSettings } from '../settings/settings.ts'
import * as adiar from './adiar.ts'
import * as agendar from './agendar.ts'
import { type App, createApp } from './app.ts'
import * as aprovar from './aprovar.ts'
import * as arquivar from './arquivar.ts'
import * as avaliar from './avaliar.ts'
import * as canais from './canais.ts'
import * as cancelar from './cancelar.ts'
import * as categorias from './categorias.ts'
import * as certificar from './certificar.ts'
import * as comentar from './comentar.ts'
import * as configurar from './configurar.ts'
import * as confirmar from './confirmar.ts'
import * as convite from './convite.ts'
import * as corrigir from './corrigir.ts'
import * as decidir from './decidir.ts'
import * as demo from './demo.ts'
import * as desfazer from './desfazer.ts'
import * as diagnostico from './diagnostico.ts'
import * as encaminhar from './encaminhar.ts'
import { reportError } from './errors.ts'
import * as excecoes from './excecoes.ts'
import * as exportar from './exportar.ts'
import { plain } from './format.ts'
import * as historico from './historico.ts'
import * as iniciar from './iniciar.ts'
import * as listar from './listar.ts'
import { openCommandLog } from './log.ts'
import * as migrar from './migrar.ts'
import * as notas from './notas.ts'
import * as notificacoes from './notificacoes.ts'
import { tell } from './output.ts'
import * as padroes from './padroes.ts'
import * as periodo from './periodo.ts'
import * as pessoas from './pessoas.ts'
import * as preparar from './preparar.ts'
import * as processar from './processar.ts'
import * as reabrir from './reabrir.ts'
import * as regras from './regras.ts'
import * as rejeitar from './rejeitar.ts'
import * as reverter from './reverter.ts'
import * as servir from './servir.ts'
import * as sessoes from './sessoes.ts'
import * as token from './token.ts'
import * as trabalhar from './trabalhar.ts'
import { translateHelp } from './usage.ts'
import * as verificar from './verificar.ts'

// In the order in which one meets them.
const COMMANDS = [
  demo,
  migrar,
  preparar,
  diagnostico,
  processar,
  listar,
  exportar,
  decidir,
  aprovar,
  rejeitar,
  confirmar,
  adiar,
  encaminhar,
  comentar,
  corrigir,
  desfazer,
  certificar,
  reabrir,
  reverter,
  excecoes,
  historico,
  sessoes,
  verificar,
  arquivar,
  cancelar,
  regras,
  avaliar,
  padroes,
  categorias,
  notas,
  periodo,
  configurar,
  agendar,
  notificacoes,
  canais,
  trabalhar,
  servir,
  iniciar,
  pessoas,
  convite,
  token,
]

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

// `conferente listar | head` closes our stdout: no reason to crash, even where the writer handles errors itself.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && process.stdout.listenerCount('error') === 1) throw error
})

// What a library prints by itself, especially about a lost connection, may contain everything its driver knows. Only its first line
// is kept.
for (const name of ['error', 'warn', 'info', 'log', 'trace', 'dir'] as const) {
  console[name] = (...said: unknown[]) => {
    const words = said.map((one) => (one instanceof Error ? one.message : typeof one === 'string' ? one : ''))
    const [line] = words.filter(Boolean).join(' ').split('\n')
    if (line) tell(plain(line), { event: 'library', level: 'warn' })
  }
}

let app: App | undefined

// The drivers throw from a timer or an event when the server goes away between two queries; anything else here is a bug of ours.
process.on('uncaughtException', (error) => {
  const lost = /[\\/](postgres|pg|pg-pool)[\\/]/.test(error.stack ?? '')
  process.exit(reportError(app, lost ? Object.assign(error, { code: 'CONNECTION_CLOSED' }) : error))
})

// The driver never answers a query sent between a socket's error and its close. With nothing left to wait for, Node would simply
// exit.
let ended = false
process.on('beforeExit', () => {
  if (ended) return
  const lost = Object.assign(new Error(), { code: 'CONNECTION_CLOSED' })
  process.exit(reportError(app, lost))
})

try {
  const program = new Command('conferente')
  const settings = readSettings()
  app = createApp(settings, program)
  const { text } = app
  translateHelp(program, text)
  program
    .description(text.help.description)
    .version(version, '-V, --versao', text.help.versionOption)
    .option('--demo', text.help.demoOption)
    .addHelpText('after', text.help.environment(settings.dataDir))
  const opened = app
  program.hook('preAction', (_, command) => openCommandLog(opened, command.name()))
  for (const { register } of COMMANDS) register(program, app)
  await program.parseAsync()
} catch (error) {
  process.exitCode = reportError(app, error)
} finally {
  ended = true
}
