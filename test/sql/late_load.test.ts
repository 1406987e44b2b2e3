import t from 'tap'
import { connect } from '../../src/db/connection.ts'
import { emPartes } from '../helper/parts.ts'
import { type Cenario, cenario, one } from '../helper/scenario.ts'

/** A load that took its time (now()) so many hours ago and only commits when told to. */
async function cargaAberta(c: Cenario, ids: number[], horas: number, data = '2026-11-10') {
  const carga = connect(c.url, { max: 1 })
  let confirmar = () => {}
  const espera = new Promise<void>((resolve) => {
    confirmar = resolve
  })
  let gravou = () => {}
  const gravada = new Promise<void>((resolve) => {
    gravou = resolve
  })
  const transacao = carga.begin(async (tx) => {
    await tx`insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, descricao, valor, confianca)
      select id, ${data}::date, now() - make_interval(hours => ${horas}), 'ERR', 'x', 100, 0.99 from unnest(${ids}::bigint[]) as id`
    gravou()
    await espera
  })
  await gravada
  return async () => {
    confirmar()
    await transacao
    await carga.end()
  }
}

const execucao = async (c: Cenario, sessao: unknown) =>
  one(
    await c.sql`select linhas_examinadas::int, atrasadas::int, atrasadas_inicio::text, atrasadas_fim::text, encontradas::int, corrigidas::int
      from audit.execucoes_regra where sessao_id = ${sessao as never} and regra = 'errada'`,
  )

t.test('a load that commits after the margin has passed is found, told and read', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1, categoria: 'BOA' })
  const confirmar = await cargaAberta(c, [2, 3, 4], 5)
  t.match(await c.processar('auto'), { status: 'concluida', mensagem: null })
  await confirmar()
  const depois = await c.processar('auto')
  t.match(depois, { status: 'concluida_com_falhas', mensagem: /3 linhas.*atrasad.*10\/11\/2026/ })
  t.match(await execucao(c, depois['id']), {
    linhas_examinadas: 4,
    atrasadas: 3,
    atrasadas_inicio: '2026-11-10',
    atrasadas_fim: '2026-11-10',
    encontradas: 3,
    corrigidas: 3,
  })
  t.equal(await c.categoria(2), 'CERTA')
  t.match(
    await c.processar('auto'),
    { status: 'concluida', mensagem: null },
    'told once, when it was taken in',
  )
})

t.test('a load whose rows lie far back, or have no time at all, is found by its booking dates', async (t) => {
  const c = await cenario(t)
  await c.processar('auto')
  await c.lancar(
    { id: 1, carregado: '2026-01-01', data: '2026-10-02' },
    { id: 2, carregado: '-infinity', data: '2026-10-30' },
    { id: 3, data: '2026-11-12' },
    { id: 4, data: '2026-11-12', categoria: 'BOA' },
  )
  await c.sql`update dw.lancamentos set carregado_em = null where id in (3, 4)`
  const sessao = await c.processar('auto')
  t.match(sessao, { status: 'concluida_com_falhas', mensagem: /4 linhas.*02\/10\/2026 a 12\/11\/2026/ })
  t.match(await execucao(c, sessao['id']), {
    atrasadas: 4,
    linhas_examinadas: 4,
    encontradas: 3,
    corrigidas: 3,
  })
  t.match(await c.processar('auto'), { mensagem: 'nenhuma linha lida na janela' })
})

t.test(
  'what the session before saw, a reload of the day beside it, and rows that go do not hide a late load',
  async (t) => {
    const c = await cenario(t)
    await c.lancar(...[1, 2, 3, 4, 5].map((id) => ({ id, categoria: 'BOA', carregado: '2026-11-11 03:00Z' })))
    await c.processar('auto')
    const confirmar = await cargaAberta(c, [6, 7], 6)
    await c.processar('auto')
    await confirmar()
    await c.sql`delete from dw.lancamentos where id in (1, 2)`
    await c.sql`update dw.lancamentos set carregado_em = now() where id in (3, 4)`
    const sessao = await c.processar('auto')
    t.match(sessao, { status: 'concluida_com_falhas' })
    t.match(await execucao(c, sessao['id']), { atrasadas: 2, corrigidas: 2 })
  },
)

t.test('what a session could not take in is told and read by the next', async (t) => {
  const c = await cenario(t)
  await c.processar('auto')
  await c.lancar({ id: 1, carregado: '2026-11-11 03:00Z' })
  await c.sql`update dw.ajuste set quebrada = true`
  t.match(await c.processar('auto'), { status: 'falhou' })
  await c.sql`update dw.ajuste set quebrada = false`
  t.match(await c.processar('manual'), { status: 'concluida_com_falhas', mensagem: /1 linha / })
  const auto = await c.processar('auto')
  t.match(
    await execucao(c, auto['id']),
    { atrasadas: 1, corrigidas: 1 },
    'a manual session takes nothing from auto',
  )
  t.match(await c.processar('manual'), { mensagem: 'nenhuma linha lida na janela' })
})

t.test('the margin may be made smaller: no row falls between two windows', async (t) => {
  const c = await cenario(t)
  await c.processar('auto')
  await c.sql`select audit.alterar_configuracao('sessao.margem_incremental', '"00:00:00"', 'cargas curtas')`
  await c.lancar({ id: 1 })
  const sessao = await c.processar('auto')
  t.match(await execucao(c, sessao['id']), { corrigidas: 1 })
})

