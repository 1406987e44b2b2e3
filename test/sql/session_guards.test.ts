import t from 'tap'
import { connect, type Sql } from '../../src/db/connection.ts'
import { untilGone } from '../helper/database.ts'
import { one, scenario, sqlstate } from '../helper/scenario.ts'
import { SCHEMAS } from '../helper/schema.ts'

t.test('past a limit nothing is corrected, and the session says so', async (t) => {
  const limits = [
    `audit.alterar_configuracao('limites.linhas', '2', 'x')`,
    `audit.alterar_configuracao('limites.valor', '299', 'x')`,
    `audit.alterar_configuracao('limites.fracao_a_partir_de', '2', 'x')`,
    `audit.alterar_regra('errada', '{"limite_linhas": 2}', 'x')`,
    `audit.alterar_regra('errada', '{"limite_valor": 299}', 'x')`,
  ]
  for (const limit of limits) {
    const c = await scenario(t)
    await c.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4, categoria: 'BOA' })
    await c.asPerson('adelia').unsafe(`select ${limit}`)
    const session = await c.runSession('auto')
    t.match(session, { status: 'concluida_com_falhas', corrigidas: 0n, limite_atingido: /./ }, limit)
    t.equal(`${await c.categoria(1)} ${await c.categoria(3)}`, 'ERR ERR')
    t.match(await c.sql`select sessao_id from audit.notificacoes where tipo = 'limite'`, [
      { sessao_id: session['id'] },
    ])
  }
})

t.test("another table's rows do not make a broken load look smaller", async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4, categoria: 'BOA' })
  await c.sql.unsafe(`
    create schema caixa; grant usage on schema caixa to conferente_regra;
    create table caixa.boletos as select n as id, 'x'::text as texto from generate_series(1, 1000) n;
    alter table caixa.boletos add primary key (id);
    grant select on caixa.boletos to conferente_regra;
    create function caixa.boletos_certos(janela audit.janela) returns setof audit.achado language sql stable set search_path = pg_catalog, pg_temp
      as 'select null::audit.achado where false';
    grant execute on function caixa.boletos_certos(audit.janela) to conferente_regra`)
  const adelia = c.asPerson('adelia')
  await adelia`select audit.registrar_regra('boletos', 'x', 'caixa.boletos_certos', 'caixa.boletos', 'id', array['texto'])`
  await adelia`select audit.alterar_configuracao('limites.fracao_a_partir_de', '2', 'x')`
  const rules = ['boletos', 'errada']
  const [session] = await c.asPerson(
    'olivia',
  )`select * from audit.processar_divergencias('auto', regras => ${rules})`
  t.match(session, { corrigidas: 0n, linhas_examinadas: 1004n, limite_atingido: /3 de 4 linhas da janela/ })
})

t.test(
  'corrections that a limit stopped are made by the next session, once the limit allows them',
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1 }, { id: 2 }, { id: 3 })
    await c.asPerson('adelia')`select audit.alterar_regra('errada', '{"limite_linhas": 1}', 'x')`
    t.match(await c.runSession('auto'), { corrigidas: 0n })
    // the rows would lie before the next window, if the stopped session had moved it on
    await c.sql`update dw.lancamentos set carregado_em = now() - interval '5 hours'`
    await c.asPerson('adelia')`select audit.alterar_regra('errada', '{"limite_linhas": 5}', 'x')`
    t.match(await c.runSession('auto'), { corrigidas: 3n, status: 'concluida' })
  },
)

t.test('auto corrects only what is sure, small and allowed', async (t) => {
  const c = await scenario(t)
  await c.book(
    { id: 1, confianca: 0.9499 },
    { id: 2, confianca: 0.95 },
    { id: 3, valor: 100000 },
    { id: 4, descricao: 'aponta' },
  )
  t.match(await c.runSession('manual'), { encontradas: 4n, corrigidas: 0n, status: 'concluida' })
  t.equal(await c.categoria(2), 'ERR', 'manual only detects')
  t.match(
    await c.runSession('auto'),
    { corrigidas: 1n, mensagem: null },
    'nothing is reported when nothing is wrong',
  )
  t.equal(`${await c.categoria(1)} ${await c.categoria(2)} ${await c.categoria(3)}`, 'ERR CERTA ERR')
  await c.asPerson(
    'adelia',
  )`select audit.alterar_regra('errada', '{"limiar": 0.5, "automatica": false}', 'x')`
  t.match(await c.runSession('auto'), { corrigidas: 0n })
})

t.test('a simulation says what would change, and changes nothing', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2, confianca: 0.5 })
  await c.runSession()
  const portrait = async () => {
    const tables = await c.sql`select format('%I.%I', schemaname, tablename) as nome from pg_tables
      where schemaname = any (${[...SCHEMAS, 'graphile_worker', 'dw']}) order by 1`
    const parts = tables.map(
      ({ nome }) =>
        `select '${nome}' as nome, (select md5(string_agg(x::text, '|' order by x::text)) from ${nome} x) as md5`,
    )
    return [...(await c.sql.unsafe(parts.join(' union all ')))]
  }
  const before = await portrait()
  const simulate = (fn: string) =>
    c.asPerson('olivia').unsafe(`select * from audit.${fn}('auto', null, null, '{errada}', true)`)
  for (const fn of ['processar_divergencias', 'solicitar_processamento']) {
    t.match(one(await simulate(fn)), {
      simulada: true,
      corrigidas: 1n,
      resumo: {
        regras: [{ regra: 'errada', corrigidas: 1 }],
        exemplos: [
          { registro_id: '1', corrigiria: true },
          { registro_id: '2', corrigiria: false },
        ],
      },
    })
    t.strictSame(await portrait(), before)
  }
})

