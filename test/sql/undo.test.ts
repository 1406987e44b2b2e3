// One's own act is undone in one call, and no longer counts.
import t from 'tap'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

const rule = async (c: Scenario) =>
  one(
    await c.sql`select automatica, automatica_perdida, aprovadas::int, rejeitadas::int, certas_no_limiar::int,
      erradas_no_limiar::int, automaticas_revertidas::int from audit.regras where nome = 'errada'`,
  )
const openOnes = async (c: Scenario) => (await c.sql`select from audit.vw_divergencias_abertas`).length

t.test('fifty undone approvals are back in the queue, and no longer count', async (t) => {
  const c = await scenario(t)
  await c.book(...Array.from({ length: 50 }, (_, i) => ({ id: i + 1 })))
  await c.runSession()
  const before = await rule(c)
  const ids = (await c.sql`select id::int from audit.divergencias_processadas order by id`).map(
    (r) => r['id'],
  )
  const [done] = await c.approve('ana', ...ids)
  t.equal(await c.categoria(50), 'CERTA')
  t.equal(
    await sqlstate(c.undo('bruno', done?.['operacao_id'])),
    'NC007',
    'nobody undoes what another person did',
  )
  const rows = await c.undo('ana', done?.['operacao_id'])
  t.equal(rows.length, 50)
  t.ok(rows.every((l) => l['status'] === 'aberta' && l['resultado'] === 'feita'))
  t.equal(await c.categoria(50), 'ERR', 'the row holds what it held before')
  t.equal(await openOnes(c), 50)
  t.strictSame(await rule(c), before)
  t.match(await c.runSession('auto'), { corrigidas: 0n, encontradas: 50n }, 'auto leaves them to people')
  t.equal(await openOnes(c), 50)
  t.equal(await sqlstate(c.undo('ana', done?.['operacao_id'])), 'NC005', 'nothing of it is left to undo')
})

t.test('a first approval, a rejection, a confirmation and a typed value are undone too', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, valor: 100000 }, { id: 2 }, { id: 3, descricao: 'aponta' }, { id: 4 })
  await c.runSession()
  const before = await rule(c)
  const [um, two, three, four] = await Promise.all([1, 2, 3, 4].map(async (n) => (await c.finding(n)).id))
  const acts = [
    await c.approve('ana', um as number),
    await c.reject('ana', two as number),
    await c.confirm('ana', three as number),
    await c.typeIn('ana', four as number, { categoria: 'MINHA' }),
  ]
  t.strictSame(
    acts.map((a) => a[0]?.['status']),
    ['aguardando_segunda_aprovacao', 'rejeitada', 'resolvida', 'aguardando_segunda_aprovacao'],
  )
  for (const act of acts) t.match(await c.undo('ana', act[0]?.['operacao_id']), [{ status: 'aberta' }])
  t.strictSame(await rule(c), before)
  t.match(
    await c.sql`select valores_digitados, proposta_por from audit.divergencias_processadas order by id`,
    Array.from({ length: 4 }, () => ({ valores_digitados: null, proposta_por: null })),
  )
  t.match(
    await c.approve('ana', um as number),
    [{ status: 'aguardando_segunda_aprovacao' }],
    'and she may propose again',
  )
})

t.test('findings to which something happened later are reported and left', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  await c.runSession()
  const ids = await Promise.all([1, 2, 3, 4].map(async (n) => (await c.finding(n)).id))
  const [done] = await c.approve('ana', ...ids)
  await c.asPerson('bruno')`select from audit.reverter_divergencias(${[ids[0] as number]}, 'não era')`
  await c.change(2, 'OUTRA')
  await c.sql`delete from dw.lancamentos where id = 3`
  t.match(await c.undo('ana', done?.['operacao_id']), [
    { resultado: 'deixada', status: 'revertida', explicacao: /bruno/ },
    { resultado: 'deixada', status: 'corrigida', explicacao: /mudou/ },
    { resultado: 'deixada', status: 'corrigida', explicacao: /não existe mais/ },
    { resultado: 'feita', status: 'aberta' },
  ])
  t.equal(await c.categoria(2), 'OUTRA')
  t.equal(await c.categoria(4), 'ERR')
})

