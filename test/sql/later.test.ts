// Not now, not me, and a word beside it: no answer to a finding, and no finding is lost by it.
import t from 'tap'
import { type Cenario, cenario, codigo, one } from '../helper/scenario.ts'

type People = Parameters<Cenario['pessoa']>[0]

const regra = async (c: Cenario) =>
  one(
    await c.sql`select automatica, aprovadas::int, rejeitadas::int, certas_no_limiar::int, erradas_no_limiar::int
      from audit.regras where nome = 'errada'`,
  )
const grupos = (c: Cenario, quem: People = 'ana') =>
  c.pessoa(quem)`select grupo, quantidade::int, encaminhada_para, para_mim, visto
    from audit.vw_grupos_abertos order by encaminhada_para nulls first, grupo`
/** How many wait in the groups of the morning. */
const naFila = async (c: Cenario) => (await grupos(c)).reduce((sum, g) => sum + g['quantidade'], 0)
const aberta = async (c: Cenario, id: number, quem: People = 'leo') =>
  one(
    await c.pessoa(
      quem,
    )`select status, adiada, adiada_ate::text, encaminhada_para, para_mim, nota_por, nota_motivo, nota_operacao_id::int, grupo
      from audit.vw_divergencias_abertas where id = ${id}`,
  )
/** The day, so many days from today in the zone of the setting. */
const dia = async (c: Cenario, dias: number) =>
  one(await c.sql`select (audit.hoje() + ${dias}::integer)::text as dia`)['dia'] as string
/** The calendar stands at its earliest, or at its latest: always a day or two later. */
const fuso = (c: Cenario, onde: 'Pacific/Pago_Pago' | 'Pacific/Kiritimati') =>
  c.pessoa('adelia')`select audit.alterar_configuracao('agenda.fuso', to_jsonb(${onde}::text), 'teste')`
const decidir = (
  c: Cenario,
  quem: People,
  ato: string,
  g: Awaited<ReturnType<typeof grupos>>[number] | undefined,
  { ate = null, para = null }: { ate?: string | null; para?: string | null } = {},
) =>
  c.pessoa(quem)`select id::int, resultado, codigo, explicacao, status, operacao_id::int
    from audit.decidir_grupo(${g?.['grupo'] as string}, ${ato}, '{}', ${c.sql.json(g?.['visto'] as never)}, 'porque sim',
      ${ate}::text::date, ${para}) order by id`

t.test('postponed to a day it is out of the queue, still in the list, and back on that day', async (t) => {
  const c = await cenario(t)
  await fuso(c, 'Pacific/Pago_Pago')
  await c.lancar({ id: 1 }, { id: 2 })
  await c.processar()
  const { id } = await c.achado(1)
  const antes = await regra(c)
  const amanha = await dia(c, 1)
  const [feita] = await c.adiar('ana', amanha, id)
  t.match(feita, { resultado: 'feita', status: 'aberta', explicacao: /^adiada até \d\d\/\d\d\/\d{4}$/ })
  t.equal(await naFila(c), 1)
  t.match(await aberta(c, id), {
    status: 'aberta',
    adiada: true,
    adiada_ate: amanha,
    nota_por: 'ana',
    nota_motivo: 'espero a nota de crédito',
    nota_operacao_id: feita?.['operacao_id'],
    grupo: null,
  })
  t.strictSame(await regra(c), antes, 'it says nothing of the rule')
  await c.processar('auto')
  t.equal(await c.categoria(2), 'CERTA')
  t.equal(await c.categoria(1), 'ERR', 'auto leaves it to people')
  t.equal(await naFila(c), 0, 'found again it is postponed all the same')
  await fuso(c, 'Pacific/Kiritimati')
  t.equal(await naFila(c), 1, 'its day has come')
  t.match(await aberta(c, id), { adiada: false, adiada_ate: null, grupo: /./ })
})

