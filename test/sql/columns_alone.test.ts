import t from 'tap'
import { scenario } from '../helper/scenario.ts'

t.test('rights on single columns, and none on the table, are enough for the whole cycle', async (t) => {
  const c = await scenario(t)
  const columns = (
    await c.sql`select attname from pg_attribute where attrelid = 'dw.lancamentos'::regclass and attnum > 0`
  ).map(({ attname }) => attname as string)
  await c.sql.unsafe(`alter table dw.lancamentos add segredo text;
    revoke all on dw.lancamentos from conferente_regra, conferente_escrita;
    grant select (${columns.join()}) on dw.lancamentos to conferente_regra, conferente_escrita;
    grant update (categoria, descricao) on dw.lancamentos to conferente_escrita`)
  await c.book({ id: 1 }, { id: 2, confianca: 0.5 })
  const errors = async () =>
    c.asPerson('olivia')`select item, sugestao from audit.diagnosticar_contrato() where situacao = 'erro'
      union all select item, sugestao from audit.experimentar_escrita() where situacao = 'erro'`
  const [missing] = await errors()
  t.match(missing, { sugestao: /^grant update \(.*valor.*\) on dw\.lancamentos to conferente_escrita;$/ })
  await c.sql.unsafe(missing?.['sugestao'])
  t.same(await errors(), [], 'the diagnosis asks for nothing more')
  const session = await c.runSession('auto')
  t.match(session, { status: 'concluida', corrigidas: 1n })
  t.equal(session['mensagem'], null)
  await c.book({ id: 3, carregado: '2026-11-11 03:00Z' })
  t.match(await c.runSession('auto'), { mensagem: /1 linha de carga atrasada/, corrigidas: 1n })
  const { id } = await c.finding(2)
  t.match(await c.approve('ana', id), [{ status: 'corrigida' }])
  t.match(await c.asPerson('ana')`select resultado from audit.reverter_divergencias(${[id]}, 'engano')`, [
    { resultado: 'revertida' },
  ])
  t.equal(await c.categoria(2), 'ERR')
})
