import { createHash } from 'node:crypto'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { age } from '../helper/archive.ts'
import { scenario } from '../helper/scenario.ts'
import { runScript } from '../helper/trail.ts'
import { conferente, personal } from './helper.ts'

const c = await scenario(t)
await c.book({ id: 1 }, { id: 2, confianca: 0.5 })
await c.runSession('auto')
await c.approve('ana', (await c.finding(2)).id)
await c.sql`select audit_interno.selar()`
const month = (await age(c, 30)).slice(0, 7)
await c.runSession()
await c.sql`select audit_interno.selar()`
const directory = await mkdtemp(join(tmpdir(), 'arquivo-'))
t.teardown(() => rm(directory, { recursive: true }))
const file = join(directory, 'trilha.jsonl')
const archive = (who: string, ...more: string[]) =>
  conferente(['arquivar', '--ate', month, '--arquivo', file, '--motivo', 'guarda de dois anos', ...more], {
    url: personal(c.url, who),
  })
const there = (name: string) =>
  access(name).then(
    () => true,
    () => false,
  )

await t.test('a dry run says what would be archived, and does nothing', async (t) => {
  const ran = await archive('adelia', '--simular')
  t.equal(ran.code, 0, ran.stderr)
  t.match(
    ran.stdout,
    new RegExp(`^Iriam para o arquivo: ${month}, \\d+ fatos de \\d+ operações. Nada foi feito.`),
  )
  t.equal(await there(file), false)
})

await t.test('only an administrator may archive, and a refusal leaves no file', async (t) => {
  t.equal((await archive('ana')).code, 1)
  const now = new Date().toISOString().slice(0, 7)
  const early = await conferente(['arquivar', '--ate', now, '--arquivo', file, '--motivo', 'x'], {
    url: personal(c.url, 'adelia'),
  })
  t.equal(early.code, 1)
  t.match(early.stderr, /ainda não pode ir para o arquivo/)
  t.equal(await there(file), false)
  t.equal((await conferente(['arquivar', '--ate', '2024-13', '--motivo', 'x'])).code, 2)
  await writeFile(file, 'de outro')
  t.equal((await archive('adelia')).code, 1)
  t.equal(await readFile(file, 'utf8'), 'de outro', 'an existing file is not touched')
  await rm(file)
  t.equal((await c.sql`select from audit.arquivamentos()`).length, 0)
})

await t.test('the file holds the trail, the months are gone, and both are proven', async (t) => {
  const ran = await archive('adelia')
  t.equal(ran.code, 0, ran.stderr)
  const sha256 = createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
  t.match(ran.stdout, new RegExp(`Arquivado: ${month}, \\d+ fatos`))
  t.match(ran.stdout, sha256)
  t.match(ran.stderr, /audit_arquivo/)
  const [done] =
    await c.sql`select arquivo_sha256, arquivo_elo::text as elo, arquivo_selo as selo from audit.arquivamentos()`
  t.equal(done?.['arquivo_sha256'], sha256)
  await c.sql`select audit_interno.selar()`
  const verified = await conferente(['verificar', '--elo', done?.['elo'], '--selo', done?.['selo']], {
    url: personal(c.url, 'leo'),
  })
  t.equal(verified.code, 0, verified.stdout)
  t.match(verified.stdout, new RegExp(`Arquivado: ${month} a ${month}, por adelia em .*SHA-256 ${sha256}`))
  const since = await conferente(['verificar', '--desde', '--elo', done?.['elo'], '--selo', done?.['selo']], {
    url: personal(c.url, 'leo'),
  })
  t.equal(since.code, 0, since.stdout)
  t.match(since.stdout, /por adelia em /)
  t.equal(
    (await conferente(['verificar', '--arquivo', file, '--elo', done?.['elo'], '--selo', done?.['selo']]))
      .code,
    0,
  )
  t.equal((await runScript(file, `${done?.['elo']}=${done?.['selo']}`)).code, 0)

  const again = await conferente(['exportar', '--formato', 'trilha', '--arquivo', `${file}.2`], {
    url: personal(c.url, 'leo'),
  })
  t.equal(again.code, 0, again.stderr)
  const joined = await conferente([
    'verificar',
    '--arquivo',
    `${file}.2`,
    '--elo',
    done?.['elo'],
    '--selo',
    done?.['selo'],
  ])
  t.equal(joined.code, 0, joined.stdout)
  t.match(joined.stdout, /Os fatos de \d+ operações estão num arquivo anterior/)

  const honest = await readFile(file, 'latin1')
  await writeFile(file, honest.replace('CERTA', 'CERTO'), 'latin1')
  t.equal((await conferente(['verificar', '--arquivo', file])).code, 1, 'one byte of the archived file')
})

await t.test('an archived correction says that it is archived', async (t) => {
  const { id } = await c.finding(1)
  const ran = await conferente(
    ['reverter', '--divergencia', String(id), '--porque', 'erradas', '--motivo', 'x'],
    {
      url: personal(c.url, 'ana'),
    },
  )
  t.equal(ran.code, 1)
  t.match(ran.stderr, /no arquivo/)
  const history = await conferente(['historico', 'dw.lancamentos', '1'], { url: personal(c.url, 'leo') })
  t.match(history.stdout, /arquivamento/)
})
