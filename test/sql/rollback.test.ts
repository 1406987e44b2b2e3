import t from 'tap'
import type { Row } from '../../src/db/connection.ts'
import { type Cenario, cenario, codigo, one } from '../helper/scenario.ts'

const reverter = (
  c: Cenario,
  oque: 'operacao' | 'sessao',
  id: unknown,
  quem: 'olivia' | 'ana' = 'olivia',
): Promise<Row[]> =>
  c
    .pessoa(quem)
    .unsafe(`select * from audit.reverter_${oque}($1, 'engano') order by registro_id`, [id as never])
    .then((r) => [...r])
const reverterItens = (c: Cenario, ...ids: number[]) =>
  c.pessoa('ana')`select * from audit.reverter_divergencias(${ids}, 'engano')`
const ultima = async (c: Cenario, tipo: string) =>
  one(await c.sql`select max(id) as id from audit.operacoes where tipo = ${tipo}`)['id']
const inteira = async (c: Cenario, id: number) =>
  one(await c.sql`select to_jsonb(l) as linha from dw.lancamentos l where id = ${id}`)['linha']

t.test('an item comes back exactly', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1, categoria: 'ERRÁ  "ç" 😀' }, { id: 2 })
  const antes = await inteira(c, 1)
  await c.processar('auto')
  const { id } = await c.achado(1)
  t.match(await reverterItens(c, id), [{ resultado: 'revertida', registro_id: '1' }])
  t.strictSame(await inteira(c, 1), antes)
  t.equal(await c.categoria(2), 'CERTA')
  t.equal(await c.status(1), 'revertida')
  t.equal(await codigo(reverterItens(c, id)), 'NC005', 'already rolled back')
  t.equal(await codigo(reverterItens(c, 999)), 'NC004')
})

t.test('a session comes back, again and again', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 })
  const sessao = (await c.processar('auto'))['id']
  t.equal((await reverter(c, 'sessao', sessao)).length, 2)
  t.equal(`${await c.categoria(1)} ${await c.status(1)}`, 'ERR revertida')
  t.equal(await codigo(reverter(c, 'sessao', sessao)), 'NC017')

  await reverter(c, 'operacao', await ultima(c, 'reversao'), 'ana')
  t.equal(`${await c.categoria(1)} ${await c.status(1)}`, 'CERTA corrigida', 'the rollback is rolled back')
  t.match(await reverter(c, 'sessao', sessao), [{ resultado: 'revertida' }, { resultado: 'revertida' }])
  t.equal(`${await c.categoria(1)} ${await c.status(1)}`, 'ERR revertida')
  await reverter(c, 'operacao', await ultima(c, 'reversao'), 'ana')
  await reverter(c, 'operacao', await ultima(c, 'reversao'), 'ana')
  t.equal(`${await c.categoria(1)} ${await c.status(1)}`, 'ERR revertida', 'and again')
  t.equal(await codigo(reverter(c, 'sessao', 999)), 'NC004')
})

t.test('an operation comes back in parts; conflicts are shown three ways', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  await c.processar('auto')
  const operacao = await ultima(c, 'correcao')
  await reverterItens(c, (await c.achado(1)).id)
  await c.mudar(2, 'OUTRA')
  await c.sql`delete from dw.lancamentos where id = 3`
  const resultado = await reverter(c, 'operacao', operacao)
  t.match(resultado, [
    {
      registro_id: '2',
      resultado: 'conflito',
      antes: { categoria: 'ERR' },
      depois: { categoria: 'CERTA' },
      agora: { categoria: 'OUTRA' },
    },
    { registro_id: '3', resultado: 'ausente', agora: null },
    { registro_id: '4', resultado: 'revertida' },
  ])
  t.equal(resultado.length, 3, 'the item rolled back before is not touched again')
  t.equal(await c.categoria(2), 'OUTRA')
  t.equal(await c.categoria(4), 'ERR')
  t.equal(await c.status(2), 'corrigida', 'a conflict leaves the finding as it was')
  t.equal(await codigo(reverter(c, 'operacao', 9999)), 'NC004')
  t.equal(await codigo(reverter(c, 'operacao', await ultima(c, 'deteccao'))), 'NC017')
})

t.test('what somebody else put back stays rolled back, however often it is asked for', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  await c.processar('auto')
  const operacao = await ultima(c, 'correcao')
  await c.mudar(1, 'ERR')
  t.match(await reverter(c, 'operacao', operacao), [{ resultado: 'ja_revertida' }])
  t.equal(await c.status(1), 'revertida')
  await codigo(reverter(c, 'operacao', operacao))
  t.equal(await c.status(1), 'revertida', 'the row holds ERR: it must not read corrigida')
})

t.test('bringing a correction back does not overrule what people decided since', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 })
  const sessao = (await c.processar('auto'))['id']
  await reverter(c, 'sessao', sessao)
  const { id } = await c.achado(1)
  await c.pessoa('ana')`select audit.reabrir_divergencias(${[id]}, 'vamos ver')`
  await c.rejeitar('ana', id)
  t.match(await reverter(c, 'operacao', await ultima(c, 'reversao'), 'ana'), [
    { registro_id: '1', resultado: 'conflito' },
    { registro_id: '2', resultado: 'revertida' },
  ])
  t.equal(`${await c.categoria(1)} ${await c.status(1)}`, 'ERR rejeitada')
  t.equal(`${await c.categoria(2)} ${await c.status(2)}`, 'CERTA corrigida')
})

t.test('a correction that self-verification undid cannot be brought back', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1, descricao: 'teimosa' }, { id: 2 })
  t.match(await c.processar('auto'), { corrigidas: 1n, falhas: 1n, status: 'concluida_com_falhas' })
  t.equal(`${await c.categoria(1)} ${await c.status(1)}`, 'ERR falha')
  await codigo(reverter(c, 'operacao', await ultima(c, 'autoverificacao')))
  t.equal(`${await c.categoria(1)} ${await c.status(1)}`, 'ERR falha')
})
