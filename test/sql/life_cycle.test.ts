import t from 'tap'
import { cenario, codigo, one } from '../helper/scenario.ts'

const ESTADOS = [
  'aberta',
  'aguardando_segunda_aprovacao',
  'corrigida',
  'rejeitada',
  'revertida',
  'obsoleta',
  'resolvida',
  'falha',
]
const PERMITIDAS: Record<string, string[]> = {
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
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  t.match(await c.processar(), { encontradas: 1n, novas: 1n, recorrentes: 0n, status: 'concluida' })
  t.match(await c.processar(), { encontradas: 1n, novas: 0n, recorrentes: 1n })
  t.match(await c.achados(1), [{ status: 'aberta', vezes_detectada: 2 }])

  await c.mudar(1, 'ERR2')
  t.match(await c.processar(), { encontradas: 1n, novas: 1n, obsoletas: 1n })
  t.equal(await c.status(1), 'obsoleta aberta', 'other values are another finding; the old one closes')
})

t.test('rejected, it stays silent until the row changes', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  await c.processar()
  await c.rejeitar('ana', (await c.achado(1)).id)
  await c.sql`update dw.lancamentos set carregado_em = now() - interval '1 minute', valor = 101`
  await c.processar('auto')
  t.equal(await c.status(1), 'rejeitada', 'a reload of what the rule does not decide by wakes nothing')
  t.equal(await c.categoria(1), 'ERR')
  await c.mudar(1, 'ERR2')
  await c.processar()
  t.equal(await c.status(1), 'rejeitada aberta')
})

t.test('it closes by itself, and says why', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  await c.processar()
  await c.mudar(1, 'BOA')
  await c.sql`delete from dw.lancamentos where id = 2`
  // outside every incremental window: its finding is verified all the same
  await c.sql`update dw.lancamentos set categoria = 'BOA', carregado_em = '2020-01-01' where id = 4`
  t.match(await c.processar(), { resolvidas: 2n, obsoletas: 1n })
  t.equal(await c.status(1), 'resolvida', 'mended elsewhere')
  t.equal(await c.status(2), 'obsoleta', 'the row is gone')
  t.equal(await c.status(3), 'aberta')
  t.equal(await c.status(4), 'resolvida', 'mended outside the window')

  await c.sql`update dw.ajuste set prefixo = 'OUTRO'`
  await c.processar()
  t.equal(await c.status(3), 'obsoleta', 'the rule no longer flags it')

  await c.sql`update dw.ajuste set prefixo = 'ERR'`
  await c.mudar(1, 'ERR')
  await c.processar()
  t.equal(await c.status(1), 'aberta', 'found again after resolvida')
  t.equal(await c.status(3), 'aberta', 'found again after obsoleta')
})

t.test('a correction that a load writes over is made again', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  await c.processar('auto')
  t.equal(await c.status(1), 'corrigida')
  await c.mudar(1, 'ERR')
  await c.processar('manual')
  t.equal(await c.status(1), 'aberta')
  await c.processar('auto')
  t.equal(await c.status(1), 'corrigida')
  t.equal(await c.categoria(1), 'CERTA')
})

t.test('what a person rolled back is left alone by auto; reopened, it is corrected again', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  await c.processar('auto')
  const { id } = await c.achado(1)
  await c.pessoa('ana')`select audit.reverter_divergencias(${[id]}, 'foi engano')`
  t.match(await c.processar('auto'), { recorrentes: 1n, corrigidas: 0n })
  t.match(await c.processar('auto'), { recorrentes: 1n, corrigidas: 0n })
  t.equal(await c.status(1), 'aberta', 'found again it is back in the queue, for a person')
  t.equal(await c.categoria(1), 'ERR')
  await c.rejeitar('ana', id)
  await c.pessoa('ana')`select audit.reabrir_divergencias(${[id]}, 'estava certo afinal')`
  await c.processar('auto')
  t.equal(await c.status(1), 'corrigida')
})

t.test('what a person typed is not overruled by auto after a load wrote over it', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1, confianca: 0.99 })
  await c.processar()
  const { id } = await c.achado(1)
  await c.digitar('ana', id, { categoria: 'MINHA' })
  await c.aprovar('bruno', id)
  t.equal(await c.categoria(1), 'MINHA')
  await c.mudar(1, 'ERR')
  await c.processar('auto')
  t.equal(await c.categoria(1), 'ERR', 'people had refused CERTA: they decide again')
  t.equal(await c.status(1), 'aberta')
})

t.test('exceptions', async (t) => {
  const c = await cenario(t)
  const ana = c.pessoa('ana')
  const excetuar = (registro: string, motivo: string | null, expira: string | null) =>
    ana`select * from audit.declarar_excecao('errada', 'dw.lancamentos', ${registro}, ${motivo},
      case when ${expira}::text is not null then clock_timestamp() + ${expira}::text::interval end)`
  await c.lancar({ id: 1 }, { id: 2 }, { id: 3 })
  await c.processar()
  t.equal(await codigo(excetuar('1', null, '1 day')), 'NC006')
  t.equal(await codigo(excetuar('1', 'certa', '-1 day')), 'NC018')
  t.equal(await codigo(excetuar('1', 'certa', null)), 'NC018')
  t.equal(await codigo(excetuar('99', 'certa', '1 day')), 'NC004')
  t.equal(await codigo(excetuar('abc', 'certa', '1 day')), 'NC004')
  t.equal(
    await codigo(
      ana`select audit.declarar_excecao('nada', 'dw.lancamentos', '1', 'x', now() + interval '1 day')`,
    ),
    'NC003',
  )

  const excecao = one(await excetuar('1', 'acordo com a filial', '1 day'))
  t.match(excecao, { autor: 'ana', motivo: 'acordo com a filial' })
  await excetuar('2', 'até amanhã', '400 milliseconds')
  t.equal(await c.status(1), 'rejeitada')
  await new Promise((resolve) => setTimeout(resolve, 500))
  t.match(await c.processar('auto'), { suprimidas: 1n, encontradas: 2n })
  t.equal(await c.categoria(1), 'ERR', 'not corrected under an exception')
  t.equal(await c.status(2), 'corrigida', 'an exception that has expired silences no longer')

  await ana`select audit.revogar_excecao(${excecao['id']}, 'o acordo acabou')`
  t.equal(await codigo(ana`select audit.revogar_excecao(${excecao['id']}, 'de novo')`), 'NC005')
  t.equal(await codigo(ana`select audit.revogar_excecao(999, 'de novo')`), 'NC004')
  await c.processar()
  t.equal(await c.status(1), 'aberta')

  await c.mudar(3, 'ERR')
  await excetuar('03', 'escrita com zero à esquerda', '1 day')
  t.match(await c.processar('auto'), { suprimidas: 1n }, 'a key is the same however it is written')
  t.equal(await c.categoria(3), 'ERR')
})

t.test('every change of state is one of the allowed ones, for the owner too', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  await c.processar()
  for (const de of ESTADOS) {
    for (const para of ESTADOS) {
      if (de === para) continue
      const resposta = await codigo(
        c.sql.begin(async (tx) => {
          await tx`set local session_replication_role = replica`
          await tx`update audit.divergencias_processadas set status = ${de}`
          await tx`set local session_replication_role = origin`
          await tx`set local role conferente_dono`
          await tx`update audit.divergencias_processadas set status = ${para}`
        }),
      )
      t.equal(resposta, PERMITIDAS[de]?.includes(para) ? 'aceito' : 'NC005', `${de} → ${para}`)
    }
  }
})
