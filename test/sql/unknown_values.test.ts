// A text that the ledger has never seen is nobody's to write alone.
import t from 'tap'
import { banco } from '../helper/database.ts'
import {
  achar,
  aprovar,
  armazem,
  divergencias,
  type Forma,
  lancar,
  processar,
  regra,
  reverter,
} from '../helper/warehouse.ts'

const propor = (categoria: string, onde: string) =>
  achar(`jsonb_build_object('categoria', '${categoria}')`, onde)

async function cena(t: Parameters<typeof banco>[0], forma: Forma = 'tabela', categoria = 'Marketing') {
  const base = await banco(t)
  await armazem(base.sql, forma)
  const [olivia, ana, adelia] = [base.como('olivia'), base.como('ana'), base.como('adelia')]
  await lancar(
    base.sql,
    { id: '1', descricao: 'errado' },
    { id: '2' },
    { id: '3', categoria: 'Marketing e Trade' },
  )
  await regra(
    { sql: base.sql, adelia },
    {
      nome: 'rotulo',
      consulta: propor(categoria, `t.descricao = 'errado' and t.categoria <> '${categoria}'`),
    },
  )
  const auto = () => processar(olivia, 'auto', ['rotulo'])
  return { ...base, olivia, ana, adelia, auto }
}

for (const forma of ['tabela', 'particionada', 'visao', 'estrela'] as const)
  t.test(
    `on ${forma}: auto leaves a label that no entry has to a person, and says so everywhere`,
    async (t) => {
      const { sql, ana, auto } = await cena(t, forma)
      const sessao = await auto()
      t.match(sessao, { status: 'concluida', corrigidas: 0n, mensagem: /^1 deixadas/ })
      t.match(await sql`select deixadas from audit.execucoes_regra`, [{ deixadas: 1n }])
      t.match(await divergencias(ana), [{ status: 'aberta', motivo: /^deixada/ }])
      t.match(await sql`select categoria from dw.lancamentos where id = 1`, [{ categoria: 'Serviços' }])

      const [aprovada] = await aprovar(ana, (await divergencias(ana))[0]?.['id'])
      t.match(aprovada, { status: 'corrigida' }, 'a person may')
      await lancar(sql, { id: '4', descricao: 'errado' })
      t.match(await auto(), { corrigidas: 1n, mensagem: null }, 'what a person approved once is known')
    },
  )

t.test('a label that an entry has is corrected, exactly as it is written there', async (t) => {
  const { sql, auto } = await cena(t, 'tabela', 'Marketing e Trade')
  t.match(await auto(), { corrigidas: 1n, mensagem: null })
  t.match(await sql`select categoria from dw.lancamentos where id = 1`, [{ categoria: 'Marketing e Trade' }])
  await sql`update dw.lancamentos set categoria = 'MARKETING E TRADE' where id <> 2`
  await lancar(sql, { id: '5', descricao: 'errado' })
  t.match(await auto(), { corrigidas: 0n, mensagem: /2 deixadas/ }, 'another spelling is another label')
})

t.test('a label that only our own corrections wrote is not history, however many they are', async (t) => {
  const { sql, auto } = await cena(t, 'tabela', 'Marketing e Trade')
  await lancar(sql, ...Array.from({ length: 14 }, (_, i) => ({ id: String(100 + i), descricao: 'errado' })))
  t.match(await auto(), { corrigidas: 15n })
  await sql`delete from dw.lancamentos where id = 3`
  await lancar(sql, { id: '200', descricao: 'errado' })
  t.match(await auto(), { corrigidas: 0n, mensagem: /^1 deixadas/ }, 'fifteen rows hold it, all of them ours')
  await lancar(sql, { id: '300', categoria: 'Marketing e Trade' })
  t.match(await auto(), { corrigidas: 1n, mensagem: null }, 'a sixteenth is not')
})

t.test('an approval that was rolled back taught nothing', async (t) => {
  const { ana, auto } = await cena(t)
  await auto()
  const [{ id } = { id: null }] = await divergencias(ana)
  await aprovar(ana, id)
  await reverter(ana, id)
  t.match(await auto(), { corrigidas: 0n })
})

t.test('numbers, and texts that go back to null, are not asked about', async (t) => {
  const { sql, adelia, olivia } = await cena(t)
  await regra(
    { sql, adelia },
    {
      nome: 'numero',
      colunas: ['valor', 'documento'],
      consulta: achar(`'{"valor": 123.45, "documento": null}'::jsonb`, `t.id = 2 and t.valor <> 123.45`),
    },
  )
  t.match(await processar(olivia, 'auto', ['numero']), { corrigidas: 1n, mensagem: null })
})

t.test('what is left does not count against the limits', async (t) => {
  const { adelia, auto } = await cena(t)
  await adelia`select audit.alterar_configuracao('limites.linhas', '0', 'nada')`
  t.match(await auto(), { status: 'concluida', limite_atingido: null, mensagem: /^1 deixadas/ })
})
