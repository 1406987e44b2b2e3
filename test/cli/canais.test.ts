// Channels from the command line: address and secret go in by standard input, and come out nowhere.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { test } from 'tap'
import { ROOT } from '../helper/files.ts'
import { canal, KEY_PART, receptor } from '../helper/receiver.ts'
import { workshop } from '../helper/work.ts'
import { conferente, personal, type RunOptions } from './helper.ts'

test('an administrator saves a channel, tests it, sees its state, and switches it off', async (t) => {
  const { sql, url, workerUrl } = await workshop(t)
  const there = await receptor(t)
  await sql.unsafe('grant conferente_administrador to trabalhador')
  t.teardown(() => sql.unsafe('revoke conferente_administrador from trabalhador'))
  const logs = t.testdir({})
  const run = (args: string[], options: RunOptions = {}) =>
    conferente(['canais', ...args], {
      url: workerUrl,
      env: { CONFERENTE_CANAIS_REDES: '127.0.0.0/8', CONFERENTE_LOGS: logs },
      ...options,
    })
  const typed = (...lines: string[]) => ({
    shell: (command: string) => `printf '${lines.map((line) => `${line}\\n`).join('')}' | ${command}`,
  })
  const address = `${there.url}/${KEY_PART}`
  t.match(await run([]), { code: 0, stdout: /Nenhum canal/ })
  const saved = await run(
    ['salvar', 'erp', '--tipo', 'webhook', '--sem-valores', '--motivo', 'integração'],
    typed(address),
  )
  t.equal(saved.code, 0, saved.stderr)
  t.match(saved.stderr, /canal erp salvo: http:\/\/127\.0\.0\.1:\d+; teste com/)
  const secret = saved.stdout.trim()
  t.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/, 'the drawn secret, alone on stdout')

  const tried = await run(['testar', 'erp'])
  t.match(tried, { code: 0, stderr: /o canal erp recebeu a mensagem de teste/ })
  const [got] = there.received
  t.match(new Webhook(secret).verify(got?.body ?? '', got?.headers as never), { type: 'conferente.teste' })
  there.answers.push(403)
  t.match(await run(['testar', 'erp']), { code: 1, stderr: /o canal erp não recebeu: HTTP 403/ })
  t.match(
    await run(['testar', 'erp'], { env: {} }),
    { code: 1, stderr: /127\.0\.0\.1 é um endereço interno/ },
    'a channel may not reach this machine unless it is allowed',
  )
  const listed = await run(['listar'], { url: personal(url, 'leo') })
  t.match(listed.stdout, /erp +webhook +http:\/\/127\.0\.0\.1:\d+ +abertas, .* +não +pt-BR +sim +falhou \d/)
  t.match((await run(['--json'])).json(), [{ nome: 'erp', sem_valores: true, ultima: 'falhou' }])

  t.match(await run(['salvar', 'erp', '--com-valores', '--eventos', 'falha, resolvido', '--motivo', 'x']), {
    code: 0,
    stdout: '',
  })
  const own = `whsec_${Buffer.alloc(24, 9).toString('base64')}`
  const changed = await run(
    ['salvar', 'erp', '--endereco', '--segredo', '--motivo', 'x', '--json'],
    typed(address, own),
  )
  t.match(changed.json(), { nome: 'erp', sem_valores: false, eventos: ['falha', 'resolvido'] })
  await run(['testar', 'erp'])
  const last = there.received.at(-1)
  t.ok(new Webhook(own).verify(last?.body ?? '', last?.headers as never))

  t.match(
    await run(['salvar', 'novo', '--tipo', 'slack', '--motivo', 'x'], { shell: (c) => `${c} < /dev/null` }),
    { code: 2, stderr: /falta o endereço/ },
  )
  const refused = await run(
    ['salvar', 'novo', '--tipo', 'slack', '--motivo', 'x'],
    typed(`ftp://x/${KEY_PART}`),
  )
  t.match(refused, { code: 2, stderr: /canal recusado: o endereço/ })
  t.match(await run(['salvar', 'erp', '--eventos', 'tudo', '--motivo', 'x']), { code: 2, stderr: /eventos/ })
  t.match(await run(['desligar', 'erp', '--motivo', 'acabou']), { code: 0, stderr: /canal erp desligado/ })
  t.match(await run(['testar', 'erp']), { code: 1, stderr: /está desligado/ })
  t.match(await run(['desligar', 'erp', '--motivo', 'x'], { url: personal(url, 'ana') }), { code: 1 })

  const shown = await conferente(['notificacoes', '--json'], { url: personal(url, 'leo') })
  const written = readdirSync(logs)
    .map((name) => readFileSync(join(logs, name), 'utf8'))
    .join('')
  t.match(written, /"canal":"erp"/)
  for (const place of [
    written,
    shown.stdout,
    saved.stderr,
    tried.stderr,
    listed.stdout,
    changed.stdout,
    refused.stderr,
  ])
    for (const hidden of ['B0SECRETA', secret, own]) t.notOk(place.includes(hidden))
})

test('if a process is killed while sending, the next one sends the message with the same identifier', async (t) => {
  const { sql, workerUrl, connectAs } = await workshop(t)
  const there = await receptor(t)
  await canal(connectAs('adelia'), there.url, 'erp')
  await connectAs('adelia')`select audit.testar_canal('erp')`
  const env = { CONFERENTE_CANAIS_REDES: '127.0.0.1' }
  const killed = spawn(process.execPath, ['src/cli/main.ts', 'notificacoes', '--enviar'], {
    cwd: ROOT,
    env: { ...process.env, ...env, DATABASE_URL: workerUrl },
    stdio: 'ignore',
  })
  there.answers.push(() => killed.kill('SIGKILL'))
  await once(killed, 'close')
  t.match((await sql`select status, tentativas from audit.notificacoes where tipo = 'teste'`)[0], {
    status: 'composta',
    tentativas: 1,
  })
  const ran = await conferente(['notificacoes', '--enviar'], { url: workerUrl, env })
  t.match(ran, { code: 0, stderr: /enviadas: 1/ })
  t.equal(there.received.length, 2)
  t.equal(new Set(there.received.map(({ headers }) => headers['webhook-id'])).size, 1)
  t.equal(new Set(there.received.map(({ body }) => body)).size, 1)
})

test('notificacoes --enviar sends to channels too, without a mail server', async (t) => {
  const { sql, workerUrl, connectAs, url } = await workshop(t)
  const there = await receptor(t)
  t.equal((await conferente(['notificacoes', '--enviar'], { url: workerUrl })).code, 2, 'with neither')
  await connectAs('adelia')`select audit.salvar_canal('equipe', 'x', 'slack', ${there.url})`
  await sql`update audit.regras set automatica = false`
  await connectAs('olivia')`select audit.processar_divergencias('manual', regras => '{uma}')`
  const ran = await conferente(['notificacoes', '--enviar'], {
    url: workerUrl,
    env: { CONFERENTE_CANAIS_REDES: '127.0.0.1' },
  })
  t.match(ran, {
    code: 0,
    stderr: /enviadas: 1; não enviadas: 0/,
    stdout: /abertas .* enviada .* equipe +20 divergências novas/,
  })
  t.match(JSON.parse(there.received[0]?.body ?? ''), { text: '20 divergências novas nesta sessão' })
  const queued = await conferente(['canais', 'testar', 'equipe'], { url: personal(url, 'adelia') })
  t.match(queued, { code: 0, stderr: /na fila: quem a envia é o worker/ })
})
