import t from 'tap'
import { one, scenario, sqlstate } from '../helper/scenario.ts'
import { until } from '../helper/work.ts'

const STATES = [
  'aberta',
  'aguardando_segunda_aprovacao',
  'corrigida',
  'rejeitada',
  'revertida',
  'obsoleta',
  'resolvida',
  'falha',
]
const ALLOWED: Record<string, string[]> = {
  aberta: ['aguardando_segunda_aprovacao', 'corrigida', 'rejeitada', 'obsoleta', 'resolvida', 'falha'],
  aguardando_segunda_aprovacao: ['aberta', 'corrigida', 'rejeitada', 'obsoleta', 'resolvida', 'falha'],
  corrigida: ['revertida', 'aberta', 'falha', 'obsoleta'],
  rejeitada: ['aberta'],
  revertida: ['corrigida', 'aberta', 'resolvida', 'aguardando_segunda_aprovacao'],
  obsoleta: ['aberta'],
  resolvida: ['aberta'],
  falha: ['aberta', 'aguardando_segunda_aprovacao', 'corrigida', 'rejeitada', 'obsoleta', 'resolvida'],
}

t.test('a finding found again is counted, not duplicated', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  t.match(await c.runSession(), { encontradas: 1n, novas: 1n, recorrentes: 0n, status: 'concluida' })
  t.match(await c.runSession(), { encontradas: 1n, novas: 0n, recorrentes: 1n })
  t.match(await c.findings(1), [{ status: 'aberta', vezes_detectada: 2 }])

  await c.change(1, 'ERR2')
  t.match(await c.runSession(), { encontradas: 1n, novas: 1n, obsoletas: 1n })
  t.equal(await c.status(1), 'obsoleta aberta', 'other values make another finding; the old one closes')
})

t.test('rejected, it stays silent until the row changes', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession()
  await c.reject('ana', (await c.finding(1)).id)
  await c.sql`update dw.lancamentos set carregado_em = now() - interval '1 minute', valor = 101`
  await c.runSession('auto')
  t.equal(
    await c.status(1),
    'rejeitada',
    'a reload of columns that the rule does not decide by wakes nothing',
  )
  t.equal(await c.categoria(1), 'ERR')
  await c.change(1, 'ERR2')
  await c.runSession()
  t.equal(await c.status(1), 'rejeitada aberta')
})

t.test('it closes by itself, and says why', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  await c.runSession()
  await c.change(1, 'BOA')
  await c.sql`delete from dw.lancamentos where id = 2`
  // outside every incremental window, and yet its finding is verified
  await c.sql`update dw.lancamentos set categoria = 'BOA', carregado_em = '2020-01-01' where id = 4`
  t.match(await c.runSession(), { resolvidas: 2n, obsoletas: 1n })
  t.equal(await c.status(1), 'resolvida', 'fixed elsewhere')
  t.equal(await c.status(2), 'obsoleta', 'the row no longer exists')
  t.equal(await c.status(3), 'aberta')
  t.equal(await c.status(4), 'resolvida', 'fixed outside the window')

  await c.sql`update dw.ajuste set prefixo = 'OUTRO'`
  await c.runSession()
  t.equal(await c.status(3), 'obsoleta', 'the rule no longer flags it')

  await c.sql`update dw.ajuste set prefixo = 'ERR'`
  await c.change(1, 'ERR')
  await c.runSession()
  t.equal(await c.status(1), 'aberta', 'found again after resolvida')
  t.equal(await c.status(3), 'aberta', 'found again after obsoleta')
})

t.test('a correction that a load overwrites is made again', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession('auto')
  t.equal(await c.status(1), 'corrigida')
  await c.change(1, 'ERR')
  await c.runSession('manual')
  t.equal(await c.status(1), 'aberta')
  await c.runSession('auto')
  t.equal(await c.status(1), 'corrigida')
  t.equal(await c.categoria(1), 'CERTA')
})

