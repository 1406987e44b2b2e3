// `npm run life -- 1000` lives so many, with random seeds; with a second number, from that seed on.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../helper/files.ts'

const [lives = '50', ...seed] = process.argv.slice(2)
const { status } = spawnSync(
  process.execPath,
  [
    join(ROOT, 'test/run.ts'),
    'test/life/life.test.ts',
    '--reporter=tap',
    '--timeout=0',
    ...[lives, ...seed].map((given) => `--test-arg=${given}`),
  ],
  { stdio: 'inherit', cwd: ROOT },
)
process.exitCode = status ?? 1
