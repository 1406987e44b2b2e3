// Nobody writes a text alone that the ledger has never seen.
import t from 'tap'
import { testDatabase } from '../helper/database.ts'
import {
  approveAll,
  book,
  findingsIn,
  makeRule,
  makeWarehouse,
  proposing,
  rollBack,
  runSession,
  type WarehouseShape,
} from '../helper/warehouse.ts'

const propose = (category: string, where: string) =>
  proposing(`jsonb_build_object('categoria', '${category}')`, where)

async function scene(
  t: Parameters<typeof testDatabase>[0],
  shape: WarehouseShape = 'tabela',
  category = 'Marketing',
) {
  const base = await testDatabase(t)
  await makeWarehouse(base.sql, shape)
  const [olivia, ana, adelia] = [base.connectAs('olivia'), base.connectAs('ana'), base.connectAs('adelia')]
  await book(
    base.sql,
    { id: '1', descricao: 'errado' },
    { id: '2' },
    { id: '3', categoria: 'Marketing e Trade' },
  )
  await makeRule(
    { sql: base.sql, adelia },
    {
      nome: 'rotulo',
      consulta: propose(category, `t.descricao = 'errado' and t.categoria <> '${category}'`),
    },
  )
  const auto = () => runSession(olivia, 'auto', ['rotulo'])
  return { ...base, olivia, ana, adelia, auto }
}

for (const shape of ['tabela', 'particionada', 'visao', 'estrela'] as const)
  t.test(
    `on ${shape}: auto leaves a label that no entry has to a person, and says so in every channel`,
    async (t) => {
      const { sql, ana, auto } = await scene(t, shape)
      const session = await auto()
      t.match(session, { status: 'concluida', corrigidas: 0n, mensagem: /^1 deixadas/ })
      t.match(await sql`select deixadas from audit.execucoes_regra`, [{ deixadas: 1n }])
      t.match(await findingsIn(ana), [{ status: 'aberta', motivo: /^deixada/ }])
      t.match(await sql`select categoria from dw.lancamentos where id = 1`, [{ categoria: 'Serviços' }])

      const [approved] = await approveAll(ana, (await findingsIn(ana))[0]?.['id'])
      t.match(approved, { status: 'corrigida' }, 'a person may')
      await book(sql, { id: '4', descricao: 'errado' })
      t.match(await auto(), { corrigidas: 1n, mensagem: null }, 'what a person approved once is known')
    },
  )

t.test('a label that an entry has is corrected, exactly as it is written there', async (t) => {
  const { sql, auto } = await scene(t, 'tabela', 'Marketing e Trade')
  t.match(await auto(), { corrigidas: 1n, mensagem: null })
  t.match(await sql`select categoria from dw.lancamentos where id = 1`, [{ categoria: 'Marketing e Trade' }])
  await sql`update dw.lancamentos set categoria = 'MARKETING E TRADE' where id <> 2`
  await book(sql, { id: '5', descricao: 'errado' })
  t.match(
    await auto(),
    { corrigidas: 0n, mensagem: /2 deixadas/ },
    'a different spelling is a different label',
  )
})

t.test('a label that only our own corrections wrote is not history, however often', async (t) => {
  const { sql, auto } = await scene(t, 'tabela', 'Marketing e Trade')
  await book(sql, ...Array.from({ length: 14 }, (_, i) => ({ id: String(100 + i), descricao: 'errado' })))
  t.match(await auto(), { corrigidas: 15n })
  await sql`delete from dw.lancamentos where id = 3`
  await book(sql, { id: '200', descricao: 'errado' })
  t.match(await auto(), { corrigidas: 0n, mensagem: /^1 deixadas/ }, 'fifteen rows hold it, all of them ours')
  await book(sql, { id: '300', categoria: 'Marketing e Trade' })
  t.match(await auto(), { corrigidas: 1n, mensagem: null }, 'a sixteenth row was not written by us')
})

t.test('an approval that was rolled back teaches nothing', async (t) => {
  const { ana, auto } = await scene(t)
  await auto()
  const [{ id } = { id: null }] = await findingsIn(ana)
  await approveAll(ana, id)
  await rollBack(ana, id)
  t.match(await auto(), { corrigidas: 0n })
})

t.test('numbers, and texts set to null, need not be known', async (t) => {
  const { sql, adelia, olivia } = await scene(t)
  await makeRule(
    { sql, adelia },
    {
      nome: 'numero',
      colunas: ['valor', 'documento'],
      consulta: proposing(`'{"valor": 123.45, "documento": null}'::jsonb`, `t.id = 2 and t.valor <> 123.45`),
    },
  )
  t.match(await runSession(olivia, 'auto', ['numero']), { corrigidas: 1n, mensagem: null })
})

t.test('findings left to people do not count against the limits', async (t) => {
  const { adelia, auto } = await scene(t)
  await adelia`select audit.alterar_configuracao('limites.linhas', '0', 'nada')`
  t.match(await auto(), { status: 'concluida', limite_atingido: null, mensagem: /^1 deixadas/ })
})
