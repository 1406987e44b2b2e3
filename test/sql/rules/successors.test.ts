// Categories that were renamed, split or merged, and those that died without a word from anybody.

import type postgres from 'postgres'
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { sqlstate } from '../../helper/scenario.ts'
import {
  bookEntries,
  findings,
  type LedgerEntry,
  makeLedger,
  type RuleFinding,
  setSetting,
} from './ledger.ts'

const RULE_FUNCTION = 'pendente_verificacao'
const STATIONERY = ['Papel Norte', 'Papel Sul', 'Papel Leste', 'Papel Oeste']
const STATIONS = ['Posto Sol', 'Posto Lua', 'Posto Mar', 'Posto Rio']

/** The nth month from January 2024. */
const month = (n: number) => `${2024 + Math.floor(n / 12)}-${String(1 + (n % 12)).padStart(2, '0')}-10`

/** Each supplier books this many entries a month, in the category of the month. */
function habit(
  names: string[],
  descricao: string,
  category: (month: number) => string | null,
  months = 15,
  times = 10,
): LedgerEntry[] {
  return Array.from({ length: months }, (_, m) => m).flatMap((m) => {
    const name = category(m)
    return name === null
      ? []
      : names.flatMap((supplier, i) =>
          Array.from({ length: times }, () => ({
            fornecedor: supplier,
            fornecedor_id: `${supplier[0]}-${i}`,
            descricao,
            categoria: name,
            centro_custo: `C${i}`,
            data_lancamento: month(m),
          })),
        )
  })
}

async function ask(sql: postgres.Sql, ...entries: LedgerEntry[]): Promise<RuleFinding[]> {
  const ids = await bookEntries(
    sql,
    ...entries.map((e) => ({ data_lancamento: month(15), ...e, categoria: 'A classificar' })),
  )
  await sql`select regra_pendente_verificacao.preparar(null)`
  const by = new Map((await findings(sql, RULE_FUNCTION, { chaves: ids })).map((a) => [a.registro_id, a]))
  return ids.map((id) => by.get(id) as RuleFinding)
}
const role = (i = 0): LedgerEntry => ({
  fornecedor: STATIONERY[i] ?? null,
  fornecedor_id: `P-${i}`,
  descricao: 'resmas',
  centro_custo: `C${i}`,
})
const station = (i = 0): LedgerEntry => ({
  fornecedor: STATIONS[i] ?? null,
  fornecedor_id: `P-${i}`,
  descricao: 'diesel',
  centro_custo: `C${i}`,
})

t.test(
  'a renamed category looks dead in its first month, and its history follows once a person names the successor',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    const adelia = connectAs('adelia')
    await makeLedger(sql)
    await bookEntries(sql, ...habit(STATIONERY, 'resmas', () => 'Material de Escritório'))
    await bookEntries(sql, ...habit(['Trans'], 'frete', () => 'Frete', 16))
    const [before] = await ask(sql, role())
    t.ok(Number(before?.confianca) >= 0.95, `nothing is known yet: ${before?.confianca}`)

    // in the month of the entry, the others come under the new name
    await bookEntries(sql, ...habit(STATIONERY, 'resmas', (m) => (m === 15 ? 'Papelaria' : null), 16, 3))
    const [dead, retro] = await ask(sql, role(), { ...role(), data_lancamento: month(13) })
    t.same(dead?.valores_propostos, { categoria: 'Material de Escritório' })
    t.equal(Number(dead?.confianca), 0.49)
    t.match(
      dead?.justificativa,
      /"Material de Escritório" não tem lançamento desde 03\/2025: parece ter virado "Papelaria", com 12 lançamentos dos mesmos fornecedores/,
    )
    t.match(dead?.evidencia, { sem_lancamento_desde: '03/2025', parece_ser: 'Papelaria' })
    t.ok(Number(retro?.confianca) >= 0.9, 'it was alive when that one was booked')

    await adelia`select audit.salvar_sucessora('material de escritorio', 'Papelaria', '2025-04-01', 'novo plano de contas')`
    const [fresh, old] = await ask(sql, role(1), { ...role(1), data_lancamento: month(13) })
    t.same(fresh?.valores_propostos, { categoria: 'Papelaria' })
    t.ok(Number(fresh?.confianca) >= 0.95, `${fresh?.confianca}`)
    t.match(fresh?.justificativa, /153 de 153 outros lançamentos até esse mês com .* estão em "Papelaria"/)
    t.same(old?.valores_propostos, { categoria: 'Material de Escritório' }, 'before that day it is unchanged')

    // the back-test counts it as right too
    const [line] = await connectAs('ana')`
    select julgadas::int, certas::int, precisao::float8 as precisao from audit.avaliar_regra('pendente_verificacao', '2025-04-01', '2025-04-30')
    where fonte = 'retroteste' and faixa = 'total'`
    t.match(line, { julgadas: 22, precisao: 1 })

    // and on from there
    await adelia`select audit.salvar_sucessora('Papelaria', 'Escritório e Copa', '2025-06-01', 'outra vez')`
    const [after] = await ask(sql, { ...role(2), data_lancamento: '2025-06-05' })
    t.same(
      after?.valores_propostos,
      { categoria: 'Escritório e Copa' },
      'a chain, ending in a name that nobody has booked yet',
    )
    await adelia`select audit.desativar_sucessora(s.id, 'engano') from audit.sucessoras_categoria s`
    const [other] = await ask(sql, role(3))
    t.same(other?.valores_propostos, { categoria: 'Material de Escritório' })
    t.equal(Number(other?.confianca), 0.49, 'taken back')
  },
)