t.test(
  'postponed until its row changes it stays away, and what the row is then is in the queue',
  async (t) => {
    const c = await cenario(t)
    await c.lancar({ id: 1 }, { id: 2 }, { id: 3 })
    await c.processar()
    const ids = await Promise.all([1, 2].map(async (n) => (await c.achado(n)).id))
    await c.adiar('ana', null, ...ids)
    t.match(await aberta(c, ids[0] as number), { adiada: true, adiada_ate: null, grupo: null })
    await c.processar()
    t.equal(await naFila(c), 1)
    await c.mudar(1, 'ERR2')
    await c.mudar(2, 'BOA')
    await c.processar()
    t.equal(await c.status(1), 'obsoleta aberta', 'the row holds something else: another finding')
    t.equal(await c.status(2), 'resolvida', 'the row was mended: it closes by itself')
    t.equal(await naFila(c), 2)
    await c.mudar(2, 'ERR')
    await c.processar()
    t.equal(await c.status(2), 'aberta')
    t.equal(await naFila(c), 3, 'found again it is not postponed any more')
  },
)

t.test('whoever reviews may decide it meanwhile, and two people are two people all the same', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2, valor: 200_000 })
  await c.processar()
  const [um, dois] = (await Promise.all([1, 2].map(async (n) => (await c.achado(n)).id))) as [number, number]
  await c.adiar('ana', null, um)
  t.match(await c.aprovar('bruno', um), [{ status: 'corrigida' }])
  await c.aprovar('ana', dois)
  await c.adiar('bruno', null, dois)
  await c.encaminhar('bruno', 'ana', dois)
  t.equal(await codigo(c.aprovar('ana', dois)), 'NC007', 'the first is the first still')
  t.match(await aberta(c, dois), { status: 'aguardando_segunda_aprovacao', encaminhada_para: 'ana' })
  t.match(await c.aprovar('bruno', dois), [{ status: 'corrigida' }])
})

t.test('what was shown before it was postponed is not decided with its group', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  await c.processar()
  const ids = (await Promise.all([1, 2, 3].map(async (n) => (await c.achado(n)).id))) as number[]
  const [visto] = await grupos(c, 'bruno')
  await c.adiar('ana', await dia(c, 1), ids[0] as number)
  await c.encaminhar('ana', 'carla', ids[1] as number)
  await c.comentar('ana', ids[2] as number)
  await c.comentar('bruno', (await c.achado(4)).id)
  t.match(await decidir(c, 'bruno', 'rejeitar', visto), [
    { resultado: 'deixada', codigo: 'NC005', explicacao: /adiamento por ana em .*: espero a nota/ },
    { resultado: 'deixada', explicacao: /encaminhamento por ana em .*: conhece o fornecedor/ },
    { resultado: 'deixada', explicacao: /comentario por ana em .*: liguei/ },
    { resultado: 'feita', status: 'rejeitada' },
  ])
  t.equal(await c.status(1), 'aberta')
})

t.test('a forwarded finding is a group of its own, and its person and its role know it', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 }, { id: 3 })
  await c.processar()
  const [um, dois] = (await Promise.all([1, 2].map(async (n) => (await c.achado(n)).id))) as [number, number]
  await c.adiar('ana', null, um)
  t.match(await c.encaminhar('ana', ' Bruno ', um), [{ explicacao: 'encaminhada para bruno' }])
  await c.encaminhar('ana', 'administrador', dois)
  t.match(await grupos(c, 'bruno'), [
    { quantidade: 1, encaminhada_para: null, para_mim: false },
    { quantidade: 1, encaminhada_para: 'administrador', para_mim: false },
    { quantidade: 1, encaminhada_para: 'bruno', para_mim: true },
  ])
  t.match(await grupos(c, 'adelia'), [{ para_mim: false }, { para_mim: true }, { para_mim: false }])
  t.match(await aberta(c, um, 'bruno'), { adiada: false, para_mim: true, nota_por: 'ana' })
  const [, , meu] = await grupos(c, 'bruno')
  t.match(await decidir(c, 'bruno', 'aprovar', meu), [{ status: 'corrigida' }])
  t.equal((await c.processar('auto'))['corrigidas'], 1n, 'auto leaves what a person has in hand')
  t.equal(await c.categoria(2), 'ERR')
})

