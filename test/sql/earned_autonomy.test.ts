// Promise 5: auto is earned. People's word on what a rule proposes decides whether it may go on correcting by itself.
import t from 'tap'
import { esperaTrava } from '../helper/database.ts'
import { type Cenario, cenario, codigo, one } from '../helper/scenario.ts'

const regra = async (c: Cenario) =>
  one(
    await c.sql`select automatica, automatica_perdida, aprovadas::int, rejeitadas::int, certas_no_limiar::int,
      erradas_no_limiar::int, automaticas_revertidas::int, precisao::float, limite_inferior::float
    from audit.regras where nome = 'errada'`,
  )

/** So many findings on rows from..to, and their ids. */
async function achar(c: Cenario, from: number, to: number, confianca = 0.99) {
  const rows = Array.from({ length: to - from + 1 }, (_, i) => ({ id: from + i, confianca }))
  await c.lancar(...rows)
  await c.processar()
  const ids = await c.sql`select id::int from audit.divergencias_processadas
    where registro_id::int between ${from} and ${to} order by id`
  return ids.map((r) => r['id'] as number)
}

const devolver = (c: Cenario) =>
  c.pessoa('adelia')`select audit.alterar_regra('errada', '{"automatica": true}', 'regra consertada')`

const minimo = (c: Cenario, n: number) =>
  c.pessoa('adelia')`select audit.alterar_configuracao('regras.decisoes_minimas', ${c.sql.json(n)}, 'teste')`

t.test('the bound is Wilson’s', async (t) => {
  const c = await cenario(t)
  for (const [certas, total, limite] of [
    [0, 0, null],
    [0, 10, 0],
    [10, 10, 0.787],
    [9, 10, 0.6522],
    [52, 52, 0.9505],
    [95, 100, 0.9008],
    [500, 1000, 0.474],
    [296, 305, 0.9499], // .949956: not rounded up to a threshold of .95
  ] as const) {
    const [row] = await c.sql`select audit_interno.limite_wilson(${certas}, ${total})::float as l`
    t.equal(row?.['l'], limite, `${certas} of ${total}`)
  }
})

t.test('a rule that people find wrong loses auto in the same transaction, and says why', async (t) => {
  const c = await cenario(t)
  const ids = await achar(c, 1, 20)
  await c.aprovar('ana', ...ids.slice(0, 18))
  await c.rejeitar('ana', ids[18] as number)
  t.match(await regra(c), { automatica: true, certas_no_limiar: 18, erradas_no_limiar: 1 }, 'too few to tell')
  await c
    .pessoa('ana')
    .begin(async (tx) => {
      await tx`select audit.rejeitar_divergencias(${[ids[19] as number]}, 'está certo')`
      t.match(one(await tx`select automatica from audit.regras where nome = 'errada'`), { automatica: false })
      throw new Error('thought better of it')
    })
    .catch(() => {})
  t.match(await regra(c), { automatica: true, erradas_no_limiar: 1 }, 'no decision, no loss')

  await c.rejeitar('ana', ids[19] as number)
  t.match(await regra(c), {
    automatica: false,
    automatica_perdida: /2 de 20 .*0\.7\d* e o limiar é 0\.95/,
    precisao: 0.9,
  })
  t.match(
    one(
      await c.sql`select tipo, regra, ator, status, motivo, detalhes from audit.operacoes order by id desc limit 1`,
    ),
    {
      tipo: 'regra',
      regra: 'errada',
      ator: 'ana',
      status: 'concluida',
      motivo: /perdeu a correção automática/,
      detalhes: { antes: { automatica: true }, depois: { automatica: false }, erradas_no_limiar: 2 },
    },
  )

  await c.lancar({ id: 30 })
  t.match(
    await c.processar('auto'),
    { corrigidas: 0n, mensagem: /errada só detectou: perdeu a correção automática/ },
    'a session says that it only detected',
  )
  t.equal(await c.categoria(30), 'ERR')
})

