// Findings that one decision covers: seen as a group, decided as a group, and nothing besides what was shown.
import t from 'tap'
import { type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

type People = Parameters<Scenario['asPerson']>[0]

const groups = (c: Scenario, who: People = 'ana') =>
  c.asPerson(who)`select grupo, especie, mudanca, situacao, quantidade::int, valor::float, duas_pessoas::int,
      confianca_de::float, confianca_ate::float, parecidas_decididas::int, parecidas_certas::int, amostra::int[], visto
    from audit.vw_grupos_abertos order by valor desc, grupo`

type Group = Awaited<ReturnType<typeof groups>>[number]

const decide = (c: Scenario, who: People, act: string, g: Group | undefined, except: number[] = []) =>
  c.asPerson(who)`select id::int, resultado, codigo, explicacao, status, operacao_id::int
    from audit.decidir_grupo(${g?.['grupo'] as string}, ${act}, ${except}, ${c.sql.json(g?.['visto'] as never)}, 'conferido') order by id`

const id = async (c: Scenario, record: number) => (await c.finding(record)).id

t.test('findings are grouped by kind, change and confidence; readers see the same groups', async (t) => {
  const c = await scenario(t)
  await c.book(
    { id: 1, valor: 300 },
    { id: 2, valor: 500 },
    { id: 3, valor: 200_000 },
    { id: 4, confianca: 0.7 },
    { id: 5, descricao: 'aponta', valor: 50 },
  )
  await c.runSession()
  const shown = await groups(c, 'leo')
  t.match(shown, [
    {
      especie: 'errada',
      mudanca: 'categoria → CERTA',
      quantidade: 3,
      valor: 200_800,
      duas_pessoas: 1,
      confianca_de: 0.99,
      amostra: { length: 3 },
    },
    { quantidade: 1, confianca_ate: 0.7 },
    { quantidade: 1, mudanca: null, duas_pessoas: 0 },
  ])
  t.equal(await sqlstate(decide(c, 'leo', 'aprovar', shown[0])), '42501', 'and decides nothing')
  const [field] = await c.asPerson('leo')`select audit.divergencia_grupo(d) as grupo, a.grupo as lista
    from audit.divergencias_processadas d join audit.vw_divergencias_abertas a on a.id = d.id where d.registro_id = '1'`
  t.strictSame({ ...field }, { grupo: shown[0]?.['grupo'], lista: shown[0]?.['grupo'] })
})

t.test('what takes two people is proposed by the decision that corrects the rest of its group', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3, valor: 200_000 })
  await c.runSession()
  t.match(await decide(c, 'ana', 'aprovar', (await groups(c))[0]), [
    { status: 'corrigida' },
    { status: 'corrigida' },
    { status: 'aguardando_segunda_aprovacao' },
  ])
  t.match(await groups(c), [{ situacao: 'aguardando_segunda_aprovacao', quantidade: 1, duas_pessoas: 1 }])
  t.match(await decide(c, 'bruno', 'aprovar', (await groups(c))[0]), [{ status: 'corrigida' }])
})

t.test('an amount times 100, one divided by 100, and a wrong sign are three groups', async (t) => {
  const c = await scenario(t)
  const [line] = await c.sql`select audit_interno.mudanca('{"valor": 100}', '{"valor": 1}') as menos,
    audit_interno.mudanca('{"valor": 1}', '{"valor": 100}') as mais, audit_interno.mudanca('{"valor": -7}', '{"valor": 7}') as sinal,
    audit_interno.mudanca('{}', '{"valor": 7}') as novo, audit_interno.mudanca('{"a": 1}', '{}') as nada`
  t.strictSame(
    { ...line },
    {
      menos: 'valor diminui',
      mais: 'valor aumenta',
      sinal: 'valor troca de sinal',
      novo: 'valor → 7',
      nada: null,
    },
  )
})

t.test('a group is approved in one act, without exclusions and newcomers, and undone in one', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 })
  await c.runSession()
  const [group] = await groups(c)
  await c.book({ id: 4 })
  await c.runSession()
  const done = await decide(c, 'ana', 'aprovar', group, [await id(c, 2)])
  t.match(done, [
    { id: await id(c, 1), resultado: 'feita', status: 'corrigida' },
    { id: await id(c, 3), resultado: 'feita' },
  ])
  t.equal(done.length, 2)
  t.strictSame(
    await Promise.all([1, 2, 3, 4].map((n) => c.categoria(n))),
    ['CERTA', 'ERR', 'CERTA', 'ERR'],
    'what was left out and what came since is as it was',
  )
  t.match(await groups(c), [{ quantidade: 2, parecidas_decididas: 2, parecidas_certas: 2 }])
  t.match(await c.undo('ana', done[0]?.['operacao_id']), [{ resultado: 'feita' }, { resultado: 'feita' }])
  t.match(await groups(c), [{ quantidade: 4, parecidas_decididas: 0 }])
  t.equal(await c.categoria(1), 'ERR')
  const [again] = await decide(c, 'bruno', 'aprovar', group, [await id(c, 2)]).then(
    () => ['aceito'],
    (e) => [e.code],
  )
  t.equal(again, 'NC005', 'a finding that came back is not what he saw')
})

