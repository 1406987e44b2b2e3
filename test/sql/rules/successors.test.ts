// Categories that were renamed, split or merged, and those that died and nobody said a word.

import type postgres from 'postgres'
import t from 'tap'
import { banco } from '../../helper/database.ts'
import { codigo } from '../../helper/scenario.ts'
import { type Achado, achados, configurar, type Lancamento, lancar, razao } from './ledger.ts'

const REGRA = 'pendente_verificacao'
const PAPELARIA = ['Papel Norte', 'Papel Sul', 'Papel Leste', 'Papel Oeste']
const POSTOS = ['Posto Sol', 'Posto Lua', 'Posto Mar', 'Posto Rio']

/** The nth month from January 2024. */
const mes = (n: number) => `${2024 + Math.floor(n / 12)}-${String(1 + (n % 12)).padStart(2, '0')}-10`

/** Each supplier books so many entries a month, of the category that the month has. */
function habito(
  nomes: string[],
  descricao: string,
  categoria: (mes: number) => string | null,
  meses = 15,
  vezes = 10,
): Lancamento[] {
  return Array.from({ length: meses }, (_, m) => m).flatMap((m) => {
    const nome = categoria(m)
    return nome === null
      ? []
      : nomes.flatMap((fornecedor, i) =>
          Array.from({ length: vezes }, () => ({
            fornecedor,
            fornecedor_id: `${fornecedor[0]}-${i}`,
            descricao,
            categoria: nome,
            centro_custo: `C${i}`,
            data_lancamento: mes(m),
          })),
        )
  })
}

async function perguntar(sql: postgres.Sql, ...entries: Lancamento[]): Promise<Achado[]> {
  const ids = await lancar(
    sql,
    ...entries.map((e) => ({ data_lancamento: mes(15), ...e, categoria: 'A classificar' })),
  )
  await sql`select regra_pendente_verificacao.preparar(null)`
  const by = new Map((await achados(sql, REGRA, { chaves: ids })).map((a) => [a.registro_id, a]))
  return ids.map((id) => by.get(id) as Achado)
}
const papel = (i = 0): Lancamento => ({
  fornecedor: PAPELARIA[i] ?? null,
  fornecedor_id: `P-${i}`,
  descricao: 'resmas',
  centro_custo: `C${i}`,
})
const posto = (i = 0): Lancamento => ({
  fornecedor: POSTOS[i] ?? null,
  fornecedor_id: `P-${i}`,
  descricao: 'diesel',
  centro_custo: `C${i}`,
})

