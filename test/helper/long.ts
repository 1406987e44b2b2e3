// Files that take long by their nature. `npm test` runs about one in eight of each kind, drawn by chance; CI, and whoever names them, all.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './files.ts'
import { drawn } from './thorough.ts'

const LONG: Record<string, readonly string[]> = {
  'a browser': [
    'e2e/review/deciding',
    'e2e/review/demonstration',
    'e2e/review/later',
    'e2e/review/looks',
    'e2e/review/machine',
    'e2e/review/one_finding',
    'e2e/review/people',
    'e2e/review/place',
    'e2e/review/rehearsal',
    'e2e/review/rules',
    'e2e/review/running',
    'e2e/review/search',
    'e2e/review/sheet',
    'e2e/review/silence',
    'e2e/review/single_sign_on',
  ],
  'processes and servers that are started, cut off and killed': [
    'cli/avaliar',
    'cli/canais',
    'cli/cut',
    'cli/demo',
    'cli/iniciar',
    'cli/migrar',
    'cli/migrar_cut',
    'cli/readme',
    'cli/redaction',
    'cli/session',
    'db/migrate',
    'e2e/crash',
    'e2e/deaths',
    'embedded/embedded',
    'log/log',
    'mail/worker',
    'worker/parts',
    'worker/schedule',
    'worker/standby',
    'worker/worker',
  ],
  'many requests to the API': [
    'http/attacks',
    'http/clients',
    'http/crossings',
    'http/day',
    'http/decision',
    'http/export',
    'http/fuzz',
    'http/grafana',
    'http/health',
    'http/identity',
    'http/idle',
    'http/left_behind',
    'http/lists',
    'http/nulls',
    'http/own_acts',
    'http/permissions',
    'http/repeated',
    'http/rest',
    'http/signin',
    'http/single-sign-on',
  ],
  'attacks, settings, large ledgers and session upon session': [
    'e2e/seeds',
    'notas/folder',
    'sql/adversary',
    'sql/broken_rule',
    'sql/contract',
    'sql/correction',
    'sql/demonstration',
    'sql/extreme_arguments',
    'sql/foreign_warehouses/bundled_rules',
    'sql/foreign_warehouses/every_write',
    'sql/foreign_warehouses/nothing_wrong',
    'sql/parts',
    'sql/rules/notas_fiscais',
    'sql/rules/pendente_verificacao',
    'sql/rules/real_patterns',
    'sql/session_guards',
    'sql/session_settings',
    'sql/undone_by_load',
  ],
}

/** What this run of everything leaves out, and how many files there are to draw from. */
export function leftOut(): { files: readonly string[]; of: number } {
  const all = Object.values(LONG).map((names) => names.map((name) => `test/${name}.test.ts`))
  const gone = all.flat().find((file) => !existsSync(join(ROOT, file)))
  if (gone !== undefined) throw new Error(`test/helper/long.ts names ${gone}, which is not there`)
  const kept = new Set(all.flatMap((files) => drawn(files, Math.floor(files.length / 8))))
  return { files: all.flat().filter((file) => !kept.has(file)), of: all.flat().length }
}