t.test('auto leaves alone what a person rolled back; reopened, it is corrected again', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession('auto')
  const { id } = await c.finding(1)
  await c.asPerson('ana')`select audit.reverter_divergencias(${[id]}, 'foi engano')`
  t.match(await c.runSession('auto'), { recorrentes: 1n, corrigidas: 0n })
  t.match(await c.runSession('auto'), { recorrentes: 1n, corrigidas: 0n })
  t.equal(await c.status(1), 'aberta', 'found again, it is back in the queue, for a person')
  t.equal(await c.categoria(1), 'ERR')
  await c.reject('ana', id)
  await c.asPerson('ana')`select audit.reabrir_divergencias(${[id]}, 'estava certo afinal')`
  await c.runSession('auto')
  t.equal(await c.status(1), 'corrigida')
})

t.test('auto does not overrule a typed value that a load overwrote', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.99 })
  await c.runSession()
  const { id } = await c.finding(1)
  await c.typeIn('ana', id, { categoria: 'MINHA' })
  await c.approve('bruno', id)
  t.equal(await c.categoria(1), 'MINHA')
  await c.change(1, 'ERR')
  await c.runSession('auto')
  t.equal(await c.categoria(1), 'ERR', 'people had rejected CERTA: they decide again')
  t.equal(await c.status(1), 'aberta')
})

t.test('exceptions', async (t) => {
  const c = await scenario(t)
  const ana = c.asPerson('ana')
  const declareException = (record: string, reason: string | null, expires: string | null) =>
    ana`select * from audit.declarar_excecao('errada', 'dw.lancamentos', ${record}, ${reason},
      case when ${expires}::text is not null then clock_timestamp() + ${expires}::text::interval end)`
  await c.book({ id: 1 }, { id: 2 }, { id: 3 })
  await c.runSession()
  t.equal(await sqlstate(declareException('1', null, '1 day')), 'NC006')
  t.equal(await sqlstate(declareException('1', 'certa', '-1 day')), 'NC018')
  t.equal(await sqlstate(declareException('1', 'certa', null)), 'NC018')
  t.equal(await sqlstate(declareException('99', 'certa', '1 day')), 'NC004')
  t.equal(await sqlstate(declareException('abc', 'certa', '1 day')), 'NC004')
  t.equal(
    await sqlstate(
      ana`select audit.declarar_excecao('nada', 'dw.lancamentos', '1', 'x', now() + interval '1 day')`,
    ),
    'NC003',
  )

  const exception = one(await declareException('1', 'acordo com a filial', '1 day'))
  t.match(exception, { autor: 'ana', motivo: 'acordo com a filial' })
  await declareException('2', 'por pouco tempo', '5 seconds')
  t.equal(await c.status(1), 'rejeitada')
  await until(async () => {
    const [short] =
      await c.sql`select expira_em <= clock_timestamp() as over from audit.excecoes order by id desc limit 1`
    return short?.['over']
  })
  t.match(await c.runSession('auto'), { suprimidas: 1n, encontradas: 2n })
  t.equal(await c.categoria(1), 'ERR', 'not corrected under an exception')
  t.equal(await c.status(2), 'corrigida', 'an expired exception silences nothing')

  await ana`select audit.revogar_excecao(${exception['id']}, 'o acordo acabou')`
  t.equal(await sqlstate(ana`select audit.revogar_excecao(${exception['id']}, 'de novo')`), 'NC005')
  t.equal(await sqlstate(ana`select audit.revogar_excecao(999, 'de novo')`), 'NC004')
  await c.runSession()
  t.equal(await c.status(1), 'aberta')

  await c.change(3, 'ERR')
  await declareException('03', 'escrita com zero à esquerda', '1 day')
  t.match(await c.runSession('auto'), { suprimidas: 1n }, 'a key is the same however it is written')
  t.equal(await c.categoria(3), 'ERR')
})

t.test('every change of state is one of the allowed ones, for the owner too', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession()
  for (const from of STATES) {
    for (const to of STATES) {
      if (from === to) continue
      const answer = await sqlstate(
        c.sql.begin(async (tx) => {
          await tx`set local session_replication_role = replica`
          await tx`update audit.divergencias_processadas set status = ${from}`
          await tx`set local session_replication_role = origin`
          await tx`set local role conferente_dono`
          await tx`update audit.divergencias_processadas set status = ${to}`
        }),
      )
      t.equal(answer, ALLOWED[from]?.includes(to) ? 'aceito' : 'NC005', `${from} → ${to}`)
    }
  }
})
