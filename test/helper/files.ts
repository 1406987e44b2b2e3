import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's own directory. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** Blocks of one language below a heading of docs/api.md. */
export function blocks(heading: string, language: string): string[] {
  const [, section = ''] = read('docs/api.md').split(new RegExp(`^### ${heading}.*$`, 'm'))
  const [own = ''] = section.split(/^##/m)
  return [...own.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  )
}

/** Every file below sql/, by its path in it, sorted. */
export function sqlFiles(): string[] {
  return globSync('**/*.sql', { cwd: join(ROOT, 'sql') })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
}

/** Files of sql/ in the order in which the migrations first include them, committed ones first. */
export function includedFiles(): string[] {
  const committed = globSync('migrations/committed/*.sql', { cwd: ROOT }).sort()
  // A committed migration holds the file's text between `--! Included x.sql` and `--! EndIncluded x.sql`.
  const lines = [...committed, 'migrations/current.sql'].flatMap((path) => read(path).split('\n'))
  const paths = lines.flatMap((line) => /^--![ \t]*included?[ \t]+(\S+\.sql)[ \t]*$/i.exec(line)?.[1] ?? [])
  return [...new Set(paths)]
}

/** Text of every test file, by its path. */
export function testFiles(): Map<string, string> {
  const paths = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  return new Map(
    paths.filter((path) => path.endsWith('.test.ts')).map((path) => [path, read(join('test', path))]),
  )
}
