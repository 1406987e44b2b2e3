import t from 'tap'
import type { Row } from '../../src/db/connection.ts'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

const revert = (
  c: Scenario,
  what: 'operacao' | 'sessao',
  id: unknown,
  who: 'olivia' | 'ana' = 'olivia',
): Promise<Row[]> =>
  c
    .asPerson(who)
    .unsafe(`select * from audit.reverter_${what}($1, 'engano') order by registro_id`, [id as never])
    .then((r) => [...r])
const revertItems = (c: Scenario, ...ids: number[]) =>
  c.asPerson('ana')`select * from audit.reverter_divergencias(${ids}, 'engano')`
const last = async (c: Scenario, type: string) =>
  one(await c.sql`select max(id) as id from audit.operacoes where tipo = ${type}`)['id']
const whole = async (c: Scenario, id: number) =>
  one(await c.sql`select to_jsonb(l) as linha from dw.lancamentos l where id = ${id}`)['linha']

t.test('a finding is rolled back exactly', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, categoria: 'ERRÁ  "ç" 😀' }, { id: 2 })
  const before = await whole(c, 1)
  await c.runSession('auto')
  const { id } = await c.finding(1)
  t.match(await revertItems(c, id), [{ resultado: 'revertida', registro_id: '1' }])
  t.strictSame(await whole(c, 1), before)
  t.equal(await c.categoria(2), 'CERTA')
  t.equal(await c.status(1), 'revertida')
  t.equal(await sqlstate(revertItems(c, id)), 'NC005', 'already rolled back')
  t.equal(await sqlstate(revertItems(c, 999)), 'NC004')
})

t.test('a session is rolled back, again and again', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 })
  const session = (await c.runSession('auto'))['id']
  t.equal((await revert(c, 'sessao', session)).length, 2)
  t.equal(`${await c.categoria(1)} ${await c.status(1)}`, 'ERR revertida')
  t.equal(await sqlstate(revert(c, 'sessao', session)), 'NC017')

  await revert(c, 'operacao', await last(c, 'reversao'), 'ana')
  t.equal(
    `${await c.categoria(1)} ${await c.status(1)}`,
    'CERTA corrigida',
    'the rollback itself is rolled back',
  )
  t.match(await revert(c, 'sessao', session), [{ resultado: 'revertida' }, { resultado: 'revertida' }])
  t.equal(`${await c.categoria(1)} ${await c.status(1)}`, 'ERR revertida')
  await revert(c, 'operacao', await last(c, 'reversao'), 'ana')
  await revert(c, 'operacao', await last(c, 'reversao'), 'ana')
  t.equal(`${await c.categoria(1)} ${await c.status(1)}`, 'ERR revertida', 'and again')
  t.equal(await sqlstate(revert(c, 'sessao', 999)), 'NC004')
})

t.test('a correction that is brought back is not called wrong by that', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession('auto')
  await revertItems(c, (await c.finding(1)).id)
  await c.asPerson('ana')`
    select from audit.reverter_operacao(${(await last(c, 'reversao')) as number}, 'a reversão estava errada', 'erradas')`
  t.equal(await c.status(1), 'corrigida')
  t.match(await c.sql`select tipo from audit.decisoes order by id`, [
    { tipo: 'reversao' },
    { tipo: 'reversao' },
  ])
})

t.test('an operation is rolled back in part; conflicts are shown three ways', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  await c.runSession('auto')
  const operation = await last(c, 'correcao')
  await revertItems(c, (await c.finding(1)).id)
  await c.change(2, 'OUTRA')
  await c.sql`delete from dw.lancamentos where id = 3`
  const result = await revert(c, 'operacao', operation)
  t.match(result, [
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
  t.equal(result.length, 3, 'the item that was rolled back before is not touched again')
  t.equal(await c.categoria(2), 'OUTRA')
  t.equal(await c.categoria(4), 'ERR')
  t.equal(await c.status(2), 'corrigida', 'a conflict leaves the finding unchanged')
  t.equal(await sqlstate(revert(c, 'operacao', 9999)), 'NC004')
  t.equal(await sqlstate(revert(c, 'operacao', await last(c, 'deteccao'))), 'NC017')
})

t.test('what somebody else restored stays as it is, however often a rollback is asked for', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession('auto')
  const operation = await last(c, 'correcao')
  await c.change(1, 'ERR')
  t.match(await revert(c, 'operacao', operation), [{ resultado: 'ja_revertida' }])
  t.equal(await c.status(1), 'revertida')
  await sqlstate(revert(c, 'operacao', operation))
  t.equal(await c.status(1), 'revertida', 'the row holds ERR, so it must not be called corrigida')
})

t.test('bringing a correction back does not override what people decided since', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 })
  const session = (await c.runSession('auto'))['id']
  await revert(c, 'sessao', session)
  const { id } = await c.finding(1)
  await c.asPerson('ana')`select audit.reabrir_divergencias(${[id]}, 'vamos ver')`
  await c.reject('ana', id)
  t.match(await revert(c, 'operacao', await last(c, 'reversao'), 'ana'), [
    { registro_id: '1', resultado: 'conflito' },
    { registro_id: '2', resultado: 'revertida' },
  ])
  t.equal(`${await c.categoria(1)} ${await c.status(1)}`, 'ERR rejeitada')
  t.equal(`${await c.categoria(2)} ${await c.status(2)}`, 'CERTA corrigida')
})

t.test('a correction that self-verification undid cannot be brought back', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, descricao: 'teimosa' }, { id: 2 })
  t.match(await c.runSession('auto'), { corrigidas: 1n, falhas: 1n, status: 'concluida_com_falhas' })
  t.equal(`${await c.categoria(1)} ${await c.status(1)}`, 'ERR falha')
  await sqlstate(revert(c, 'operacao', await last(c, 'autoverificacao')))
  t.equal(`${await c.categoria(1)} ${await c.status(1)}`, 'ERR falha')
})
