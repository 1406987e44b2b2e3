// One's own act is taken back in one call, and counts for and against nobody.
import t from 'tap'
import { type Cenario, cenario, codigo, one } from '../helper/scenario.ts'

const regra = async (c: Cenario) =>
  one(
    await c.sql`select automatica, automatica_perdida, aprovadas::int, rejeitadas::int, certas_no_limiar::int,
      erradas_no_limiar::int, automaticas_revertidas::int from audit.regras where nome = 'errada'`,
  )
const abertas = async (c: Cenario) => (await c.sql`select from audit.vw_divergencias_abertas`).length

t.test('fifty approvals taken back are back in the queue, and count for nobody', async (t) => {
  const c = await cenario(t)
  await c.lancar(...Array.from({ length: 50 }, (_, i) => ({ id: i + 1 })))
  await c.processar()
  const antes = await regra(c)
  const ids = (await c.sql`select id::int from audit.divergencias_processadas order by id`).map(
    (r) => r['id'],
  )
  const [feita] = await c.aprovar('ana', ...ids)
  t.equal(await c.categoria(50), 'CERTA')
  t.equal(await codigo(c.desfazer('bruno', feita?.['operacao_id'])), 'NC007', 'nobody undoes for another')
  const linhas = await c.desfazer('ana', feita?.['operacao_id'])
  t.equal(linhas.length, 50)
  t.ok(linhas.every((l) => l['status'] === 'aberta' && l['resultado'] === 'feita'))
  t.equal(await c.categoria(50), 'ERR', 'the row holds what it held')
  t.equal(await abertas(c), 50)
  t.strictSame(await regra(c), antes)
  t.match(await c.processar('auto'), { corrigidas: 0n, encontradas: 50n }, 'auto leaves them to people')
  t.equal(await abertas(c), 50)
  t.equal(await codigo(c.desfazer('ana', feita?.['operacao_id'])), 'NC005', 'nothing of it is left to undo')
})

t.test('a first approval, a rejection, a confirmation and a typed value are taken back too', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1, valor: 100000 }, { id: 2 }, { id: 3, descricao: 'aponta' }, { id: 4 })
  await c.processar()
  const antes = await regra(c)
  const [um, dois, tres, quatro] = await Promise.all([1, 2, 3, 4].map(async (n) => (await c.achado(n)).id))
  const atos = [
    await c.aprovar('ana', um as number),
    await c.rejeitar('ana', dois as number),
    await c.confirmar('ana', tres as number),
    await c.digitar('ana', quatro as number, { categoria: 'MINHA' }),
  ]
  t.strictSame(
    atos.map((a) => a[0]?.['status']),
    ['aguardando_segunda_aprovacao', 'rejeitada', 'resolvida', 'aguardando_segunda_aprovacao'],
  )
  for (const ato of atos) t.match(await c.desfazer('ana', ato[0]?.['operacao_id']), [{ status: 'aberta' }])
  t.strictSame(await regra(c), antes)
  t.match(
    await c.sql`select valores_digitados, proposta_por from audit.divergencias_processadas order by id`,
    Array.from({ length: 4 }, () => ({ valores_digitados: null, proposta_por: null })),
  )
  t.match(
    await c.aprovar('ana', um as number),
    [{ status: 'aguardando_segunda_aprovacao' }],
    'and she may propose again',
  )
})

t.test('what something happened to later is told and left', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  await c.processar()
  const ids = await Promise.all([1, 2, 3, 4].map(async (n) => (await c.achado(n)).id))
  const [feita] = await c.aprovar('ana', ...ids)
  await c.pessoa('bruno')`select from audit.reverter_divergencias(${[ids[0] as number]}, 'não era')`
  await c.mudar(2, 'OUTRA')
  await c.sql`delete from dw.lancamentos where id = 3`
  t.match(await c.desfazer('ana', feita?.['operacao_id']), [
    { resultado: 'deixada', status: 'revertida', explicacao: /bruno/ },
    { resultado: 'deixada', status: 'corrigida', explicacao: /mudou/ },
    { resultado: 'deixada', status: 'corrigida', explicacao: /não existe mais/ },
    { resultado: 'feita', status: 'aberta' },
  ])
  t.equal(await c.categoria(2), 'OUTRA')
  t.equal(await c.categoria(4), 'ERR')
})

