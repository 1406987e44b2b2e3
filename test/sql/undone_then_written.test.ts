// A correction is undone from outside, and then another finding writes on the same row: that does not hide what was undone.
import t, { type Test } from 'tap'
import { age } from '../helper/archive.ts'
import { one, type Scenario, scenario } from '../helper/scenario.ts'
import { checkLines, trailOf } from '../helper/trail.ts'
import { makeRule, proposing } from '../helper/warehouse.ts'

const RULES = '{errada,outra}'
const session = (c: Scenario) =>
  c.asPerson('olivia')`select * from audit.processar_divergencias('manual', regras => ${RULES})`

/** What the rules errada and outra hold of row 1. */
async function finding(c: Scenario, rule: string) {
  const row = one(
    await c.sql`select id::int, status, motivo from audit.divergencias_processadas
      where registro_id = '1' and regra = ${rule} order by id limit 1`,
  )
  return row as { id: number; status: string; motivo: string }
}

/** Row 1 is wrong; errada says CERTA, outra says OUTRA. What outra says was approved; then somebody outside brings the error back, and only errada is run. */
async function undone(t: Test, descricao = 'x') {
  const c = await scenario(t)
  await c.book({ id: 1, descricao })
  await makeRule(
    { sql: c.sql, adelia: c.asPerson('adelia') },
    { nome: 'outra', consulta: proposing(`'{"categoria": "OUTRA"}'::jsonb`, `t.categoria = 'ERR'`) },
  )
  await session(c)
  await c.approve('ana', (await finding(c, 'outra')).id)
  t.equal(await c.categoria(1), 'OUTRA')
  await c.change(1, 'ERR')
  await c.runSession()
  t.equal((await finding(c, 'errada')).status, 'aberta')
  return c
}

t.test('a correction for another finding, rolled back since', async (t) => {
  const c = await undone(t)
  const { id } = await finding(c, 'errada')
  await c.approve('ana', id)
  t.equal(await c.categoria(1), 'CERTA')
  await c.asPerson('ana')`select * from audit.reverter_divergencias(${[id]}, 'era outra nota')`
  t.equal(await c.categoria(1), 'ERR')
  await session(c)
  t.match(await finding(c, 'outra'), { status: 'aberta', motivo: /desfeita fora do sistema/ })
  t.match(await c.sql`select * from audit.verificar_integridade()`, [{ situacao: 'provada' }])
})

t.test('a correction for another finding that did not hold', async (t) => {
  const c = await undone(t, 'teimosa')
  const { id } = await finding(c, 'errada')
  t.match(await c.approve('ana', id), [{ status: 'falha' }])
  t.equal(await c.categoria(1), 'ERR')
  await session(c)
  t.match(await finding(c, 'outra'), { status: 'aberta', motivo: /desfeita fora do sistema/ })
})

t.test('a correction for another finding that stands', async (t) => {
  const c = await undone(t)
  await c.approve('ana', (await finding(c, 'errada')).id)
  await session(c)
  t.match(await finding(c, 'outra'), { status: 'obsoleta', motivo: /trocado por outro fora do sistema/ })
  t.equal(await c.categoria(1), 'CERTA')
})

t.test('without a change from outside, a correction on top of another is no undoing', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await makeRule(
    { sql: c.sql, adelia: c.asPerson('adelia') },
    { nome: 'outra', consulta: proposing(`'{"categoria": "ERRO"}'::jsonb`, `t.categoria = 'CERTA'`) },
  )
  await session(c)
  await c.approve('ana', (await finding(c, 'errada')).id)
  await session(c)
  await c.sql`insert into dw.lancamentos (id, categoria) values (-1003, 'ERRO')`
  await c.approve('ana', (await finding(c, 'outra')).id)
  t.equal(await c.categoria(1), 'ERRO')
  const [ended] = await session(c)
  t.match(ended, { desfeitas: 0n })
  t.equal((await finding(c, 'errada')).status, 'corrigida')
})

t.test('a key that another entry has taken over is not ours because we corrected that entry', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2, categoria: 'BOA' })
  await c.sql`update dw.lancamentos set fornecedor = case id when 1 then 'Alfa' else 'Gama' end where id > 0`
  await makeRule(
    { sql: c.sql, adelia: c.asPerson('adelia') },
    {
      nome: 'outra',
      consulta: proposing(`'{"fornecedor": "Gama"}'::jsonb`, `t.fornecedor = 'Beta'`),
      colunas: ['fornecedor'],
    },
  )
  await c.sql`update audit.regras set colunas_identidade = '{fornecedor}' where nome = 'errada'`
  await c.runSession()
  await c.approve('ana', (await finding(c, 'errada')).id)
  await c.sql`update dw.lancamentos set fornecedor = 'Beta', categoria = 'ERR' where id = 1`
  await c.asPerson('olivia')`select * from audit.processar_divergencias('manual', regras => '{outra}')`
  await c.approve('ana', (await finding(c, 'outra')).id)
  t.match(await c.sql`select fornecedor from dw.lancamentos where id = 1`, [{ fornecedor: 'Gama' }])
  await session(c)
  t.match(await finding(c, 'errada'), { status: 'obsoleta', motivo: 'a chave é agora de outro lançamento' })
})

t.test(
  'an entry whose supplier we corrected twice is still the same, though the first time lies in the archive',
  async (t) => {
    const c = await scenario(t)
    const adelia = c.asPerson('adelia')
    const renaming = (nome: string, from: string, to: string) =>
      makeRule(
        { sql: c.sql, adelia },
        {
          nome,
          colunas: ['fornecedor'],
          consulta: proposing(`'{"fornecedor": "${to}"}'::jsonb`, `t.fornecedor = '${from}'`),
        },
      )
    await c.sql`update audit.regras set colunas_identidade = '{fornecedor}' where nome = 'errada'`
    await c.book({ id: 1 })
    await c.sql`update dw.lancamentos set fornecedor = 'Alfa' where id = 1`
    await renaming('outra', 'Alfa', 'Beta')
    await session(c)
    await c.approve('ana', (await finding(c, 'outra')).id)
    await c.sql`select audit_interno.selar()`
    const month = await age(c, 30)
    const lines = await trailOf(adelia)
    const { elo, selo } = await checkLines(lines)
    const [asked] = await adelia`select audit.registrar_exportacao('{"formato": "trilha"}') as id`
    await adelia`select audit.finalizar_operacao(${asked?.['id']}, linhas => ${lines.length}, detalhes => ${c.sql.json({ sha256: 'ab'.repeat(32) })})`
    await adelia`select * from audit.arquivar_meses(${month}::text::date, 'guarda', ${asked?.['id']}, ${elo}, ${selo}, apagar => false)`
    t.equal(
      one(await c.sql`select count(*)::int as n from audit.alteracoes`)['n'],
      0,
      'all alterations are in the archive',
    )

    await renaming('terceira', 'Beta', 'Gama')
    await c.asPerson('olivia')`select * from audit.processar_divergencias('manual', regras => '{terceira}')`
    await c.approve('ana', (await finding(c, 'terceira')).id)
    t.match(await c.approve('ana', (await finding(c, 'errada')).id), [{ status: 'corrigida' }])
  },
)
