// One-time links from the command line.
import t from 'tap'
import { testDatabase } from '../helper/database.ts'
import { postOffice } from '../helper/postman.ts'
import { conferente, personal } from './helper.ts'

t.test('only the link is printed, for a given or registered role, or it is mailed', async (t) => {
  const { sql, url } = await testDatabase(t)
  const post = await postOffice(t)
  const env = { SMTP_URL: `smtp://127.0.0.1:${post.port}` }
  const adelia = personal(url, 'adelia')
  const run = (...args: string[]) => conferente(['convite', ...args], { url: adelia, env })
  t.match(
    (
      await conferente(['convite', '--nome', 'Ana', '--papel', 'revisor'], {
        url: adelia,
        env: { CONFERENTE_PORTA: '9321', CONFERENTE_BASE: '/base' },
      })
    ).stdout,
    /^http:\/\/localhost:9321\/base\/revisao#convite=/,
    'while correio.pagina is not set, the page of this machine',
  )
  await sql`select audit.alterar_configuracao('correio.pagina', '"https://conferente.empresa.com.br/base"', 'teste')`
  const made = await run('--nome', 'Ana', '--papel', 'revisor')
  t.match(made, { code: 0, stderr: /Link de uso único para ana, papel revisor, vale até/ })
  t.match(made.stdout, /^https:\/\/conferente\.empresa\.com\.br\/base\/revisao#convite=[\w-]{43}\n$/)
  const [, secret = ''] = made.stdout.trim().split('=')
  const kept =
    await sql`select to_jsonb(c)::text || to_jsonb(o)::text as text from audit.convites c, audit.operacoes o`
  t.notOk(
    kept.some(({ text }) => text.includes(secret)),
    'the secret is stored nowhere',
  )
  t.match((await run('--nome', 'Ana', '--papel', 'revisor', '--json')).json(), {
    nome: 'ana',
    papel: 'revisor',
    link: /#convite=/,
  })
  t.match(await run('--nome', 'bruno'), { code: 1, stderr: /NC026/ })
  t.equal((await run('--papel', 'revisor')).code, 2)
  t.match(
    await run('--nome', 'Ana', '--papel', 'revisor', '--enviar'),
    { code: 2, stderr: /NC001/ },
    'no address',
  )

  await sql`select audit.registrar_pessoa('bruno', 'operador', 'teste', 'bruno@empresa.com.br')`
  const mailed = await run('--nome', 'bruno', '--enviar')
  t.match(mailed, { code: 0, stdout: '', stderr: /Link para bruno enviado a bruno@empresa\.com\.br/ })
  const [letter] = post.arrived
  t.match(letter, { envelope: ['bruno@empresa.com.br'], subject: /seu link de entrada/ })
  t.match(letter?.text, /\nhttps:\/\/conferente\.empresa\.com\.br\/base\/revisao#convite=[\w-]{43}\n/)
  t.match(letter?.html, /<a href="https:\/\/conferente\.empresa\.com\.br\/base\/revisao#convite=[\w-]{43}">/)
  const [, sent = '?'] = /#convite=([\w-]+)/.exec(letter?.text ?? '') ?? []
  t.notOk(`${mailed.stdout}${mailed.stderr}`.includes(sent), 'the person who sends it does not see it')
  post.answers.push(550)
  t.match(await run('--nome', 'bruno', '--enviar'), { code: 1, stderr: /o link não foi enviado: .*no/ })
  t.match(await conferente(['convite', '--nome', 'bruno', '--enviar'], { url: adelia }), {
    code: 1,
    stderr: /SMTP_URL/,
  })
})