t.test('merged categories: the history of both counts for the one', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(
    sql,
    ...habit(STATIONERY, 'resmas', () => 'Papel'),
    ...habit(['Toner Já'], 'toner', () => 'Toner', 16),
  )
  // one supplier booked half and half
  await bookEntries(
    sql,
    ...Array.from({ length: 15 }, (_, m) => m).flatMap((m) =>
      ['Papel', 'Toner'].flatMap((category) =>
        Array.from({ length: 5 }, () => ({
          fornecedor: 'Tudo Escritório',
          fornecedor_id: 'T-9',
          descricao: 'compra',
          centro_custo: 'C9',
          categoria: category,
          data_lancamento: month(m),
        })),
      ),
    ),
  )
  await bookEntries(sql, ...habit(['Trans'], 'frete', () => 'Frete', 16))
  const everything = {
    fornecedor: 'Tudo Escritório',
    fornecedor_id: 'T-9',
    descricao: 'compra',
    centro_custo: 'C9',
  }
  const [before] = await ask(sql, everything)
  t.ok(Number(before?.confianca) < 0.9, `half and half: ${before?.confianca}`)
  await connectAs(
    'adelia',
  )`select audit.salvar_sucessora(x, 'Suprimentos', '2025-04-01', 'fundidas') from unnest('{Papel,Toner}'::text[]) x`
  await sql`truncate regra_pendente_verificacao.estatistica_controle`
  const [after] = await ask(sql, everything)
  t.same(after?.valores_propostos, { categoria: 'Suprimentos' })
  t.match(after?.justificativa, /150 de 150 outros lançamentos/)
  t.ok(Number(after?.confianca) >= 0.95, `${after?.confianca}`)
})