t.test('a group is postponed, forwarded and commented as a whole, and taken back', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 })
  await c.processar()
  const [g] = await grupos(c)
  for (const [ato, mais] of [
    ['adiar', {}],
    ['encaminhar', {}],
    ['aprovar', { ate: '2999-01-01' }],
    ['adiar', { ate: '2999-01-01', para: 'bruno' }],
  ] as const)
    t.equal(await codigo(decidir(c, 'ana', ato, g, mais)), 'NC001', ato)
  const adiadas = await decidir(c, 'ana', 'adiar', g, { ate: 'infinity' })
  t.match(adiadas, [{ resultado: 'feita' }, { resultado: 'feita' }])
  t.equal(await naFila(c), 0)
  await c.desfazer('ana', adiadas[0]?.['operacao_id'])
  const [de_novo] = await grupos(c)
  t.equal(de_novo?.['quantidade'], 2)
  await decidir(c, 'ana', 'comentar', de_novo)
  const para = await decidir(c, 'ana', 'encaminhar', de_novo, { para: 'bruno' })
  t.match(para, [{ resultado: 'feita' }, { resultado: 'feita' }], 'her own comment is no news to her')
  t.match(await grupos(c), [{ quantidade: 2, encaminhada_para: 'bruno' }])
})

t.test('taken back it is exactly what it was, and only by whoever did it', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 })
  await c.processar()
  const { id } = await c.achado(1)
  const estado = async () =>
    one(
      await c.sql`select status, adiada_ate::text, encaminhada_para, motivo, decidida_em, decidida_por
        from audit.divergencias_processadas where id = ${id}`,
    )
  const antes = await estado()
  const [terca, sexta] = [await dia(c, 2), await dia(c, 5)]
  const [um] = await c.adiar('ana', terca, id)
  const [dois] = await c.encaminhar('bruno', 'ana', id)
  const [tres] = await c.adiar('ana', sexta, id)
  t.equal(await codigo(c.desfazer('bruno', tres?.['operacao_id'])), 'NC007')
  t.equal(await codigo(c.desfazer('ana', um?.['operacao_id'])), 'NC005', 'something was said of it since')
  t.match(await c.desfazer('ana', tres?.['operacao_id']), [
    { resultado: 'feita', status: 'aberta', explicacao: 'adiamento desfeito' },
  ])
  t.match(await estado(), { adiada_ate: null, encaminhada_para: 'ana' })
  t.match(await aberta(c, id), { nota_por: 'bruno' })
  await c.desfazer('bruno', dois?.['operacao_id'])
  t.match(await estado(), { adiada_ate: terca, encaminhada_para: null })
  await c.desfazer('ana', um?.['operacao_id'])
  t.strictSame(await estado(), antes)
  t.equal(await codigo(c.desfazer('ana', um?.['operacao_id'])), 'NC005', 'once')
  const [quatro] = await c.adiar('ana', null, id, (await c.achado(2)).id)
  await c.rejeitar('bruno', id)
  t.match(await c.desfazer('ana', quatro?.['operacao_id']), [
    { id, resultado: 'deixada', explicacao: /já está rejeitada: está certo/ },
    { resultado: 'feita' },
  ])
  t.equal(await c.status(1), 'rejeitada')
})

t.test(
  'anybody who reviews brings it back to the queue today, and a day that is past is refused',
  async (t) => {
    const c = await cenario(t)
    await c.lancar({ id: 1 })
    await c.processar()
    const { id } = await c.achado(1)
    await c.adiar('ana', null, id)
    t.equal(await codigo(c.adiar('ana', await dia(c, -1), id)), 'NC001')
    t.match(await c.adiar('bruno', await dia(c, 0), id), [{ explicacao: 'de volta à fila' }])
    t.equal(await naFila(c), 1)
    t.match(await aberta(c, id), { adiada: false })
  },
)

t.test('a comment is of any finding, changes nothing, and stands in its story', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1, confianca: 0.5 }, { id: 2, confianca: 0.5 })
  await c.processar()
  const [um, dois] = (await Promise.all([1, 2].map(async (n) => (await c.achado(n)).id))) as [number, number]
  const [aprovada] = await c.aprovar('ana', um)
  await c.rejeitar('ana', dois)
  const antes = await regra(c)
  const [feita] = await c.comentar('bruno', um, dois)
  t.match(feita, { resultado: 'feita', status: 'corrigida', explicacao: 'comentada' })
  await c.processar()
  t.equal(`${await c.status(1)} ${await c.status(2)}`, 'corrigida rejeitada', 'the answer stands')
  t.match(
    await c.pessoa(
      'leo',
    )`select ator, motivo from audit.historico_registro('dw.lancamentos', '2') where evento = 'comentario'`,
    [{ ator: 'bruno', motivo: 'liguei para o fornecedor' }],
  )
  t.match(await c.desfazer('bruno', feita?.['operacao_id']), [
    { resultado: 'feita', status: 'corrigida', explicacao: 'comentário retirado' },
    { resultado: 'feita', status: 'rejeitada' },
  ])
  t.equal(await codigo(c.desfazer('bruno', feita?.['operacao_id'])), 'NC005', 'once')
  t.strictSame(await regra(c), antes)
  t.match(
    await c.desfazer('ana', aprovada?.['operacao_id']),
    [{ resultado: 'feita', status: 'aberta' }],
    'and stands in no way',
  )
  t.equal(await c.categoria(1), 'ERR')
})

