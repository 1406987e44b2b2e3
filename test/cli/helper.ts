import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Sql } from '../../src/db/connection.ts'

const CLI = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** stdout as the one JSON document that it should be. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever document it gets
  json(): any
}

export interface RunOptions {
  readonly url?: string
  readonly language?: string
  readonly env?: Record<string, string>
  /** The command inside a line of the shell: `(command) => `${command} > /dev/full``. */
  readonly shell?: (command: string) => string
  /** Called with each piece of stderr and a way to send a signal. */
  readonly onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void
}

/** Runs the command line for real, as its own process. */
export function conferente(args: string[], options: RunOptions = {}): Promise<Ran> {
  const { url, language = 'pt-BR', env = {}, shell, onStderr } = options
  const kept = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
  }
  const command = [process.execPath, CLI, ...args]
  const [file = '', ...words] = shell ? ['/bin/sh', '-c', shell('"$0" "$@"'), ...command] : command
  const child = spawn(file, words, {
    env: { ...kept, CONFERENTE_IDIOMA: language, ...(url && { DATABASE_URL: url }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    onStderr?.(text, (signal) => child.kill(signal))
  })
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr, json: () => JSON.parse(stdout) }))
  })
}

/** The URL of one of the test people. */
export function personal(url: string, name: string, password = 'teste'): string {
  const own = new URL(url)
  own.username = name
  own.password = password
  return own.href
}

/** A small example warehouse with its labels and patterns. */
export async function makeWarehouse(sql: Sql, rows = 2000): Promise<void> {
  await sql`select exemplo.criar_armazem(${rows}::int, 7)`
  await sql`
    select count(*) from exemplo.padroes() p
    cross join lateral audit.salvar_padrao(p.campo, p.tipo, p.padrao, p.acao, 'teste') s`
  await sql`select audit.alterar_configuracao(chave, valor, 'teste', true) from exemplo.rotulos()`
}
