// Postponing, forwarding and commenting: none answers a finding, and none loses one.
import t from 'tap'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

type People = Parameters<Scenario['asPerson']>[0]

const rule = async (c: Scenario) =>
  one(
    await c.sql`select automatica, aprovadas::int, rejeitadas::int, certas_no_limiar::int, erradas_no_limiar::int
      from audit.regras where nome = 'errada'`,
  )
const groups = (c: Scenario, who: People = 'ana') =>
  c.asPerson(who)`select grupo, quantidade::int, encaminhada_para, para_mim, visto
    from audit.vw_grupos_abertos order by encaminhada_para nulls first, grupo`
/** How many wait in the groups of the morning. */
const queuedNow = async (c: Scenario) => (await groups(c)).reduce((sum, g) => sum + g['quantidade'], 0)
const opened = async (c: Scenario, id: number, who: People = 'leo') =>
  one(
    await c.asPerson(
      who,
    )`select status, adiada, adiada_ate::text, encaminhada_para, para_mim, nota_por, nota_motivo, nota_operacao_id::int, grupo
      from audit.vw_divergencias_abertas where id = ${id}`,
  )
/** The day this many days from today, in the zone of the setting. */
const day = async (c: Scenario, days: number) =>
  one(await c.sql`select (audit.hoje() + ${days}::integer)::text as dia`)['dia'] as string
/** The earliest or the latest zone of the calendar: always a day or two later. */
const zone = (c: Scenario, where: 'Pacific/Pago_Pago' | 'Pacific/Kiritimati') =>
  c.asPerson('adelia')`select audit.alterar_configuracao('agenda.fuso', to_jsonb(${where}::text), 'teste')`
const decide = (
  c: Scenario,
  who: People,
  act: string,
  g: Awaited<ReturnType<typeof groups>>[number] | undefined,
  { ate = null, para = null }: { ate?: string | null; para?: string | null } = {},
) =>
  c.asPerson(who)`select id::int, resultado, codigo, explicacao, status, operacao_id::int
    from audit.decidir_grupo(${g?.['grupo'] as string}, ${act}, '{}', ${c.sql.json(g?.['visto'] as never)}, 'porque sim',
      ${ate}::text::date, ${para}) order by id`

t.test(
  'postponed to a day, a finding leaves the queue, stays in the list, and comes back that day',
  async (t) => {
    const c = await scenario(t)
    await zone(c, 'Pacific/Pago_Pago')
    await c.book({ id: 1 }, { id: 2 })
    await c.runSession()
    const { id } = await c.finding(1)
    const before = await rule(c)
    const tomorrow = await day(c, 1)
    const [done] = await c.postpone('ana', tomorrow, id)
    t.match(done, { resultado: 'feita', status: 'aberta', explicacao: /^adiada até \d\d\/\d\d\/\d{4}$/ })
    t.equal(await queuedNow(c), 1)
    t.match(await opened(c, id), {
      status: 'aberta',
      adiada: true,
      adiada_ate: tomorrow,
      nota_por: 'ana',
      nota_motivo: 'espero a nota de crédito',
      nota_operacao_id: done?.['operacao_id'],
      grupo: null,
    })
    t.strictSame(await rule(c), before, 'it says nothing about the rule')
    await c.runSession('auto')
    t.equal(await c.categoria(2), 'CERTA')
    t.equal(await c.categoria(1), 'ERR', 'auto leaves it to people')
    t.equal(await queuedNow(c), 0, 'found again, it is still postponed')
    await zone(c, 'Pacific/Kiritimati')
    t.equal(await queuedNow(c), 1, 'its day has come')
    t.match(await opened(c, id), { adiada: false, adiada_ate: null, grupo: /./ })
  },
)