t.test(
  'a flawless record is never held against a rule, and right decisions do not cost it auto',
  async (t) => {
    const c = await cenario(t)
    await c.aprovar('ana', ...(await achar(c, 1, 25)))
    t.match(await regra(c), { automatica: true, automatica_perdida: null, certas_no_limiar: 25 })
    t.ok(((await regra(c))['limite_inferior'] as number) < 0.95, 'though its bound is under the threshold')
  },
)

t.test('it is the bound that counts, not the share', async (t) => {
  const c = await cenario(t)
  const ids = await achar(c, 1, 40)
  await c.aprovar('ana', ...ids.slice(1))
  await c.rejeitar('ana', ids[0] as number)
  t.match(await regra(c), { precisao: 0.975, automatica: false, automatica_perdida: /1 de 40 .*0\.89/ })
})

t.test('doubtful findings, below the threshold, are counted but do not cost auto', async (t) => {
  const c = await cenario(t)
  await c.rejeitar('ana', ...(await achar(c, 1, 30, 0.94)))
  t.match(await regra(c), { automatica: true, rejeitadas: 30, erradas_no_limiar: 0, precisao: 0 })
  await minimo(c, 1)
  await c.rejeitar('ana', ...(await achar(c, 41, 41, 0.95)))
  t.match(await regra(c), { automatica: false, erradas_no_limiar: 1 }, 'at the threshold is auto’s')
  const ids = await c.sql`select id::int from audit.divergencias_processadas where registro_id = '41'`
  await c.pessoa('ana')`select audit.reabrir_divergencias(${ids.map((r) => r['id'])}, 'revista')`
  t.match(await regra(c), { rejeitadas: 30, erradas_no_limiar: 0 }, 'and so it is when taken back')
})

t.test('a bulk rejection costs auto once; reopening takes the word back, not the loss', async (t) => {
  const c = await cenario(t)
  const ids = await achar(c, 1, 40)
  await c.rejeitar('ana', ...ids)
  t.match(await regra(c), { automatica: false, rejeitadas: 40, erradas_no_limiar: 40 })
  t.equal((await c.sql`select from audit.operacoes where motivo like 'perdeu%'`).length, 1)

  await c.pessoa('ana')`select audit.reabrir_divergencias(${ids}, 'lista errada')`
  t.match(await regra(c), {
    automatica: false,
    automatica_perdida: /40 de 40/,
    rejeitadas: 0,
    erradas_no_limiar: 0,
    precisao: null,
  })
  await c.aprovar('ana', ...ids)
  t.match(await regra(c), { automatica: false, aprovadas: 40, rejeitadas: 0 }, 'each finding counts once')
})

t.test('an administrator gives auto back with a reason, and a new record begins', async (t) => {
  const c = await cenario(t)
  const ids = await achar(c, 1, 22)
  await c.rejeitar('ana', ...ids.slice(0, 20))
  t.equal(
    await codigo(c.pessoa('ana')`select audit.alterar_regra('errada', '{"automatica": true}', 'x')`),
    '42501',
  )
  t.equal(
    await codigo(c.pessoa('adelia')`select audit.alterar_regra('errada', '{"automatica": true}', ' ')`),
    'NC006',
  )
  await c.pessoa('adelia')`select audit.alterar_regra('errada', '{"descricao": "outra"}', 'texto')`
  t.match(await regra(c), { automatica: false, erradas_no_limiar: 20 }, 'nothing else gives it back')
  await devolver(c)
  t.match(await regra(c), {
    automatica: true,
    automatica_perdida: null,
    erradas_no_limiar: 0,
    limite_inferior: null,
    rejeitadas: 20,
  })
  await c.rejeitar('ana', ids[20] as number)
  t.match(await regra(c), { automatica: true, erradas_no_limiar: 1 }, 'the old record is not held against it')
  await c.pessoa('ana')`select audit.reabrir_divergencias(${ids.slice(0, 1)}, 'revista')`
  t.match(await regra(c), { rejeitadas: 20, erradas_no_limiar: 1 }, 'nor taken from the new one')
  await c.pessoa('adelia')`select audit.alterar_regra('errada', '{"limiar": 0.9}', 'outro limiar')`
  t.match(await regra(c), { automatica: true, erradas_no_limiar: 0 }, 'another threshold, another record')
})

