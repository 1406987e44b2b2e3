// A spreadsheet of decisions over REST.
import { type Test, test } from 'tap'
import { XLSX_MIME } from '../../src/export/media.ts'
import { api } from '../helper/api.ts'
import { scenario } from '../helper/scenario.ts'
import { type Decisions, exportSheet, fillIn, readRows, saveSheet } from '../helper/sheet.ts'

const PATH = '/api/v1/divergencias/planilha'

async function desk(t: Test) {
  const scene = await scenario(t)
  await scene.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4, valor: 150_000 })
  await scene.runSession()
  const server = await api(t, scene)
  const send = async (token: string | undefined, body: Buffer | string, type = XLSX_MIME, query = '') => {
    const response = await fetch(`${server.url}${PATH}${query}`, {
      method: 'POST',
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), 'content-type': type },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    })
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever document it gets
    return { status: response.status, json: (await response.json()) as any }
  }
  const filled = async (decisions: Decisions) =>
    saveSheet(fillIn(await readRows(await exportSheet(scene.asPerson('ana'))), decisions))
  const id = async (row: number) => (await scene.finding(row)).id
  return { stage: scene, server, send, filled, id }
}

test('a file exported over REST, filled in and sent back is decided line by line', async (t) => {
  const { stage, server, send, id } = await desk(t)
  const ana = await server.token('revisor', 'ana')
  const response = await fetch(
    `${server.url}/api/v1/relatorios/divergencias/export?formato=xlsx&status=aberta`,
    { headers: { authorization: `Bearer ${ana}` } },
  )
  const rows = await readRows(Buffer.from(await response.arrayBuffer()))
  t.same(rows[0]?.slice(0, 3), ['Decisão', 'Motivo', 'Divergência'])
  const [um, two, three, four] = [await id(1), await id(2), await id(3), await id(4)]
  await stage.reject('bruno', two)
  const file = await saveSheet(
    fillIn(rows, {
      [um]: ['aprovar'],
      [two]: ['aprovar'],
      [three]: ['rejeitar', 'contrato'],
      [four]: ['aprovar'],
    }),
  )
  const { status, json } = await send(ana, file, XLSX_MIME, '?nome=segunda%20feira.xlsx')
  t.equal(status, 200)
  t.match(json, {
    arquivo: /^[0-9a-f]{64}$/,
    por_resultado: { feita: 3, deixada: 1 },
    itens: [
      { id: um, resultado: 'feita', status: 'corrigida', motivo: 'decidida na planilha segunda feira.xlsx' },
      { id: two, resultado: 'deixada', codigo: 'NC005', explicacao: /rejeitada por bruno/ },
      { id: three, resultado: 'feita', status: 'rejeitada', motivo: 'contrato' },
      { id: four, resultado: 'feita', status: 'aguardando_segunda_aprovacao' },
    ],
  })
  t.equal(await stage.categoria(1), 'CERTA')
  const [operation] = await stage.sql`select ator, detalhes from audit.operacoes where tipo = 'aprovacao'`
  t.match(operation, { ator: 'ana', detalhes: { planilha: { sha256: json.arquivo } } })

  const none = await fetch(
    `${server.url}/api/v1/relatorios/divergencias/export?formato=xlsx&status=corrigida`,
    { headers: { authorization: `Bearer ${ana}` } },
  )
  const [heading = []] = await readRows(Buffer.from(await none.arrayBuffer()))
  t.notOk(heading.includes('Decisão'), 'where nothing waits there is nothing to decide')
  t.same(server.failures.map(String), [])
})

test('a file that is not a sheet, is too large or not for this role is refused, and nothing is done', async (t) => {
  const { stage, server, send, filled, id } = await desk(t)
  const ana = await server.token('revisor', 'ana')
  const good = await filled({ [await id(1)]: ['aprovar'] })
  t.match(await send(ana, Buffer.from('id;decisao')), {
    status: 422,
    json: { detail: /não é uma planilha XLSX/ },
  })
  t.match(await send(ana, await filled({})), { status: 422, json: { codigo: 'NC001' } })
  t.match(await send(ana, JSON.stringify({ ids: [1] }), 'application/json'), {
    status: 415,
    json: { detail: /spreadsheetml/ },
  })
  t.match(await send(ana, good, 'application/octet-stream'), { status: 415 })
  t.match(await send(ana, Buffer.alloc(10_000_001)), { status: 413 })
  t.match(await send(ana, Buffer.alloc(0)), { status: 422 })
  const nothing = await server.request(PATH, { token: ana, method: 'POST' })
  t.equal(nothing.status, 422, 'no body at all')
  t.match(await send(ana, good, XLSX_MIME, '?name=x'), { status: 400 })
  t.match(await send(undefined, good), { status: 401 })
  for (const role of ['leitor', 'operador', 'administrador'] as const) {
    const token = await server.token(role)
    t.match(await send(token, good), { status: 403 }, role)
    t.match(await send(token, Buffer.from('x')), { status: 403 }, `${role}, before the file is looked at`)
  }
  const other = await fetch(`${server.url}/api/v1/divergencias/confirmar`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ana}`, 'content-type': XLSX_MIME },
    body: new Uint8Array(good),
  })
  t.equal(other.status, 415, 'no other route accepts a file')
  t.equal(await stage.status(1), 'aberta')
  t.match(await send(ana, good), { status: 200, json: { por_resultado: { feita: 1 } } })
  t.match(
    await send(ana, good),
    { status: 200, json: { por_resultado: { deixada: 1 } } },
    'the second time there is nothing left to do',
  )
  t.same(server.failures.map(String), [])
})
