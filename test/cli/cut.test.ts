// Every command whose connection to the server breaks in the middle: a sentence and exit code 1, soon, and nothing from a driver.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { scenario } from '../helper/scenario.ts'
import { drawn, times } from '../helper/thorough.ts'
import { conferente } from './helper.ts'

const RAW = /^\s+at .*:\d+:\d+|_events|node:internal|PostgresError|errno:|syscall:|Symbol\(|\[object|\{$/m

const COMMANDS = [
  'migrar',
  'diagnostico',
  'processar --modo manual',
  'processar --modo auto --simular',
  'listar',
  'exportar --formato csv',
  'aprovar 1 2 --motivo x',
  'rejeitar 3 --motivo x',
  'confirmar 4 --motivo x',
  'corrigir 5 --valor categoria=CERTA --motivo x',
  'desfazer 3 --motivo x',
  'reabrir 3 --motivo x',
  'reverter --divergencia 1 --porque outra-razao --motivo x',
  'excecoes --todas',
  'periodo listar',
  'periodo fechar 2020-01 --motivo x',
  'excecoes --declarar 6 --ate 2099-01-01 --motivo x',
  'historico dw.lancamentos 1',
  'sessoes',
  'verificar',
  'cancelar 1 --motivo x',
  'regras',
  'regras --auto errada --motivo x',
  'avaliar --regra errada --data-inicio 2026-01-01 --data-fim 2026-12-31',
  'padroes',
  'configurar',
  'configurar limites.linhas 5 --motivo x',
  'agendar --mostrar',
  'agendar --cron 0~6~*~*~* --motivo x',
  'notificacoes',
  'notificacoes --enviar',
  'token --listar',
  'token --papel leitor --nome bi --validade 1d',
]

/** Stands between a command and the server, and breaks every connection at the nth piece that the server sends. */
async function wire(t: Pick<Test, 'teardown'>, url: string) {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  const line = { cutAt: Number.POSITIVE_INFINITY, abruptly: false, pieces: 0, url: '', cut: () => {} }
  line.cut = () => {
    for (const socket of open) {
      if (line.abruptly) socket.resetAndDestroy()
      else socket.destroy()
    }
  }
  const proxy = createServer((near) => {
    const far = dial(Number(port), hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
    near.pipe(far)
    far.on('data', (data) => {
      line.pieces++
      if (line.pieces === line.cutAt) line.cut()
      else if (!near.destroyed) near.write(data)
    })
  }).listen(0, '127.0.0.1')
  t.teardown(() => {
    line.cut()
    proxy.close()
  })
  await new Promise((resolve) => proxy.once('listening', resolve))
  line.url = Object.assign(new URL(url), {
    hostname: '127.0.0.1',
    port: String((proxy.address() as AddressInfo).port),
  }).href
  return line
}

async function scene(t: Test) {
  const c = await scenario(t)
  await c.book(...Array.from({ length: 8 }, (_, i) => ({ id: i + 1, confianca: 0.5 })))
  await c.runSession()
  await c.reject('ana', 3)
  const line = await wire(t, c.url)
  const logs = mkdtempSync(join(tmpdir(), 'conferente-logs-'))
  t.teardown(() => rmSync(logs, { recursive: true }))
  const env = {
    CONFERENTE_LOGS: logs,
    CONFERENTE_JWT_SEGREDO: 'x'.repeat(40),
    SMTP_URL: 'smtp://127.0.0.1:1',
  }
  const logged = () =>
    readdirSync(logs)
      .map((name) => readFileSync(join(logs, name), 'utf8'))
      .join('')
  return { c, line, env, logged }
}

t.test('a command', async (t) => {
  const { line, env, logged } = await scene(t)
  for (const command of drawn(COMMANDS, 6)) {
    const run = (cutAt: number, abruptly: boolean) => {
      Object.assign(line, { cutAt, abruptly, pieces: 0 })
      return conferente(
        command.split(' ').map((word) => word.replaceAll('~', ' ')),
        { url: line.url, env, shell: (whole) => `timeout -s KILL 60 ${whole}` },
      )
    }
    const whole = await run(Number.POSITIVE_INFINITY, false)
    t.ok(whole.code === 0 || whole.code === 1, `${command}: ${whole.code} ${whole.stderr}`)
    const pieces = line.pieces
    const cutAt = 1 + Math.floor(Math.random() * pieces)
    const abruptly = Math.random() < 0.5
    const ran = await run(cutAt, abruptly)
    const what = `${command}, cut at ${cutAt} of ${pieces}${abruptly ? ' abruptly' : ''}: ${ran.code} ${ran.stderr}`
    t.ok(ran.code === 0 || ran.code === 1, what)
    // an answer may itself say that not all went well
    if (ran.code === 1 && ran.stdout === '') t.match(ran.stderr, /(erro|Error): /i, what)
    t.notMatch(ran.stderr, RAW, what)
    t.notMatch(ran.stdout.replaceAll(/^\{$/gm, ''), RAW, what)
  }
  t.notMatch(logged(), /PostgresError|_events/)
})

t.test('a service continues, and says what happened', async (t) => {
  const { line, env, logged } = await scene(t)
  for (const command of ['trabalhar', 'servir --porta 0', 'iniciar --porta 0']) {
    let end = (_: NodeJS.Signals) => {}
    let ready = () => {}
    const isReady = new Promise<void>((resolve) => {
      ready = resolve
    })
    Object.assign(line, { cutAt: Number.POSITIVE_INFINITY, pieces: 0 })
    const running = conferente(command.split(' '), {
      url: line.url,
      env,
      onStderr: (text, kill) => {
        end = kill
        if (text.includes(command.startsWith('servir') ? 'A API atende' : 'trabalhador pronto')) ready()
      },
    })
    await Promise.race([isReady, running])
    for (let n = 0; n < times(2, { thorough: 4 }); n++) {
      await sleep(300 + Math.random() * 700)
      line.abruptly = n % 2 === 1
      line.cut()
    }
    await sleep(500)
    end('SIGTERM')
    const ran = await running
    t.equal(ran.code, 0, `${command}: ${ran.stderr}`)
    t.notMatch(ran.stderr, RAW, `${command}: ${ran.stderr}`)
  }
  t.notMatch(logged(), /PostgresError|_events/)
})