t.test(
  'postponed until its row changes, a finding stays away; the changed row is in the queue',
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1 }, { id: 2 }, { id: 3 })
    await c.runSession()
    const ids = await Promise.all([1, 2].map(async (n) => (await c.finding(n)).id))
    await c.postpone('ana', null, ...ids)
    t.match(await opened(c, ids[0] as number), { adiada: true, adiada_ate: null, grupo: null })
    await c.runSession()
    t.equal(await queuedNow(c), 1)
    await c.change(1, 'ERR2')
    await c.change(2, 'BOA')
    await c.runSession()
    t.equal(await c.status(1), 'obsoleta aberta', 'the row holds something else: another finding')
    t.equal(await c.status(2), 'resolvida', 'the row was fixed: it closes by itself')
    t.equal(await queuedNow(c), 2)
    await c.change(2, 'ERR')
    await c.runSession()
    t.equal(await c.status(2), 'aberta')
    t.equal(await queuedNow(c), 3, 'found again, it is no longer postponed')
  },
)

t.test('any reviewer may decide it meanwhile, and two people are still needed where required', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2, valor: 200_000 })
  await c.runSession()
  const [um, two] = (await Promise.all([1, 2].map(async (n) => (await c.finding(n)).id))) as [number, number]
  await c.postpone('ana', null, um)
  t.match(await c.approve('bruno', um), [{ status: 'corrigida' }])
  await c.approve('ana', two)
  await c.postpone('bruno', null, two)
  await c.forward('bruno', 'ana', two)
  t.equal(await sqlstate(c.approve('ana', two)), 'NC007', 'the first one still counts')
  t.match(await opened(c, two), { status: 'aguardando_segunda_aprovacao', encaminhada_para: 'ana' })
  t.match(await c.approve('bruno', two), [{ status: 'corrigida' }])
})

t.test('a finding postponed since it was shown is not decided with its group', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  await c.runSession()
  const ids = (await Promise.all([1, 2, 3].map(async (n) => (await c.finding(n)).id))) as number[]
  const [shown] = await groups(c, 'bruno')
  await c.postpone('ana', await day(c, 1), ids[0] as number)
  await c.forward('ana', 'carla', ids[1] as number)
  await c.comment('ana', ids[2] as number)
  await c.comment('bruno', (await c.finding(4)).id)
  t.match(await decide(c, 'bruno', 'rejeitar', shown), [
    { resultado: 'deixada', codigo: 'NC005', explicacao: /adiamento por ana em .*: espero a nota/ },
    { resultado: 'deixada', explicacao: /encaminhamento por ana em .*: conhece o fornecedor/ },
    { resultado: 'deixada', explicacao: /comentario por ana em .*: liguei/ },
    { resultado: 'feita', status: 'rejeitada' },
  ])
  t.equal(await c.status(1), 'aberta')
})

t.test('a forwarded finding forms its own group, marked for its person or role', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 })
  await c.runSession()
  const [um, two] = (await Promise.all([1, 2].map(async (n) => (await c.finding(n)).id))) as [number, number]
  await c.postpone('ana', null, um)
  t.match(await c.forward('ana', ' Bruno ', um), [{ explicacao: 'encaminhada para bruno' }])
  await c.forward('ana', 'administrador', two)
  t.match(await groups(c, 'bruno'), [
    { quantidade: 1, encaminhada_para: null, para_mim: false },
    { quantidade: 1, encaminhada_para: 'administrador', para_mim: false },
    { quantidade: 1, encaminhada_para: 'bruno', para_mim: true },
  ])
  t.match(await groups(c, 'adelia'), [{ para_mim: false }, { para_mim: true }, { para_mim: false }])
  t.match(await opened(c, um, 'bruno'), { adiada: false, para_mim: true, nota_por: 'ana' })
  const [, , mine] = await groups(c, 'bruno')
  t.match(await decide(c, 'bruno', 'aprovar', mine), [{ status: 'corrigida' }])
  t.equal((await c.runSession('auto'))['corrigidas'], 1n, 'auto leaves alone what a person is working on')
  t.equal(await c.categoria(2), 'ERR')
})

