// Decisions and undoing them by the API: the same answers, finding by finding, as in psql.
import { type Test, test } from 'tap'
import { api } from '../helper/api.ts'
import { scenario } from '../helper/scenario.ts'

async function scene(t: Test) {
  const stage = await scenario(t)
  await stage.book({ id: 1 }, { id: 2 }, { id: 3, descricao: 'aponta' }, { id: 4, valor: 150_000 })
  await stage.runSession()
  const server = await api(t, stage)
  const [ana, bruno, olivia] = [
    await server.token('revisor', 'ana'),
    await server.token('revisor', 'bruno'),
    await server.token('operador', 'olivia'),
  ]
  const rest = (token: string, path: string, body?: object) =>
    server.request(`/api/v1/${path}`, { token, ...(body && { body }) })
  const graphql = async (token: string, query: string) =>
    (await server.request('/graphql', { token, body: { query } })).json
  const ids = await Promise.all([1, 2, 3, 4].map(async (n) => (await stage.finding(n)).id))
  /** What the list shows of findings, in the order of their ids. */
  const seen = async (...wanted: number[]): Promise<string[]> => {
    const { itens } = (await rest(ana, 'divergencias?ordem=id')).json
    return wanted.map((id) => itens.find((item: { id: number }) => item.id === id).visto)
  }
  return { stage, ana, bruno, olivia, rest, graphql, seen, ids: ids as [number, number, number, number] }
}

test('REST: a batch is decided except what somebody else decided, and is undone by its number', async (t) => {
  const { stage, ana, bruno, rest, seen, ids } = await scene(t)
  const shown = await seen(...ids.slice(0, 3))
  await stage.reject('bruno', ids[0])
  const lot = await rest(ana, 'divergencias/aprovar', {
    ids: ids.slice(0, 3),
    visto: shown,
    motivo: 'confere',
  })
  t.equal(lot.status, 200)
  t.match(lot.json, {
    por_resultado: { feita: 1, deixada: 2 },
    por_status: { corrigida: 1 },
    itens: [
      { codigo: 'NC005', explicacao: /já está rejeitada por bruno em / },
      { resultado: 'feita' },
      { codigo: 'NC017' },
    ],
  })
  const path = `auditoria/operacoes/${lot.json.itens[1].operacao_id}/desfazer`
  t.match((await rest(bruno, path, { motivo: 'x' })).json, { status: 403, codigo: 'NC007' })
  t.match((await rest(ana, path, { motivo: 'engano' })).json, {
    por_resultado: { feita: 1 },
    itens: [{ status: 'aberta' }],
  })
  t.equal(await stage.categoria(2), 'ERR')
  t.match((await rest(ana, path, { motivo: 'engano' })).json, { status: 409, codigo: 'NC005' })
})

test('REST: confirming; approving only what was seen', async (t) => {
  const { stage, ana, bruno, rest, ids } = await scene(t)
  t.match((await rest(ana, 'divergencias/confirmar', { ids: [ids[2]], motivo: 'estornada' })).json, {
    itens: [{ status: 'resolvida', explicacao: /não volta à fila/ }],
  })
  await stage.typeIn('ana', ids[0], { categoria: 'A' })
  const seen = async () =>
    (await rest(bruno, 'divergencias?registro_id=1')).json.itens.map((item: { visto: string }) => item.visto)
  const before = await seen()
  await stage.typeIn('ana', ids[0], { categoria: 'B' })
  const approve = async (shown?: string[]) =>
    (
      await rest(bruno, 'divergencias/aprovar', {
        ids: [ids[0]],
        motivo: 'confere',
        ...(shown && { visto: shown }),
      })
    ).json
  t.match(await approve(), { status: 400, detail: /falta visto/ })
  t.match(await approve(before), { status: 409, codigo: 'NC021' })
  t.match(await approve(await seen()), { itens: [{ status: 'corrigida' }] })
  t.equal(await stage.categoria(1), 'B')
})

