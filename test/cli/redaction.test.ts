// An error of a rule or the warehouse may contain a password, an address with one, or a CPF: none of it leaves the server.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { createRedactor } from '../../src/log/redact.ts'
import { factsSchema } from '../../src/mail/facts.ts'
import { render } from '../../src/mail/render.ts'
import { api } from '../helper/api.ts'
import { testDatabase } from '../helper/database.ts'
import { receive } from '../helper/postman.ts'
import { one, scenario } from '../helper/scenario.ts'
import { conferente, personal } from './helper.ts'

const SAID = [
  'sem resposta de postgres://leitura:s3gredo@origem/dw',
  'sem resposta de postgres://leitura:s3gre@do@origem:5432/dw?sslmode=require',
  'recusado: host=origem user=leitura password=s3gredo dbname=dw',
  "recusado: Password = 's3gredo com espaço' dbname=dw",
  'Server=origem;Uid=leitura;Pwd=s3gredo;',
  'https://origem/api?access_token=s3gredo&x=1',
  'Authorization: Bearer s3gredo.s3gredo',
  'eyJs3gredo.s3gredo.s3gredo',
  'CPF 123.456.789-09 sem cadastro',
]
const SECRET = /s3gre|com espaço|123\.456\.789-09/

test('the database and the log redact the same things', async (t) => {
  const { sql } = await testDatabase(t)
  const redact = createRedactor([])
  for (const text of [
    ...SAID,
    'a coluna token não existe',
    'senha errada',
    'nada a esconder: 12.345.678/0001-90',
  ]) {
    const stored = one(await sql`select audit_interno.sem_segredos(${text}) as texto`)['texto']
    t.equal(stored, redact(text), text)
    if (SAID.includes(text)) t.notMatch(stored, SECRET)
    else t.equal(stored, text, 'what is not secret stays')
  }
})

test('a rule that fails with a secret: terminal, log, list, API and mail show none', async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await c.book({ id: 1 })
  const server = await api(t, c)
  const [leo, olivia] = [await server.token('leitor'), await server.token('operador', 'olivia')]
  const dir = t.testdir()
  for (const said of SAID) {
    await c.sql.unsafe(`create or replace function dw.errada(janela audit.janela) returns setof audit.achado language plpgsql stable
      set search_path = pg_catalog, pg_temp as $f$ begin raise exception $said$${said}$said$; end $f$`)
    const ran = await conferente(['processar', '--modo', 'manual', '--regra', 'errada'], {
      url: personal(c.url, 'olivia'),
      env: { CONFERENTE_LOGS: dir },
    })
    t.equal(ran.code, 1)
    t.match(ran.stderr, /✖ .*errada/, 'the failure is reported')
    t.notMatch(ran.stderr, SECRET, `stderr: ${said}`)
    t.notMatch(ran.stdout, SECRET, `stdout: ${said}`)
    const simulated = await server.request('/api/v1/divergencias/processar', {
      token: olivia,
      body: { modo: 'auto', regras: ['errada'], simular: true },
    })
    t.match(simulated.json, { status: 'falhou' })
    t.notMatch(simulated.text, SECRET, `REST: ${said}`)
  }
  const listed = await conferente(['sessoes', '--json'], { url: personal(c.url, 'leo') })
  t.notMatch(listed.stdout, SECRET)
  t.notMatch((await server.request('/api/v1/auditoria/sessoes', { token: leo })).text, SECRET)
  const query = '{ sessoes { nodes { mensagem } } execucoes { nodes { erroMensagem motivo } } }'
  t.notMatch((await server.request('/graphql', { token: leo, body: { query } })).text, SECRET)
  const logs = readdirSync(dir).map((file) => readFileSync(join(dir, file), 'utf8'))
  t.match(logs.join(''), /"event":"step.failed"/)
  t.notMatch(logs.join(''), SECRET)
  const letters =
    await c.sql`select audit_interno.conteudo_mensagem(n.id) as conteudo from audit.notificacoes n
    where n.tipo in ('resumo', 'falha') and n.sessao_id is not null`
  t.ok(letters.length >= SAID.length)
  for (const { conteudo } of letters) {
    const { html, text } = await render(factsSchema.parse(conteudo))
    t.match(text, /errada falhou/)
    t.notMatch(html + text, SECRET)
  }
})

test('when the warehouse refuses with a secret, no result, problem document or GraphQL error shows it', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2, descricao: 'teimosa' })
  await c.runSession()
  const [one1, two] = [(await c.finding(1)).id, (await c.finding(2)).id]
  await c.sql.unsafe(`create function dw.recusar() returns trigger language plpgsql as $f$ begin
      if new.id = 1 or new.categoria = 'ERR' then raise exception 'sem resposta de postgres://leitura:s3gredo@origem/dw'; end if;
      return new;
    end $f$; create trigger recusar before update on dw.lancamentos for each row execute function dw.recusar()`)
  const server = await api(t, c)
  const ana = await server.token('revisor', 'ana')
  const approve = async (id: number) =>
    server.request('/api/v1/divergencias/aprovar', {
      token: ana,
      body: { ids: [id], visto: await c.shown(id), motivo: 'confere' },
    })
  const refused = await approve(one1)
  t.match(refused.json, {
    itens: [{ status: 'falha', motivo: /sem resposta de postgres:\/\/\*\*\*@origem/ }],
  })
  const problem = await approve(two)
  t.match(problem, {
    status: 409,
    json: { codigo: 'NC019', detail: /sem resposta de postgres:\/\/\*\*\*@origem/ },
  })
  const listed = await conferente(['listar', '--status', 'falha', '--detalhe'], {
    url: personal(c.url, 'leo'),
  })
  for (const text of [refused.text, problem.text, listed.stdout]) t.notMatch(text, SECRET)

  // a code of ours that a rule raises is quoted
  await c.sql.unsafe(`create or replace function dw.errada(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $f$ begin raise exception using errcode = 'NC999', message = 'recusado: password=s3gredo'; end $f$`)
  const query = `mutation { avaliarRegra(input: { regra: "errada", dataInicio: "2026-01-01", dataFim: "2026-12-31" }) { resultado { faixa } } }`
  const evaluated = await server.request('/graphql', { token: ana, body: { query } })
  t.match(evaluated.json.errors, [{ message: /password=\*\*\*/, extensions: { codigo: 'NC012' } }])
  t.notMatch(evaluated.text, SECRET)
  const ran = await conferente(
    ['avaliar', '--regra', 'errada', '--data-inicio', '2026-01-01', '--data-fim', '2026-12-31'],
    { url: personal(c.url, 'ana') },
  )
  t.equal(ran.code, 1)
  t.match(ran.stderr, /password=\*\*\*/)
  t.notMatch(ran.stderr, SECRET)
})
