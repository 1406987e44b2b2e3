import t from 'tap'
import { connect } from '../../src/db/connection.ts'
import { inParts } from '../helper/parts.ts'
import { one, type Scenario, scenario } from '../helper/scenario.ts'

/** A load that took its time (now()) this many hours ago and commits only when told to. */
async function openLoad(c: Scenario, ids: number[], hoursLate: number, data = '2026-11-10') {
  const load = connect(c.url, { max: 1 })
  let confirm = () => {}
  const waiting = new Promise<void>((resolve) => {
    confirm = resolve
  })
  let wrote = () => {}
  const stored = new Promise<void>((resolve) => {
    wrote = resolve
  })
  const transaction = load.begin(async (tx) => {
    await tx`insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, descricao, valor, confianca)
      select id, ${data}::date, now() - make_interval(hours => ${hoursLate}), 'ERR', 'x', 100, 0.99 from unnest(${ids}::bigint[]) as id`
    wrote()
    await waiting
  })
  await stored
  return async () => {
    confirm()
    await transaction
    await load.end()
  }
}

const execution = async (c: Scenario, session: unknown) =>
  one(
    await c.sql`select linhas_examinadas::int, atrasadas::int, atrasadas_inicio::text, atrasadas_fim::text, encontradas::int, corrigidas::int
      from audit.execucoes_regra where sessao_id = ${session as never} and regra = 'errada'`,
  )

t.test('a load that commits after the margin has passed is found, reported and read', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, categoria: 'BOA' })
  const confirm = await openLoad(c, [2, 3, 4], 5)
  t.match(await c.runSession('auto'), { status: 'concluida', mensagem: null })
  await confirm()
  const after = await c.runSession('auto')
  t.match(after, { status: 'concluida_com_falhas', mensagem: /3 linhas.*atrasad.*10\/11\/2026/ })
  t.match(await execution(c, after['id']), {
    linhas_examinadas: 4,
    atrasadas: 3,
    atrasadas_inicio: '2026-11-10',
    atrasadas_fim: '2026-11-10',
    encontradas: 3,
    corrigidas: 3,
  })
  t.equal(await c.categoria(2), 'CERTA')
  t.match(
    await c.runSession('auto'),
    { status: 'concluida', mensagem: null },
    'reported once, when it was read',
  )
})

t.test('a load with old times, or none, is found by its booking dates', async (t) => {
  const c = await scenario(t)
  await c.runSession('auto')
  await c.book(
    { id: 1, carregado: '2026-01-01', data: '2026-10-02' },
    { id: 2, carregado: '-infinity', data: '2026-10-30' },
    { id: 3, data: '2026-11-12' },
    { id: 4, data: '2026-11-12', categoria: 'BOA' },
  )
  await c.sql`update dw.lancamentos set carregado_em = null where id in (3, 4)`
  const session = await c.runSession('auto')
  t.match(session, { status: 'concluida_com_falhas', mensagem: /4 linhas.*02\/10\/2026 a 12\/11\/2026/ })
  t.match(await execution(c, session['id']), {
    atrasadas: 4,
    linhas_examinadas: 4,
    encontradas: 3,
    corrigidas: 3,
  })
  t.match(await c.runSession('auto'), { mensagem: 'nenhuma linha lida na janela' })
})

t.test('rows seen before, a reload of the next day and deleted rows do not hide a late load', async (t) => {
  const c = await scenario(t)
  await c.book(...[1, 2, 3, 4, 5].map((id) => ({ id, categoria: 'BOA', carregado: '2026-11-11 03:00Z' })))
  await c.runSession('auto')
  const confirm = await openLoad(c, [6, 7], 6)
  await c.runSession('auto')
  await confirm()
  await c.sql`delete from dw.lancamentos where id in (1, 2)`
  await c.sql`update dw.lancamentos set carregado_em = now() where id in (3, 4)`
  const session = await c.runSession('auto')
  t.match(session, { status: 'concluida_com_falhas' })
  t.match(await execution(c, session['id']), { atrasadas: 2, corrigidas: 2 })
})

t.test('rows that a session missed are reported and read by the next', async (t) => {
  const c = await scenario(t)
  await c.runSession('auto')
  await c.book({ id: 1, carregado: '2026-11-11 03:00Z' })
  await c.sql`update dw.ajuste set quebrada = true`
  t.match(await c.runSession('auto'), { status: 'falhou' })
  await c.sql`update dw.ajuste set quebrada = false`
  t.match(await c.runSession('manual'), { status: 'concluida_com_falhas', mensagem: /1 linha / })
  const auto = await c.runSession('auto')
  t.match(
    await execution(c, auto['id']),
    { atrasadas: 1, corrigidas: 1 },
    'a manual session does not stand in for an auto one',
  )
  t.match(await c.runSession('manual'), { mensagem: 'nenhuma linha lida na janela' })
})

t.test('the margin may be made smaller: no row falls between two windows', async (t) => {
  const c = await scenario(t)
  await c.runSession('auto')
  await c.sql`select audit.alterar_configuracao('sessao.margem_incremental', '"00:00:00"', 'cargas curtas')`
  await c.book({ id: 1 })
  const session = await c.runSession('auto')
  t.match(await execution(c, session['id']), { corrigidas: 1 })
})

