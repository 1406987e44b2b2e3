import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './files.ts'

/** What TypeScript's compiler says; nothing where all is well. */
export function tsc(...options: string[]): string {
  const program = join(ROOT, 'node_modules/.bin/tsc')
  // Without tap's own hooks, which it hands down to every child that it sees starting.
  const { stdout, stderr } = spawnSync('env', ['-u', 'NODE_OPTIONS', program, '--noEmit', ...options], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return stdout + stderr
}
