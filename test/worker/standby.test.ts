// Programs started against a standby say so, do nothing, and work once the server is promoted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { connect } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { type Embedded, openEmbedded } from '../../src/embedded/embedded.ts'
import { startWorker } from '../../src/worker/worker.ts'
import { conferente } from '../cli/helper.ts'
import { freePort } from '../helper/port.ts'
import { book, makeKnown, makeWarehouse } from '../helper/warehouse.ts'
import { until } from '../helper/work.ts'

t.test('a worker on a standby', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'conferente-standby-'))
  let server: Embedded = await openEmbedded(dataDir)
  t.teardown(async () => {
    await server.release()
    rmSync(dataDir, { recursive: true, force: true })
  })
  await migrate(server.url, { current: true })
  const primary = connect(server.url, { max: 1 })
  await makeWarehouse(primary)
  await makeKnown(primary, 'Trade Marketing')
  await book(primary, { id: 1, valor: '100.00', valor_documento: '10.00', carregado_em: new Date() })
  await primary`select audit.solicitar_processamento('manual')`
  await primary.end()
  await server.release()
  writeFileSync(join(dataDir, 'cluster', 'standby.signal'), '')
  server = await openEmbedded(dataDir)

  const sql = connect(server.url, { max: 1 })
  t.teardown(() => sql.end())
  t.match(await sql`select pg_is_in_recovery() as sim`, [{ sim: true }])

  const port = await serve(t, server.url)
  const said: string[] = []
  const worker = await startWorker(
    server.url,
    {
      watch: () => ({}),
      standby: () => said.push('standby'),
      ready: () => said.push('ready'),
      trouble: (message) => said.push(message),
    },
    { tick: 200 },
  )
  t.teardown(() => worker.stop())
  await until(() => said.length > 0)
  await sleep(1000) // five more looks
  t.strictSame(said, ['standby'], 'it says once what it is waiting for')

  const ready = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz?partes=banco`)
    return answer.status
  }
  t.equal(await ready(), 503, 'the API is not ready either')
  for (const command of [
    ['processar', '--modo', 'auto'],
    ['aprovar', '1', '--motivo', 'x'],
    ['configurar', 'agenda.modo', 'manual', '--motivo', 'x'],
    ['rejeitar', '1', '--motivo', 'x'],
    ['reverter', '--divergencia', '1', '--motivo', 'x'],
    ['corrigir', '1', '--valor', 'valor=1', '--motivo', 'x'],
    ['comentar', '1', '--comentario', 'x'],
    ['padroes', 'salvar', 'brinde', '--motivo', 'x'],
    ['periodo', 'fechar', '2026-01', '--motivo', 'x'],
    ['arquivar', '--ate', '2026-01', '--motivo', 'x'],
    ['exportar', '--formato', 'csv'],
    ['avaliar', '--regra', 'validacao_valores', '--data-inicio', '2026-01-01', '--data-fim', '2026-01-31'],
    ['migrar'],
  ]) {
    const ran = await conferente(command, { url: server.url })
    t.match(ran, { code: 1, stderr: /réplica/ }, command.join(' '))
  }
  t.match(await conferente(['listar', '--json'], { url: server.url }), { code: 0 }, 'reading works')

  await sql`select pg_promote()`
  t.equal(await ready(), 200)
  const state = async () => (await sql`select status from audit.sessoes_processamento`)[0]?.['status']
  await until(async () => /^conclu/.test(await state()))
  t.match(await state(), /^concluida/, 'it takes the waiting job')
  t.strictSame(said, ['standby', 'ready'])
})

t.test('a worker whose server becomes a standby, and is promoted again', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'conferente-standby-'))
  let server: Embedded = await openEmbedded(dataDir)
  t.teardown(async () => {
    await server.release()
    rmSync(dataDir, { recursive: true, force: true })
  })
  await migrate(server.url, { current: true })
  const { url } = server
  const primary = connect(url, { max: 1 })
  await makeWarehouse(primary)
  await makeKnown(primary, 'Trade Marketing')
  await primary`update audit.configuracoes_sistema set alterada_em = clock_timestamp() where chave like 'agenda.%'`
  await primary.end()

  const said: string[] = []
  let ticks = 0
  const worker = await startWorker(
    url,
    {
      watch: () => ({}),
      standby: () => said.push('standby'),
      ready: () => said.push('ready'),
      ticked: () => ticks++,
      jobFailed: (_, error) => said.push(`failed: ${error.message}`),
      trouble: (message) => said.push(message),
    },
    { tick: 200, grace: '1 second' },
  )
  t.teardown(() => worker.stop())
  await until(() => ticks > 0)
  t.strictSame(said, ['ready'])

  await server.release()
  writeFileSync(join(dataDir, 'cluster', 'standby.signal'), '')
  server = await openEmbedded(dataDir)
  t.equal(server.url, url)
  await until(() => said.includes('standby'))
  const before = said.indexOf('standby')
  await sleep(4000)
  t.strictSame(
    said.slice(before),
    ['standby'],
    'it says once what it is waiting for, and complains about nothing',
  )

  const sql = connect(url, { max: 1 })
  t.teardown(() => sql.end())
  await sql`select pg_promote()`
  await until(() => said.at(-1) === 'ready')
  const [session] = await sql`select id from audit.solicitar_processamento('manual')`
  const state = async () =>
    (await sql`select status from audit.sessoes_processamento where id = ${session?.['id']}`)[0]?.['status']
  await until(async () => /^conclu/.test(await state()))
  t.strictSame(said.slice(before), ['standby', 'ready'], 'and takes jobs again after the promotion')
})

/** The port of an API on this database. */
async function serve(t: Pick<Test, 'teardown'>, url: string): Promise<number> {
  const port = await freePort()
  const ended = new AbortController()
  const listening = new Promise<void>((resolve) => {
    const ran = conferente(['servir', '--porta', String(port)], {
      url,
      env: { CONFERENTE_JWT_SEGREDO: 'x'.repeat(40) },
      onStderr(text, kill) {
        ended.signal.addEventListener('abort', () => kill('SIGTERM'), { once: true })
        if (text.includes(String(port))) resolve()
      },
    })
    t.teardown(async () => {
      ended.abort()
      await ran
    })
  })
  await listening
  return port
}