t.test('undoing a mistaken rejection that cost auto gives auto back', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  await c.runSession()
  for (const other of [2, 3, 4]) await c.reject('bruno', (await c.finding(other)).id)
  const before = await rule(c)
  const [act] = await c.reject('ana', (await c.finding(1)).id)
  t.match(
    act,
    { aviso: /perdeu a correção automática: .*conferente regras --auto errada/ },
    'it is reported at once',
  )
  t.match(await rule(c), { automatica: false })
  await c.undo('ana', act?.['operacao_id'])
  t.strictSame(await rule(c), before)
})

t.test('only a decision is undone, by its own number, with a reason', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession('auto')
  const [correction] = await c.sql`select max(id)::int as id from audit.operacoes where tipo = 'correcao'`
  t.equal(await sqlstate(c.undo('ana', correction?.['id'])), 'NC005')
  t.equal(await sqlstate(c.undo('ana', 99999)), 'NC004')
  t.equal(await sqlstate(c.asPerson('ana')`select audit.desfazer(${correction?.['id']}, ' ')`), 'NC006')
  t.equal(await sqlstate(c.asPerson('olivia')`select audit.desfazer(${correction?.['id']}, 'x')`), '42501')
})

t.test('a rolled back finding that is found again comes back to the queue, for a person', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  const session = (await c.runSession('auto'))['id']
  t.match(
    await c.asPerson('olivia')`select * from audit.reverter_sessao(${String(session)}, 'quero ver de novo')`,
    [{ resultado: 'revertida', status: 'revertida', explicacao: /volta à fila/ }],
  )
  await c.runSession('auto')
  t.equal(`${await c.status(1)} ${await c.categoria(1)}`, 'aberta ERR')
  await c.approve('ana', (await c.finding(1)).id)
  t.equal(await c.categoria(1), 'CERTA')
})

t.test(
  'in a batch, findings that somebody else decided meanwhile are reported, the others are decided',
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1 }, { id: 2 }, { id: 3, descricao: 'aponta' }, { id: 4, valor: 100000 })
    await c.runSession()
    const [um, two, three, four] = (await Promise.all(
      [1, 2, 3, 4].map(async (n) => (await c.finding(n)).id),
    )) as [number, number, number, number]
    await c.reject('bruno', um)
    await c.approve('ana', four)
    t.match(await c.approve('ana', um, two, three, four), [
      {
        id: um,
        resultado: 'deixada',
        codigo: 'NC005',
        status: 'rejeitada',
        explicacao: /rejeitada por bruno em .*: está certo/,
      },
      { id: two, resultado: 'feita', codigo: null, status: 'corrigida' },
      { id: three, resultado: 'deixada', codigo: 'NC017', status: 'aberta' },
      { id: four, resultado: 'deixada', codigo: 'NC007', status: 'aguardando_segunda_aprovacao' },
    ])
    t.match(await c.reject('ana', um, three), [
      { resultado: 'deixada' },
      { resultado: 'feita', status: 'rejeitada' },
    ])
    const reopened = await c.asPerson(
      'ana',
    )`select * from audit.reabrir_divergencias(${[um, two]}, 'de novo')`
    t.match(reopened, [{ status: 'aberta' }, { resultado: 'deixada', status: 'corrigida' }])
    t.match(await c.asPerson('ana')`select * from audit.reverter_divergencias(${[um, two]}, 'x')`, [
      { resultado: 'deixada', status: 'aberta' },
      { resultado: 'revertida', status: 'revertida' },
    ])
    t.equal(
      (await c.sql`select from audit.decisoes where divergencia_id = ${um}`).length,
      2,
      'nothing is said about what was left',
    )
  },
)