test('GraphQL: the same', async (t) => {
  const { stage, ana, bruno, graphql, ids } = await scene(t)
  await stage.typeIn('ana', ids[0], { categoria: 'A' })
  const { data } = await graphql(
    bruno,
    '{ divergenciasAbertas(orderBy: ID_ASC) { nodes { visto divergencia { visto } } } }',
  )
  const { nodes } = data.divergenciasAbertas
  t.match(nodes[0].visto, /^[0-9a-f]{16}$/)
  t.equal(nodes[0].visto, nodes[0].divergencia.visto)
  await stage.typeIn('ana', ids[0], { categoria: 'B' })
  const shownOnes = nodes.slice(0, 2).map((n: { visto: string }) => `"${n.visto}"`)
  const approved = await graphql(
    bruno,
    `mutation { aprovarDivergencias(input: { ids: [${ids.slice(0, 2).map((id) => `"${id}"`)}], visto: [${shownOnes}], motivo: "confere" }) {
      resultado { id resultado codigo status explicacao operacaoId aviso } } }`,
  )
  const { resultado } = approved.data.aprovarDivergencias
  t.match(resultado, [
    { resultado: 'deixada', codigo: 'NC021', explicacao: /"B"/ },
    { resultado: 'feita', status: 'corrigida', aviso: null },
  ])
  const undone = await graphql(
    bruno,
    `mutation { desfazer(input: { operacao: "${resultado[1].operacaoId}", motivo: "engano" }) { resultado { status } } }`,
  )
  t.match(undone.data.desfazer.resultado, [{ status: 'aberta' }])
  const confirmed = await graphql(
    ana,
    `mutation { confirmarDivergencias(input: { ids: ["${ids[2]}"], motivo: "estornada" }) { resultado { status } } }`,
  )
  t.match(confirmed.data.confirmarDivergencias.resultado, [{ status: 'resolvida' }])
})

test('postponing, forwarding and commenting by REST or GraphQL is shown by both, and undone', async (t) => {
  const { ana, bruno, rest, graphql, ids } = await scene(t)
  const later = await rest(ana, 'divergencias/adiar', { ids: [ids[0]], ate: null, motivo: 'vem a nota' })
  t.match(later, {
    status: 200,
    json: { por_status: { aberta: 1 }, itens: [{ explicacao: 'adiada até que o registro mude' }] },
  })
  t.match(await rest(ana, 'divergencias/adiar', { ids: [ids[0]], ate: '2020-01-01', motivo: 'x' }), {
    status: 422,
  })
  await rest(ana, 'divergencias/comentar', { ids: [ids[0]], comentario: 'liguei' })
  const forwarded = await rest(ana, 'divergencias/encaminhar', {
    ids: [ids[1]],
    para: 'bruno',
    motivo: 'conhece',
  })
  t.match(forwarded, { status: 200 })
  const seen = () =>
    graphql(
      bruno,
      `{ gruposAbertos { nodes { quantidade paraMim } }
        divergenciasAbertas(orderBy: ID_ASC, filter: { or: [{ adiada: { equalTo: true } }, { paraMim: { equalTo: true } }] }) {
          nodes { id adiada adiadaAte encaminhadaPara notaPor notaMotivo notaOperacaoId } } }`,
    )
  const told = await seen()
  t.match(told.data.divergenciasAbertas.nodes, [
    { adiada: true, adiadaAte: null, notaPor: 'ana', notaMotivo: 'vem a nota' },
    { adiada: false, encaminhadaPara: 'bruno', notaPor: 'ana', notaMotivo: 'conhece' },
  ])
  t.equal(told.data.gruposAbertos.nodes.filter((g: { paraMim: boolean }) => g.paraMim).length, 1)
  const again = await graphql(
    ana,
    `mutation { adiar(input: { ids: ["${ids[0]}"], ate: "2999-01-01", motivo: "x" }) { resultado { operacaoId } } }`,
  )
  t.match((await seen()).data.divergenciasAbertas.nodes, [{ adiadaAte: '2999-01-01' }, {}])
  for (const operation of [
    again.data.adiar.resultado[0].operacaoId,
    later.json.itens[0].operacao_id,
    forwarded.json.itens[0].operacao_id,
  ])
    t.match(await rest(ana, `auditoria/operacoes/${operation}/desfazer`, { motivo: 'engano' }), {
      status: 200,
    })
  t.strictSame((await seen()).data.divergenciasAbertas.nodes, [])
})

