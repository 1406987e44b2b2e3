// REST as the people who use it see it: pages with totals, decisions, and refusals that say what would be right.
import { type Test, test } from 'tap'
import { api } from '../helper/api.ts'
import { scenario } from '../helper/scenario.ts'

async function scene(t: Test) {
  const stage = await scenario(t)
  await stage.book(
    { id: 1, valor: 50 },
    { id: 2, valor: 300 },
    { id: 3, valor: 200, confianca: 0.4 },
    { id: 4, valor: 150_000 },
  )
  await stage.runSession()
  const server = await api(t, stage)
  const tokens = {
    leo: await server.token('leitor', 'leo'),
    ana: await server.token('revisor', 'ana'),
    bruno: await server.token('revisor', 'bruno'),
    olivia: await server.token('operador', 'olivia'),
  }
  return { stage, server, ...tokens }
}

test('findings come in pages, filtered and in the order asked for, with the total of all', async (t) => {
  const { server, leo, stage } = await scene(t)
  const ask = async (query: string) =>
    (await server.request(`/api/v1/divergencias?${query}`, { token: leo })).json
  const first = await ask('ordem=-valor_em_risco&por_pagina=2')
  t.match(first, { total: 4, pagina: 1, por_pagina: 2 })
  t.same(
    first.itens.map((item: { registro_id: string }) => item.registro_id),
    ['4', '2'],
  )
  t.match(first.itens[0], { status: 'aberta', regra: 'errada', valor_em_risco: 150_000, idade_dias: 0 })
  t.notOk('impressao' in first.itens[0], 'bytes that nobody reads are left out')
  const second = await ask('ordem=-valor_em_risco&por_pagina=2&pagina=2')
  t.same(
    second.itens.map((item: { registro_id: string }) => item.registro_id),
    ['3', '1'],
  )
  t.match(await ask('confianca_maxima=0.5'), { total: 1, itens: [{ registro_id: '3' }] })
  t.match(await ask('valor_minimo=200&valor_maximo=300&status=aberta&status=falha'), { total: 2 })
  t.match(await ask('status=corrigida'), { total: 0, itens: [] })
  t.match(await ask('regra=errada&registro_id=1&tabela=dw.lancamentos'), { total: 1 })
  t.match(await ask('regra=trade_marketing'), { total: 0 })
  t.match(await ask('detectada_ate=2020-01-01'), { total: 0 })
  const [today] = await stage.sql`select (now() at time zone 'America/Sao_Paulo')::date::text as dia`
  t.match(
    await ask(`detectada_de=${today?.['dia']}&detectada_ate=${today?.['dia']}`),
    { total: 4 },
    'both dates are included',
  )
  t.match(await ask('sessao_id=1'), { total: 4 })
  t.match(await ask('pagina=1000000'), { total: 4, itens: [] }, 'past the end the total is still right')
})

test('one finding is fetched by its number, and an unknown number is reported', async (t) => {
  const { server, leo, stage } = await scene(t)
  const { id } = await stage.finding(4)
  const { json } = await server.request('/api/v1/divergencias?registro_id=4', { token: leo })
  const one = await server.request(`/api/v1/divergencias/${id}`, { token: leo })
  t.same(one.json, json.itens[0])
  t.match(await server.request('/api/v1/divergencias/999', { token: leo }), {
    status: 404,
    json: { codigo: 'NC004' },
  })
  t.equal((await server.request('/api/v1/divergencias/tudo', { token: leo })).status, 400)
})

test('an amount keeps all its digits', async (t) => {
  const { server, leo, stage } = await scene(t)
  await stage.sql`update dw.lancamentos set valor = 9007199254740993.07 where id = 2`
  await stage.sql`update audit.configuracoes_sistema set valor = '1e15' where chave = 'aprovacao.valor_dupla'`
  await stage.sql`delete from dw.lancamentos where id <> 2`
  await stage.book({ id: 9, valor: 1 })
  await stage.sql`update dw.lancamentos set valor = 9007199254740993.07 where id = 9`
  await stage.runSession()
  const { text } = await server.request('/api/v1/divergencias?registro_id=9', { token: leo })
  t.match(text, /"valor_em_risco": 9007199254740993\.07/)
})

