// No label ships. A rule that does not know the ledger's labels, or was given some that the ledger does not have, is skipped and
// says what to set. That is never shown as success.
import type postgres from 'postgres'
import t, { type Test } from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { bookEntries, findings, type LedgerEntry, makeLedger, setSetting } from './ledger.ts'

const time = <T>(n: number, entry: T): T[] => Array.from({ length: n }, () => entry)

/** A ledger with its own labels, and settings as delivered. */
async function delivered(t: Test) {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  await sql`update audit.configuracoes_sistema set valor = padrao`
  await bookEntries(
    sql,
    ...time(20, { categoria: 'Marketing e Trade', descricao: 'verba cooperada' }),
    ...time(30, { categoria: 'NÃO CLASSIFICADO', descricao: 'nota' }),
    ...time(10, { categoria: 'Fretes', descricao: 'frete' }),
  )
  return { sql, connectAs, olivia: connectAs('olivia'), adelia: connectAs('adelia') }
}

async function theSession(sql: postgres.Sql, rule: string) {
  const [session] = await sql`
    select * from audit.processar_divergencias('auto', '2025-01-01', '2025-12-31', ${[rule]})`
  const [execution] = await sql`
    select status, motivo from audit.execucoes_regra where sessao_id = ${session?.['id'] as number}`
  return { session, ...execution } as { session: Record<string, unknown>; status: string; motivo: string }
}

t.test('as delivered, trade_marketing is skipped and says what to set', async (t) => {
  const { sql, olivia, adelia } = await delivered(t)
  const unset = await theSession(olivia, 'trade_marketing')
  t.match(unset, { status: 'pulada', motivo: /conferente configurar trade_marketing\.categoria/ })
  t.match(unset.motivo, /"Marketing e Trade" \(20\)/, 'and which category it might be')
  t.not(unset.session['status'], 'concluida')
  t.match(unset.session['mensagem'], /trade_marketing foi pulada/)

  const define = (valor: unknown) =>
    adelia`select audit.alterar_configuracao('trade_marketing.categoria', ${sql.json(valor as never)}, 'nosso plano')`
  await define('Trade Marketing')
  t.match(await theSession(olivia, 'trade_marketing'), {
    status: 'pulada',
    motivo: /nenhum padrão.*salvar_padrao/,
  })
  await adelia`select audit.salvar_padrao('descricao', 'contem', 'verba', 'incluir', 'frase das notas', true)`
  const strange = await theSession(olivia, 'trade_marketing')
  t.match(strange, {
    status: 'pulada',
    motivo: /Nenhum lançamento está na categoria "Trade Marketing".*"Marketing e Trade" \(20\)/,
  })
  t.equal((await sql`select count(*)::int as n from audit.divergencias_processadas`)[0]?.['n'], 0)
  await define('MARKETING E TRADE')
  t.match(await theSession(olivia, 'trade_marketing'), {
    status: 'concluida',
    session: { status: 'concluida' },
  })
  await define('')
  t.match(
    await theSession(olivia, 'trade_marketing'),
    { status: 'pulada' },
    'an empty text does not count as set',
  )
})

t.test(
  'as delivered, pendente_verificacao is skipped; also with labels that the ledger does not have',
  async (t) => {
    const { sql, olivia, adelia } = await delivered(t)
    const unset = await theSession(olivia, 'pendente_verificacao')
    t.match(unset, { status: 'pulada', motivo: /"NÃO CLASSIFICADO" \(30\).*configurar pendente\.rotulos/ })
    t.not(unset.session['status'], 'concluida')
    const define = (valor: unknown) =>
      adelia`select audit.alterar_configuracao('pendente.rotulos', ${sql.json(valor as never)}, 'nossos rótulos')`
    await define(['NÃO CLASIFICADO'])
    for (const empty of [true, false]) {
      await setSetting(sql, 'pendente.vazias', empty)
      t.match(await theSession(olivia, 'pendente_verificacao'), {
        status: 'pulada',
        motivo: /\("NÃO CLASIFICADO"\).*"NÃO CLASSIFICADO" \(30\)/,
      })
    }
    await define(['não classificado', 'NÃO CLASIFICADO'])
    t.match(await theSession(olivia, 'pendente_verificacao'), { status: 'concluida' })
    const [found] = await sql`select count(*)::int as n from audit.divergencias_processadas`
    t.equal(found?.['n'], 30)
    await sql`update dw.lancamentos set categoria = 'Fretes' where categoria = 'NÃO CLASSIFICADO'`
    t.match(
      await theSession(olivia, 'pendente_verificacao'),
      { status: 'concluida' },
      'nothing left to decide is good news',
    )
  },
)