t.test(
  'a renamed category: seen as dead in its first month, and history goes with it once a person says so',
  async (t) => {
    const { sql, como } = await banco(t)
    const adelia = como('adelia')
    await razao(sql)
    await lancar(sql, ...habito(PAPELARIA, 'resmas', () => 'Material de Escritório'))
    await lancar(sql, ...habito(['Trans'], 'frete', () => 'Frete', 16))
    const [antes] = await perguntar(sql, papel())
    t.ok(Number(antes?.confianca) >= 0.95, `nothing is known yet: ${antes?.confianca}`)

    // in the month of the entry in question the others come under the new name
    await lancar(sql, ...habito(PAPELARIA, 'resmas', (m) => (m === 15 ? 'Papelaria' : null), 16, 3))
    const [morta, retro] = await perguntar(sql, papel(), { ...papel(), data_lancamento: mes(13) })
    t.same(morta?.valores_propostos, { categoria: 'Material de Escritório' })
    t.equal(Number(morta?.confianca), 0.49)
    t.match(
      morta?.justificativa,
      /"Material de Escritório" não tem lançamento desde 03\/2025: parece ter virado "Papelaria", com 12 lançamentos dos mesmos fornecedores/,
    )
    t.match(morta?.evidencia, { sem_lancamento_desde: '03/2025', parece_ser: 'Papelaria' })
    t.ok(Number(retro?.confianca) >= 0.9, 'it was alive when that one was booked')

    await adelia`select audit.salvar_sucessora('material de escritorio', 'Papelaria', '2025-04-01', 'novo plano de contas')`
    const [nova, velha] = await perguntar(sql, papel(1), { ...papel(1), data_lancamento: mes(13) })
    t.same(nova?.valores_propostos, { categoria: 'Papelaria' })
    t.ok(Number(nova?.confianca) >= 0.95, `${nova?.confianca}`)
    t.match(nova?.justificativa, /150 de 150 lançamentos de meses anteriores com .* estão em "Papelaria"/)
    t.same(
      velha?.valores_propostos,
      { categoria: 'Material de Escritório' },
      'before the day it is what it was',
    )

    // the back-test counts it as right too
    const [linha] = await como('ana')`
    select julgadas::int, certas::int, precisao::float8 as precisao from audit.avaliar_regra('pendente_verificacao', '2025-04-01', '2025-04-30')
    where fonte = 'retroteste' and faixa = 'total'`
    t.match(linha, { julgadas: 22, precisao: 1 })

    // and on from there
    await adelia`select audit.salvar_sucessora('Papelaria', 'Escritório e Copa', '2025-06-01', 'outra vez')`
    const [depois] = await perguntar(sql, { ...papel(2), data_lancamento: '2025-06-05' })
    t.same(
      depois?.valores_propostos,
      { categoria: 'Escritório e Copa' },
      'a chain, to a name that nobody has booked yet',
    )
    await adelia`select audit.desativar_sucessora(s.id, 'engano') from audit.sucessoras_categoria s`
    const [outra] = await perguntar(sql, papel(3))
    t.same(outra?.valores_propostos, { categoria: 'Material de Escritório' })
    t.equal(Number(outra?.confianca), 0.49, 'taken back')
  },
)

t.test('merged categories: the history of both speaks for the one', async (t) => {
  const { sql, como } = await banco(t)
  await razao(sql)
  await lancar(
    sql,
    ...habito(PAPELARIA, 'resmas', () => 'Papel'),
    ...habito(['Toner Já'], 'toner', () => 'Toner', 16),
  )
  // one supplier that booked half and half
  await lancar(
    sql,
    ...Array.from({ length: 15 }, (_, m) => m).flatMap((m) =>
      ['Papel', 'Toner'].flatMap((categoria) =>
        Array.from({ length: 5 }, () => ({
          fornecedor: 'Tudo Escritório',
          fornecedor_id: 'T-9',
          descricao: 'compra',
          centro_custo: 'C9',
          categoria,
          data_lancamento: mes(m),
        })),
      ),
    ),
  )
  await lancar(sql, ...habito(['Trans'], 'frete', () => 'Frete', 16))
  const tudo = {
    fornecedor: 'Tudo Escritório',
    fornecedor_id: 'T-9',
    descricao: 'compra',
    centro_custo: 'C9',
  }
  const [antes] = await perguntar(sql, tudo)
  t.ok(Number(antes?.confianca) < 0.9, `half and half: ${antes?.confianca}`)
  await como(
    'adelia',
  )`select audit.salvar_sucessora(x, 'Suprimentos', '2025-04-01', 'fundidas') from unnest('{Papel,Toner}'::text[]) x`
  await sql`truncate regra_pendente_verificacao.estatistica_controle`
  const [depois] = await perguntar(sql, tudo)
  t.same(depois?.valores_propostos, { categoria: 'Suprimentos' })
  t.match(depois?.justificativa, /150 de 150 lançamentos/)
  t.ok(Number(depois?.confianca) >= 0.95, `${depois?.confianca}`)
})