t.test('two sessions at once over the same window', async (t) => {
  const c = await scenario(t)
  await c.book(...Array.from({ length: 20 }, (_, i) => ({ id: i + 1 })))
  const session = () => c.runSession('auto', c.connectAs('olivia'))
  const sessions = await Promise.all([session(), session(), session()])
  t.equal(
    sessions.reduce((total, s) => total + Number(s['corrigidas']), 0),
    20,
  )
  t.match(await c.sql`select from audit.divergencias_processadas`, { length: 20 })
  t.match(await c.sql`select from audit.alteracoes`, { length: 20 })
})

t.test(
  'findings that a reviewer is deciding are left to the reviewer, and other batches are corrected',
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1 }, { id: 2 }, { id: 3 })
    await c.sql`select audit.alterar_configuracao('sessao.tamanho_lote', '1', 'um por lote')`
    const reviewer = await c.sql.reserve()
    const conductor = await c.connectAs('olivia').reserve()
    const { id } = one(
      await conductor`select id from audit_interno.iniciar_sessao('auto', null, null, '{errada}')`,
    )
    const step = (name: string) =>
      conductor`select audit_interno.executar_etapa(${id as never}, ${name}, 'errada')`
    await step('detectar')
    await step('limitar')
    await reviewer`begin`
    await reviewer`select from audit.divergencias_processadas where registro_id = '1' for update`
    for (const name of ['corrigir', 'corrigir', 'corrigir', 'corrigir', 'finalizar']) await step(name)
    await reviewer`rollback`
    reviewer.release()
    conductor.release()
    t.same(await Promise.all([1, 2, 3].map((record) => c.status(record))), [
      'aberta',
      'corrigida',
      'corrigida',
    ])
  },
)

t.test('a session runs step by step, in order, and can be cancelled', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  const conductor = connect(Object.assign(new URL(c.url), { username: 'olivia', password: 'teste' }).href, {
    max: 1,
  })
  t.teardown(() => conductor.end({ timeout: 1 }))
  const begin = async (connection: Sql, mode: string) =>
    one(await connection`select id from audit_interno.iniciar_sessao(${mode}, null, null, '{errada}')`)[
      'id'
    ] as never
  const step = (id: never, name: string) =>
    sqlstate(conductor`select audit_interno.executar_etapa(${id}, ${name}, 'errada')`)
  const id = await begin(conductor, 'auto')
  t.equal(await step(id, 'finalizar'), 'NC016', 'not with rules still to run')
  t.equal(await step(id, 'detectar'), 'aceito')
  t.equal(await step(id, 'corrigir'), 'NC016', 'not before the limits were looked at')
  t.equal(await c.categoria(1), 'ERR')
  t.match(
    await c.sql`select from audit_interno.encerrar_interrompidas()`,
    { length: 0 },
    'the process that runs it is alive',
  )

  const olivia = c.asPerson('olivia')
  t.equal(await sqlstate(olivia`select audit.cancelar_sessao(${id}, '')`), 'NC006')
  t.match(one(await olivia`select * from audit.cancelar_sessao(${id}, 'carga quebrada')`), {
    status: 'cancelada',
    mensagem: /olivia.*carga/,
  })
  t.equal(await sqlstate(olivia`select audit.cancelar_sessao(${id}, 'x')`), 'NC005')
  t.equal(await sqlstate(olivia`select audit.cancelar_sessao(9999, 'x')`), 'NC004')
  t.equal(await step(id, 'limitar'), 'NC016')

  const dead = await begin(conductor, 'manual')
  const { pid } = one(await conductor`select pg_backend_pid() as pid`)
  await conductor.end({ timeout: 1 })
  await untilGone(c.sql, pid)
  t.match(await olivia`select id, status from audit_interno.encerrar_interrompidas()`, [
    { id: dead, status: 'falhou' },
  ])
  t.match(await c.sql`select status from audit.execucoes_regra where sessao_id = ${dead}`, [
    { status: 'pulada' },
  ])
  t.match(await c.sql`select tipo from audit.notificacoes where sessao_id = ${dead} order by tipo`, [
    { tipo: 'falha' },
    { tipo: 'resumo' },
  ])
})

t.test('a request queues a job in the same transaction', async (t) => {
  const c = await scenario(t)
  const tasks = async () => Number(one(await c.sql`select count(*) as n from graphile_worker.jobs`)['n'])
  await t.rejects(
    c.asPerson('olivia').begin(async (tx) => {
      await tx`select audit.solicitar_processamento(regras => '{errada}')`
      throw new Error('rollback')
    }),
  )
  t.equal(await tasks(), 0)
  t.match(
    one(
      await c.asPerson('olivia')`select * from audit.solicitar_processamento('auto', regras => '{errada}')`,
    ),
    { status: 'agendada', modo: 'auto' },
  )
  t.equal(await tasks(), 1)
})

t.test('a typed value is final, whatever the rule still says', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession()
  const { id } = await c.finding(1)
  await c.typeIn('ana', id, { categoria: 'ERR-CERTO' })
  await c.approve('bruno', id)
  await c.runSession('auto')
  t.equal(await c.categoria(1), 'ERR-CERTO', 'auto does not reverse what two people decided')
  t.equal(await c.status(1), 'corrigida aberta', 'but the rule may report it')
})