t.test('entries without a category are pending, unless a person says otherwise', async (t) => {
  const { sql, olivia } = await delivered(t)
  await setSetting(sql, 'pendente.rotulos', ['A CLASSIFICAR'])
  const blanks = await bookEntries(
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
  t.match(await theSession(olivia, 'pendente_verificacao'), { status: 'concluida' })
  t.same((await found()).sort(), blanks.sort())
  await setSetting(sql, 'pendente.rotulos', [])
  t.match(
    await theSession(olivia, 'pendente_verificacao'),
    { status: 'concluida' },
    'a label of nothing but blanks',
  )
  await setSetting(sql, 'pendente.vazias', false)
  t.match(await theSession(olivia, 'pendente_verificacao'), { status: 'pulada', motivo: /pendente\.vazias/ })
})

t.test('a similar label of the ledger is suggested, with its count', async (t) => {
  const { sql } = await delivered(t)
  const near = (label: string | null) => sql`select * from regras.rotulos_proximos(${label}, 2)`
  t.same(await near('Trade Marketing'), [{ rotulo: 'Marketing e Trade', lancamentos: 20n }])
  t.same(await near('nao clasificado'), [{ rotulo: 'NÃO CLASSIFICADO', lancamentos: 30n }])
  t.same(await near('FRETES'), [{ rotulo: 'Fretes', lancamentos: 10n }])
  for (const none of ['Honorários', '', ' ', null, '%', '🚗']) t.same(await near(none), [], String(none))
})

t.test('a ledger that cannot be read is reported as unreadable, not as lacking a label', async (t) => {
  const { sql, olivia } = await delivered(t)
  await setSetting(sql, 'trade_marketing.categoria', 'Marketing e Trade')
  await sql`update audit.regras set requisitos = 'regras.nao_existe' where nome = 'trade_marketing'`
  t.match(await theSession(olivia, 'trade_marketing'), {
    status: 'pulada',
    motivo: /não existe a função de requisitos/,
  })
})

const NFD = (text: string) => text.normalize('NFD')

t.test('spellings of one category are one category for every rule', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const months = ['2024-09', '2024-10', '2024-11', '2024-12', '2025-01', '2025-02']
  // half of a supplier's history in each spelling: no single spelling has the majority over its other category
  const history = months.flatMap((month) =>
    [
      ...time(4, 'Promoção e Fretes'),
      ...time(2, 'PROMOÇÃO E FRETES'),
      ...time(2, NFD('promoção e fretes')),
      'Promoção e Fretes\u00a0',
      ...time(3, 'Limpeza'),
    ].map((category) => ({
      categoria: category,
      fornecedor_id: category === 'Limpeza' ? 'L1' : 'P1',
      fornecedor: category === 'Limpeza' ? 'Lava Tudo' : 'Rápido Sul',
      descricao: category === 'Limpeza' ? 'limpeza' : 'entrega',
      data_lancamento: `${month}-10`,
    })),
  )
  await bookEntries(sql, ...history)
  const parked: LedgerEntry = {
    categoria: 'PENDENTE',
    fornecedor_id: 'P1',
    fornecedor: 'Rápido Sul',
    descricao: 'entrega',
  }
  await bookEntries(sql, parked, { ...parked, categoria: NFD(' Pendente de verificação ') })
  const pending = async () => {
    await sql`select regra_pendente_verificacao.preparar(null)`
    return findings(sql, 'pendente_verificacao')
  }
  for (const finding of await pending()) {
    t.same(finding.valores_propostos, { categoria: 'Promoção e Fretes' }, 'the most common spelling')
    const [supplier] = finding.evidencia.niveis.filter(
      (n: { por: string }) => n.por === 'código do fornecedor',
    )
    t.same([supplier?.lancamentos, supplier?.na_categoria], [54, 54], 'all spellings count together')
    t.not(finding.evidencia.alternativa, 'PROMOÇÃO E FRETES', 'and none of them is the second choice')
  }
  t.equal((await pending()).length, 2, 'a pending label in NFD is pending')
  // the spelling that most entries have now, though another was learned first
  await sql`update dw.lancamentos set categoria = 'PROMOÇÃO E FRETES', carregado_em = now() where categoria = 'Promoção e Fretes'`
  await bookEntries(sql, {
    categoria: 'Promoção E fretes',
    data_lancamento: '2025-02-11',
    carregado_em: new Date().toISOString(),
  })
  t.same(
    (await pending()).map((a) => a.valores_propostos),
    time(2, { categoria: 'PROMOÇÃO E FRETES' }),
  )

  await sql`insert into audit.padroes_trade_marketing (campo, tipo, padrao, acao, criado_por)
    values ('descricao', 'contem', 'verba', 'incluir', 'teste')`
  const allowance: LedgerEntry = { descricao: 'verba cooperada', fornecedor_id: 'V1', fornecedor: 'Varejo' }
  for (const category of ['Ação de Marketing', NFD('Ação de Marketing\u00a0')]) {
    await setSetting(sql, 'trade_marketing.categoria', category)
    const [wrong] = await bookEntries(
      sql,
      { ...allowance, categoria: 'Fretes' },
      ...[
        'Ação de Marketing',
        'AÇÃO DE MARKETING',
        NFD('ação de marketing'),
        'acao de marketing',
        '\u00a0Ação de marketing\t',
      ].map((c): LedgerEntry => ({ ...allowance, categoria: c })),
    )
    t.same(
      (await findings(sql, 'trade_marketing')).map((a) => a.registro_id),
      [wrong],
      JSON.stringify(category),
    )
    await sql`delete from dw.lancamentos where fornecedor_id = 'V1'`
  }

  // a share of the document under another spelling of its category is the same document again
  const note: LedgerEntry = {
    documento: 'NF 4711',
    fornecedor_id: 'D1',
    fornecedor: 'Duplo',
    valor: 90,
    categoria: 'Promoção e Fretes',
  }
  for (const category of ['PROMOÇÃO E FRETES', NFD('promoção e fretes'), 'Promoção e Fretes\u00a0']) {
    const [, second] = await bookEntries(sql, note, { ...note, categoria: category })
    t.same(
      (await findings(sql, 'validacao_valores')).map((a) => a.registro_id),
      [second],
      JSON.stringify(category),
    )
    await sql`delete from dw.lancamentos where fornecedor_id = 'D1'`
  }
})