t.test('the last answer is the last answer, whatever was commented since', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 })
  await c.processar()
  const [um, dois] = (await Promise.all([1, 2].map(async (n) => (await c.achado(n)).id))) as [number, number]
  await c.confirmar('ana', um)
  const [ato] = await c.rejeitar('ana', dois)
  await c.desfazer('ana', ato?.['operacao_id'])
  await c.comentar('bruno', um, dois)
  await c.processar('auto')
  t.equal(await c.status(1), 'resolvida', 'confirmed it stays silent')
  t.equal(await c.status(2), 'aberta', 'what a person took back auto leaves to people')
  t.equal(await c.categoria(2), 'ERR')
})

t.test('none of it is a reader’s or an operator’s, nor without a reason or a name', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  await c.processar()
  const { id } = await c.achado(1)
  for (const quem of ['leo', 'olivia', 'adelia'] as const) {
    t.equal(await codigo(c.adiar(quem, null, id)), '42501')
    t.equal(await codigo(c.encaminhar(quem, 'ana', id)), '42501')
    t.equal(await codigo(c.comentar(quem, id)), '42501')
  }
  const { pessoa } = c
  t.equal(await codigo(pessoa('ana')`select audit.adiar(${[id]}, null, ' ')`), 'NC006')
  t.equal(await codigo(pessoa('ana')`select audit.encaminhar(${[id]}, ' ', 'x')`), 'NC001')
  t.equal(await codigo(pessoa('ana')`select audit.encaminhar(${[id]}, null, 'x')`), 'NC001')
  t.equal(await codigo(pessoa('ana')`select audit.comentar(${[id]}, '')`), 'NC006')
  t.equal(await codigo(c.comentar('ana', 99999)), 'NC004')
  await c.rejeitar('ana', id)
  t.equal(await codigo(c.adiar('ana', null, id)), 'NC005')
  t.equal((await c.sql`select from audit.decisoes where tipo <> 'rejeicao'`).length, 0)
})

t.test('the trail holds what was postponed, to whom it went, and what was written', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  await c.processar()
  const { id } = await c.achado(1)
  await c.adiar('ana', null, id)
  await c.encaminhar('ana', 'bruno', id)
  await c.comentar('ana', id)
  const provar = () => c.pessoa('leo')`select situacao, objeto from audit.verificar_integridade()`
  t.match(await provar(), [{ situacao: 'provada' }])
  for (const [tipo, mudanca] of [
    ['adiamento', 'ate = null'],
    ['encaminhamento', `para = 'carla'`],
    ['comentario', `motivo = 'nada'`],
  ] as const) {
    const [{ operacao_id } = {}] = await c.sql`select operacao_id from audit.decisoes where tipo = ${tipo}`
    await c.sql.begin(async (tx) => {
      await tx.unsafe(
        `set local session_replication_role = replica; update audit.decisoes set ${mudanca} where tipo = '${tipo}'`,
      )
    })
    t.match(
      await provar(),
      [{ situacao: 'operacao_alterada', objeto: `audit.operacoes ${operacao_id}` }],
      tipo,
    )
    await c.sql.begin(async (tx) => {
      await tx.unsafe(`set local session_replication_role = replica;
        update audit.decisoes set ${mudanca.replace(/= .*/, tipo === 'adiamento' ? `= 'infinity'` : tipo === 'encaminhamento' ? `= 'bruno'` : `= 'liguei para o fornecedor'`)} where tipo = '${tipo}'`)
    })
  }
  t.match(await provar(), [{ situacao: 'provada' }])
})
