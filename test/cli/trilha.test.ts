import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { one, scenario } from '../helper/scenario.ts'
import { AWKWARD, runScript } from '../helper/trail.ts'
import { conferente, personal } from './helper.ts'

const c = await scenario(t)
await c.book({ id: 1 }, { id: 2, confianca: 0.5 })
await c.runSession('auto')
await c.approve('ana', (await c.finding(2)).id)
await c.asPerson('ana')`select audit.comentar(${[(await c.finding(2)).id]}, ${AWKWARD})`
await c.sql`select audit_interno.selar()`
const head = one(await c.sql`select elo::text as elo, encode(selo, 'hex') as selo from audit_interno.cadeia`)
const directory = await mkdtemp(join(tmpdir(), 'trilha-'))
t.teardown(() => rm(directory, { recursive: true }))
const file = join(directory, 'trilha.jsonl')

await t.test('the trail is exported, and that is recorded', async (t) => {
  const args = ['exportar', '--formato', 'trilha', '--arquivo', file, '--motivo', 'auditoria externa']
  const ran = await conferente(args, { url: personal(c.url, 'leo') })
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.stderr, /linhas em .*trilha\.jsonl/)
  const [operation] = await c.sql`
    select status, ator, motivo, detalhes ->> 'formato' as formato, detalhes ->> 'sha256' as sha256, linhas::int
    from audit.operacoes where tipo = 'exportacao'`
  const rows = (await readFile(file, 'utf8')).trimEnd().split('\n').length
  t.match(operation, {
    status: 'concluida',
    ator: 'leo',
    motivo: 'auditoria externa',
    formato: 'trilha',
    linhas: rows,
  })
  t.match(ran.stderr, operation?.['sha256'])
  const filtered = await conferente([...args, '--sobrescrever', '--data-inicio', '2026-01-01'], {
    url: personal(c.url, 'leo'),
  })
  t.equal(filtered.code, 2)
  t.match(filtered.stderr, /--data-inicio não pode ser usada com trilha/)
  t.equal((await conferente(args, { url: personal(c.url, 'ninguem') })).code, 1, 'only by readers')
})

const verify = (...args: string[]) => conferente(['verificar', '--arquivo', file, ...args])

await t.test('it is proven without a database', async (t) => {
  const ran = await verify()
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.stdout, `Selo da cabeça: ${head['selo']}`)
  t.match(
    ran.stdout,
    /^Arquivo provado: 7 operações e \d+ fatos, até o elo 7; 2 divergências são as que foram encontradas/,
  )
  t.match(ran.stderr, /O arquivo prova os fatos selados, e só eles/)
  t.match(ran.stderr, /Sem testemunha/)
  const witnessed = await verify('--elo', head['elo'], '--selo', head['selo'].toUpperCase())
  t.equal(witnessed.code, 0)
  t.match(witnessed.stdout, /A testemunha do elo 7 confere/)
  t.match((await verify('--json')).json(), [{ situacao: 'provada', elo: 7, selo: head['selo'] }])
  t.equal((await runScript(file, `${head['elo']}=${head['selo']}`)).code, 0, 'and not with our own code')
  const english = await conferente(['verificar', '--arquivo', file], { language: 'en' })
  t.match(english.stdout, /^The file is proven: 7 operations and \d+ facts/)
})

await t.test('a broken trail is named, and the command exits with 1', async (t) => {
  const honest = await readFile(file, 'utf8')
  await writeFile(file, honest.replace('(ana,', '(bia,'))
  const ran = await verify()
  t.equal(ran.code, 1)
  t.match(ran.stdout, /^✖ elo 6, operação \d+: a operação, ou um fato seu, foi alterado/)
  t.match(ran.stderr, /A TRILHA ESTÁ QUEBRADA: 1/)
  t.notMatch(ran.stdout, /provado/)
  t.match((await verify('--json')).json(), [{ situacao: 'operacao_alterada', elo: 6 }])
  await writeFile(file, honest)
  const other = await verify('--elo', '7', '--selo', '0'.repeat(64))
  t.equal(other.code, 1)
  t.match(other.stdout, /^✖ elo 7, operação \d+: a testemunha diz outra coisa/)
  await writeFile(file, 'id;sessao\n1;2\n')
  t.match((await verify()).stdout, /^✖ a linha não é do formato da trilha/)
  const none = await conferente(['verificar', '--arquivo', join(directory, 'nada.jsonl')])
  t.equal(none.code, 1)
  t.match(none.stderr, /não foi possível ler .*nada\.jsonl \(ENOENT\)/)
})