t.test('two people at one moment are both counted, and the second costs auto', async (t) => {
  const c = await cenario(t)
  await minimo(c, 2)
  const [um, dois] = (await achar(c, 1, 2)) as [number, number]
  let segundo: Promise<unknown> | undefined
  await c.pessoa('ana').begin(async (tx) => {
    await tx`select audit.rejeitar_divergencias(${[um]}, 'x')`
    segundo = c.rejeitar('bruno', dois).then((rows) => rows)
    await esperaTrava(c.sql)
  })
  await segundo
  t.match(await regra(c), { automatica: false, rejeitadas: 2, erradas_no_limiar: 2 })
})

t.test('another value typed, and an exception declared, are a person’s word too', async (t) => {
  const c = await cenario(t)
  await minimo(c, 2)
  const [um] = (await achar(c, 1, 2)) as [number, number]
  await c.digitar('ana', um, { categoria: 'MINHA' })
  t.match(await regra(c), { automatica: true, erradas_no_limiar: 1 })
  await c.digitar('bruno', um, { categoria: 'CERTA' })
  t.match(await regra(c), { erradas_no_limiar: 0 }, 'the proposal after all')
  await c.digitar('ana', um, { categoria: 'MINHA' })
  await c.pessoa(
    'ana',
  )`select audit.declarar_excecao('errada', 'dw.lancamentos', '2', 'contrato', now() + interval '1 year')`
  t.match(await regra(c), { automatica: false, rejeitadas: 2, erradas_no_limiar: 2 })
})

t.test('automatic corrections that people call wrong cost auto; all others count as right', async (t) => {
  const c = await cenario(t)
  await c.lancar(...Array.from({ length: 60 }, (_, i) => ({ id: i + 1 })))
  await c.pessoa('adelia')`select audit.alterar_configuracao('limites.fracao', '1', 'teste')`
  t.match(await c.processar('auto'), { corrigidas: 60n })
  const ids = (await c.sql`select id::int from audit.divergencias_processadas order by id`).map(
    (r) => r['id'] as number,
  )
  const reverter = (...quais: number[]) =>
    c.pessoa('ana')`select resultado from audit.reverter_divergencias(${quais}, 'estava certo', 'erradas')`
  await c.pessoa('adelia')`select audit.alterar_regra('errada', '{"limiar": 0.9}', 'outro limiar')`
  await reverter(ids[0] as number)
  t.match(await regra(c), { automatica: true, automaticas_revertidas: 0 }, 'corrected under an older record')

  await c.lancar(...Array.from({ length: 60 }, (_, i) => ({ id: i + 101 })))
  t.match(await c.processar('auto'), { corrigidas: 60n })
  const novas = (
    await c.sql`select id::int from audit.divergencias_processadas where registro_id::int > 100 order by id`
  ).map((r) => r['id'] as number)
  await reverter(novas[0] as number)
  t.match(await regra(c), { automatica: true, automaticas_revertidas: 1 }, '59 of 60 is .927 at least')
  const [desfeita] = await c.sql`select max(id) as id from audit.operacoes where tipo = 'reversao'`
  await c.pessoa('ana')`select from audit.reverter_operacao(${String(desfeita?.['id'])}, 'engano')`
  t.match(await regra(c), { automaticas_revertidas: 0 }, 'a rollback undone is taken back')
  await reverter(...novas.slice(0, 3))
  t.match(await regra(c), { automatica: false, automatica_perdida: /3 de 60 correções automáticas/ })
})

