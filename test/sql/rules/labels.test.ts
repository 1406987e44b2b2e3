// No label ships: a rule that does not know the ledger's labels, or was told some that the ledger does not have, is skipped and says
// what to set. Never is that shown as success.
import type postgres from 'postgres'
import t, { type Test } from 'tap'
import { banco } from '../../helper/database.ts'
import { achados, configurar, type Lancamento, lancar, razao } from './ledger.ts'

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
  await adelia`select audit.salvar_padrao('descricao', 'contem', 'verba', 'incluir', 'frase das notas', true)`
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

const NFD = (text: string) => text.normalize('NFD')

t.test('spellings of one category are one category for every rule', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const meses = ['2024-09', '2024-10', '2024-11', '2024-12', '2025-01', '2025-02']
  // half a supplier's history in each spelling: no spelling alone has the majority over its other category
  const historia = meses.flatMap((mes) =>
    [
      ...vez(4, 'Promoção e Fretes'),
      ...vez(2, 'PROMOÇÃO E FRETES'),
      ...vez(2, NFD('promoção e fretes')),
      'Promoção e Fretes\u00a0',
      ...vez(3, 'Limpeza'),
    ].map((categoria) => ({
      categoria,
      fornecedor_id: categoria === 'Limpeza' ? 'L1' : 'P1',
      fornecedor: categoria === 'Limpeza' ? 'Lava Tudo' : 'Rápido Sul',
      descricao: categoria === 'Limpeza' ? 'limpeza' : 'entrega',
      data_lancamento: `${mes}-10`,
    })),
  )
  await lancar(sql, ...historia)
  const parked: Lancamento = {
    categoria: 'PENDENTE',
    fornecedor_id: 'P1',
    fornecedor: 'Rápido Sul',
    descricao: 'entrega',
  }
  await lancar(sql, parked, { ...parked, categoria: NFD(' Pendente de verificação ') })
  const pending = async () => {
    await sql`select regra_pendente_verificacao.preparar(null)`
    return achados(sql, 'pendente_verificacao')
  }
  for (const achado of await pending()) {
    t.same(achado.valores_propostos, { categoria: 'Promoção e Fretes' }, 'the commonest spelling')
    const [fornecedor] = achado.evidencia.niveis.filter(
      (n: { por: string }) => n.por === 'código do fornecedor',
    )
    t.same([fornecedor?.lancamentos, fornecedor?.na_categoria], [54, 54], 'all spellings count together')
    t.not(achado.evidencia.alternativa, 'PROMOÇÃO E FRETES', 'and none is the second choice')
  }
  t.equal((await pending()).length, 2, 'a pending label in NFD is pending')
  // a spelling that most entries have by now, though another was learned first
  await sql`update dw.lancamentos set categoria = 'PROMOÇÃO E FRETES', carregado_em = now() where categoria = 'Promoção e Fretes'`
  await lancar(sql, {
    categoria: 'Promoção E fretes',
    data_lancamento: '2025-02-11',
    carregado_em: new Date().toISOString(),
  })
  t.same(
    (await pending()).map((a) => a.valores_propostos),
    vez(2, { categoria: 'PROMOÇÃO E FRETES' }),
  )

  await sql`insert into audit.padroes_trade_marketing (campo, tipo, padrao, acao, criado_por)
    values ('descricao', 'contem', 'verba', 'incluir', 'teste')`
  const verba: Lancamento = { descricao: 'verba cooperada', fornecedor_id: 'V1', fornecedor: 'Varejo' }
  for (const categoria of ['Ação de Marketing', NFD('Ação de Marketing\u00a0')]) {
    await configurar(sql, 'trade_marketing.categoria', categoria)
    const [errada] = await lancar(
      sql,
      { ...verba, categoria: 'Fretes' },
      ...[
        'Ação de Marketing',
        'AÇÃO DE MARKETING',
        NFD('ação de marketing'),
        'acao de marketing',
        '\u00a0Ação de marketing\t',
      ].map((c): Lancamento => ({ ...verba, categoria: c })),
    )
    t.same(
      (await achados(sql, 'trade_marketing')).map((a) => a.registro_id),
      [errada],
      JSON.stringify(categoria),
    )
    await sql`delete from dw.lancamentos where fornecedor_id = 'V1'`
  }

  // the share of a document in another spelling of its category is the same document again
  const nota: Lancamento = {
    documento: 'NF 4711',
    fornecedor_id: 'D1',
    fornecedor: 'Duplo',
    valor: 90,
    categoria: 'Promoção e Fretes',
  }
  for (const categoria of ['PROMOÇÃO E FRETES', NFD('promoção e fretes'), 'Promoção e Fretes\u00a0']) {
    const [, segunda] = await lancar(sql, nota, { ...nota, categoria })
    t.same(
      (await achados(sql, 'validacao_valores')).map((a) => a.registro_id),
      [segunda],
      JSON.stringify(categoria),
    )
    await sql`delete from dw.lancamentos where fornecedor_id = 'D1'`
  }
})