test('GraphQL: only a reviewer brings a correction back; a rollback as wrong says what it cost', async (t) => {
  const { stage, ana, olivia, graphql, ids } = await scene(t)
  // with so little tolerance, two wrong answers are enough
  await stage.sql`update audit.configuracoes_sistema set valor = '0.01' where chave = 'regras.erro_tolerado'`
  await stage.approve('ana', ids[0])
  await stage.reject('ana', ids[1])
  const reverted = await graphql(
    ana,
    `mutation { reverterDivergencias(input: { ids: ["${ids[0]}"], motivo: "não era", porque: "erradas" }) {
      resultado { resultado status explicacao operacaoId aviso } } }`,
  )
  const [row] = reverted.data.reverterDivergencias.resultado
  t.match(row, {
    status: 'revertida',
    explicacao: /não volta à fila/,
    aviso: /conferente regras --auto errada/,
  })
  const back = `mutation { reverterOperacao(input: { id: "${row.operacaoId}", motivo: "era sim" }) { resultado { status } } }`
  t.match(await graphql(olivia, back), { errors: [{ extensions: { codigo: '42501' } }] })
  t.equal(await stage.categoria(1), 'ERR')
  t.match((await graphql(ana, back)).data.reverterOperacao.resultado, [{ status: 'corrigida' }])
  t.equal(await stage.categoria(1), 'CERTA')
  const [rule] = await stage.sql`select automatica from audit.regras where nome = 'errada'`
  t.equal(rule?.['automatica'], true, 'and leaves no mark on the rule')
})

test("an approval over the API must say what was seen, even for a rule's own proposals; in psql it is optional", async (t) => {
  const { stage, ana, rest, graphql, seen, ids } = await scene(t)
  const [um, two] = ids
  t.match(await rest(ana, 'divergencias/aprovar', { ids: [um, two], motivo: 'confere' }), {
    status: 400,
    json: { detail: /falta visto/, sugestao: /campo visto/ },
  })
  const blind = (shown = '') =>
    graphql(
      ana,
      `mutation { aprovarDivergencias(input: { ids: ["${um}", "${two}"], ${shown} motivo: "confere" }) {
        resultado { resultado codigo explicacao } } }`,
    )
  t.match(await blind(), {
    errors: [{ message: /falta visto/, extensions: { codigo: 'NC001', sugestao: /campo visto/ } }],
  })
  const [shownOne, shownTwo] = await seen(um, two)
  t.match((await blind(`visto: ["${shownOne}", null],`)).data.aprovarDivergencias.resultado, [
    { resultado: 'feita' },
    { resultado: 'deixada', codigo: 'NC021', explicacao: new RegExp(`visto ${shownTwo}`) },
  ])
  t.equal(await stage.categoria(2), 'ERR', 'findings that were not listed as seen are left')
  const psql = await stage.asPerson('ana')`select status from audit.aprovar_divergencias(${[two]}, 'confere')`
  t.equal(psql[0]?.['status'], 'corrigida')
})

test('REST: findings that changed since they were seen are reported and left; the others are decided', async (t) => {
  const { stage, ana, rest, seen, ids } = await scene(t)
  const [um, two] = ids
  await stage.book({ id: 5 })
  await stage.runSession()
  const { id: five } = await stage.finding(5)
  const shown = await seen(um, two, five)
  await stage.reject('bruno', um)
  await stage.asPerson('bruno')`select audit.reabrir_divergencias(${[um]}, 'olhei de novo')`
  await stage.typeIn('bruno', um, { categoria: 'OUTRA' })
  await stage.sql`update dw.lancamentos set descricao = 'outra nota' where id = 5`
  await stage.runSession()
  const lot = await rest(ana, 'divergencias/aprovar', {
    ids: [um, two, five],
    visto: shown,
    motivo: 'confere',
  })
  t.match(lot.json.itens, [
    { resultado: 'deixada', codigo: 'NC021', explicacao: /OUTRA/ },
    { resultado: 'feita' },
    { resultado: 'deixada', codigo: 'NC005', explicacao: /já está obsoleta/ },
  ])
  t.equal(await stage.categoria(1), 'ERR')
  t.equal(await stage.categoria(5), 'ERR')
})

