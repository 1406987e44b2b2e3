// Looker Studio's connector of docs/examples, its text as it stands, against a live server.
import { type Test, test } from 'tap'
import { type Api, api } from '../helper/api.ts'
import { AppsScript, type Manifest, type Outcome } from '../helper/apps_script.ts'
import { read } from '../helper/arquivos.ts'
import { cenario } from '../helper/cenario.ts'
import { tsc } from '../helper/compilador.ts'

const CODE = read('docs/examples/looker-studio/Code.js')
const MANIFEST = read('docs/examples/looker-studio/appsscript.json')
const DOCUMENTED = 'https://intranet.exemplo.com.br/conferente/'
const DAYS = { startDate: '2020-01-01', endDate: '2099-12-31' }
const EXPIRED = /token não é mais aceito/

/** The connector as somebody deployed it for this server, and what Looker Studio asks of it. */
function connector(t: Test, { url }: Api) {
  const script = new AppsScript(CODE, JSON.parse(MANIFEST.replace(DOCUMENTED, `${url}/`)) as Manifest)
  t.teardown(() => script.close())
  const value = (outcome: Outcome) => {
    if (!('value' in outcome)) throw new Error(JSON.stringify(outcome))
    return outcome.value
  }
  return {
    script,
    login: async (key: string, path = url) =>
      value(await script.call('setCredentials', { pathKey: { path, key } })),
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever it gets
    call: async (name: string, argument?: unknown): Promise<any> => value(await script.call(name, argument)),
    data: (relatorio: string, fields: string[], dateRange = DAYS) =>
      script.call('getData', {
        configParams: { relatorio },
        dateRange,
        fields: fields.map((name) => ({ name })),
        scriptParams: {},
      }),
  }
}

const values = (outcome: Outcome) =>
  (outcome as { value: { rows: { values: unknown[] }[] } }).value.rows.map((row) => row.values)

test("the script calls what there is, by Google's own types", (t) => {
  t.equal(tsc('-p', 'docs/examples/looker-studio'), '')
  t.end()
})

test('the manifest has what Google asks for', (t) => {
  t.ok(MANIFEST.includes(DOCUMENTED))
  const { dataStudio } = JSON.parse(MANIFEST)
  for (const name of ['company', 'companyUrl', 'logoUrl', 'addOnUrl', 'supportUrl', 'description']) {
    t.type(dataStudio[name], 'string', name)
  }
  t.ok(dataStudio.name.length <= 28)
  t.end()
})

test('a person connects, chooses a report and sees the fields that were asked for', async (t) => {
  const cena = await cenario(t)
  await cena.lancar({ id: 1, valor: 50 }, { id: 2, valor: 1300.25 }, { id: 3, valor: 200 })
  await cena.processar()
  await cena.aprovar('ana', (await cena.achado(1)).id)
  const server = await api(t, cena, { basePath: '/financas/conferente' })
  const looker = connector(t, server)
  t.same(await looker.call('getAuthType'), { type: 'PATH_KEY' })
  t.equal(await looker.call('isAdminUser'), false)
  t.equal(await looker.call('isAuthValid'), false)
  t.same(await looker.login('x'), { errorCode: 'INVALID_CREDENTIALS' })
  t.same(await looker.login('x', 'javascript:alert(1)'), { errorCode: 'INVALID_CREDENTIALS' })
  t.same(await looker.login(await server.token('leitor', 'looker'), `${server.url}/`), { errorCode: 'NONE' })
  t.equal(await looker.call('isAuthValid'), true)
  const { configParams, dateRangeRequired } = await looker.call('getConfig', { languageCode: 'pt-BR' })
  t.equal(dateRangeRequired, true)
  t.same(
    configParams[0].options.map(({ value }: { value: string }) => value),
    ['resumo', 'divergencias'],
  )

  for (const relatorio of ['resumo', 'divergencias']) {
    const { schema } = await looker.call('getSchema', { configParams: { relatorio } })
    const ids: string[] = schema.map(({ name }: { name: string }) => name)
    const all = await looker.data(relatorio, ids)
    t.same((all as { value: { schema: unknown } }).value.schema, schema)
    for (const row of values(all)) {
      for (const [i, { name, dataType, semantics }] of schema.entries()) {
        t.type(row[i], dataType.toLowerCase(), `${relatorio}.${name}`)
        if (semantics.semanticType === 'YEAR_MONTH_DAY') t.match(row[i], /^20\d{6}$/)
      }
    }
  }
  const metrics = ['valor_em_risco', 'status', 'quantidade', 'confianca_ponderada']
  t.same(values(await looker.data('resumo', metrics)).sort(), [
    [1500.25, 'aberta', 2, 1.98],
    [50, 'corrigida', 1, 0.99],
  ])
  t.same(values(await looker.data('divergencias', ['registro_id'])), [['1'], ['2'], ['3']])
  const long = { startDate: '2020-01-01', endDate: '2020-01-31' }
  t.same(values(await looker.data('resumo', ['dia'], long)), [], 'only the days of the report')
  t.same(values(await looker.data('divergencias', ['id'], long)), [])
})

test('all pages are read', async (t) => {
  const cena = await cenario(t)
  await cena.lancar(...Array.from({ length: 3 }, (_, i) => ({ id: i + 1 })))
  await cena.processar()
  const server = await api(t, cena)
  const small = CODE.replace('PAGE_ROWS = 500', 'PAGE_ROWS = 2')
  t.not(small, CODE)
  const script = new AppsScript(small, { timeZone: 'America/Sao_Paulo', urlFetchWhitelist: [server.url] })
  t.teardown(() => script.close())
  await script.call('setCredentials', { pathKey: { path: server.url, key: await server.token('leitor') } })
  const request = { configParams: { relatorio: 'divergencias' }, dateRange: DAYS, fields: [{ name: 'id' }] }
  t.equal(values(await script.call('getData', request)).length, 3)
  t.equal(script.asked.filter((url) => url.includes('por_pagina=2')).length, 2)
})

test('what goes wrong is said to the user in words, and the token goes nowhere else', async (t) => {
  const cena = await cenario(t)
  const server = await api(t, cena)
  const looker = connector(t, server)
  await looker.login(await server.token('leitor', 'looker'))
  t.match(await looker.data('nenhum', ['dia']), { userError: /o que mostrar/ })
  await cena.como('adelia')`select audit.revogar_acesso(motivo => 'teste', nome => 'looker')`
  t.match(await looker.data('resumo', ['dia']), { userError: EXPIRED, debug: /urn:conferente|401/ })
  t.equal(await looker.call('isAuthValid'), false, 'so Looker Studio asks for another one')
  await looker.call('resetAuth')
  t.equal(await looker.call('isAuthValid'), false)
  t.notOk(
    Object.values(await looker.call('credentials')).some(Boolean),
    'logged out, neither address nor token stays',
  )
  t.ok(looker.script.asked.every((url) => url.startsWith(server.url)))
})