test('a reviewer approves and rejects under their own name; the answer says what became of each', async (t) => {
  const { server, ana, bruno, leo, stage } = await scene(t)
  const id = async (record: number) => (await stage.finding(record)).id
  const approve = async (token: string, ids: number[]) => {
    const shown = (await stage.shown(...ids)).map((seen) => seen ?? 'nada')
    return server.request('/api/v1/divergencias/aprovar', {
      token,
      body: { ids, visto: shown, motivo: 'confere' },
    })
  }
  t.equal((await approve(leo, [await id(1)])).status, 403, 'a reader decides nothing')
  const both = await approve(ana, [await id(1), await id(4)])
  t.equal(both.status, 200)
  t.same(both.json.por_status, { corrigida: 1, aguardando_segunda_aprovacao: 1 })
  t.equal(await stage.categoria(1), 'CERTA')
  t.equal(await stage.categoria(4), 'ERR', 'not before a second person has decided')
  t.match((await approve(ana, [await id(4)])).json, { status: 403, codigo: 'NC007' })
  t.same((await approve(bruno, [await id(4)])).json.por_status, { corrigida: 1 })
  t.match((await approve(ana, [await id(1)])).json, { status: 409, codigo: 'NC005' })
  t.match((await approve(ana, [999])).json, { status: 404, codigo: 'NC004' })

  const path = `/api/v1/divergencias/${await id(2)}/rejeitar`
  t.match((await server.request(path, { token: ana, method: 'DELETE' })).json, {
    status: 422,
    codigo: 'NC006',
  })
  const rejected = await server.request(path, {
    token: ana,
    method: 'DELETE',
    body: { motivo: 'está certo' },
  })
  t.match(rejected.json, { status: 'rejeitada', decidida_por: 'ana', motivo: 'está certo' })
  const other = `/api/v1/divergencias/${await id(3)}/rejeitar?motivo=est%C3%A1%20certo`
  t.match((await server.request(other, { token: bruno, method: 'DELETE' })).json, { decidida_por: 'bruno' })
})

test('an operator requests a session and follows it; a simulation answers at once', async (t) => {
  const { server, olivia, ana, stage } = await scene(t)
  const ask = (body: object, token = olivia) =>
    server.request('/api/v1/divergencias/processar', { token, body })
  const queued = await ask({ modo: 'auto', regras: ['errada'] })
  t.equal(queued.status, 202)
  t.match(queued.json, { status: 'agendada', modo: 'auto', solicitada_por: 'olivia' })
  const followed = await server.request(queued.headers.get('location') ?? '', { token: olivia })
  t.match(followed.json, { total: 1, itens: [{ id: queued.json.id, execucoes: [{ regra: 'errada' }] }] })
  const [job] = await stage.sql`select count(*)::int as n from graphile_worker.jobs`
  t.equal(job?.['n'], 1)

  const simulated = await ask({ modo: 'auto', regras: ['errada'], simular: true })
  t.equal(simulated.status, 200)
  t.match(simulated.json, { simulada: true, corrigidas: 2 })
  t.equal(await stage.categoria(1), 'ERR', 'nothing was changed')
  t.match((await ask({ data_inicio: '2026-02-02', data_fim: '2026-01-01' })).json, { codigo: 'NC002' })
  t.match((await ask({ regras: ['nenhuma'] })).json, { status: 422, codigo: 'NC003' })
  t.equal((await ask({}, ana)).status, 403, 'a reviewer runs no session')
})