t.test('a split category: nothing is proposed but what new entries say', async (t) => {
  const { sql, como } = await banco(t)
  await razao(sql)
  await lancar(
    sql,
    ...habito(POSTOS, 'diesel', () => 'Veículos', 15),
    ...habito(['Trans'], 'frete', () => 'Frete', 18),
  )
  // April to June: the first books all of it under one of the new ones, the second one entry; the others have not come
  await lancar(
    sql,
    ...habito(POSTOS.slice(0, 1), 'diesel', (m) => (m >= 15 ? 'Combustível' : null), 18, 20),
    ...habito(
      ['x', POSTOS[1] as string],
      'diesel',
      (m) => (m === 15 ? 'Manutenção de Veículos' : null),
      18,
      1,
    ),
  )
  await como(
    'adelia',
  )`select audit.salvar_sucessora('Veículos', x, '2025-04-01', 'dividida') from unnest('{Combustível,Manutenção de Veículos}'::text[]) x`
  const junho = { data_lancamento: '2025-07-05' }
  const [muitas, uma, nenhuma, antes] = await perguntar(
    sql,
    { ...posto(0), ...junho },
    { ...posto(1), ...junho },
    { ...posto(2), ...junho },
    { ...posto(2), data_lancamento: mes(13) },
  )
  t.same(muitas?.valores_propostos, { categoria: 'Combustível' }, 'sixty new entries say so')
  t.ok(Number(muitas?.confianca) > 0.8, `${muitas?.confianca}`)
  for (const achado of [uma, nenhuma]) {
    t.ok(Number(achado?.confianca) <= 0.49, `${achado?.confianca}`)
    t.notMatch(achado?.valores_propostos, { categoria: 'Veículos' })
  }
  t.same(nenhuma?.valores_propostos, {})
  t.match(
    nenhuma?.justificativa,
    /"Veículos" foi dividida em "Combustível", "Manutenção de Veículos", e o histórico não diz em qual\./,
  )
  t.same(antes?.valores_propostos, { categoria: 'Veículos' })
})

t.test('a category that is booked once a year is not dead, one that ended is', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const anual = (m: number) => (m % 12 === 0 ? 'IPTU' : null)
  await lancar(
    sql,
    ...habito(['Prefeitura'], 'carnê', anual, 32, 20),
    ...habito(['Gráfica'], 'panfletos', (m) => (m < 25 ? 'Propaganda' : null), 32),
    // for the first time in the last year
    ...habito(['Detran'], 'licenciamento', (m) => (m === 24 || m === 25 ? 'Licenciamento' : null), 32),
    ...habito(['Trans'], 'frete', () => 'Frete', 35),
  )
  const [carro, iptu, propaganda, logo] = await perguntar(
    sql,
    {
      fornecedor: 'Detran',
      fornecedor_id: 'D-0',
      descricao: 'licenciamento',
      centro_custo: 'C0',
      data_lancamento: mes(35),
    },
    {
      fornecedor: 'Prefeitura',
      fornecedor_id: 'P-0',
      descricao: 'carnê',
      centro_custo: 'C0',
      data_lancamento: mes(35),
    },
    {
      fornecedor: 'Gráfica',
      fornecedor_id: 'G-0',
      descricao: 'panfletos',
      centro_custo: 'C0',
      data_lancamento: mes(35),
    },
    {
      fornecedor: 'Gráfica',
      fornecedor_id: 'G-0',
      descricao: 'panfletos',
      centro_custo: 'C0',
      data_lancamento: mes(27),
    },
  )
  t.notMatch(iptu?.justificativa, /não tem lançamento desde/)
  t.notMatch(carro?.justificativa, /não tem lançamento desde/)
  t.equal(Number(propaganda?.confianca) <= 0.49, true)
  t.match(propaganda?.justificativa, /"Propaganda" não tem lançamento desde 01\/2026\./)
  t.notMatch(logo?.justificativa, /não tem lançamento/, 'two months are no death')
  await configurar(sql, 'pendente.meses_sem_lancamento', 12)
  const [paciente] = await perguntar(sql, {
    fornecedor: 'Gráfica',
    fornecedor_id: 'G-0',
    descricao: 'panfletos',
    centro_custo: 'C0',
    data_lancamento: mes(35),
  })
  t.notMatch(paciente?.justificativa, /não tem lançamento/, 'how long is a setting')
})