t.test('a rejection by mistake that cost auto, taken back, gives it back', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  await c.processar()
  for (const outra of [2, 3, 4]) await c.rejeitar('bruno', (await c.achado(outra)).id)
  const antes = await regra(c)
  const [ato] = await c.rejeitar('ana', (await c.achado(1)).id)
  t.match(
    ato,
    { aviso: /perdeu a correção automática: .*conferente regras --auto errada/ },
    'it is said at once',
  )
  t.match(await regra(c), { automatica: false })
  await c.desfazer('ana', ato?.['operacao_id'])
  t.strictSame(await regra(c), antes)
})

t.test('only a decision is undone, by its own number, with a reason', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  await c.processar('auto')
  const [correcao] = await c.sql`select max(id)::int as id from audit.operacoes where tipo = 'correcao'`
  t.equal(await codigo(c.desfazer('ana', correcao?.['id'])), 'NC005')
  t.equal(await codigo(c.desfazer('ana', 99999)), 'NC004')
  t.equal(await codigo(c.pessoa('ana')`select audit.desfazer(${correcao?.['id']}, ' ')`), 'NC006')
  t.equal(await codigo(c.pessoa('olivia')`select audit.desfazer(${correcao?.['id']}, 'x')`), '42501')
})

t.test('what was taken back and is found again comes back to the queue, for a person', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  const sessao = (await c.processar('auto'))['id']
  t.match(
    await c.pessoa('olivia')`select * from audit.reverter_sessao(${String(sessao)}, 'quero ver de novo')`,
    [{ resultado: 'revertida', status: 'revertida', explicacao: /volta à fila/ }],
  )
  await c.processar('auto')
  t.equal(`${await c.status(1)} ${await c.categoria(1)}`, 'aberta ERR')
  await c.aprovar('ana', (await c.achado(1)).id)
  t.equal(await c.categoria(1), 'CERTA')
})

t.test('in a lot, what somebody else decided meanwhile is told, the others go through', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 }, { id: 3, descricao: 'aponta' }, { id: 4, valor: 100000 })
  await c.processar()
  const [um, dois, tres, quatro] = (await Promise.all(
    [1, 2, 3, 4].map(async (n) => (await c.achado(n)).id),
  )) as [number, number, number, number]
  await c.rejeitar('bruno', um)
  await c.aprovar('ana', quatro)
  t.match(await c.aprovar('ana', um, dois, tres, quatro), [
    {
      id: um,
      resultado: 'deixada',
      codigo: 'NC005',
      status: 'rejeitada',
      explicacao: /rejeitada por bruno em .*: está certo/,
    },
    { id: dois, resultado: 'feita', codigo: null, status: 'corrigida' },
    { id: tres, resultado: 'deixada', codigo: 'NC017', status: 'aberta' },
    { id: quatro, resultado: 'deixada', codigo: 'NC007', status: 'aguardando_segunda_aprovacao' },
  ])
  t.match(await c.rejeitar('ana', um, tres), [
    { resultado: 'deixada' },
    { resultado: 'feita', status: 'rejeitada' },
  ])
  const reaberta = await c.pessoa('ana')`select * from audit.reabrir_divergencias(${[um, dois]}, 'de novo')`
  t.match(reaberta, [{ status: 'aberta' }, { resultado: 'deixada', status: 'corrigida' }])
  t.match(await c.pessoa('ana')`select * from audit.reverter_divergencias(${[um, dois]}, 'x')`, [
    { resultado: 'deixada', status: 'aberta' },
    { resultado: 'revertida', status: 'revertida' },
  ])
  t.equal(
    (await c.sql`select from audit.decisoes where divergencia_id = ${um}`).length,
    2,
    'nothing is said of what was left',
  )
})

