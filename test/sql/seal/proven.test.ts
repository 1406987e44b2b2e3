// Honest work of every kind is proven, whoever asks, at any time.
import t from 'tap'
import { one, type Scenario, scenario, sqlstate } from '../../helper/scenario.ts'

const verify = (sql: Scenario['sql'], link: string | null = null, seal: string | null = null) =>
  sql`select * from audit.verificar_integridade(${link}::text::bigint, ${seal})`

/** Every kind of work that leaves a trace. */
async function work(c: Scenario) {
  await c.book(
    { id: 1 },
    { id: 2, descricao: 'teimosa' },
    { id: 3, confianca: 0.5 },
    { id: 4, confianca: 0.5 },
    { id: 5, confianca: 0.5 },
    { id: 6, descricao: 'aponta', confianca: 0.5 },
    { id: 7, confianca: 0.5, valor: 200_000 },
  )
  await c.runSession('auto')
  await c.runSession('auto')
  await c.approve('ana', (await c.finding(3)).id)
  await c.reject('ana', (await c.finding(4)).id)
  await c.asPerson('ana')`select audit.reabrir_divergencias(${[(await c.finding(4)).id]}, 'x')`
  await c.typeIn('ana', (await c.finding(5)).id, { categoria: 'DITA' })
  await c.approve('bruno', (await c.finding(5)).id)
  await c.approve('ana', (await c.finding(7)).id)
  await c.asPerson('ana')`select audit.reverter_divergencias(${[(await c.finding(1)).id]}, 'x')`
  const [approval] = await c.sql`select id from audit.operacoes where tipo = 'aprovacao' order by id limit 1`
  await c.asPerson('ana')`select audit.reverter_operacao(${approval?.['id']}, 'x')`
  const exception = one(
    await c.asPerson(
      'ana',
    )`select id from audit.declarar_excecao('errada', 'dw.lancamentos', '4', 'x', now() + interval '1 day')`,
  )
  await c.runSession()
  await c.asPerson('ana')`select audit.revogar_excecao(${exception['id']}, 'x')`
  await c.asPerson(
    'ana',
  )`select audit.declarar_excecao('errada', 'dw.lancamentos', '6', 'x', now() + interval '1 day')`
  await c.change(4, 'ERR 2')
  await c.runSession()
  await c.sql`delete from dw.lancamentos where id = 4`
  await c.sql`update dw.ajuste set prefixo = 'NADA'`
  await c.runSession()
  await c.sql`update dw.ajuste set prefixo = 'ERR'`
  await c.asPerson(
    'olivia',
  )`select audit.processar_divergencias('auto', regras => '{errada}', simular => true)`
  const adelia = c.asPerson('adelia')
  await adelia`select audit.alterar_configuracao('limites.linhas', '10', 'x')`
  await adelia`select audit.alterar_regra('errada', '{"limiar": 0.97}', 'x')`
  await adelia`select audit.salvar_padrao('descricao', 'contem', 'campanha', 'incluir', 'x')`
  await adelia`select audit.registrar_token('Painel', 'leitor', now() + interval '90 days')`
  await adelia`select audit.registrar_token('Eterno', 'leitor', 'infinity')`
  const token = one(
    await adelia`select id from audit.registrar_token('Perdida', 'revisor', now() + interval '1 day')`,
  )
  await adelia`select audit.revogar_acesso('perdida', token_id => ${token['id']})`
  await adelia`select audit.revogar_acesso('saiu', nome => 'Fulano  de Tal')`
  await c.asPerson(
    'leo',
  )`select audit.finalizar_operacao(audit.registrar_exportacao('{"formato": "csv"}'), linhas => 3)`
  await c.asPerson('ana')`select audit.registrar_operacao('externa', 'carga que ainda corre')`
}

t.test('before the first operation there is nothing to prove, and the empty trail is proven', async (t) => {
  const c = await scenario(t)
  const [nascent] = await verify(c.asPerson('leo'))
  t.match(
    nascent,
    { situacao: 'provada', elo: 3n, operacoes: 3n, fatos: 0n },
    'installed, given auto, and the rule of the scenario registered',
  )
})

