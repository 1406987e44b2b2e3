import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import * as agendar from './cli/agendar.ts'
import { type App, createApp } from './cli/app.ts'
import * as aprovar from './cli/aprovar.ts'
import * as avaliar from './cli/avaliar.ts'
import * as cancelar from './cli/cancelar.ts'
import * as configurar from './cli/configurar.ts'
import * as confirmar from './cli/confirmar.ts'
import * as corrigir from './cli/corrigir.ts'
import * as demo from './cli/demo.ts'
import * as desfazer from './cli/desfazer.ts'
import * as diagnostico from './cli/diagnostico.ts'
import { reportError } from './cli/errors.ts'
import * as exportar from './cli/exportar.ts'
import * as historico from './cli/historico.ts'
import * as iniciar from './cli/iniciar.ts'
import * as listar from './cli/listar.ts'
import { openCommandLog } from './cli/log.ts'
import * as migrar from './cli/migrar.ts'
import * as notificacoes from './cli/notificacoes.ts'
import * as padroes from './cli/padroes.ts'
import * as processar from './cli/processar.ts'
import * as reabrir from './cli/reabrir.ts'
import * as regras from './cli/regras.ts'
import * as rejeitar from './cli/rejeitar.ts'
import * as reverter from './cli/reverter.ts'
import * as servir from './cli/servir.ts'
import * as sessoes from './cli/sessoes.ts'
import * as token from './cli/token.ts'
import * as trabalhar from './cli/trabalhar.ts'
import { translateHelp } from './cli/usage.ts'
import * as verificar from './cli/verificar.ts'
import { readSettings } from './settings.ts'

// In the order in which one meets them.
const COMMANDS = [
  demo,
  migrar,
  diagnostico,
  processar,
  listar,
  exportar,
  aprovar,
  rejeitar,
  confirmar,
  corrigir,
  desfazer,
  reabrir,
  reverter,
  historico,
  sessoes,
  verificar,
  cancelar,
  regras,
  avaliar,
  padroes,
  configurar,
  agendar,
  notificacoes,
  trabalhar,
  servir,
  iniciar,
  token,
]

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

// `conferente listar | head` closes our stdout: no reason to crash. Nor where whoever writes there listens for himself.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && process.stdout.listenerCount('error') === 1) throw error
})

let app: App | undefined

// The drivers throw from a timer or an event when the server went away between two queries; all else here is a bug of ours.
process.on('uncaughtException', (error) => {
  const lost = /[\\/](postgres|pg|pg-pool)[\\/]/.test(error.stack ?? '')
  process.exit(reportError(app, lost ? Object.assign(error, { code: 'CONNECTION_CLOSED' }) : error))
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
}