t.test('rows within the margin are read and not late, to the microsecond', async (t) => {
  const c = await scenario(t)
  const { id } = await c.runSession('auto')
  await c.sql`
    insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, descricao, valor, confianca)
    select x.id, '2026-11-10', e.carregado_ate - x.antes, 'ERR', 'x', 100, 0.99
    from audit.execucoes_regra e, (values (1, interval '2 hours'), (2, interval '1 hour'), (3, interval '0'),
      (4, interval '2 hours 1 microsecond')) as x (id, antes)
    where e.sessao_id = ${id}`
  const session = await c.runSession('auto')
  t.match(session, { status: 'concluida_com_falhas', mensagem: /^1 linha de carga atrasada/ })
  t.match(await execution(c, session['id']), { linhas_examinadas: 4, atrasadas: 1, corrigidas: 4 })
  t.match(await c.runSession('auto'), { mensagem: null, encontradas: 0n }, 'each was read')
})

t.test('only the configured number of days is counted', async (t) => {
  const c = await scenario(t)
  await c.sql`select audit.alterar_configuracao('sessao.atrasadas_dias', '30', 'basta um mês')`
  await c.runSession('auto')
  await c.book({ id: 1, carregado: '2026-10-02', data: '2026-10-02' })
  t.match(await c.runSession('auto'), { mensagem: 'nenhuma linha lida na janela' })
  await c.sql`select audit.alterar_configuracao('sessao.atrasadas_dias', '92', 'um trimestre')`
  t.match(
    await c.runSession('auto'),
    { mensagem: 'nenhuma linha lida na janela' },
    'rows that were never counted are not late',
  )
})

t.test('the diagnosis says how often loads came late, and for which rules', async (t) => {
  const c = await scenario(t)
  const line = async () => [
    ...(await c.asPerson('leo')`
      select situacao, detalhe, sugestao from audit.diagnosticar_contrato() where item = 'cargas atrasadas'`),
  ]
  t.same(await line(), [], 'nothing has been counted yet')
  await c.runSession('auto')
  await c.runSession('auto')
  t.match(await line(), [{ situacao: 'ok', detalhe: /nenhuma em \d sess/, sugestao: null }])
  await c.book(
    { id: 1, carregado: '2026-10-02', data: '2026-10-02' },
    { id: 2, carregado: '2026-10-02', data: '2026-10-05' },
  )
  const { id } = await c.runSession('auto')
  await c.runSession('auto')
  t.match(await line(), [
    {
      situacao: 'aviso',
      detalhe: new RegExp(
        `^em 1 de \\d sess.*margem_incremental \\(02:00:00\\); a última, a sessão ${id} em .*, leu 2, .*02/10/2026 a 05/10/2026$`,
      ),
      sugestao: /conferente configurar sessao\.margem_incremental/,
    },
  ])
})

t.test('a simulation reports it too, and keeps nothing', async (t) => {
  const c = await scenario(t)
  await c.runSession('auto')
  await c.book({ id: 1, carregado: '2026-11-11 03:00Z' })
  const [simulated] = await c.asPerson(
    'olivia',
  )`select status, mensagem from audit.processar_divergencias('auto', regras => '{errada}', simular => true)`
  t.match(simulated, { status: 'concluida_com_falhas', mensagem: /1 linha / })
  t.match(await c.runSession('auto'), { mensagem: /1 linha / })
})

t.test('entries without a finite booking date cause no failure', async (t) => {
  const c = await scenario(t)
  await c.runSession('auto')
  await c.book({ id: 1, data: 'infinity', carregado: '2026-11-11 03:00Z' }, { id: 2, carregado: 'infinity' })
  t.match(await c.runSession('auto'), { mensagem: 'nenhuma linha lida na janela' })
})

t.test('when workers share the session, late rows are read once, when the parts are joined', async (t) => {
  const c = await scenario(t)
  await c.sql`select audit.alterar_configuracao('sessao.margem_incremental', '"48:00:00"', 'cargas longas'),
    audit.alterar_configuracao('sessao.linhas_por_parte', '1', 'um dia por parte')`
  await c.runSession('auto')
  const hours = (n: number) => new Date(Date.now() - n * 3_600_000).toISOString()
  await c.book(
    { id: 1, carregado: hours(30) },
    { id: 2, carregado: hours(1) },
    { id: 3, carregado: hours(80), data: '2026-11-02' },
    { id: 4, carregado: hours(80), data: '2026-09-30' },
    { id: 5, carregado: hours(1), data: '2026-11-02' },
  )
  const [requested] = await c.sql`select id from audit.solicitar_processamento('auto', regras => '{errada}')`
  const session = await inParts(c.url, requested?.['id'] as bigint)
  t.ok(Number(session['partes']) > 1, 'it really was cut off')
  t.match(session, {
    status: 'concluida_com_falhas',
    mensagem: /2 linhas de carga atrasada.*30\/09\/2026 a 02\/11\/2026/,
  })
  t.match(await execution(c, session['id']), {
    atrasadas: 2,
    linhas_examinadas: 5,
    encontradas: 5,
    corrigidas: 5,
  })
})