t.test('an approval that is rolled back counts no longer', async (t) => {
  const c = await cenario(t)
  const [um] = (await achar(c, 1, 1)) as [number]
  await c.aprovar('ana', um)
  t.match(await regra(c), { aprovadas: 1, certas_no_limiar: 1 })
  await c.pessoa('ana')`select from audit.reverter_divergencias(${[um]}, 'era outra nota')`
  t.match(await regra(c), { aprovadas: 0, certas_no_limiar: 0, automaticas_revertidas: 0 })
})

t.test('taken back for another reason, corrections say nothing of the rule', async (t) => {
  const c = await cenario(t)
  await minimo(c, 1)
  await c.pessoa('adelia')`select audit.alterar_configuracao('limites.fracao', '1', 'teste')`
  await c.lancar(...Array.from({ length: 60 }, (_, i) => ({ id: i + 1 })))
  const sessao = (await c.processar('auto'))['id']
  const linhas = await c.pessoa(
    'olivia',
  )`select * from audit.reverter_sessao(${String(sessao)}, 'quero ver de novo')`
  t.equal(linhas.length, 60)
  t.ok(
    linhas.every(
      (l) => l['status'] === 'revertida' && /volta à fila/.test(l['explicacao']) && l['aviso'] === null,
    ),
    'it is said what becomes of the findings',
  )
  t.match(await regra(c), { automatica: true, automaticas_revertidas: 0, rejeitadas: 0 })
  t.equal(
    await codigo(c.pessoa('olivia')`select audit.reverter_sessao(${String(sessao)}, 'x', 'sei lá')`),
    'NC001',
  )
})

t.test('a rollback that costs auto says so at once, and its own rollback leaves no trace', async (t) => {
  const c = await cenario(t)
  await minimo(c, 1)
  await c.lancar({ id: 1 }, { id: 2 }, { id: 3 })
  await c.processar('auto')
  const antes = await regra(c)
  const ids = (await c.sql`select id::int from audit.divergencias_processadas order by id`).map(
    (r) => r['id'],
  )
  const linhas = await c.pessoa(
    'ana',
  )`select * from audit.reverter_divergencias(${ids}, 'não era', 'erradas')`
  t.match(linhas[0], {
    aviso: /errada perdeu a correção automática: .*conferente regras --auto errada --motivo/,
  })
  t.match(linhas[0], { explicacao: /não volta à fila/ })
  t.match(await regra(c), { automatica: false, automaticas_revertidas: 3 })
  t.match(await c.processar('auto'), { mensagem: /só detectou: .*conferente regras --auto errada/ })
  t.equal(await c.status(1), 'revertida', 'it stays silent until the row changes')

  await c.pessoa('ana')`select from audit.reverter_operacao(${linhas[0]?.['operacao_id']}, 'era sim')`
  t.strictSame(await regra(c), antes, 'as if nothing had been')
  await c.pessoa('ana')`select from audit.reverter_divergencias(${ids}, 'não era mesmo', 'erradas')`
  t.match(await regra(c), { automatica: false, automaticas_revertidas: 3 }, 'and counted again')
})

t.test(
  'an approval that is rolled back as wrong is a word against the proposal; brought back, it counts again',
  async (t) => {
    const c = await cenario(t)
    const [um] = (await achar(c, 1, 1)) as [number]
    await c.aprovar('ana', um)
    const antes = await regra(c)
    const [linha] = await c.pessoa(
      'bruno',
    )`select * from audit.reverter_divergencias(${[um]}, 'não era', 'erradas')`
    t.match(await regra(c), { aprovadas: 0, rejeitadas: 1 })
    await c.pessoa('bruno')`select from audit.reverter_operacao(${linha?.['operacao_id']}, 'era sim')`
    t.strictSame(await regra(c), antes)
  },
)
