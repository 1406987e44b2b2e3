import t from 'tap'
import { type Cenario, cenario, codigo, one } from '../helper/scenario.ts'

const janela = async (c: Cenario, sessao: unknown) =>
  one(
    await c.sql`select extract(epoch from e.carregado_ate - e.carregado_desde)::float / 3600 as horas, e.carregado_desde, e.carregado_ate
    from audit.execucoes_regra e where e.sessao_id = ${sessao as never} and e.regra = 'errada'`,
  )

t.test('the incremental window', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2, categoria: 'BOA' })
  await c.sql`update dw.lancamentos set carregado_em = now() - interval '23 hours' where id = 1`
  await c.lancar({ id: 3 })
  await c.sql`update dw.lancamentos set carregado_em = now() - interval '25 hours' where id = 3`
  const primeira = await c.processar('auto')
  t.equal((await janela(c, primeira['id']))['horas'], 24, 'first the last 24 hours')
  t.equal(`${await c.categoria(1)} ${await c.categoria(3)}`, 'CERTA ERR')

  const margem = async (de: unknown, ate: unknown) => {
    const [a, b] = [await janela(c, de), await janela(c, ate)]
    return (a['carregado_ate'].getTime() - b['carregado_desde'].getTime()) / 3_600_000
  }
  const segunda = await c.processar('auto')
  t.equal(
    await margem(primeira['id'], segunda['id']),
    2,
    'then from the end of the last one, less the margin',
  )

  const manual = await c.processar('manual')
  const terceira = await c.processar('auto')
  t.equal(await margem(segunda['id'], terceira['id']), 2, 'a manual session looks for no auto one')
  t.ok((await margem(manual['id'], terceira['id'])) > 2)

  await c.pessoa(
    'olivia',
  )`select audit.processar_divergencias('auto', '2026-11-01', '2026-11-30', '{errada}')`
  const quarta = await c.processar('auto')
  t.equal(await margem(terceira['id'], quarta['id']), 2, 'explicit dates advance nothing')

  await c.sql`update dw.ajuste set quebrada = true`
  const falhou = await c.processar('auto')
  t.match(falhou, { status: 'falhou', mensagem: /quebrou/ })
  t.match(await c.sql`select tipo from audit.notificacoes where sessao_id = ${falhou['id']} order by tipo`, [
    { tipo: 'falha' },
    { tipo: 'resumo' },
  ])
  await c.sql`update dw.ajuste set quebrada = false`
  const depois = await c.processar('auto')
  t.equal(await margem(quarta['id'], depois['id']), 2, 'what failed is caught up')
})

t.test('both dates are included; wrong requests are refused', async (t) => {
  const c = await cenario(t)
  await c.lancar(
    ...['2026-10-31', '2026-11-01', '2026-11-30', '2026-12-01'].map((data, i) => ({ id: i + 1, data })),
  )
  const olivia = c.pessoa('olivia')
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
    await codigo(olivia`select audit.processar_divergencias('manual', '2026-12-02', '2026-12-01')`),
    'NC002',
  )
  t.equal(await codigo(olivia`select audit.processar_divergencias('talvez')`), 'NC001')
  t.equal(await codigo(olivia`select audit.processar_divergencias(null)`), 'NC001')
  t.equal(await codigo(olivia`select audit.processar_divergencias(regras => '{errada,nada}')`), 'NC003')
  t.equal(await codigo(olivia`select audit.processar_divergencias(regras => '{}')`), 'NC003')
})

t.test('nothing read is not success; each rule is accounted for', async (t) => {
  const c = await cenario(t)
  t.match(await c.processar(), {
    status: 'concluida_com_falhas',
    linhas_examinadas: 0n,
    mensagem: /nenhuma linha/,
  })
  await c.lancar({ id: 1 })
  const { id } = await c.processar()
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
  await c.pessoa('olivia')`select audit.processar_divergencias()`
  t.match(
    await c.sql`select regra from audit.execucoes_regra where sessao_id = (select max(id) from audit.sessoes_processamento)`,
    { length: 4 },
  )
})
