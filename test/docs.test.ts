// Every target of a link in README, CONTRIBUTING and docs/ exists, and the list of settings is complete.
import { existsSync, globSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { test } from 'tap'
import { testDatabase } from './helper/database.ts'
import { ROOT, read } from './helper/files.ts'

const pages = new Map(
  globSync(['*.md', 'docs/**/*.md', 'test/**/*.md'], { cwd: ROOT }).map((path) => [path, read(path)]),
)
const prose = (page: string) => page.replace(/^```.*?^```$/gms, '')
const matches = (text: string, expression: RegExp) =>
  [...text.matchAll(expression)].map(([, found = '']) => found)

/** GitHub's name for a heading in an address. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

test('every link leads to an existing file and heading', (t) => {
  let seen = 0
  for (const [path, page] of pages) {
    for (const link of matches(prose(page), /(?:\]\(|src=")(?!https?:)([^)"\s]+)/g)) {
      const [file = '', heading] = link.split('#')
      const target = file ? join(dirname(path), file) : path
      seen += 1
      if (!existsSync(join(ROOT, target))) t.fail(`${path}: ${link} does not exist`)
      else if (heading !== undefined)
        t.ok(
          matches(prose(read(target)), /^#+ (.*)$/gm)
            .map(anchor)
            .includes(heading),
          `${path}: ${link}`,
        )
    }
  }
  t.ok(seen > 100)
  t.end()
})

test('files and scripts that the pages name exist', (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  for (const [path, page] of pages) {
    for (const file of matches(page, /`((?:src|sql|tasks|test|docs|migrations)\/[\w./*-]+)`/g))
      t.ok(globSync(file, { cwd: ROOT }).length > 0, `${path}: ${file}`)
    for (const script of matches(page, /npm run ([\w-]+)/g))
      t.ok(script in scripts, `${path}: npm run ${script}`)
  }
  t.end()
})

/** What leads into a file from another: an import, a call, a job's or a mutation's name, a table with its trigger. */
function leadsTo(file: string): RegExp {
  const name = basename(file, extname(file))
  if (file.startsWith('tasks/')) return new RegExp(`'${name}'`)
  if (!file.endsWith('.sql')) return new RegExp(`[/']${basename(file).replaceAll('.', '[.]')}`)
  const [, table] =
    /^ *create[^;]* trigger [^;]* on ([\w.]+)[^;]*execute function \w+[.]\w+[(]/m.exec(code(file)) ?? []
  const mutation = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
  return new RegExp(
    `[.]${name} ?[(]|${mutation}[(]input${table ? `|(?:insert into|update) ${table.replace('.', '[.]')}` : ''}`,
  )
}
const code = (file: string) => read(file).replace(/^ *(?:--|\/\/|\/?\*).*$/gm, '')

test('a walk through the code goes from file to file, and never to one twice', (t) => {
  // The network leads to one, a row of audit.regras to the other.
  const entries = ['src/http/server.ts', 'sql/regras/validacao_valores/regra.sql']
  const [, section = ''] = read('docs/architecture.md').split('\n## Three walks\n')
  const walks = (section.split('\n## ')[0] ?? '').split(/^\*\*.*\*\*$/m).slice(1)
  t.equal(walks.length, 3)
  for (const walk of walks) {
    let folder = ''
    const files = matches(walk, /`([\w./-]+[.](?:ts|mjs|sql|eta))`/g).map((file) => {
      if (/^(src|sql|tasks)\//.test(file)) folder = dirname(file)
      return file.startsWith(folder) ? file : join(folder, file)
    })
    t.ok(files.length > 10)
    t.same([...new Set(files)], files)
    for (const [i, file] of files.entries()) {
      if (i === 0 || entries.includes(file)) continue
      const before = files.slice(0, i)
      t.ok(
        before.some((earlier) => leadsTo(file).test(code(earlier))),
        `${file}: from ${before.at(-1)}, or before`,
      )
    }
  }
  t.end()
})

test('the plan of folders lists every folder, and no others', (t) => {
  const [, plan = ''] = /```\n(sql\/ .*?)```/s.exec(read('docs/architecture.md')) ?? []
  const found = globSync(['sql/*/', 'sql/{motor,pessoas,saidas}/*/', 'src/*/'], { cwd: ROOT })
  const rooms = new Set(['sql', 'src', 'test', ...found.map((room) => basename(room))])
  t.same([...new Set(matches(plan, /(\w+)\//g))].sort(), [...rooms].sort())
  t.end()
})

test('docs/operations.md lists every setting with its default, unless that is a long list', async (t) => {
  const { sql } = await testDatabase(t)
  const settings = await sql<{ linha: string }[]>`
    select chave || ' ' || case when length(padrao::text) > 100 then '[…]' else padrao::text end as linha from audit.configuracoes_sistema
    where not starts_with(chave, 'correio.destinatarios_')`
  const [, section = ''] = read('docs/operations.md').split('\n## Settings\n')
  const [table = ''] = section.split('\n## ')
  const listed = [...table.matchAll(/^\| `([a-z_.]+)` \| `(.*?)` \|/gm)].map(
    ([, name, value]) => `${name} ${value}`,
  )
  t.same(listed.sort(), settings.map(({ linha }) => linha).sort())
})