t.test('only what was seen is approved', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 })
  await c.runSession()
  const [um, two] = [(await c.finding(1)).id, (await c.finding(2)).id]
  const approve = (who: 'ana' | 'bruno', ids: number[], shown: (string | null)[] | null) =>
    c.asPerson(who)`
      select id::int, resultado, codigo, status, explicacao from audit.aprovar_divergencias(${ids}, 'visto', ${shown})`
  await c.typeIn('ana', um, { categoria: 'A' })
  const before = await c.shown(um)
  const list = await c.asPerson('leo')`select visto from audit.vw_divergencias_abertas where id = ${um}`
  t.strictSame([list[0]?.['visto']], before, 'the list gives it, to readers too')
  const page = await c.asPerson('leo')`select audit.consultar_divergencias() -> 'itens' as itens`
  t.strictSame(
    page[0]?.['itens'].find((i: { id: number }) => i.id === um).visto,
    before[0],
    'so does the page of REST',
  )
  t.equal(await sqlstate(approve('bruno', [um], null)), 'NC021', 'a typed value is not approved unseen')
  await c.typeIn('ana', um, { categoria: 'B' })
  t.equal(await sqlstate(approve('bruno', [um], before)), 'NC021')
  t.match(await approve('bruno', [um, two], [before[0] as string, null]), [
    {
      id: um,
      resultado: 'deixada',
      codigo: 'NC021',
      status: 'aguardando_segunda_aprovacao',
      explicacao: /"B".*por ana/,
    },
    { id: two, resultado: 'feita', status: 'corrigida' },
  ])
  t.equal(await c.categoria(1), 'ERR')
  t.match(await approve('bruno', [um], await c.shown(um)), [{ status: 'corrigida' }])
  t.equal(await c.categoria(1), 'B')
  t.equal(await sqlstate(approve('bruno', [um, two], ['x'])), 'NC001')
})

t.test('a row that changed since it was seen is not approved', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 })
  await c.runSession()
  const ids = await Promise.all([1, 2, 3].map(async (n) => (await c.finding(n)).id))
  const shown = await c.shown(...ids)
  // the proposal is the same, its surroundings are not; one is found again before it is approved, the other is not
  await c.sql`update dw.lancamentos set descricao = 'outra nota' where id = 1`
  await c.runSession()
  await c.sql`update dw.lancamentos set descricao = 'outra nota' where id = 2`
  t.match(
    await c.asPerson('ana')`
      select resultado, codigo, explicacao, status from audit.aprovar_divergencias(${ids}, 'conferido', ${shown})`,
    [
      { resultado: 'deixada', codigo: 'NC005', explicacao: /já está obsoleta/, status: 'obsoleta' },
      { resultado: 'sem_efeito', status: 'obsoleta' },
      { resultado: 'feita', status: 'corrigida' },
    ],
  )
  t.same([await c.categoria(1), await c.categoria(2)], ['ERR', 'ERR'])
  t.equal(await c.status(1), 'obsoleta aberta', 'the present value waits to be looked at')
})

t.test("a typed value is cleared when the finding's state changes", async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.5 })
  await c.runSession()
  const { id } = await c.finding(1)
  const typed = async () =>
    one(await c.sql`select status, valores_digitados from audit.divergencias_processadas where id = ${id}`)
  await c.typeIn('ana', id, { categoria: 'MINHA' })
  await c.change(1, 'ERR2')
  await c.approve('bruno', id)
  t.match(await typed(), { status: 'obsoleta', valores_digitados: null })
  await c.change(1, 'ERR')
  await c.runSession()
  t.match(await typed(), { status: 'aberta', valores_digitados: null })
  await c.approve('ana', id)
  t.equal(await c.categoria(1), 'CERTA', 'the present proposal, not what was typed then')
})

t.test('after the warehouse refused a second approval, the first person may propose again', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, valor: 200000 })
  await c.runSession()
  const { id } = await c.finding(1)
  await c.typeIn('ana', id, { categoria: 'PROIBIDA' })
  t.match(await c.approve('bruno', id), [{ resultado: 'sem_efeito', status: 'falha' }])
  t.match(await c.typeIn('ana', id, { categoria: 'MINHA' }), [{ status: 'aguardando_segunda_aprovacao' }])
  await c.reject('bruno', id)
  await c.asPerson('ana')`select from audit.reabrir_divergencias(${[id]}, 'olhe a nota')`
  t.match(await c.approve('ana', id), [{ status: 'aguardando_segunda_aprovacao' }])
  await c.sql`alter table dw.lancamentos add constraint certa check (id < 1 or categoria <> 'CERTA')`
  t.match(await c.approve('bruno', id), [{ status: 'falha' }])
  await c.sql`alter table dw.lancamentos drop constraint certa`
  t.match(
    await c.approve('ana', id),
    [{ status: 'aguardando_segunda_aprovacao' }],
    'the first proposes again',
  )
  t.match(await c.approve('bruno', id), [{ status: 'corrigida' }])
})