t.test('a whole group is postponed, forwarded and commented, and each act undone', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 })
  await c.runSession()
  const [g] = await groups(c)
  for (const [act, more] of [
    ['adiar', {}],
    ['encaminhar', {}],
    ['aprovar', { ate: '2999-01-01' }],
    ['adiar', { ate: '2999-01-01', para: 'bruno' }],
  ] as const)
    t.equal(await sqlstate(decide(c, 'ana', act, g, more)), 'NC001', act)
  const postponed = await decide(c, 'ana', 'adiar', g, { ate: 'infinity' })
  t.match(postponed, [{ resultado: 'feita' }, { resultado: 'feita' }])
  t.equal(await queuedNow(c), 0)
  await c.undo('ana', postponed[0]?.['operacao_id'])
  const [again] = await groups(c)
  t.equal(again?.['quantidade'], 2)
  await decide(c, 'ana', 'comentar', again)
  const to = await decide(c, 'ana', 'encaminhar', again, { para: 'bruno' })
  t.match(to, [{ resultado: 'feita' }, { resultado: 'feita' }], 'her own comment is no news to her')
  t.match(await groups(c), [{ quantidade: 2, encaminhada_para: 'bruno' }])
})

t.test('undone, it is exactly what it was, and only the person who did it can undo it', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 })
  await c.runSession()
  const { id } = await c.finding(1)
  const state = async () =>
    one(
      await c.sql`select status, adiada_ate::text, encaminhada_para, motivo, decidida_em, decidida_por
        from audit.divergencias_processadas where id = ${id}`,
    )
  const before = await state()
  const [tuesday, friday] = [await day(c, 2), await day(c, 5)]
  const [um] = await c.postpone('ana', tuesday, id)
  const [two] = await c.forward('bruno', 'ana', id)
  const [three] = await c.postpone('ana', friday, id)
  t.equal(await sqlstate(c.undo('bruno', three?.['operacao_id'])), 'NC007')
  t.equal(await sqlstate(c.undo('ana', um?.['operacao_id'])), 'NC005', 'somebody commented on it since')
  t.match(await c.undo('ana', three?.['operacao_id']), [
    { resultado: 'feita', status: 'aberta', explicacao: 'adiamento desfeito' },
  ])
  t.match(await state(), { adiada_ate: null, encaminhada_para: 'ana' })
  t.match(await opened(c, id), { nota_por: 'bruno' })
  await c.undo('bruno', two?.['operacao_id'])
  t.match(await state(), { adiada_ate: tuesday, encaminhada_para: null })
  await c.undo('ana', um?.['operacao_id'])
  t.strictSame(await state(), before)
  t.equal(await sqlstate(c.undo('ana', um?.['operacao_id'])), 'NC005', 'once')
  const [four] = await c.postpone('ana', null, id, (await c.finding(2)).id)
  await c.reject('bruno', id)
  t.match(await c.undo('ana', four?.['operacao_id']), [
    { id, resultado: 'deixada', explicacao: /já está rejeitada: está certo/ },
    { resultado: 'feita' },
  ])
  t.equal(await c.status(1), 'rejeitada')
})

t.test('any reviewer can bring it back today, and a past day is refused', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession()
  const { id } = await c.finding(1)
  await c.postpone('ana', null, id)
  t.equal(await sqlstate(c.postpone('ana', await day(c, -1), id)), 'NC001')
  t.match(await c.postpone('bruno', await day(c, 0), id), [{ explicacao: 'de volta à fila' }])
  t.equal(await queuedNow(c), 1)
  t.match(await opened(c, id), { adiada: false })
})

t.test('any finding can be commented; a comment changes nothing and appears in the history', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.5 }, { id: 2, confianca: 0.5 })
  await c.runSession()
  const [um, two] = (await Promise.all([1, 2].map(async (n) => (await c.finding(n)).id))) as [number, number]
  const [approved] = await c.approve('ana', um)
  await c.reject('ana', two)
  const before = await rule(c)
  const [done] = await c.comment('bruno', um, two)
  t.match(done, { resultado: 'feita', status: 'corrigida', explicacao: 'comentada' })
  await c.runSession()
  t.equal(`${await c.status(1)} ${await c.status(2)}`, 'corrigida rejeitada', 'the answer still counts')
  t.match(
    await c.asPerson(
      'leo',
    )`select ator, motivo from audit.historico_registro('dw.lancamentos', '2') where evento = 'comentario'`,
    [{ ator: 'bruno', motivo: 'liguei para o fornecedor' }],
  )
  t.match(await c.undo('bruno', done?.['operacao_id']), [
    { resultado: 'feita', status: 'corrigida', explicacao: 'comentário retirado' },
    { resultado: 'feita', status: 'rejeitada' },
  ])
  t.equal(await sqlstate(c.undo('bruno', done?.['operacao_id'])), 'NC005', 'once')
  t.strictSame(await rule(c), before)
  t.match(
    await c.undo('ana', approved?.['operacao_id']),
    [{ resultado: 'feita', status: 'aberta' }],
    "and stands in nobody's way",
  )
  t.equal(await c.categoria(1), 'ERR')
})

