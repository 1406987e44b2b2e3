// `conferente iniciar`: the API and the worker in one process, ended together.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { type Test, test } from 'tap'
import { ROOT } from '../helper/files.ts'
import { oficina, saida, until } from '../helper/work.ts'

test('serves, works, and ends both in order when asked', async (t) => {
  const { solicitar, sessao, demora, sql, workerUrl } = await oficina(t)
  await sql.unsafe('grant conferente_servico to trabalhador')
  const { child, said } = start(t, workerUrl, '--porta', '0', '--prazo', '5')
  await until(
    () => said().includes('worker ready') || (child.exitCode !== null && Promise.reject(new Error(said()))),
  )
  const [address] = said().match(/http:\/\/\S+:\d+/) ?? []
  t.equal((await fetch(`${address}/graphql`)).status, 401, 'the API answers')

  const id = await solicitar('uma')
  await until(async () => (await sessao(id))['na_fila'] === 0)
  t.match(await sessao(id), { status: 'concluida', corrigidas: 20n })

  await demora(60)
  const long = await solicitar('outra')
  await until(async () => (await sessao(long))['partes'] === 1n)
  child.kill('SIGTERM')
  t.equal(await saida(child), 0, said())
  t.notMatch(said(), /\n\s+at /, 'no stack')
  t.match(await sessao(long), { status: 'em_andamento', deteccoes: 0, presa: 0, na_fila: 1 }, 'handed back')
  await t.rejects(fetch(`${address}/graphql`), 'and the API is gone')
})

test('says why it cannot begin, and leaves nothing running', async (t) => {
  const { workerUrl, sql } = await oficina(t)
  await sql.unsafe('grant conferente_servico to trabalhador')
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { child, said } = start(t, workerUrl, '--porta', String(port))
  t.equal(await saida(child), 1, said())
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