t.test('who may say so, and what is no successor', async (t) => {
  const { como } = await banco(t)
  const adelia = como('adelia')
  const salvar = (de: string | null, para: string | null, desde: string | null, motivo = 'x') =>
    adelia`select id::int, de, para, ativo, criado_por from audit.salvar_sucessora(${de}, ${para}, ${desde}::date, ${motivo})`
  t.match(await salvar(' Velha ', 'Nova', '2026-01-01'), [
    { de: 'Velha', para: 'Nova', ativo: true, criado_por: 'adelia' },
  ])
  for (const [de, para, desde] of [
    ['Velha', ' VÉLHA', '2026-01-01'],
    ['', 'Nova', '2026-01-01'],
    ['Velha', null, '2026-01-01'],
    ['Velha', 'Nova', null],
  ] as const)
    t.equal(await codigo(salvar(de, para, desde)), 'NC009', `${de} ${para} ${desde}`)
  t.equal(await codigo(salvar('Velha', 'Nova', '2026-01-01', ' ')), 'NC006')
  t.equal(await codigo(adelia`select audit.desativar_sucessora(999, 'x')`), 'NC004')
  t.match(await adelia`select ativo from audit.desativar_sucessora(1, 'engano')`, [{ ativo: false }])
  t.match(await salvar('Velha', 'Nova', '2026-01-01'), [{ id: 1, ativo: true }])
  for (const quem of ['leo', 'ana', 'olivia'] as const)
    t.equal(
      await codigo(como(quem)`select audit.salvar_sucessora('a', 'b', '2026-01-01', 'x')`),
      '42501',
      quem,
    )
  t.match(
    await adelia`select ator, tipo, detalhes ->> 'para' as para, motivo from audit.operacoes where tipo = 'sucessora' order by id`,
    [{ ator: 'adelia', para: 'Nova', motivo: 'x' }, { motivo: 'engano' }, {}],
  )
})

