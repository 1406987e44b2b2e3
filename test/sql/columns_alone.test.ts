import t from 'tap'
import { cenario } from '../helper/scenario.ts'

t.test('rights on the columns alone, and none on the table, are enough for the whole round', async (t) => {
  const c = await cenario(t)
  const columns = (
    await c.sql`select attname from pg_attribute where attrelid = 'dw.lancamentos'::regclass and attnum > 0`
  ).map(({ attname }) => attname as string)
  await c.sql.unsafe(`alter table dw.lancamentos add segredo text;
    revoke all on dw.lancamentos from conferente_regra, conferente_escrita;
    grant select (${columns.join()}) on dw.lancamentos to conferente_regra, conferente_escrita;
    grant update (categoria, descricao) on dw.lancamentos to conferente_escrita`)
  await c.lancar({ id: 1 }, { id: 2, confianca: 0.5 })
  const erros = async () =>
    c.pessoa('olivia')`select item, sugestao from audit.diagnosticar_contrato() where situacao = 'erro'
      union all select item, sugestao from audit.experimentar_escrita() where situacao = 'erro'`
  const [falta] = await erros()
  t.match(falta, { sugestao: /^grant update \(.*valor.*\) on dw\.lancamentos to conferente_escrita;$/ })
  await c.sql.unsafe(falta?.['sugestao'])
  t.same(await erros(), [], 'the diagnosis wants no more')
  const sessao = await c.processar('auto')
  t.match(sessao, { status: 'concluida', corrigidas: 1n })
  t.equal(sessao['mensagem'], null)
  await c.lancar({ id: 3, carregado: '2026-11-11 03:00Z' })
  t.match(await c.processar('auto'), { mensagem: /1 linha de carga atrasada/, corrigidas: 1n })
  const { id } = await c.achado(2)
  t.match(await c.aprovar('ana', id), [{ status: 'corrigida' }])
  t.match(await c.pessoa('ana')`select resultado from audit.reverter_divergencias(${[id]}, 'engano')`, [
    { resultado: 'revertida' },
  ])
  t.equal(await c.categoria(2), 'ERR')
})
