import t from 'tap'
import { testDatabase } from '../helper/database.ts'
import { drawn } from '../helper/thorough.ts'
import {
  approveAll,
  book,
  findingsIn,
  makeKnown,
  makeWarehouse,
  photograph,
  rollBack,
  runSession,
} from '../helper/warehouse.ts'

/** Entries that a warehouse may hold and that no rule may choke on. Each is tried with each rule. */
const strangers: Record<string, unknown>[] = [
  {
    fornecedor: null,
    fornecedor_id: null,
    documento: null,
    descricao: null,
    categoria: null,
    conta_contabil: null,
  },
  {
    fornecedor: '',
    fornecedor_id: '',
    documento: '',
    descricao: '',
    categoria: '',
    filial: '',
    centro_custo: '',
  },
  {
    valor: '-9999999999999999.99',
    valor_documento: '9999999999999999.99',
    valor_desconto: '-9999999999999999.99',
  },
  { valor: '0', valor_documento: '0', valor_desconto: '0' },
  { valor: '-0.01', valor_documento: '100' },
  { valor: null, valor_documento: '10' },
  { valor: 'NaN', valor_documento: '10' },
  { data_lancamento: '0219-03-01', valor: '55', valor_documento: '5.5' },
  { data_lancamento: '2202-03-01', valor: '0.01', valor_documento: '0.02' },
  { data_lancamento: '0044-03-15 BC' },
  { data_lancamento: null, carregado_em: null },
  { data_lancamento: 'infinity', carregado_em: '-infinity' },
  { descricao: 'ação '.repeat(2000), fornecedor: 'b'.repeat(10_000), documento: '9'.repeat(10_000) },
  {
    descricao: 'promo 🚗🎉👩‍👩‍👧 \u0001\u0007\u001b[31m\t\r\n\u200b\u202e fim',
    fornecedor: '🚗',
    documento: '🚗1',
  },
  { descricao: "'; drop table dw.lancamentos; --", fornecedor: '\\', documento: '%_', fornecedor_id: '#{x}' },
]

for (const pending of drawn([false, true], 1)) {
  t.test(
    `strange entries${pending ? ', parked as pending,' : ''} pass through every rule and the cycle`,
    async (t) => {
      const { sql, connectAs } = await testDatabase(t)
      const [olivia, ana, bruno] = [connectAs('olivia'), connectAs('ana'), connectAs('bruno')]
      await makeWarehouse(sql)
      await makeKnown(sql, 'Trade Marketing')
      await book(
        sql,
        ...Array.from({ length: 40 }, (_, i) => ({
          id: 100 + i,
          data_lancamento: `2026-0${1 + (i % 4)}-05`,
          fornecedor: '🚗',
        })),
        ...strangers.map((e, i) => ({
          id: i + 1,
          ...e,
          ...(pending ? { categoria: 'PENDENTE DE VERIFICAÇÃO' } : {}),
        })),
      )
      const adelia = connectAs('adelia')
      for (const pattern of ['🚗', 'fim', 'ação', "'; drop table", 'bbb'])
        await adelia`select audit.salvar_padrao('descricao', 'contem', ${pattern}, 'incluir', 'teste', conferido => true)`
      for (const field of ['fornecedor', 'conta_contabil'])
        await adelia`select audit.salvar_padrao(${field}, 'regex', '^[🚗\\\\b]+', 'incluir', 'teste', conferido => true)`
      await sql`update dw.lancamentos set conta_contabil = '🚗' where id in (3, 4, 5, 6, 7, 8, 9, 10)`
      const before = await photograph(sql)

      const manual = await runSession(olivia, 'manual')
      t.match(
        manual,
        { status: 'concluida', linhas_examinadas: BigInt(40 + strangers.length - 1) },
        manual['mensagem'],
      )
      const executions =
        await sql`select regra, status, encontradas > 0 as achou, erro_mensagem from audit.execucoes_regra`
      for (const e of executions) t.match(e, { status: 'concluida' }, e['regra'])
      const auto = await runSession(olivia, 'auto')
      t.equal(auto['status'], 'concluida', auto['mensagem'])
      const proposals = (await findingsIn(ana, 'aberta')).filter(
        (d) => Object.keys(d['valores_propostos']).length,
      )
      t.ok(proposals.length > 0, `${proposals.length} proposals`)
      // rules may both propose something for one row: one at a time, as a reviewer would
      for (const { id } of proposals) {
        const [d] = await approveAll(ana, id)
        if (d?.['status'] === 'aguardando_segunda_aprovacao') await approveAll(bruno, id)
      }
      t.same(await findingsIn(ana, 'falha'), [])
      t.notSame(await photograph(sql), before)
      const corrected = await findingsIn(ana, 'corrigida')
      t.ok(corrected.length > 5, `${corrected.length} corrected`)
      for (const { id } of corrected.reverse()) t.match(await rollBack(ana, id), [{ resultado: 'revertida' }])
      t.same(await photograph(sql), before, 'down to the last character')
    },
  )
}