t.test('honest work of every kind is proven', async (t) => {
  const c = await scenario(t)
  await work(c)
  t.match(await verify(c.asPerson('leo')), [{ situacao: 'provada' }], 'also while some seals are missing')
  await c.sql`select audit_interno.selar()`
  const rows = await verify(c.asPerson('leo'))
  t.equal(
    rows.length,
    1,
    JSON.stringify(rows, (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
  )
  const truth = one(
    await c.sql`
    select k.elo, encode(k.selo, 'hex') as selo, (select max(id) from audit.operacoes where elo is not null) as operacao_id,
      (select count(*) from audit.operacoes where elo is not null) as operacoes,
      (select count(*) from audit.deteccoes) + (select count(*) from audit.alteracoes) + (select count(*) from audit.decisoes)
        + (select count(*) from audit.excecoes) as fatos
    from audit_interno.cadeia k`,
  )
  t.match(rows[0], { situacao: 'provada', ...truth, objeto: null, esperado: null, encontrado: null })
  t.ok(Number(truth['operacoes']) > 25)
  for (const kind of ['deteccoes', 'alteracoes', 'decisoes', 'excecoes', 'tokens', 'revogacoes'])
    t.ok(one(await c.sql`select count(*)::int as n from audit.${c.sql(kind)}`)['n'] > 0, kind)

  await t.test("also within the caller's own transaction, before it commits", async (t) => {
    await c.book({ id: 11, confianca: 0.5 }, { id: 12, confianca: 0.5 })
    await c.runSession()
    const [eleven, doze] = [await c.finding(11), await c.finding(12)]
    await c.asPerson('ana').begin(async (tx) => {
      await tx`select audit.aprovar_divergencias(${[eleven.id]}, 'conferido')`
      await tx`savepoint meio`
      await tx`select audit.rejeitar_divergencias(${[doze.id]}, 'está certo')`
      await tx`select audit.declarar_excecao('errada', 'dw.lancamentos', '12', 'x', now() + interval '1 day')`
      await tx`release savepoint meio`
      await tx`select audit.registrar_operacao('externa', 'x')`
      t.match(await verify(tx as never), [{ situacao: 'provada' }])
    })
    await c.sql.begin(async (tx) => {
      await tx`select audit.processar_divergencias('auto', regras => '{errada}')`
      await tx`select audit.processar_divergencias('auto', regras => '{errada}')`
      t.match(await verify(tx as never), [{ situacao: 'provada' }])
    })
    t.match(await verify(c.asPerson('leo')), [{ situacao: 'provada' }])
  })

  await t.test('under any session settings', async (t) => {
    await c.asPerson('leo').begin(async (tx) => {
      await tx.unsafe(`set local timezone = 'Asia/Tokyo'; set local datestyle = 'SQL, DMY'; set local intervalstyle = 'iso_8601';
        set local bytea_output = 'escape'; set local extra_float_digits = -5; set local transaction_read_only = on`)
      t.match(await verify(tx as never), [{ situacao: 'provada' }])
    })
  })

  await t.test('while others work', async (t) => {
    const busy = Promise.all(
      Array.from(
        { length: 20 },
        (_, i) =>
          c.asPerson(
            i % 2 ? 'ana' : 'olivia',
          )`select audit.finalizar_operacao(audit.registrar_operacao('externa', 'carga'))`,
      ),
    )
    for (let i = 0; i < 10; i++) t.match(await verify(c.asPerson('leo')), [{ situacao: 'provada' }])
    await busy
  })
})

t.test('a witness is a position and its seal, nothing less', async (t) => {
  const c = await scenario(t)
  const leo = c.asPerson('leo')
  const seal = 'ab'.repeat(32)
  for (const [link, said] of [
    ['1', null],
    [null, seal],
    ['-1', seal],
    ['1', 'ab'],
    ['1', 'xy'.repeat(32)],
    ['1', ''],
  ] as const)
    t.equal(await sqlstate(verify(leo, link, said)), 'NC001', `${link} ${said}`)
})

t.test('only our roles may verify, and nobody may call the helpers', async (t) => {
  const c = await scenario(t)
  t.equal(await sqlstate(verify(c.asPerson('ninguem'))), '42501')
  for (const fn of ['quebras_cadeia()', 'resumos_operacoes()', 'quebras_esquema()'])
    t.equal(await sqlstate(c.asPerson('leo').unsafe(`select audit_interno.${fn}`)), '42501', fn)
})