t.test('a split category: only new entries decide what is proposed', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(
    sql,
    ...habit(STATIONS, 'diesel', () => 'Veículos', 15),
    ...habit(['Trans'], 'frete', () => 'Frete', 18),
  )
  // April to June: the first books everything under one of the new ones, the second one entry; the others have not come
  await bookEntries(
    sql,
    ...habit(STATIONS.slice(0, 1), 'diesel', (m) => (m >= 15 ? 'Combustível' : null), 18, 20),
    ...habit(
      ['x', STATIONS[1] as string],
      'diesel',
      (m) => (m === 15 ? 'Manutenção de Veículos' : null),
      18,
      1,
    ),
  )
  await connectAs(
    'adelia',
  )`select audit.salvar_sucessora('Veículos', x, '2025-04-01', 'dividida') from unnest('{Combustível,Manutenção de Veículos}'::text[]) x`
  const june = { data_lancamento: '2025-07-05' }
  const [many, one, none, before] = await ask(
    sql,
    { ...station(0), ...june },
    { ...station(1), ...june },
    { ...station(2), ...june },
    { ...station(2), data_lancamento: month(13) },
  )
  t.same(many?.valores_propostos, { categoria: 'Combustível' }, 'sixty new entries say so')
  t.ok(Number(many?.confianca) > 0.8, `${many?.confianca}`)
  for (const finding of [one, none]) {
    t.ok(Number(finding?.confianca) <= 0.49, `${finding?.confianca}`)
    t.notMatch(finding?.valores_propostos, { categoria: 'Veículos' })
  }
  t.same(none?.valores_propostos, {})
  t.match(
    none?.justificativa,
    /"Veículos" foi dividida em "Combustível", "Manutenção de Veículos", e o histórico não diz em qual\./,
  )
  t.same(before?.valores_propostos, { categoria: 'Veículos' })
})

t.test('a category that is booked once a year is not dead, one that ended is', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const yearly = (m: number) => (m % 12 === 0 ? 'IPTU' : null)
  await bookEntries(
    sql,
    ...habit(['Prefeitura'], 'carnê', yearly, 32, 20),
    ...habit(['Gráfica'], 'panfletos', (m) => (m < 25 ? 'Propaganda' : null), 32),
    // for the first time in the last year
    ...habit(['Detran'], 'licenciamento', (m) => (m === 24 || m === 25 ? 'Licenciamento' : null), 32),
    ...habit(['Trans'], 'frete', () => 'Frete', 35),
  )
  const [car, iptu, propaganda, logo] = await ask(
    sql,
    {
      fornecedor: 'Detran',
      fornecedor_id: 'D-0',
      descricao: 'licenciamento',
      centro_custo: 'C0',
      data_lancamento: month(35),
    },
    {
      fornecedor: 'Prefeitura',
      fornecedor_id: 'P-0',
      descricao: 'carnê',
      centro_custo: 'C0',
      data_lancamento: month(35),
    },
    {
      fornecedor: 'Gráfica',
      fornecedor_id: 'G-0',
      descricao: 'panfletos',
      centro_custo: 'C0',
      data_lancamento: month(35),
    },
    {
      fornecedor: 'Gráfica',
      fornecedor_id: 'G-0',
      descricao: 'panfletos',
      centro_custo: 'C0',
      data_lancamento: month(27),
    },
  )
  t.notMatch(iptu?.justificativa, /não tem lançamento desde/)
  t.notMatch(car?.justificativa, /não tem lançamento desde/)
  t.equal(Number(propaganda?.confianca) <= 0.49, true)
  t.match(propaganda?.justificativa, /"Propaganda" não tem lançamento desde 01\/2026\./)
  t.notMatch(logo?.justificativa, /não tem lançamento/, 'two silent months do not make it dead')
  await setSetting(sql, 'pendente.meses_sem_lancamento', 12)
  const [patient] = await ask(sql, {
    fornecedor: 'Gráfica',
    fornecedor_id: 'G-0',
    descricao: 'panfletos',
    centro_custo: 'C0',
    data_lancamento: month(35),
  })
  t.notMatch(patient?.justificativa, /não tem lançamento/, 'a setting says how long')
})

