// What a person knows an entry by stands with its finding, for those who may see the row.
import t from 'tap'
import { type Cenario, cenario, codigo } from '../helper/scenario.ts'

const visto = async (c: Cenario, quem: Parameters<Cenario['pessoa']>[0]) =>
  c.pessoa(quem)`select a.resumo, audit.divergencia_resumo(d) as campo, e.lancamento,
      audit.consultar_divergencias() #> '{itens,0,resumo}' as lista
    from audit.vw_divergencias_abertas a
    join audit.divergencias_processadas d on d.id = a.id
    join audit.vw_divergencias_exportacao e on e.id = a.id`

t.test('the summary is kept with the finding and shown to those who may see the row', async (t) => {
  const c = await cenario(t)
  await c.sql`select audit.alterar_regra('errada', '{"colunas_resumo": ["fornecedor", "data_lancamento", "valor"]}', 'conhecer')`
  await c.lancar({ id: 1, valor: 1234.5 })
  await c.sql`update dw.lancamentos set fornecedor = 'Auto Mantiqueira' where id = 1`
  await c.processar()
  const resumo = { fornecedor: 'Auto Mantiqueira', data_lancamento: '2026-11-10', valor: 1234.5 }
  for (const quem of ['ana', 'adelia'] as const) {
    const [linha] = await visto(c, quem)
    t.match(linha, { resumo, campo: resumo, lista: resumo }, quem)
    t.equal(
      linha?.['lancamento'],
      'Auto Mantiqueira · 2026-11-10 · 1234.50',
      'in the order that the rule registers',
    )
  }
  const nada = { resumo: null, campo: null, lista: null, lancamento: null }
  t.match(await visto(c, 'leo'), [nada], 'a reader sees the finding without it')
  t.equal((await c.pessoa('leo')`select from audit.vw_resumos`).length, 0)
  await c.pessoa(
    'adelia',
  )`select audit.alterar_configuracao('resumo.leitores', 'true', 'a equipe toda confere')`
  t.match(await visto(c, 'leo'), [{ resumo, campo: resumo }], 'until an administrator opens it')
  await c.sql`update dw.lancamentos set valor = 99 where id = 1`
  await c.processar()
  t.match(await visto(c, 'ana'), [{ resumo: { valor: 99 } }], 'found again, it is of the row as it is now')
})

t.test('a column that the table does not have is refused when the rule is changed', async (t) => {
  const c = await cenario(t)
  const mudar = c.pessoa(
    'adelia',
  )`select audit.alterar_regra('errada', '{"colunas_resumo": ["apelido"]}', 'conhecer')`
  t.equal(await codigo(mudar), 'NC009')
})

t.test('a rule cannot register a column that the table does not have', async (t) => {
  const c = await cenario(t)
  await t.rejects(
    c.sql`select audit.registrar_regra('outra', 'Outra.', 'dw.errada', 'dw.lancamentos', 'id', array['categoria'],
      colunas_resumo => array['apelido'])`,
    { code: 'NC011' },
  )
})
