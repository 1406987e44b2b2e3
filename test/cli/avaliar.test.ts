import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { testDatabase } from '../helper/database.ts'
import { conferente, makeWarehouse, personal } from './helper.ts'

const { sql, url } = await testDatabase(t)
await makeWarehouse(sql)
const ana = personal(url, 'ana')
const folder = mkdtempSync(join(tmpdir(), 'conferente-avaliar-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const window = ['--data-inicio', '2026-08-01', '--data-fim', '2026-10-31']
const backTest = (rule: string, ...more: string[]) =>
  conferente(['avaliar', '--regra', rule, ...window, ...more], { url: ana })

await t.test('a table, a picture, and the same as JSON', async (t) => {
  const figure = join(folder, 'curva.svg')
  const ran = await backTest('pendente_verificacao', '--figura', figure)
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.stdout, /tratados como se estivessem pendentes/)
  t.match(ran.stdout, /Erro de calibração esperado: \d/)
  const svg = readFileSync(figure, 'utf8')
  t.match(svg, /^<svg /)
  t.match(svg, /Confiabilidade de pendente_verificacao/)
  t.match(svg, /n = \d+/)
  const lines = (await backTest('pendente_verificacao', '--json')).json()
  const total = lines.find(
    (line: { fonte: string; faixa: string }) => line.fonte === 'retroteste' && line.faixa === 'total',
  )
  t.ok(Number(total.julgadas) > 100)
})

await t.test('findings that nobody has decided do not count as right', async (t) => {
  const ran = await backTest('trade_marketing')
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.stdout, /ninguém decidiu sobre o que a regra encontrou/)
})

await t.test('another version is shown separately, and the error says who must own it', async (t) => {
  await sql.unsafe(`create function dw.outra(audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$ begin return; end $$`)
  const ran = await backTest('trade_marketing', '--outra-funcao', 'dw.outra', '--json')
  t.equal(ran.code, 0, ran.stderr)
  t.same(
    [...new Set(ran.json().map((line: { funcao: string }) => line.funcao))],
    ['regra_trade_marketing.detectar', 'dw.outra'],
  )
  await sql.unsafe('alter function dw.outra(audit.janela) owner to ana')
  const refused = await backTest('trade_marketing', '--outra-funcao', 'dw.outra')
  t.equal(refused.code, 1)
  t.match(refused.stderr, /dw\.outra é de ana/)
  t.match(refused.stderr, /conferente_administrador/)
  t.notMatch(refused.stderr, /este comando pede o papel/, 'ana has the role of the command')
})

await t.test('wrong usage, a missing right, a path that cannot be written', async (t) => {
  t.equal((await backTest('nenhuma')).code, 2)
  t.equal((await conferente(['avaliar', '--regra', 'trade_marketing'], { url: ana })).code, 2)
  const leo = await conferente(['avaliar', '--regra', 'trade_marketing', ...window], {
    url: personal(url, 'leo'),
  })
  t.equal(leo.code, 1)
  t.match(leo.stderr, /conferente_revisor/)
  const figure = await backTest('trade_marketing', '--figura', join(folder, 'nada', 'f.svg'))
  t.equal(figure.code, 1)
  t.match(figure.stderr, /não foi possível gravar/)
})