t.test('who may name successors, and what cannot be one', async (t) => {
  const { connectAs } = await testDatabase(t)
  const adelia = connectAs('adelia')
  const save = (from: string | null, to: string | null, since: string | null, reason = 'x') =>
    adelia`select id::int, de, para, ativo, criado_por from audit.salvar_sucessora(${from}, ${to}, ${since}::date, ${reason})`
  t.match(await save(' Velha ', 'Nova', '2026-01-01'), [
    { de: 'Velha', para: 'Nova', ativo: true, criado_por: 'adelia' },
  ])
  for (const [from, to, since] of [
    ['Velha', ' VÉLHA', '2026-01-01'],
    ['', 'Nova', '2026-01-01'],
    ['Velha', null, '2026-01-01'],
    ['Velha', 'Nova', null],
  ] as const)
    t.equal(await sqlstate(save(from, to, since)), 'NC009', `${from} ${to} ${since}`)
  t.equal(await sqlstate(save('Velha', 'Nova', '2026-01-01', ' ')), 'NC006')
  t.equal(await sqlstate(adelia`select audit.desativar_sucessora(999, 'x')`), 'NC004')
  t.match(await adelia`select ativo from audit.desativar_sucessora(1, 'engano')`, [{ ativo: false }])
  t.match(await save('Velha', 'Nova', '2026-01-01'), [{ id: 1, ativo: true }])
  for (const who of ['leo', 'ana', 'olivia'] as const)
    t.equal(
      await sqlstate(connectAs(who)`select audit.salvar_sucessora('a', 'b', '2026-01-01', 'x')`),
      '42501',
      who,
    )
  t.match(
    await adelia`select ator, tipo, detalhes ->> 'para' as para, motivo from audit.operacoes where tipo = 'sucessora' order by id`,
    [{ ator: 'adelia', para: 'Nova', motivo: 'x' }, { motivo: 'engano' }, {}],
  )
})

t.test('the diagnosis names categories that look dead or renamed, and what to do', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(
    sql,
    ...habit(STATIONERY, 'resmas', (m) => (m < 12 ? 'Material de Escritório' : 'Papelaria'), 18, 3),
    ...habit(['Gráfica'], 'panfletos', (m) => (m < 10 ? 'Propaganda' : null), 18),
    ...habit(['Raro'], 'peça', (m) => (m === 2 ? 'Quase Nada' : null), 18, 3),
    ...habit(['Trans'], 'frete', () => 'Frete', 18),
    { categoria: 'A classificar', data_lancamento: month(17) },
  )
  const leo = connectAs('leo')
  const rows = () =>
    leo`select item, situacao, detalhe, sugestao from audit.diagnosticar_contrato() where item like 'categoria "%'`
  t.same(await rows(), [], 'nothing has been counted yet')
  await sql`select regra_pendente_verificacao.preparar(null)`
  t.match(await rows(), [
    {
      item: 'categoria "Material de Escritório"',
      situacao: 'aviso',
      detalhe:
        'sem lançamento desde 12/2024; "Papelaria" tem desde então 72 lançamentos dos mesmos fornecedores',
      sugestao: /conferente categorias suceder "Material de Escritório" "Papelaria" --desde 2025-01-01/,
    },
    {
      item: 'categoria "Propaganda"',
      detalhe: 'sem lançamento desde 10/2024',
      sugestao: /Se outra tomou seu lugar/,
    },
  ])
  const adelia = connectAs('adelia')
  await adelia`select audit.salvar_sucessora('Material de Escritório', 'Papelaria', '2025-01-01', 'novo plano')`
  await adelia`select audit.salvar_sucessora('Propaganda', 'Publicidde', '2024-11-01', 'novo plano')`
  await sql`select regra_pendente_verificacao.preparar(null)`
  t.match(
    await rows(),
    [{ item: 'categoria "Publicidde"', detalhe: 'é a sucessora de "propaganda", e nenhum lançamento a tem' }],
    'what was answered is not asked again, and what was mistyped is',
  )
})

