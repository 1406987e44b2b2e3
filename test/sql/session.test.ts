import t from 'tap'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

const window_ = async (c: Scenario, session: unknown) =>
  one(
    await c.sql`select extract(epoch from e.carregado_ate - e.carregado_desde)::float / 3600 as horas, e.carregado_desde, e.carregado_ate
    from audit.execucoes_regra e where e.sessao_id = ${session as never} and e.regra = 'errada'`,
  )

t.test('the incremental window', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2, categoria: 'BOA' })
  await c.sql`update dw.lancamentos set carregado_em = now() - interval '23 hours' where id = 1`
  await c.book({ id: 3 })
  await c.sql`update dw.lancamentos set carregado_em = now() - interval '25 hours' where id = 3`
  const first = await c.runSession('auto')
  t.equal((await window_(c, first['id']))['horas'], 24, 'at first the last 24 hours')
  t.equal(`${await c.categoria(1)} ${await c.categoria(3)}`, 'CERTA ERR')

  const margin = async (from: unknown, until: unknown) => {
    const [a, b] = [await window_(c, from), await window_(c, until)]
    return (a['carregado_ate'].getTime() - b['carregado_desde'].getTime()) / 3_600_000
  }
  const second = await c.runSession('auto')
  t.equal(await margin(first['id'], second['id']), 2, 'then from the end of the last one, less the margin')

  const manual = await c.runSession('manual')
  const third = await c.runSession('auto')
  t.equal(await margin(second['id'], third['id']), 2, 'a manual session does not start from an auto one')
  t.ok((await margin(manual['id'], third['id'])) > 2)

  await c.asPerson(
    'olivia',
  )`select audit.processar_divergencias('auto', '2026-11-01', '2026-11-30', '{errada}')`
  const fourth = await c.runSession('auto')
  t.equal(await margin(third['id'], fourth['id']), 2, 'explicit dates do not move the incremental window')

  await c.sql`update dw.ajuste set quebrada = true`
  const failed = await c.runSession('auto')
  t.match(failed, { status: 'falhou', mensagem: /quebrou/ })
  t.match(await c.sql`select tipo from audit.notificacoes where sessao_id = ${failed['id']} order by tipo`, [
    { tipo: 'falha' },
    { tipo: 'resumo' },
  ])
  await c.sql`update dw.ajuste set quebrada = false`
  const after = await c.runSession('auto')
  t.equal(await margin(fourth['id'], after['id']), 2, 'what failed is done later')
})

t.test('both dates are included; wrong requests are refused', async (t) => {
  const c = await scenario(t)
  await c.book(
    ...['2026-10-31', '2026-11-01', '2026-11-30', '2026-12-01'].map((data, i) => ({ id: i + 1, data })),
  )
  const olivia = c.asPerson('olivia')
  t.match(
    one(
      await olivia`select * from audit.processar_divergencias('manual', '2026-11-01', '2026-11-30', '{errada}')`,
    ),
    {
      encontradas: 2n,
      linhas_examinadas: 2n,
      regras: ['errada'],
    },
  )
  t.match(
    one(
      await olivia`select * from audit.processar_divergencias('manual', '2026-12-01', '2026-12-01', '{errada}')`,
    ),
    { encontradas: 1n },
  )
  t.equal(
    await sqlstate(olivia`select audit.processar_divergencias('manual', '2026-12-02', '2026-12-01')`),
    'NC002',
  )
  t.equal(await sqlstate(olivia`select audit.processar_divergencias('talvez')`), 'NC001')
  t.equal(await sqlstate(olivia`select audit.processar_divergencias(null)`), 'NC001')
  t.equal(await sqlstate(olivia`select audit.processar_divergencias(regras => '{errada,nada}')`), 'NC003')
  t.equal(await sqlstate(olivia`select audit.processar_divergencias(regras => '{}')`), 'NC003')
})

t.test('reading no rows is not success; each rule is accounted for', async (t) => {
  const c = await scenario(t)
  t.match(await c.runSession(), {
    status: 'concluida_com_falhas',
    linhas_examinadas: 0n,
    mensagem: /nenhuma linha/,
  })
  await c.book({ id: 1 })
  const { id } = await c.runSession()
  t.match(
    one(
      await c.sql`select *, hash_funcao = audit_interno.hash_regra((select r from audit.regras r where r.nome = 'errada')) as confere
      from audit.execucoes_regra where sessao_id = ${id}`,
    ),
    {
      status: 'concluida',
      linhas_examinadas: 1n,
      encontradas: 1n,
      novas: 1n,
      confere: true,
      duracao: /./,
      erro_codigo: null,
    },
  )
  t.match(
    one(
      await c.sql`select d.hash_regra = e.hash_funcao as igual from audit.divergencias_processadas d
    join audit.execucoes_regra e on e.sessao_id = d.sessao_id and e.regra = d.regra`,
    ),
    { igual: true },
  )
  await c.asPerson('olivia')`select audit.processar_divergencias()`
  t.match(
    await c.sql`select regra from audit.execucoes_regra where sessao_id = (select max(id) from audit.sessoes_processamento)`,
    { length: 4 },
  )
})