t.test('the diagnosis names categories that look dead or renamed, and what to do', async (t) => {
  const { sql, como } = await banco(t)
  await razao(sql)
  await lancar(
    sql,
    ...habito(PAPELARIA, 'resmas', (m) => (m < 12 ? 'Material de Escritório' : 'Papelaria'), 18, 3),
    ...habito(['Gráfica'], 'panfletos', (m) => (m < 10 ? 'Propaganda' : null), 18),
    ...habito(['Raro'], 'peça', (m) => (m === 2 ? 'Quase Nada' : null), 18, 3),
    ...habito(['Trans'], 'frete', () => 'Frete', 18),
    { categoria: 'A classificar', data_lancamento: mes(17) },
  )
  const leo = como('leo')
  const linhas = () =>
    leo`select item, situacao, detalhe, sugestao from audit.diagnosticar_contrato() where item like 'categoria "%'`
  t.same(await linhas(), [], 'nothing is counted yet')
  await sql`select regra_pendente_verificacao.preparar(null)`
  t.match(await linhas(), [
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
  const adelia = como('adelia')
  await adelia`select audit.salvar_sucessora('Material de Escritório', 'Papelaria', '2025-01-01', 'novo plano')`
  await adelia`select audit.salvar_sucessora('Propaganda', 'Publicidde', '2024-11-01', 'novo plano')`
  await sql`select regra_pendente_verificacao.preparar(null)`
  t.match(
    await linhas(),
    [{ item: 'categoria "Publicidde"', detalhe: 'é a sucessora de "propaganda", e nenhum lançamento a tem' }],
    'what was said is not asked again, and what was mistyped is',
  )
})

t.test(
  'marketing that was renamed, and other categories that were, keep their history against a pattern',
  async (t) => {
    const { sql, como } = await banco(t)
    const adelia = como('adelia')
    await razao(sql)
    await adelia`select audit.salvar_padrao('descricao', 'contem', 'ponto de venda', 'incluir', 'do negócio')`
    const compra = (categoria: string, dia: string, n = 0): Lancamento => ({
      fornecedor: `Agência ${n}`,
      fornecedor_id: `A-${n}`,
      descricao: 'ponto de venda',
      categoria,
      data_lancamento: dia,
    })
    const reforma = (categoria: string, dia: string): Lancamento => ({
      fornecedor: 'Reformas Já',
      fornecedor_id: 'R-1',
      descricao: 'reparo do ponto de venda',
      categoria,
      data_lancamento: dia,
    })
    const [velha] = await lancar(
      sql,
      ...Array.from({ length: 60 }, (_, n) => compra('Marketing de Loja', '2025-01-10', n)),
    )
    await lancar(sql, ...Array.from({ length: 20 }, (_, n) => compra('Trade Marketing', '2025-04-10', n)))
    await lancar(sql, ...Array.from({ length: 40 }, () => reforma('Obras', '2025-01-10')))
    const [certa, errada] = await lancar(
      sql,
      reforma('Obras e Reparos', '2025-04-12'),
      compra('Fretes', '2025-04-12', 77),
    )
    const por = async () => new Map((await achados(sql, 'trade_marketing')).map((a) => [a.registro_id, a]))
    const antes = await por()
    t.ok(antes.has(velha as string), 'sixty entries of before look wrong')
    t.equal(antes.get(certa as string)?.evidencia.historico_fornecedor.na_categoria_lancada, 0)

    await adelia`select audit.salvar_sucessora('Marketing de Loja', 'Trade Marketing', '2025-04-01', 'novo plano')`
    await adelia`select audit.salvar_sucessora('Obras', 'Obras e Reparos', '2025-04-01', 'novo plano')`
    const depois = await por()
    t.notOk(depois.has(velha as string), 'marketing was called so')
    t.match(
      depois.get(errada as string)?.evidencia.parcela,
      { em_marketing: 80 },
      'and speaks for the pattern',
    )
    t.equal(depois.get(certa as string)?.evidencia.historico_fornecedor.na_categoria_lancada, 40)
    t.ok(Number(depois.get(certa as string)?.confianca) < Number(antes.get(certa as string)?.confianca))
    t.match(
      await adelia`select em_marketing::int from audit.medir_padrao('descricao', 'contem', 'ponto de venda')`,
      [{ em_marketing: 80 }],
    )

    // split: what stood under the old name speaks for both
    await adelia`select audit.salvar_sucessora('Obras', 'Pisos', '2025-04-01', 'dividida')`
    t.equal((await por()).get(certa as string)?.evidencia.historico_fornecedor.na_categoria_lancada, 40)

    await adelia`select audit.salvar_sucessora('Trade Marketing', 'Canal', '2025-06-01', 'mais uma vez')`
    t.match(
      await como(
        'olivia',
      )`select status, mensagem from audit.processar_divergencias('manual', '2025-04-01', '2025-04-30', '{trade_marketing}')`,
      [{ mensagem: /A categoria "Trade Marketing" acabou em 06\/2025, e em seu lugar está "Canal"/ }],
      'an ended category is proposed by nobody',
    )
  },
)

t.test('marketing that nobody books any more is not proposed with confidence', async (t) => {
  const { sql, como } = await banco(t)
  await razao(sql)
  await como('adelia')`select audit.salvar_padrao('descricao', 'contem', 'campanha', 'incluir', 'do negócio')`
  await lancar(sql, ...habito(['Agência'], 'campanha', (m) => (m < 8 ? 'Trade Marketing' : null), 15))
  const [agora] = await lancar(sql, {
    fornecedor: 'Agência',
    fornecedor_id: 'A-0',
    descricao: 'campanha',
    categoria: 'A classificar',
    data_lancamento: mes(14),
  })
  const [achado] = await achados(sql, 'trade_marketing', { chaves: [agora as string] })
  t.equal(Number(achado?.confianca), 0.49)
  t.match(achado?.justificativa, /nada é lançado em "Trade Marketing" há mais de 3 meses/)
})