t.test('an approval is of what was seen', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 })
  await c.processar()
  const [um, dois] = [(await c.achado(1)).id, (await c.achado(2)).id]
  const aprovar = (quem: 'ana' | 'bruno', ids: number[], visto: (string | null)[] | null) =>
    c.pessoa(quem)`
      select id::int, resultado, codigo, status, explicacao from audit.aprovar_divergencias(${ids}, 'visto', ${visto})`
  await c.digitar('ana', um, { categoria: 'A' })
  const antes = await c.visto(um)
  const lista = await c.pessoa('leo')`select visto from audit.vw_divergencias_abertas where id = ${um}`
  t.strictSame([lista[0]?.['visto']], antes, 'the list gives it, to readers too')
  const pagina = await c.pessoa('leo')`select audit.consultar_divergencias() -> 'itens' as itens`
  t.strictSame(
    pagina[0]?.['itens'].find((i: { id: number }) => i.id === um).visto,
    antes[0],
    'so does the page of REST',
  )
  t.equal(await codigo(aprovar('bruno', [um], null)), 'NC021', 'a typed value is not approved unseen')
  await c.digitar('ana', um, { categoria: 'B' })
  t.equal(await codigo(aprovar('bruno', [um], antes)), 'NC021')
  t.match(await aprovar('bruno', [um, dois], [antes[0] as string, null]), [
    {
      id: um,
      resultado: 'deixada',
      codigo: 'NC021',
      status: 'aguardando_segunda_aprovacao',
      explicacao: /"B".*por ana/,
    },
    { id: dois, resultado: 'feita', status: 'corrigida' },
  ])
  t.equal(await c.categoria(1), 'ERR')
  t.match(await aprovar('bruno', [um], await c.visto(um)), [{ status: 'corrigida' }])
  t.equal(await c.categoria(1), 'B')
  t.equal(await codigo(aprovar('bruno', [um, dois], ['x'])), 'NC001')
})

t.test('a row that changed since it was seen is not approved by what was seen', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 }, { id: 3 })
  await c.processar()
  const ids = await Promise.all([1, 2, 3].map(async (n) => (await c.achado(n)).id))
  const visto = await c.visto(...ids)
  // the proposal is the same, what it was seen beside is not; one is found again before it is approved, the other is not
  await c.sql`update dw.lancamentos set descricao = 'outra nota' where id = 1`
  await c.processar()
  await c.sql`update dw.lancamentos set descricao = 'outra nota' where id = 2`
  t.match(
    await c.pessoa('ana')`
      select resultado, codigo, explicacao, status from audit.aprovar_divergencias(${ids}, 'conferido', ${visto})`,
    [
      { resultado: 'deixada', codigo: 'NC005', explicacao: /já está obsoleta/, status: 'obsoleta' },
      { resultado: 'sem_efeito', status: 'obsoleta' },
      { resultado: 'feita', status: 'corrigida' },
    ],
  )
  t.same([await c.categoria(1), await c.categoria(2)], ['ERR', 'ERR'])
  t.equal(await c.status(1), 'obsoleta aberta', 'what is there now waits to be seen')
})

t.test('a typed value dies with the state in which it was typed', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1, confianca: 0.5 })
  await c.processar()
  const { id } = await c.achado(1)
  const digitado = async () =>
    one(await c.sql`select status, valores_digitados from audit.divergencias_processadas where id = ${id}`)
  await c.digitar('ana', id, { categoria: 'MINHA' })
  await c.mudar(1, 'ERR2')
  await c.aprovar('bruno', id)
  t.match(await digitado(), { status: 'obsoleta', valores_digitados: null })
  await c.mudar(1, 'ERR')
  await c.processar()
  t.match(await digitado(), { status: 'aberta', valores_digitados: null })
  await c.aprovar('ana', id)
  t.equal(await c.categoria(1), 'CERTA', 'what is proposed now, not what was typed then')
})

t.test('after a second approval that the warehouse refused, the first may propose again', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1, valor: 200000 })
  await c.processar()
  const { id } = await c.achado(1)
  await c.digitar('ana', id, { categoria: 'PROIBIDA' })
  t.match(await c.aprovar('bruno', id), [{ resultado: 'sem_efeito', status: 'falha' }])
  t.match(await c.digitar('ana', id, { categoria: 'MINHA' }), [{ status: 'aguardando_segunda_aprovacao' }])
  await c.rejeitar('bruno', id)
  await c.pessoa('ana')`select from audit.reabrir_divergencias(${[id]}, 'olhe a nota')`
  t.match(await c.aprovar('ana', id), [{ status: 'aguardando_segunda_aprovacao' }])
  await c.sql`alter table dw.lancamentos add constraint certa check (id < 1 or categoria <> 'CERTA')`
  t.match(await c.aprovar('bruno', id), [{ status: 'falha' }])
  await c.sql`alter table dw.lancamentos drop constraint certa`
  t.match(
    await c.aprovar('ana', id),
    [{ status: 'aguardando_segunda_aprovacao' }],
    'the first proposes again',
  )
  t.match(await c.aprovar('bruno', id), [{ status: 'corrigida' }])
})