t.test('later comments do not replace the last answer', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 })
  await c.runSession()
  const [um, two] = (await Promise.all([1, 2].map(async (n) => (await c.finding(n)).id))) as [number, number]
  await c.confirm('ana', um)
  const [act] = await c.reject('ana', two)
  await c.undo('ana', act?.['operacao_id'])
  await c.comment('bruno', um, two)
  await c.runSession('auto')
  t.equal(await c.status(1), 'resolvida', 'once confirmed it stays silent')
  t.equal(await c.status(2), 'aberta', 'auto leaves to people what a person took back')
  t.equal(await c.categoria(2), 'ERR')
})

t.test('readers and operators may do none of it, and it needs a reason and a name', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession()
  const { id } = await c.finding(1)
  for (const who of ['leo', 'olivia', 'adelia'] as const) {
    t.equal(await sqlstate(c.postpone(who, null, id)), '42501')
    t.equal(await sqlstate(c.forward(who, 'ana', id)), '42501')
    t.equal(await sqlstate(c.comment(who, id)), '42501')
  }
  const { asPerson } = c
  t.equal(await sqlstate(asPerson('ana')`select audit.adiar(${[id]}, null, ' ')`), 'NC006')
  t.equal(await sqlstate(asPerson('ana')`select audit.encaminhar(${[id]}, ' ', 'x')`), 'NC001')
  t.equal(await sqlstate(asPerson('ana')`select audit.encaminhar(${[id]}, null, 'x')`), 'NC001')
  t.equal(await sqlstate(asPerson('ana')`select audit.comentar(${[id]}, '')`), 'NC006')
  t.equal(await sqlstate(c.comment('ana', 99999)), 'NC004')
  await c.reject('ana', id)
  t.equal(await sqlstate(c.postpone('ana', null, id)), 'NC005')
  t.equal((await c.sql`select from audit.decisoes where tipo <> 'rejeicao'`).length, 0)
})

t.test('the trail holds what was postponed, forwarded to whom, and commented', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession()
  const { id } = await c.finding(1)
  await c.postpone('ana', null, id)
  await c.forward('ana', 'bruno', id)
  await c.comment('ana', id)
  const prove = () => c.asPerson('leo')`select situacao, objeto from audit.verificar_integridade()`
  t.match(await prove(), [{ situacao: 'provada' }])
  for (const [type, change] of [
    ['adiamento', 'ate = null'],
    ['encaminhamento', `para = 'carla'`],
    ['comentario', `motivo = 'nada'`],
  ] as const) {
    const [{ operacao_id } = {}] = await c.sql`select operacao_id from audit.decisoes where tipo = ${type}`
    await c.sql.begin(async (tx) => {
      await tx.unsafe(
        `set local session_replication_role = replica; update audit.decisoes set ${change} where tipo = '${type}'`,
      )
    })
    t.match(
      await prove(),
      [{ situacao: 'operacao_alterada', objeto: `audit.operacoes ${operacao_id}` }],
      type,
    )
    await c.sql.begin(async (tx) => {
      await tx.unsafe(`set local session_replication_role = replica;
        update audit.decisoes set ${change.replace(/= .*/, type === 'adiamento' ? `= 'infinity'` : type === 'encaminhamento' ? `= 'bruno'` : `= 'liguei para o fornecedor'`)} where tipo = '${type}'`)
    })
  }
  t.match(await prove(), [{ situacao: 'provada' }])
})