t.test('what comes within the margin is read and not late, to the microsecond', async (t) => {
  const c = await cenario(t)
  const { id } = await c.processar('auto')
  await c.sql`
    insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, descricao, valor, confianca)
    select x.id, '2026-11-10', e.carregado_ate - x.antes, 'ERR', 'x', 100, 0.99
    from audit.execucoes_regra e, (values (1, interval '2 hours'), (2, interval '1 hour'), (3, interval '0'),
      (4, interval '2 hours 1 microsecond')) as x (id, antes)
    where e.sessao_id = ${id}`
  const sessao = await c.processar('auto')
  t.match(sessao, { status: 'concluida_com_falhas', mensagem: /^1 linha de carga atrasada/ })
  t.match(await execucao(c, sessao['id']), { linhas_examinadas: 4, atrasadas: 1, corrigidas: 4 })
  t.match(await c.processar('auto'), { mensagem: null, encontradas: 0n }, 'each was read')
})

t.test('only so many days back are counted', async (t) => {
  const c = await cenario(t)
  await c.sql`select audit.alterar_configuracao('sessao.atrasadas_dias', '30', 'basta um mês')`
  await c.processar('auto')
  await c.lancar({ id: 1, carregado: '2026-10-02', data: '2026-10-02' })
  t.match(await c.processar('auto'), { mensagem: 'nenhuma linha lida na janela' })
  await c.sql`select audit.alterar_configuracao('sessao.atrasadas_dias', '92', 'um trimestre')`
  t.match(
    await c.processar('auto'),
    { mensagem: 'nenhuma linha lida na janela' },
    'what was never counted is not late',
  )
})

t.test('the diagnosis says how often loads came late, and of what', async (t) => {
  const c = await cenario(t)
  const linha = async () => [
    ...(await c.pessoa('leo')`
      select situacao, detalhe, sugestao from audit.diagnosticar_contrato() where item = 'cargas atrasadas'`),
  ]
  t.same(await linha(), [], 'nothing was counted yet')
  await c.processar('auto')
  await c.processar('auto')
  t.match(await linha(), [{ situacao: 'ok', detalhe: /nenhuma em \d sess/, sugestao: null }])
  await c.lancar(
    { id: 1, carregado: '2026-10-02', data: '2026-10-02' },
    { id: 2, carregado: '2026-10-02', data: '2026-10-05' },
  )
  const { id } = await c.processar('auto')
  await c.processar('auto')
  t.match(await linha(), [
    {
      situacao: 'aviso',
      detalhe: new RegExp(
        `^em 1 de \\d sess.*margem_incremental \\(02:00:00\\); a última, a sessão ${id} em .*, leu 2, .*02/10/2026 a 05/10/2026$`,
      ),
      sugestao: /conferente configurar sessao\.margem_incremental/,
    },
  ])
})

t.test('a simulation tells it too, and keeps nothing', async (t) => {
  const c = await cenario(t)
  await c.processar('auto')
  await c.lancar({ id: 1, carregado: '2026-11-11 03:00Z' })
  const [simulada] = await c.pessoa(
    'olivia',
  )`select status, mensagem from audit.processar_divergencias('auto', regras => '{errada}', simular => true)`
  t.match(simulada, { status: 'concluida_com_falhas', mensagem: /1 linha / })
  t.match(await c.processar('auto'), { mensagem: /1 linha / })
})

t.test('entries without a finite booking date stop nothing', async (t) => {
  const c = await cenario(t)
  await c.processar('auto')
  await c.lancar(
    { id: 1, data: 'infinity', carregado: '2026-11-11 03:00Z' },
    { id: 2, carregado: 'infinity' },
  )
  t.match(await c.processar('auto'), { mensagem: 'nenhuma linha lida na janela' })
})

t.test(
  'where workers share the session, what came late is looked at once, when the parts are joined',
  async (t) => {
    const c = await cenario(t)
    await c.sql`select audit.alterar_configuracao('sessao.margem_incremental', '"48:00:00"', 'cargas longas'),
    audit.alterar_configuracao('sessao.linhas_por_parte', '1', 'um dia por parte')`
    await c.processar('auto')
    const hours = (n: number) => new Date(Date.now() - n * 3_600_000).toISOString()
    await c.lancar(
      { id: 1, carregado: hours(30) },
      { id: 2, carregado: hours(1) },
      { id: 3, carregado: hours(80), data: '2026-11-02' },
      { id: 4, carregado: hours(80), data: '2026-09-30' },
      { id: 5, carregado: hours(1), data: '2026-11-02' },
    )
    const [pedida] = await c.sql`select id from audit.solicitar_processamento('auto', regras => '{errada}')`
    const sessao = await emPartes(c.url, pedida?.['id'] as bigint)
    t.ok(Number(sessao['partes']) > 1, 'it was really cut')
    t.match(sessao, {
      status: 'concluida_com_falhas',
      mensagem: /2 linhas de carga atrasada.*30\/09\/2026 a 02\/11\/2026/,
    })
    t.match(await execucao(c, sessao['id']), {
      atrasadas: 2,
      linhas_examinadas: 5,
      encontradas: 5,
      corrigidas: 5,
    })
  },
)
