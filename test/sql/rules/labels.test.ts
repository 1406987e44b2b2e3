// No label ships: a rule that does not know the ledger's labels, or was told some that the ledger does not have, is skipped and says
// what to set. Never is that shown as success.
import type postgres from 'postgres'
import t, { type Test } from 'tap'
import { banco } from '../../helper/database.ts'
import { configurar, lancar, razao } from './ledger.ts'

const vez = <T>(n: number, entry: T): T[] => Array.from({ length: n }, () => entry)

/** A ledger with labels of its own, and settings as they are delivered. */
async function entregue(t: Test) {
  const { sql, como } = await banco(t)
  await razao(sql)
  await sql`update audit.configuracoes_sistema set valor = padrao`
  await lancar(
    sql,
    ...vez(20, { categoria: 'Marketing e Trade', descricao: 'verba cooperada' }),
    ...vez(30, { categoria: 'NÃO CLASSIFICADO', descricao: 'nota' }),
    ...vez(10, { categoria: 'Fretes', descricao: 'frete' }),
  )
  return { sql, como, olivia: como('olivia'), adelia: como('adelia') }
}

async function sessao(sql: postgres.Sql, regra: string) {
  const [session] = await sql`
    select * from audit.processar_divergencias('auto', '2025-01-01', '2025-12-31', ${[regra]})`
  const [execucao] = await sql`
    select status, motivo from audit.execucoes_regra where sessao_id = ${session?.['id'] as number}`
  return { session, ...execucao } as { session: Record<string, unknown>; status: string; motivo: string }
}

t.test('as delivered, trade_marketing is skipped and says what to set', async (t) => {
  const { sql, olivia, adelia } = await entregue(t)
  const unset = await sessao(olivia, 'trade_marketing')
  t.match(unset, { status: 'pulada', motivo: /conferente configurar trade_marketing\.categoria/ })
  t.match(unset.motivo, /"Marketing e Trade" \(20\)/, 'and which category it may be')
  t.not(unset.session['status'], 'concluida')
  t.match(unset.session['mensagem'], /trade_marketing foi pulada/)

  const definir = (valor: unknown) =>
    adelia`select audit.alterar_configuracao('trade_marketing.categoria', ${sql.json(valor as never)}, 'nosso plano')`
  await definir('Trade Marketing')
  t.match(await sessao(olivia, 'trade_marketing'), {
    status: 'pulada',
    motivo: /nenhum padrão.*salvar_padrao/,
  })
  await adelia`select audit.salvar_padrao('descricao', 'contem', 'verba', 'incluir', 'frase das notas')`
  const strange = await sessao(olivia, 'trade_marketing')
  t.match(strange, {
    status: 'pulada',
    motivo: /Nenhum lançamento está na categoria "Trade Marketing".*"Marketing e Trade" \(20\)/,
  })
  t.equal((await sql`select count(*)::int as n from audit.divergencias_processadas`)[0]?.['n'], 0)
  await definir('MARKETING E TRADE')
  t.match(await sessao(olivia, 'trade_marketing'), { status: 'concluida', session: { status: 'concluida' } })
  await definir('')
  t.match(await sessao(olivia, 'trade_marketing'), { status: 'pulada' }, 'an empty text is not set')
})

t.test(
  'as delivered, pendente_verificacao is skipped; so it is with labels that the ledger does not have',
  async (t) => {
    const { sql, olivia, adelia } = await entregue(t)
    const unset = await sessao(olivia, 'pendente_verificacao')
    t.match(unset, { status: 'pulada', motivo: /"NÃO CLASSIFICADO" \(30\).*configurar pendente\.rotulos/ })
    t.not(unset.session['status'], 'concluida')
    const definir = (valor: unknown) =>
      adelia`select audit.alterar_configuracao('pendente.rotulos', ${sql.json(valor as never)}, 'nossos rótulos')`
    await definir(['NÃO CLASIFICADO'])
    for (const vazias of [true, false]) {
      await configurar(sql, 'pendente.vazias', vazias)
      t.match(await sessao(olivia, 'pendente_verificacao'), {
        status: 'pulada',
        motivo: /\("NÃO CLASIFICADO"\).*"NÃO CLASSIFICADO" \(30\)/,
      })
    }
    await definir(['não classificado', 'NÃO CLASIFICADO'])
    t.match(await sessao(olivia, 'pendente_verificacao'), { status: 'concluida' })
    const [found] = await sql`select count(*)::int as n from audit.divergencias_processadas`
    t.equal(found?.['n'], 30)
    await sql`update dw.lancamentos set categoria = 'Fretes' where categoria = 'NÃO CLASSIFICADO'`
    t.match(await sessao(olivia, 'pendente_verificacao'), { status: 'concluida' }, 'all decided is good news')
  },
)

t.test('entries without a category are pending, unless a person says otherwise', async (t) => {
  const { sql, olivia } = await entregue(t)
  await configurar(sql, 'pendente.rotulos', ['A CLASSIFICAR'])
  const blanks = await lancar(
    sql,
    { categoria: null },
    { categoria: '' },
    { categoria: ' \u00a0' },
    { categoria: '\u200b\u3000\u2003' },
  )
  const found = async () =>
    (
      await sql`select registro_id from audit.divergencias_processadas where status = 'aberta' order by id`
    ).map((r) => r['registro_id'])
  t.match(await sessao(olivia, 'pendente_verificacao'), { status: 'concluida' })
  t.same((await found()).sort(), blanks.sort())
  await configurar(sql, 'pendente.rotulos', [])
  t.match(await sessao(olivia, 'pendente_verificacao'), { status: 'concluida' }, 'no label but blanks')
  await configurar(sql, 'pendente.vazias', false)
  t.match(await sessao(olivia, 'pendente_verificacao'), { status: 'pulada', motivo: /pendente\.vazias/ })
})

t.test('a label that is nearly one of the ledger’s is told with its count', async (t) => {
  const { sql } = await entregue(t)
  const near = (label: string | null) => sql`select * from regras.rotulos_proximos(${label}, 2)`
  t.same(await near('Trade Marketing'), [{ rotulo: 'Marketing e Trade', lancamentos: 20n }])
  t.same(await near('nao clasificado'), [{ rotulo: 'NÃO CLASSIFICADO', lancamentos: 30n }])
  t.same(await near('FRETES'), [{ rotulo: 'Fretes', lancamentos: 10n }])
  for (const none of ['Honorários', '', ' ', null, '%', '🚗']) t.same(await near(none), [], String(none))
})

t.test('a ledger that cannot be read is said to be so, not to lack a label', async (t) => {
  const { sql, olivia } = await entregue(t)
  await configurar(sql, 'trade_marketing.categoria', 'Marketing e Trade')
  await sql`update audit.regras set requisitos = 'regras.nao_existe' where nome = 'trade_marketing'`
  t.match(await sessao(olivia, 'trade_marketing'), {
    status: 'pulada',
    motivo: /não existe a função de requisitos/,
  })
})
