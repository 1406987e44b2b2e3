// Every command and query on the pages runs. Here are those that no other test covers. README's are typed in
// test/cli/readme.test.ts, a rule of one's own in test/sql/own_rule.test.ts, clients in test/http/clients.test.ts, a restore in
// test/sql/restore.test.ts.
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { conferente, makeWarehouse } from './cli/helper.ts'
import { testDatabase } from './helper/database.ts'
import { ROOT, read } from './helper/files.ts'
import { serverBelow } from './helper/throwaway.ts'

const PAGES = globSync(['README.md', 'docs/*.md'], { cwd: ROOT })

const fenced = (page: string, ...languages: string[]) =>
  [...read(page).matchAll(/^```(\w+)\n(.*?)^```/gms)]
    .filter(([, language = '']) => languages.includes(language))
    .map(([, , text = '']) => text)

/** Words of a line as a shell would cut it, for lines without expansions. */
const words = (line: string) =>
  [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replace(/^(['"])(.*)\1$/s, '$2'))

/** Lines that call the program: the words after its name, comments and what other programs get taken out. */
function calls(page: string): string[][] {
  return fenced(page, 'sh', 'console')
    .flatMap((text) => text.replaceAll(/\\\n\s*/g, '').split('\n'))
    .flatMap((line) => {
      const [, rest] = /^(?:\$ |[A-Z_]+=(?:'[^']*'|\$[A-Z]+) )?(?:npx )?conferente (.*)$/.exec(line) ?? []
      return rest === undefined
        ? []
        : [words(rest.replace(/\s+#.*$/, '').replace(/\s+[|>].*$|\s+< \S+$/, ''))]
    })
}

test('every command in the pages exists and takes the options shown', async (t) => {
  const help = new Map<string, string>()
  let seen = 0
  for (const page of PAGES) {
    for (const given of calls(page)) {
      const [command = '', ...rest] = given.filter((word) => word !== '--demo')
      if (command.startsWith('--')) continue
      const sub = ['periodo', 'categorias', 'padroes', 'excecoes', 'canais'].includes(command)
        ? [rest[0] ?? '']
        : []
      const name = [command, ...sub].join(' ')
      if (!help.has(name)) {
        const ran = await conferente([command, ...sub, '--help'])
        t.equal(ran.code, 0, `${page}: ${name}`)
        help.set(name, ran.stdout)
      }
      for (const word of rest.filter((one) => one.startsWith('--'))) {
        seen += 1
        t.ok(help.get(name)?.includes(word), `${page}: ${name} ${word}`)
      }
    }
  }
  t.ok(seen > 40, String(seen))
})

test('the commands in operations, rules and the API run as shown', async (t) => {
  const { sql, url } = await testDatabase(t)
  await makeWarehouse(sql, 300)
  const place = t.testdir()
  mkdirSync(join(place, 'notas'))
  const secret = { CONFERENTE_JWT_SEGREDO: 'um segredo de teste, longo o bastante para valer' }
  for (const page of ['docs/operations.md', 'docs/rules.md', 'docs/api.md']) {
    for (const given of calls(page)) {
      // commands that serve, restore or talk to others run elsewhere
      if (['trabalhar', 'servir', 'migrar', 'canais'].includes(given[0] ?? '') || given.includes('--elo'))
        continue
      const args = given.map((word) =>
        word
          .replace('/srv/notas', join(place, 'notas'))
          .replace('/etc/conferente/icp-brasil', join(place, 'notas'))
          .replace(/^conferente\.service$/, join(place, 'conferente.service')),
      )
      const ran = await conferente(args, { url, env: secret })
      t.equal(ran.code, 0, `${page}: ${args.join(' ')}: ${ran.stderr}`)
    }
  }
})

test('the queries of docs/rules.md', async (t) => {
  const { sql } = await testDatabase(t)
  const queries = fenced('docs/rules.md', 'sql')
  t.ok(queries.length >= 2)
  for (const text of queries) await t.resolves(sql.unsafe(text), text)
})

test('the grants in docs/operations.md are all that the warehouse lacks', async (t) => {
  const { sql } = await testDatabase(t)
  await makeWarehouse(sql, 300)
  await sql.unsafe(`
    revoke all on dw.lancamentos from conferente_regra, conferente_escrita;
    revoke all on schema dw from conferente_regra, conferente_escrita`)
  const lacking = () => sql`select item, detalhe from audit.diagnosticar_contrato() where situacao = 'erro'`
  t.ok((await lacking()).length > 0, 'without them')
  for (const grants of fenced('docs/operations.md', 'sql')) await sql.unsafe(grants)
  t.same([...(await lacking())], [])
})

const noPsql = spawnSync('psql', ['--version']).error ? 'no psql here' : false

test('psql reaches the embedded server as docs/operations.md says', { skip: noPsql }, async (t) => {
  const server = await serverBelow(tmpdir())
  try {
    const [text = ''] = fenced('docs/operations.md', 'sh').filter((block) => block.includes('postmaster.pid'))
    const typed = text.replace('~/.local/share/conferente', server.dataDir).trimEnd()
    t.match(typed, server.dataDir)
    const ran = spawnSync('sh', ['-ec', `${typed} --command='select 1'`], { encoding: 'utf8' })
    t.match(ran, { status: 0, stdout: /1 row/ }, ran.stderr)
  } finally {
    await server.release()
  }
})