t.test(
  'confirmed as dealt with elsewhere: closed, counted as right, silent until the row changes',
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1, descricao: 'aponta' }, { id: 2 })
    await c.runSession()
    const [um, two] = [(await c.finding(1)).id, (await c.finding(2)).id]
    t.match(await c.confirm('ana', um, two), [{ status: 'resolvida' }, { status: 'resolvida' }])
    t.match(await rule(c), { aprovadas: 2, certas_no_limiar: 0 }, 'which proves nothing about the proposal')
    t.equal(await c.categoria(2), 'ERR', 'the warehouse is not touched')
    await c.runSession('auto')
    t.equal(`${await c.status(1)} ${await c.status(2)} ${await c.categoria(2)}`, 'resolvida resolvida ERR')
    await c.change(1, 'ERR9')
    await c.runSession()
    t.equal(await c.status(1), 'resolvida aberta', 'another row makes another finding')
    t.equal(await sqlstate(c.confirm('bruno', um)), 'NC005')
    t.equal(await sqlstate(c.asPerson('olivia')`select audit.confirmar_divergencias(${[um]}, 'x')`), '42501')
    t.equal(await sqlstate(c.asPerson('ana')`select audit.confirmar_divergencias(${[um]}, '')`), 'NC006')
    await c.asPerson('ana')`select from audit.reabrir_divergencias(${[um]}, 'não foi cancelada')`
    t.match(await rule(c), { aprovadas: 1 })
  },
)

t.test('rolling back a rollback takes a reviewer, and two above the amount', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, valor: 167852 }, { id: 2 }, { id: 3 })
  await c.runSession()
  const ids = (await Promise.all([1, 2, 3].map(async (n) => (await c.finding(n)).id))) as [
    number,
    number,
    number,
  ]
  const [large, small, typedIn] = ids
  await c.typeIn('ana', typedIn, { categoria: 'MINHA' })
  await c.approve('ana', large, small)
  await c.approve('bruno', large, typedIn)
  const [line] = await c.asPerson('ana')`select * from audit.reverter_divergencias(${ids}, 'não era')`
  const reversal = line?.['operacao_id']
  t.equal(
    await sqlstate(c.asPerson('olivia')`select audit.reverter_operacao(${reversal}, 'era sim')`),
    '42501',
  )
  t.equal(await c.categoria(1), 'ERR')
  t.match(await c.asPerson('ana')`select * from audit.reverter_operacao(${reversal}, 'era sim')`, [
    {
      resultado: 'aguardando_segunda_aprovacao',
      status: 'aguardando_segunda_aprovacao',
      explicacao: /outra pessoa/,
    },
    { resultado: 'revertida', status: 'corrigida' },
    { resultado: 'aguardando_segunda_aprovacao' },
  ])
  t.equal(`${await c.categoria(1)} ${await c.categoria(2)} ${await c.categoria(3)}`, 'ERR CERTA ERR')
  t.equal(await sqlstate(c.approve('ana', large)), 'NC007')
  await c.approve('bruno', large, typedIn)
  t.equal(`${await c.categoria(1)} ${await c.categoria(3)}`, 'CERTA MINHA')
  const [other] = await c.asPerson('ana')`select * from audit.reverter_divergencias(${[small]}, 'não era')`
  const [back] = await c.asPerson(
    'ana',
  )`select * from audit.reverter_operacao(${other?.['operacao_id']}, 'era')`
  t.equal(
    await sqlstate(c.asPerson('olivia')`select audit.reverter_operacao(${back?.['operacao_id']}, 'não era')`),
    'aceito',
    'an operator may take it back too',
  )
  t.equal(await c.categoria(2), 'ERR')
})