test('GraphQL: a batch of rejections leaves what somebody else decided; rejected findings are reopened', async (t) => {
  const { stage, ana, bruno, graphql, ids } = await scene(t)
  const [um, two] = ids
  await stage.approve('bruno', um)
  const reject = await graphql(
    ana,
    `mutation { rejeitarDivergencias(input: { ids: ["${um}", "${two}"], motivo: "está certo" }) {
      resultado { id resultado codigo explicacao status } } }`,
  )
  t.match(reject.data.rejeitarDivergencias.resultado, [
    { resultado: 'deixada', codigo: 'NC005', explicacao: /já está corrigida por bruno em / },
    { resultado: 'feita', status: 'rejeitada' },
  ])
  const reopen = (token: string, id: number) =>
    graphql(
      token,
      `mutation { reabrirDivergencias(input: { ids: ["${id}"], motivo: "olhei de novo" }) { resultado { status resultado } } }`,
    )
  t.match((await reopen(bruno, two)).data.reabrirDivergencias.resultado, [{ status: 'aberta' }])
  t.match(await reopen(bruno, two), { errors: [{ extensions: { codigo: 'NC005' } }] })
})

test('GraphQL: bringing back a correction that took two people takes two again', async (t) => {
  const { stage, ana, bruno, olivia, rest, graphql, seen, ids } = await scene(t)
  const large = ids[3]
  const approve = async (token: string) =>
    (await rest(token, 'divergencias/aprovar', { ids: [large], visto: await seen(large), motivo: 'confere' }))
      .json
  await approve(ana)
  t.match(await approve(bruno), { itens: [{ status: 'corrigida' }] })
  const reverted = await graphql(
    ana,
    `mutation { reverterDivergencias(input: { ids: ["${large}"], motivo: "era outra nota" }) { resultado { status operacaoId } } }`,
  )
  const { operacaoId } = reverted.data.reverterDivergencias.resultado[0]
  const back = (token: string) =>
    graphql(
      token,
      `mutation { reverterOperacao(input: { id: "${operacaoId}", motivo: "não era" }) { resultado { resultado status explicacao } } }`,
    )
  t.match(await back(olivia), { errors: [{ extensions: { codigo: '42501' } }] })
  t.match((await back(ana)).data.reverterOperacao.resultado, [
    { resultado: 'aguardando_segunda_aprovacao', status: 'aguardando_segunda_aprovacao' },
  ])
  t.equal(await stage.categoria(4), 'ERR', 'one of them alone changes nothing')
  t.match(await approve(ana), { status: 403, codigo: 'NC007' })
  t.match(await approve(bruno), { itens: [{ status: 'corrigida' }] })
  t.equal(await stage.categoria(4), 'CERTA')
})

test('GraphQL: a typed value is cleared with its state; after a refusal the first person may propose again', async (t) => {
  const { stage, ana, bruno, graphql, seen, ids } = await scene(t)
  const [um] = ids
  const type = (value: string) =>
    graphql(
      ana,
      `mutation { corrigirManualmente(input: { id: "${um}", valores: { categoria: "${value}" }, motivo: "olhei a nota" }) { resultado { status } } }`,
    )
  const approve = async (token: string) =>
    (
      await graphql(
        token,
        `mutation { aprovarDivergencias(input: { ids: ["${um}"], visto: ["${(await seen(um))[0]}"], motivo: "confere" }) { resultado { resultado status explicacao } } }`,
      )
    ).data.aprovarDivergencias.resultado
  t.match((await type('PROIBIDA')).data.corrigirManualmente, {
    resultado: { status: 'aguardando_segunda_aprovacao' },
  })
  t.match(await approve(bruno), [{ resultado: 'sem_efeito', status: 'falha', explicacao: /23514/ }])
  t.match((await type('MINHA')).data.corrigirManualmente, {
    resultado: { status: 'aguardando_segunda_aprovacao' },
  })
  await stage.change(1, 'ERR2')
  t.match(await approve(bruno), [{ status: 'obsoleta' }])
  await stage.change(1, 'ERR')
  await stage.runSession()
  t.match(await approve(ana), [{ status: 'corrigida' }])
  t.equal(await stage.categoria(1), 'CERTA', 'the present proposal')
})