t.test('renamed categories, marketing included, keep their history against a pattern', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const adelia = connectAs('adelia')
  await makeLedger(sql)
  await adelia`select audit.salvar_padrao('descricao', 'contem', 'ponto de venda', 'incluir', 'do negócio')`
  const purchase = (category: string, day: string, n = 0): LedgerEntry => ({
    fornecedor: `Agência ${n}`,
    fornecedor_id: `A-${n}`,
    descricao: 'ponto de venda',
    categoria: category,
    data_lancamento: day,
  })
  const renovation = (category: string, day: string): LedgerEntry => ({
    fornecedor: 'Reformas Já',
    fornecedor_id: 'R-1',
    descricao: 'reparo do ponto de venda',
    categoria: category,
    data_lancamento: day,
  })
  const [old] = await bookEntries(
    sql,
    ...Array.from({ length: 60 }, (_, n) => purchase('Marketing de Loja', '2025-01-10', n)),
  )
  await bookEntries(
    sql,
    ...Array.from({ length: 20 }, (_, n) => purchase('Trade Marketing', '2025-04-10', n)),
  )
  await bookEntries(sql, ...Array.from({ length: 40 }, () => renovation('Obras', '2025-01-10')))
  const [right, wrong] = await bookEntries(
    sql,
    renovation('Obras e Reparos', '2025-04-12'),
    purchase('Fretes', '2025-04-12', 77),
  )
  const per = async () => new Map((await findings(sql, 'trade_marketing')).map((a) => [a.registro_id, a]))
  const before = await per()
  t.ok(before.has(old as string), 'sixty entries from before look wrong')
  t.equal(before.get(right as string)?.evidencia.historico_fornecedor.na_categoria_lancada, 0)

  await adelia`select audit.salvar_sucessora('Marketing de Loja', 'Trade Marketing', '2025-04-01', 'novo plano')`
  await adelia`select audit.salvar_sucessora('Obras', 'Obras e Reparos', '2025-04-01', 'novo plano')`
  const after = await per()
  t.notOk(after.has(old as string), 'this was the name of marketing')
  t.match(after.get(wrong as string)?.evidencia.parcela, { em_marketing: 80 }, 'and supports the pattern')
  t.equal(after.get(right as string)?.evidencia.historico_fornecedor.na_categoria_lancada, 40)
  t.ok(Number(after.get(right as string)?.confianca) < Number(before.get(right as string)?.confianca))
  t.match(
    await adelia`select em_marketing::int from audit.medir_padrao('descricao', 'contem', 'ponto de venda')`,
    [{ em_marketing: 80 }],
  )

  // split: what was under the old name speaks for both
  await adelia`select audit.salvar_sucessora('Obras', 'Pisos', '2025-04-01', 'dividida')`
  t.equal((await per()).get(right as string)?.evidencia.historico_fornecedor.na_categoria_lancada, 40)

  await adelia`select audit.salvar_sucessora('Trade Marketing', 'Canal', '2025-06-01', 'mais uma vez')`
  t.match(
    await connectAs(
      'olivia',
    )`select status, mensagem from audit.processar_divergencias('manual', '2025-04-01', '2025-04-30', '{trade_marketing}')`,
    [{ mensagem: /A categoria "Trade Marketing" acabou em 06\/2025, e em seu lugar está "Canal"/ }],
    'an ended category is never proposed',
  )
})

t.test('marketing that nobody books any more is not proposed with confidence', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  await connectAs(
    'adelia',
  )`select audit.salvar_padrao('descricao', 'contem', 'campanha', 'incluir', 'do negócio')`
  await bookEntries(sql, ...habit(['Agência'], 'campanha', (m) => (m < 8 ? 'Trade Marketing' : null), 15))
  const [now] = await bookEntries(sql, {
    fornecedor: 'Agência',
    fornecedor_id: 'A-0',
    descricao: 'campanha',
    categoria: 'A classificar',
    data_lancamento: month(14),
  })
  const [finding] = await findings(sql, 'trade_marketing', { chaves: [now as string] })
  t.equal(Number(finding?.confianca), 0.49)
  t.match(finding?.justificativa, /nada é lançado em "Trade Marketing" há 6 meses/)

  // as of the month of the entry: a later campaign does not wake it, and what is booked once a year only sleeps
  await bookEntries(sql, ...habit(['Agência'], 'campanha', (m) => (m === 17 ? 'Trade Marketing' : null), 18))
  t.equal(Number((await findings(sql, 'trade_marketing', { chaves: [now as string] }))[0]?.confianca), 0.49)
  const [later] = await bookEntries(sql, {
    fornecedor: 'Agência',
    fornecedor_id: 'A-0',
    descricao: 'campanha',
    categoria: 'A classificar',
    data_lancamento: month(26),
  })
  const [asleep] = await findings(sql, 'trade_marketing', { chaves: [later as string] })
  t.notMatch(asleep?.justificativa, /nada é lançado/, 'it had paused for as long before')
})
