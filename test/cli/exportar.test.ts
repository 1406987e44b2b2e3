import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { cenario, one } from '../helper/cenario.ts'
import { conferente, personal } from './helper.ts'

t.test('conferente exportar writes a whole file or none, and is recorded', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 })
  await c.processar('manual')
  const url = personal(c.url, 'leo')
  const directory = await mkdtemp(join(tmpdir(), 'exportar-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const file = join(directory, 'divergencias.csv')
  const write = (...more: string[]) =>
    conferente(['exportar', '--formato', 'csv', '--arquivo', file, ...more], { url })

  const done = await write('--motivo', 'auditoria')
  t.equal(done.code, 0, done.stderr)
  t.equal(done.stdout, '')
  const content = await readFile(file)
  const sha256 = createHash('sha256').update(content).digest('hex')
  t.match(done.stderr, sha256)
  t.match(
    one(
      await c.sql`select status, linhas::int, ator, motivo, detalhes ->> 'sha256' as sha256
      from audit.operacoes where tipo = 'exportacao'`,
    ),
    { status: 'concluida', linhas: 2, ator: 'leo', motivo: 'auditoria', sha256 },
  )

  await writeFile(file, 'meu')
  const refused = await write()
  t.equal(refused.code, 1)
  t.match(refused.stderr, /já existe e não foi tocado/)
  t.equal(await readFile(file, 'utf8'), 'meu')
  t.equal((await write('--sobrescrever')).code, 0)
  t.same((await readFile(file)).toString().split('\r\n').length, content.toString().split('\r\n').length)

  const nowhere = await conferente(
    ['exportar', '--formato', 'csv', '--arquivo', join(directory, 'nao', 'ha.csv')],
    { url },
  )
  t.equal(nowhere.code, 1)
  t.match(nowhere.stderr, /o diretório de .* não existe/)
  t.equal(
    one(await c.sql`select status from audit.operacoes where tipo = 'exportacao' order by id desc limit 1`)[
      'status'
    ],
    'falhou',
  )
  t.same(await readdir(directory), ['divergencias.csv'], 'nothing half lies about')

  const piped = await conferente(['exportar', '--formato', 'csv', '--dialeto', 'rfc4180'], { url })
  t.equal(piped.code, 0)
  t.match(piped.stdout, /^id,sessao_id,/)
  for (const wrong of [
    ['--regra', 'nenhuma'],
    ['--sessao', '999'],
    ['--status', 'boa'],
  ]) {
    t.equal((await conferente(['exportar', '--formato', 'csv', ...wrong], { url })).code, 2, wrong.join(' '))
  }
  t.equal((await conferente(['exportar', '--formato', 'xlsx', '--dialeto', 'pt-BR'], { url })).code, 2)
})