t.test('right, and dealt with outside: closed, counted as right, silent until the row changes', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1, descricao: 'aponta' }, { id: 2 })
  await c.processar()
  const [um, dois] = [(await c.achado(1)).id, (await c.achado(2)).id]
  t.match(await c.confirmar('ana', um, dois), [{ status: 'resolvida' }, { status: 'resolvida' }])
  t.match(await regra(c), { aprovadas: 2, certas_no_limiar: 0 }, 'which proves nothing of what is proposed')
  t.equal(await c.categoria(2), 'ERR', 'the warehouse is not touched')
  await c.processar('auto')
  t.equal(`${await c.status(1)} ${await c.status(2)} ${await c.categoria(2)}`, 'resolvida resolvida ERR')
  await c.mudar(1, 'ERR9')
  await c.processar()
  t.equal(await c.status(1), 'resolvida aberta', 'another row, another finding')
  t.equal(await codigo(c.confirmar('bruno', um)), 'NC005')
  t.equal(await codigo(c.pessoa('olivia')`select audit.confirmar_divergencias(${[um]}, 'x')`), '42501')
  t.equal(await codigo(c.pessoa('ana')`select audit.confirmar_divergencias(${[um]}, '')`), 'NC006')
  await c.pessoa('ana')`select from audit.reabrir_divergencias(${[um]}, 'não foi cancelada')`
  t.match(await regra(c), { aprovadas: 1 })
})

t.test('who may undo an undo: a reviewer, and two of them above the amount', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1, valor: 167852 }, { id: 2 }, { id: 3 })
  await c.processar()
  const ids = (await Promise.all([1, 2, 3].map(async (n) => (await c.achado(n)).id))) as [
    number,
    number,
    number,
  ]
  const [grande, pequena, digitada] = ids
  await c.digitar('ana', digitada, { categoria: 'MINHA' })
  await c.aprovar('ana', grande, pequena)
  await c.aprovar('bruno', grande, digitada)
  const [linha] = await c.pessoa('ana')`select * from audit.reverter_divergencias(${ids}, 'não era')`
  const reversao = linha?.['operacao_id']
  t.equal(await codigo(c.pessoa('olivia')`select audit.reverter_operacao(${reversao}, 'era sim')`), '42501')
  t.equal(await c.categoria(1), 'ERR')
  t.match(await c.pessoa('ana')`select * from audit.reverter_operacao(${reversao}, 'era sim')`, [
    {
      resultado: 'aguardando_segunda_aprovacao',
      status: 'aguardando_segunda_aprovacao',
      explicacao: /outra pessoa/,
    },
    { resultado: 'revertida', status: 'corrigida' },
    { resultado: 'aguardando_segunda_aprovacao' },
  ])
  t.equal(`${await c.categoria(1)} ${await c.categoria(2)} ${await c.categoria(3)}`, 'ERR CERTA ERR')
  t.equal(await codigo(c.aprovar('ana', grande)), 'NC007')
  await c.aprovar('bruno', grande, digitada)
  t.equal(`${await c.categoria(1)} ${await c.categoria(3)}`, 'CERTA MINHA')
  const [outra] = await c.pessoa('ana')`select * from audit.reverter_divergencias(${[pequena]}, 'não era')`
  const [volta] = await c.pessoa(
    'ana',
  )`select * from audit.reverter_operacao(${outra?.['operacao_id']}, 'era')`
  t.equal(
    await codigo(c.pessoa('olivia')`select audit.reverter_operacao(${volta?.['operacao_id']}, 'não era')`),
    'aceito',
    'taking it back again is an operator’s too',
  )
  t.equal(await c.categoria(2), 'ERR')
})
