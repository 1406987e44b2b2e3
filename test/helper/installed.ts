// Conferente with the packages that it depends on and no others, in a place where nothing else is.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { ROOT, read } from './files.ts'

export function folder(t: Pick<Test, 'teardown'>): string {
  const place = mkdtempSync(join(tmpdir(), 'conferente-pacote-'))
  chmodSync(place, 0o755) // root's embedded server runs as another user
  t.teardown(() => rmSync(place, { recursive: true }))
  return place
}

/** An environment without anything of ours except what is given. */
export const at = (place: string, env: Record<string, string> = {}) => ({
  cwd: place,
  env: { PATH: process.env['PATH'] ?? '', HOME: place, CONFERENTE_DADOS: join(place, 'dados'), ...env },
})

const { packages } = JSON.parse(read('package-lock.json')) as {
  packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>
}
/** The top-level packages; the others lie within them. */
const PACKAGES = Object.entries(packages).filter(
  ([path, { dev, devOptional }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !dev && !devOptional,
)

/** Like `npm ci --omit=dev`, without the network. */
export function addPackages(place: string): void {
  for (const [path] of PACKAGES) {
    if (!existsSync(join(ROOT, path))) continue // another platform's
    mkdirSync(dirname(join(place, path)), { recursive: true })
    // links on the same file system, copies elsewhere
    const copied = (how: string) => spawnSync('cp', [how, join(ROOT, path), join(place, path)]).status === 0
    if (copied('-al')) continue
    rmSync(join(place, path), { recursive: true, force: true }) // removes folders made before the first link failed
    copied('-a')
  }
}

/** Leaves what `--omit=optional` leaves. */
export function dropOptional(place: string): void {
  for (const [path, { optional }] of PACKAGES)
    if (optional) rmSync(join(place, path), { recursive: true, force: true })
}

/** Starts something that serves, and learns its address from its output. */
export function serving(command: readonly string[], options: ReturnType<typeof at>) {
  const [file = '', ...args] = command
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  const end = new Promise<number | null>((resolve) => child.once('close', resolve))
  let said = ''
  const address = new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      said += piece
      const [found] = /http:\/\/[\w.:[\]]+:\d+/.exec(said) ?? []
      if (found !== undefined) resolve(found)
    })
    child.once('close', () => reject(new Error(said)))
  })
  return {
    address,
    /** Asks it to end, and says how it did. */
    stop: () => {
      child.kill('SIGTERM')
      return end
    },
  }
}