test('an administrator closes and reopens months; everybody sees what is closed', async (t) => {
  const { server } = await scene(t)
  const [adelia, leo] = [await server.token('administrador', 'adelia'), await server.token('leitor')]
  const close = (token: string, body: object) =>
    server.request('/api/v1/periodos/fechar', { token, body: { motivo: 'balanço', ...body } })
  t.equal((await close(leo, { mes: '2026-08-15' })).status, 403)
  const closed = await close(adelia, { mes: '2026-08-15', ate: '2026-09-01', filial: 'SP' })
  t.equal(closed.status, 200, closed.text)
  t.match(closed.json, [
    { mes: '2026-08-01', filial: 'SP', fechado_por: 'adelia', motivo: 'balanço', reaberto_em: null },
    { mes: '2026-09-01' },
  ])
  t.equal((await close(adelia, { mes: '2026-08-01', filial: 'SP' })).json.codigo, 'NC005')
  t.equal((await close(adelia, { mes: '2026-13-01' })).status, 400)
  const opened = await server.request('/api/v1/periodos/reabrir', {
    token: adelia,
    body: { mes: '2026-09-30', filial: 'SP', motivo: 'faltou uma nota' },
  })
  t.match(opened.json, { mes: '2026-09-01', reaberto_por: 'adelia', reaberto_motivo: 'faltou uma nota' })
  const listed = await server.request('/api/v1/periodos', { token: leo })
  t.match(listed.json, [{ mes: '2026-08-01', filial: 'SP', origem: 'conferente', fechado_por: 'adelia' }])
  t.equal(listed.json.length, 1)
})

test('the history shows what was done, by whom, and how long each session took', async (t) => {
  const { server, leo, stage } = await scene(t)
  await stage.approve('ana', (await stage.finding(1)).id)
  // Decided in psql: queued, then sealed by the engine.
  await stage.sql`select audit_interno.selar()`
  const ask = async (path: string) => (await server.request(path, { token: leo })).json
  t.match(await ask('/api/v1/auditoria/operacoes?tipo=aprovacao'), {
    total: 1,
    itens: [{ tipo: 'aprovacao', ator: 'ana', motivo: 'conferido', linhas: 1, selo: /^[0-9a-f]{64}$/ }],
  })
  t.match(await ask('/api/v1/auditoria/operacoes?ator=ninguem'), { total: 0, itens: [] })
  const all = await ask('/api/v1/auditoria/operacoes?por_pagina=1')
  t.ok(all.total > 1)
  t.equal(all.itens.length, 1)
  t.match(await ask('/api/v1/auditoria/sessoes?status=concluida&modo=manual'), {
    total: 1,
    itens: [{ encontradas: 4, execucoes: [{ regra: 'errada', status: 'concluida', encontradas: 4 }] }],
  })
  t.match(await ask('/api/v1/auditoria/sessoes?ate=2020-01-01'), { total: 0 })
  t.match(await ask('/api/v1/relatorios/metricas/performance'), {
    sessoes: { total: 1, concluidas: 1, encontradas: 4, valor_em_risco: 150_550 },
    execucoes: [{ regra: 'errada', encontradas: 4 }],
  })
  const { regras } = await ask('/api/v1/relatorios/metricas/performance?de=2020-01-01&ate=2020-01-02')
  const measured = regras.find(({ regra }: { regra: string }) => regra === 'errada')
  // One approval out of one: observed 1; Wilson's lower end at 95 % is 1 / (1 + 1.96²).
  t.match(measured, { aprovadas: 1, rejeitadas: 0, precisao: 1, precisao_minima: 0.2065, abertas: 3 })
})

test('the summary is one list of flat rows that adds up', async (t) => {
  const { server, leo, stage } = await scene(t)
  await stage.approve('ana', (await stage.finding(1)).id)
  const rows = (await server.request('/api/v1/metricas/resumo', { token: leo })).json
  t.equal(rows.length, 2)
  for (const row of rows) for (const value of Object.values(row)) t.not(typeof value, 'object')
  t.match(
    rows.find((row: { status: string }) => row.status === 'aberta'),
    { regra: 'errada', quantidade: 3, valor_em_risco: 150_500, aguarda_pessoa: true },
  )
  const open = await server.request('/api/v1/metricas/resumo?status=corrigida&regra=errada', { token: leo })
  t.match(open.json, [{ status: 'corrigida', quantidade: 1, valor_em_risco: 50 }])
})