t.test(
  'findings that somebody else decided are reported with the name, and the rest are decided',
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1 }, { id: 2 }, { id: 3 })
    await c.runSession()
    const [group] = await groups(c, 'bruno')
    await c.reject('ana', await id(c, 2))
    const done = await decide(c, 'bruno', 'aprovar', group)
    t.match(done, [
      { resultado: 'feita' },
      {
        id: await id(c, 2),
        resultado: 'deixada',
        codigo: 'NC005',
        explicacao: /já está rejeitada por ana .*: está certo/,
      },
      { resultado: 'feita' },
    ])
    t.equal(await c.status(2), 'rejeitada')
    t.equal(await sqlstate(decide(c, 'bruno', 'rejeitar', group)), 'NC005', 'nothing of it remains')
  },
)

t.test('two reviewers at once: each finding is decided once, and the slower one is told', async (t) => {
  const c = await scenario(t)
  await c.book(...Array.from({ length: 20 }, (_, i) => ({ id: i + 1 })))
  await c.runSession()
  const [group] = await groups(c)
  const ends = await Promise.allSettled([
    decide(c, 'ana', 'aprovar', group),
    decide(c, 'bruno', 'rejeitar', group),
  ])
  const lost = ends.filter((e) => e.status === 'rejected')
  t.equal(lost.length, 1)
  t.match(lost[0], { reason: { code: 'NC005', message: /por (ana|bruno)/ } })
  const [n] =
    await c.sql`select count(distinct ator)::int as pessoas, count(*)::int as decisoes from audit.decisoes`
  t.match(n, { pessoas: 1, decisoes: 20 })
})

t.test('two people: the first proposes the group, and only another can approve it', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, valor: 200_000 }, { id: 2, valor: 300_000 })
  await c.runSession()
  const [group] = await groups(c)
  t.match(await decide(c, 'ana', 'aprovar', group), [{ status: 'aguardando_segunda_aprovacao' }, {}])
  t.equal(await sqlstate(decide(c, 'bruno', 'aprovar', group)), 'NC005', 'what bruno saw is no longer there')
  const [second] = await groups(c, 'bruno')
  t.match(second, { situacao: 'aguardando_segunda_aprovacao', quantidade: 2 })
  t.equal(await sqlstate(decide(c, 'ana', 'aprovar', second)), 'NC007')
  t.match(await decide(c, 'bruno', 'aprovar', second), [{ status: 'corrigida' }, { status: 'corrigida' }])
})

t.test('a group that grew, an unknown act and a missing visto are refused', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 })
  await c.runSession()
  const [group] = await groups(c)
  const seenState = { ...(group?.['visto'] as object), quantidade: 1 }
  t.equal(await sqlstate(decide(c, 'ana', 'aprovar', { ...group, visto: seenState } as never)), 'NC021')
  t.equal(await sqlstate(decide(c, 'ana', 'apagar', group)), 'NC001')
  t.equal(
    await sqlstate(decide(c, 'ana', 'aprovar', { ...group, visto: { quantidade: '2' } } as never)),
    'NC001',
  )
  t.equal(await sqlstate(decide(c, 'ana', 'aprovar', { ...group, visto: null } as never)), 'NC001')
  t.equal(await sqlstate(decide(c, 'ana', 'aprovar', { ...group, grupo: 'nenhum' } as never)), 'NC005')
  t.match(await decide(c, 'ana', 'confirmar', group), [{ status: 'resolvida' }, { status: 'resolvida' }])
})

t.test("findings below their rule's floor form a group marked as unlikely", async (t) => {
  const c = await scenario(t)
  await c.book(
    { id: 1, confianca: 0.05 },
    { id: 2, confianca: 0.2 },
    { id: 3, confianca: 0.3 },
    { id: 4, confianca: 0.01, descricao: 'aponta' },
  )
  await c.runSession()
  const improbable = async () =>
    (
      await c.asPerson('leo')`select amostra::int[] as amostra from audit.vw_grupos_abertos where improvavel`
    ).flatMap((g) => g['amostra'])
  t.strictSame(await improbable(), [await id(c, 1)], 'a finding without a proposal cannot be improbable')
  t.equal(
    await sqlstate(c.asPerson('ana')`select audit.alterar_regra('errada', '{"piso": 0.25}', 'x')`),
    '42501',
    'only an administrator may set it',
  )
  t.equal(
    await sqlstate(c.asPerson('adelia')`select audit.alterar_regra('errada', '{"piso": 1.1}', 'x')`),
    'NC009',
  )
  await c.asPerson('adelia')`select audit.alterar_regra('errada', '{"piso": 0.25}', 'medido')`
  t.match(
    await c.sql`select detalhes -> 'antes' -> 'piso' as antes, detalhes -> 'depois' -> 'piso' as depois
      from audit.operacoes where tipo = 'regra' order by id desc limit 1`,
    [{ antes: 0.1, depois: 0.25 }],
    'and audited',
  )
  t.strictSame(
    (await improbable()).toSorted(),
    [await id(c, 1), await id(c, 2)],
    'in one band, one group on each side',
  )
  const doubtful = (await groups(c)).filter((g) => g['confianca_ate'] === 0.3)
  t.match(await decide(c, 'ana', 'rejeitar', doubtful[0]), [{ id: await id(c, 3), resultado: 'feita' }])
  t.match(
    await c.asPerson(
      'leo',
    )`select a.grupo = audit.divergencia_grupo(d) as mesmo, a.grupo in (select grupo from audit.vw_grupos_abertos) as ha
      from audit.vw_divergencias_abertas a join audit.divergencias_processadas d using (id)`,
    Array.from({ length: 3 }, () => ({ mesmo: true, ha: true })),
  )
})
