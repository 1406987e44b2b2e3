// `conferente iniciar`: the API and the worker in one process, ended together.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { type Test, test } from 'tap'
import { ROOT } from '../helper/files.ts'
import { exited, until, workshop } from '../helper/work.ts'

test('runs API and worker, and stops both in order when told to', async (t) => {
  const { requestSession, session, slowDown, sql, workerUrl } = await workshop(t)
  await sql.unsafe('grant conferente_servico to trabalhador')
  const { child, said } = start(t, workerUrl, '--porta', '0', '--prazo', '5')
  await until(
    () => said().includes('worker ready') || (child.exitCode !== null && Promise.reject(new Error(said()))),
  )
  const [address] = said().match(/http:\/\/\S+:\d+/) ?? []
  t.equal((await fetch(`${address}/graphql`)).status, 401, 'the API answers')

  const id = await requestSession('uma')
  await until(async () => (await session(id))['na_fila'] === 0)
  t.match(await session(id), { status: 'concluida', corrigidas: 20n })

  await slowDown(60)
  const long = await requestSession('outra')
  await until(async () => (await session(long))['partes'] === 1n)
  child.kill('SIGTERM')
  t.equal(await exited(child), 0, said())
  t.notMatch(said(), /\n\s+at /, 'no stack trace')
  t.match(
    await session(long),
    { status: 'em_andamento', deteccoes: 0, presa: 0, na_fila: 1 },
    'the session was handed back',
  )
  await t.rejects(fetch(`${address}/graphql`), 'and the API has stopped')
})

test('says why it cannot start, and leaves nothing running', async (t) => {
  const { workerUrl, sql } = await workshop(t)
  await sql.unsafe('grant conferente_servico to trabalhador')
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { child, said } = start(t, workerUrl, '--porta', String(port))
  t.equal(await exited(child), 1, said())
  t.notMatch(said(), /worker ready/)
})

function start(t: Test, url: string, ...args: string[]) {
  const child = spawn(process.execPath, ['src/cli/main.ts', 'iniciar', ...args], {
    cwd: ROOT,
    env: {
      ...process.env,
      DATABASE_URL: url,
      CONFERENTE_IDIOMA: 'en',
      CONFERENTE_JWT_SEGREDO: 'um segredo de teste com mais de trinta e dois',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  child.stderr.on('data', (chunk) => {
    text += chunk
  })
  t.teardown(() => child.kill('SIGKILL'))
  return { child, said: () => text }
}
