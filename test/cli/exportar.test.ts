import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { untilLocked } from '../helper/database.ts'
import { one, scenario, sqlstate } from '../helper/scenario.ts'
import { conferente, personal } from './helper.ts'

t.test('conferente exportar writes a whole file or none, and is recorded', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 })
  await c.runSession('manual')
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
  t.same(await readdir(directory), ['divergencias.csv'], 'no half-written file is left')

  const piped = await conferente(['exportar', '--formato', 'csv', '--dialeto', 'rfc4180'], { url })
  t.equal(piped.code, 0)
  t.match(piped.stdout, /^id,sessao_id,/)
  const wrong = [
    ['--regra', 'nenhuma'],
    ['--sessao', '999'],
    ['--status', 'boa'],
    ['--formato', 'xlsx', '--dialeto', 'pt-BR'],
  ]
  const codes = await Promise.all(
    wrong.map(async (more) => (await conferente(['exportar', '--formato', 'csv', ...more], { url })).code),
  )
  t.same(codes, [2, 2, 2, 2])
})

t.test('a full disk, a reader who stops and Ctrl-C leave no partial file, and are recorded', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession('manual')
  // More than fits in the pipes on the way.
  await c.sql`
    insert into audit.divergencias_processadas (sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id, valores_originais,
      valores_propostos, confianca, evidencia, justificativa, valor_em_risco, detectada_em, ultima_deteccao, identidade, impressao)
    select sessao_id, sessao_ultima_id, regra, hash_regra, tabela, n::text, valores_originais, valores_propostos, confianca, evidencia,
      repeat('x', 2000), valor_em_risco, detectada_em, ultima_deteccao, sha256(n::text::bytea), impressao
    from audit.divergencias_processadas, generate_series(2, 1500) as n`
  const url = personal(c.url, 'leo')
  const directory = await mkdtemp(join(tmpdir(), 'exportar-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const toFile = ['exportar', '--formato', 'csv', '--arquivo', join(directory, 'divergencias.csv')]
  const record = async () => {
    await c.sql`select audit_interno.selar()` // the engine's next commit seals what people do
    return one(
      await c.sql`select status, detalhes ->> 'erro' as erro, selo is not null as selada
        from audit.operacoes where tipo = 'exportacao' order by id desc limit 1`,
    )
  }

  const full = await conferente(['exportar', '--formato', 'csv'], {
    url,
    shell: (command) => `${command} > /dev/full`,
  })
  t.equal(full.code, 1)
  t.match(full.stderr, /ENOSPC/)
  t.match(await record(), { status: 'falhou', erro: /ENOSPC/, selada: true })

  const limited = await conferente(toFile, {
    url,
    shell: (command) => `ulimit -f 100; ${command}`,
  })
  t.equal(limited.code, 1)
  t.match(await record(), { status: 'falhou', erro: /EFBIG/ })
  t.same(await readdir(directory), [])

  const head = await conferente(['exportar', '--formato', 'csv'], {
    url,
    shell: (command) => `${command} | head -c 100`,
  })
  t.equal(head.stdout.length > 0, true)
  t.notMatch(head.stderr, /EPIPE|erro/, 'whoever stops reading knows it')
  t.match(await record(), { status: 'falhou', erro: /EPIPE/ })

  await getStuck(c.sql, 1000)
  await c.sql.begin(async (holder) => {
    await holder`select pg_advisory_xact_lock(1)`
    let stop: ((signal: NodeJS.Signals) => void) | undefined
    const interrupted = conferente(toFile, {
      url,
      onStderr: (_, kill) => {
        stop = kill
      },
    })
    await untilLocked(c.sql)
    t.match(await readdir(directory), [/\.parcial$/], 'under another name until it is complete')
    stop?.('SIGINT')
    t.equal((await interrupted).code, 1)
  })
  t.same(await readdir(directory), [])
  t.match(await record(), { status: 'falhou', selada: true })
})

t.test(
  'while the file is being written, its reader cannot close the record with another count',
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1 }, { id: 2 })
    await c.runSession('manual')
    await getStuck(c.sql, 1)
    const leo = c.connectAs('leo')
    let exporting: ReturnType<typeof conferente> | undefined
    await c.sql.begin(async (holder) => {
      await holder`select pg_advisory_xact_lock(1)`
      exporting = conferente(['exportar', '--formato', 'csv'], { url: personal(c.url, 'leo') })
      await untilLocked(c.sql)
      const { id } = one(await c.sql`select id from audit.operacoes where tipo = 'exportacao'`)
      for (const details of [null, '{}', '{"chave": "adivinhada"}']) {
        const close = leo`select audit.finalizar_operacao(${id}, linhas => 1, detalhes => ${details}::text::jsonb)`
        t.equal(await sqlstate(close), 'NC007')
      }
      t.equal(await sqlstate(leo`select audit.finalizar_operacao(${id}, 'falhou')`), 'NC007')
    })
    t.equal((await exporting)?.code, 0)
    t.match(await c.sql`select status, linhas::int from audit.operacoes where tipo = 'exportacao'`, [
      { status: 'concluida', linhas: 2 },
    ])
  },
)

/** From this finding on every export waits for advisory lock 1. */
async function getStuck(sql: Sql, id: number): Promise<void> {
  await sql.unsafe(`
    create function public.esperar() returns boolean language plpgsql stable
      as 'begin perform pg_advisory_xact_lock_shared(1); return true; end'`)
  const [exportAll] = await sql`
    select replace(pg_get_functiondef('audit.exportar_divergencias'::regproc), 'where (exportar_divergencias.sessao_id is null',
      ${`where (case when v.id < ${id} then true else public.esperar() end) and (exportar_divergencias.sessao_id is null`}) as def`
  await sql.unsafe(exportAll?.['def'])
}
