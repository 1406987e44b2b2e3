import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './files.ts'

/** The output of TypeScript's compiler; empty if all is well. */
export function tsc(...options: string[]): string {
  const program = join(ROOT, 'node_modules/.bin/tsc')
  // Without tap's own hooks, which it passes to every child process that it sees starting.
  const { stdout, stderr } = spawnSync('env', ['-u', 'NODE_OPTIONS', program, '--noEmit', ...options], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return stdout + stderr
}
