import type postgres from 'postgres'
import t from 'tap'
import { banco } from '../../helper/database.ts'
import { achados, configurar, estranhos, type Lancamento, lancar, razao } from './ledger.ts'

const REGRA = 'trade_marketing'

async function padrao(
  sql: postgres.Sql,
  campo: string,
  tipo: string,
  texto: string,
  acao = 'incluir',
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into audit.padroes_trade_marketing (campo, tipo, acao, padrao) values (${campo}, ${tipo}, ${acao}, ${texto}) returning id::int`
  return row?.id as number
}

const chaves = async (sql: postgres.Sql, janela = {}) =>
  (await achados(sql, REGRA, janela)).map((a) => a.registro_id)

t.test('patterns match supplier, description and account, without case and accents', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'contem', 'Promoção')
  await padrao(sql, 'fornecedor', 'palavra', 'agência mídia')
  await padrao(sql, 'conta_contabil', 'regex', '^4\\.7\\.\\d+$')
  const found = await lancar(
    sql,
    { descricao: 'Material de PROMOCAO de ponto de venda', fornecedor: 'Um' },
    { descricao: 'semipromoção de verão', fornecedor: 'Dois' },
    { fornecedor: 'AGENCIA  MIDIA Brasil Ltda' },
    { fornecedor: 'Boa Agência-Mídia' },
    { conta_contabil: '4.7.12', fornecedor: 'Três' },
  )
  await lancar(
    sql,
    { descricao: 'promo de verão' },
    { fornecedor: 'Subagência mídia' },
    { fornecedor: 'agência de mídia' },
    { conta_contabil: '4.7.12.A' },
    { conta_contabil: '14.7.12' },
    { descricao: '4.7.12' },
    { descricao: 'Promoção', categoria: 'TRADE MARKETING ' },
  )
  const all = await achados(sql, REGRA)
  t.same(
    all.map((a) => a.registro_id),
    found.sort(),
  )
  for (const achado of all) {
    t.same(achado.valores_propostos, { categoria: 'Trade Marketing' })
    t.ok(Number(achado.confianca) < 0.95, 'a pattern alone is not proof')
    t.equal(Number(achado.valor_em_risco), 100)
    t.match(achado.justificativa, /Casa com o padrão/)
  }
})

t.test('an expression keeps its classes: \\S is not \\s', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'regex', '^Ação\\Sx$')
  const [yes] = await lancar(sql, { descricao: 'AÇÃO-X' }, { descricao: 'ação x' })
  t.same(await chaves(sql), [yes])
})

t.test('an expression typed in capitals finds what is booked in any case, simple or not', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'regex', '^VERBA (DE )?COOPERAÇÃO$')
  await padrao(sql, 'fornecedor', 'regex', '^(BRINDES|BÔNUS)\\M')
  const found = await lancar(
    sql,
    { descricao: 'Verba de cooperação' },
    { descricao: 'VERBA COOPERACAO' },
    { fornecedor: 'Brindes do Sul' },
    { fornecedor: 'BONUS SA' },
  )
  await lancar(sql, { descricao: 'Verba de cooperação rural' }, { fornecedor: 'Brindesul' })
  t.same(await chaves(sql), found.sort())
})

t.test('special characters of a plain pattern stand for themselves', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'contem', 'a.b (50%) [x] \\d+')
  const [yes] = await lancar(
    sql,
    { descricao: 'item A.B (50%) [X] \\D+ fim' },
    { descricao: 'item aXb (50%) [x] 77' },
  )
  t.same(await chaves(sql), [yes])
})

t.test('an excluding pattern wins over any including one', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'contem', 'campanha')
  await padrao(sql, 'descricao', 'contem', 'campanha de vacinação', 'excluir')
  await padrao(sql, 'fornecedor', 'palavra', 'hospital', 'excluir')
  const [yes] = await lancar(
    sql,
    { descricao: 'campanha de verão' },
    { descricao: 'Campanha de Vacinação' },
    { descricao: 'campanha de verão', fornecedor: 'Hospital São Lucas' },
  )
  t.same(await chaves(sql), [yes])
})

t.test('an empty or inactive pattern matches nothing, and no pattern finds nothing', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await lancar(
    sql,
    { descricao: 'campanha' },
    { descricao: null, fornecedor: null, conta_contabil: null },
    { descricao: '' },
  )
  t.same(await chaves(sql), [])
  await padrao(sql, 'descricao', 'contem', 'campanha')
  await sql`update audit.padroes_trade_marketing set ativo = false`
  t.same(await chaves(sql), [])
  await sql`alter table audit.padroes_trade_marketing disable trigger user`
  for (const [tipo, texto] of [
    ['contem', ''],
    ['palavra', ' . '],
    ['regex', '  '],
    ['contem', '\t'],
  ] as const) {
    await sql`insert into audit.padroes_trade_marketing (campo, tipo, padrao, padrao_dobrado)
      values ('descricao', ${tipo}, ${texto}, ${texto})`
  }
  t.same(await chaves(sql), [])
})

t.test('the supplier’s own history speaks against a copied text, and both sides are told', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'contem', 'campanha')
  const posto: Lancamento = {
    fornecedor_id: '11222333000181',
    fornecedor: 'Posto Sol',
    categoria: 'Combustível',
  }
  await lancar(sql, ...Array.from({ length: 20 }, () => ({ ...posto, descricao: 'abastecimento' })))
  const [copied, elsewhere, unknown] = await lancar(
    sql,
    { ...posto, descricao: 'campanha de verão', fornecedor_id: '11.222.333/0002-62' },
    { ...posto, descricao: 'campanha de verão', categoria: 'Outros' },
    { fornecedor: 'Nunca Vista', descricao: 'campanha de verão', categoria: 'Combustível' },
  )
  const by = new Map((await achados(sql, REGRA)).map((a) => [a.registro_id, a]))
  const achado = by.get(copied as string)
  t.ok(Number(achado?.confianca) < 0.02, `a person decides, and is not pressed: ${achado?.confianca}`)
  t.match(achado?.evidencia, {
    historico_fornecedor: { lancamentos: 21, na_categoria_lancada: 20, em_marketing: 0 },
  })
  t.match(achado?.justificativa, /Casa com o padrão.*Contra: 20 de 21 .* estão na categoria lançada/)
  const acima = Number(by.get(elsewhere as string)?.confianca)
  t.ok(acima > 5 * Number(achado?.confianca), 'history defends the category it knows, no other')
  t.equal(Number(by.get(unknown as string)?.confianca), acima, 'no history, nothing against')
})

t.test(
  'three of thousands of entries of a supplier defend their category, whatever the others are',
  async (t) => {
    const { sql } = await banco(t)
    await razao(sql)
    await padrao(sql, 'descricao', 'contem', 'campanha')
    const de = (fornecedor_id: string | null, fornecedor: string): Lancamento => ({
      fornecedor_id,
      fornecedor,
      categoria: 'Combustível',
      descricao: 'abastecimento',
    })
    // their codes begin alike, and one has none
    const grande = de('FORN-0001-A', 'Rede Sol')
    const pequeno = de('FORN-0001-B', 'Posto Lua')
    const sem_codigo = de(null, 'Posto Mar')
    const com_letras = de('12.ABC.345/01DE-35', 'Posto Novo')
    await lancar(
      sql,
      ...Array.from({ length: 1500 }, () => ({ ...grande, categoria: 'Frete' })),
      ...Array.from({ length: 1500 }, () => ({
        ...grande,
        categoria: 'Trade Marketing',
        descricao: 'campanha',
      })),
      ...[grande, pequeno, sem_codigo, { ...com_letras, fornecedor_id: '12abc345000199' }].flatMap((l) => [
        l,
        l,
        l,
      ]),
    )
    const suspeitos = await lancar(
      sql,
      ...[grande, pequeno, sem_codigo, com_letras].map((l) => ({ ...l, descricao: 'campanha de verão' })),
    )
    const by = new Map((await achados(sql, REGRA)).map((a) => [a.registro_id, a]))
    const [muitos, poucos, sem, letras] = suspeitos.map((id) => by.get(id))
    for (const [achado, lancamentos, em_marketing, quem] of [
      [muitos, 3003, 1500, 'a large supplier'],
      [poucos, 3, 0, 'a small one beside it'],
      [sem, 3, 0, 'one without a code'],
      [letras, 3, 0, 'one whose CNPJ has letters, written otherwise'],
    ] as const) {
      t.same(
        achado?.evidencia.historico_fornecedor,
        { lancamentos, na_categoria_lancada: 3, em_marketing, meses: 12 },
        quem,
      )
      t.match(
        achado?.justificativa,
        new RegExp(`Contra: 3 de ${lancamentos} outros lançamentos do fornecedor`),
        quem,
      )
      t.ok(Number(achado?.confianca) < 0.95, `${quem}: a person decides`)
    }
    t.ok(
      [poucos, sem, letras].every((achado) => Number(achado?.confianca) < 0.1),
      'three entries of three are a habit',
    )
  },
)

t.test('without a usable date there is no history to speak against it, and a person decides', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'contem', 'campanha')
  const deles = { fornecedor: 'Transportes Serra', fornecedor_id: '12345678000195', categoria: 'Frete' }
  await lancar(sql, ...Array.from({ length: 40 }, () => ({ ...deles, descricao: 'frete' })))
  const sem_data = await lancar(
    sql,
    ...[null, '9999-12-31', '-infinity', 'infinity', '0001-01-01'].map((data_lancamento) => ({
      ...deles,
      descricao: 'campanha',
      data_lancamento,
    })),
    {
      fornecedor: 'Ninguém',
      descricao: 'campanha',
      data_lancamento: null,
      categoria: 'PENDENTE DE VERIFICAÇÃO',
    },
  )
  // alone, and beside one that has a date
  for (const outros of [[], await lancar(sql, { ...deles, descricao: 'campanha' })]) {
    const all = await achados(sql, REGRA, { chaves: [...sem_data, ...outros] })
    t.equal(all.length, sem_data.length + outros.length)
    for (const achado of all) {
      t.ok(Number(achado.confianca) < 0.3, `${achado.registro_id}: ${achado.confianca}`)
      if (sem_data.includes(achado.registro_id))
        t.match(achado.justificativa, /Contra: .*sem uma data que sirva/)
    }
  }
})

t.test('of six hundred suppliers each has its own history', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'contem', 'campanha')
  await padrao(sql, 'fornecedor', 'contem', 'merchandising')
  const suspeitos = await lancar(
    sql,
    ...Array.from({ length: 600 }, (_, n) => ({
      fornecedor_id: `F-${n}`,
      fornecedor: 'Rede',
      categoria: 'Frete',
      descricao: 'campanha de verão',
    })),
  )
  const historia = { fornecedor: 'Rede', categoria: 'Frete', descricao: 'entrega' }
  await lancar(
    sql,
    ...[1, 2, 3].flatMap(() =>
      Array.from({ length: 300 }, (_, n) => ({ ...historia, fornecedor_id: `F-${n}` })),
    ),
    // under the same code, and of a name that a pattern matches: a pattern takes nobody's own history away
    ...[1, 2, 3].map(() => ({ ...historia, fornecedor_id: 'F-400', fornecedor: 'Rede Merchandising' })),
    ...[1, 2, 3].map(() => ({ ...historia, fornecedor_id: null, descricao: 'campanha' })),
  )
  const by = new Map((await achados(sql, REGRA)).map((a) => [a.registro_id, a]))
  const contra = suspeitos.map(
    (id) => by.get(id)?.evidencia.historico_fornecedor.na_categoria_lancada as number,
  )
  t.same(
    contra,
    contra.map((_, n) => (n < 300 || n === 400 ? 3 : 0)),
  )
})

t.test('the rarer the error, the more a pattern has to prove', async (t) => {
  const { sql } = await banco(t)
  const value = async (parcela: number, erro: number) => {
    const [row] = await sql`select regra_trade_marketing.confianca_padrao(${parcela}, ${erro})::float8 as p`
    return row?.['p'] as number
  }
  t.equal((await value(0.9, 0.03)).toFixed(3), '0.218')
  t.ok((await value(0.998, 0.03)) < 0.95)
  t.ok((await value(0.9984, 0.03)) >= 0.95)
  t.ok((await value(0.9, 0.3)) > (await value(0.9, 0.03)))
  t.equal(await value(0.9, 0.5), 0.9, 'a pending entry was booked nowhere: the share itself')
  const share = async (pro: number, contra: number) => {
    const [row] =
      await sql`select regra_trade_marketing.parcela_contestada(0.95, ${pro}, ${contra})::float8 as p`
    return row?.['p'] as number
  }
  t.equal(await share(0, 0), 0.95)
  t.ok((await share(50, 0)) > 0.95)
  t.ok((await share(0, 3)) < 0.6)
  t.ok((await share(0, 50)) < (await share(0, 10)))
  t.ok((await share(9, 9)) < 0.7)
})

t.test('a supplier that is itself a pattern is heard too, but not about what is long ago', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await configurar(sql, 'trade_marketing.categoria', 'Combustíveis')
  await padrao(sql, 'fornecedor', 'palavra', 'auto')
  const loja = (n: number, mais: Lancamento): Lancamento => ({
    fornecedor: `Auto Posto ${'abcdefghij'[n % 10]}`,
    ...mais,
  })
  await lancar(
    sql,
    ...Array.from({ length: 90 }, (_, n) => loja(n, { categoria: 'Combustíveis', descricao: 'gasolina' })),
    ...Array.from({ length: 12 }, () => ({
      fornecedor: 'Auto Lima',
      categoria: 'Peças',
      data_lancamento: '2021-01-10',
    })),
  )
  const pecas = { fornecedor: 'Auto Peças Silva', categoria: 'Peças' }
  const parcelas = await lancar(
    sql,
    ...Array.from({ length: 6 }, (_, n) => ({ ...pecas, descricao: `pneus parcela ${n + 1}/6` })),
  )
  const [antiga] = await lancar(sql, { fornecedor: 'Auto Lima', categoria: 'Peças' })
  const by = new Map((await achados(sql, REGRA, { inicio: '2025-01-01' })).map((a) => [a.registro_id, a]))
  for (const id of parcelas) {
    t.ok(Number(by.get(id)?.confianca) < 0.1, `an instalment: ${by.get(id)?.confianca}`)
    t.match(
      by.get(id)?.justificativa,
      /De 9\d outros lançamentos que casam com ele, 90 estão em "Combustíveis"/,
    )
    t.match(by.get(id)?.justificativa, /Contra: 5 de 5 outros lançamentos do fornecedor/)
  }
  t.equal(by.get(antiga as string)?.evidencia.contra, null)
})

t.test('no pattern acts alone before people have proved it, and then it does', async (t) => {
  const { sql, como } = await banco(t)
  await razao(sql)
  const velho = await padrao(sql, 'descricao', 'contem', 'campanha')
  const loja = (n: number): Lancamento => ({
    fornecedor: `Loja ${n}`,
    fornecedor_id: `L-${n}`,
    descricao: 'campanha',
  })
  // a supplier that leaves no doubt, and entries that leave some
  const agencia = { fornecedor: 'Agência Lua', fornecedor_id: 'A-1', descricao: 'campanha' }
  await lancar(sql, ...Array.from({ length: 700 }, () => ({ ...agencia, categoria: 'Trade Marketing' })))
  await lancar(
    sql,
    ...Array.from({ length: 700 }, () => ({ categoria: 'Frete', descricao: 'frete', fornecedor: 'Trans' })),
  )
  const [certa] = await lancar(sql, agencia)
  const duvidas = await lancar(sql, ...Array.from({ length: 70 }, (_, n) => loja(n)))
  const olivia = como('olivia')
  const sessao = () => olivia`select status, corrigidas::int, mensagem
    from audit.processar_divergencias('auto', '2025-01-01', '2025-12-31', '{trade_marketing}')`
  t.match(await sessao(), [{ status: 'concluida', corrigidas: 0 }])
  const ler = (id: string | undefined) => sql`select confianca::float8 as confianca, justificativa
    from audit.divergencias_processadas where registro_id = ${id as string} and status = 'aberta'`
  const [antes] = await ler(certa)
  t.equal(antes?.['confianca'], 0.94, 'capped under the threshold')
  t.match(antes?.['justificativa'], /O padrão ainda não corrige sozinho: 0 de 20 respostas certas/)

  const aprovar = (ids: string[]) => como('ana')`
    select from audit.aprovar_divergencias(array(select id from audit.divergencias_processadas
      where registro_id = any (${ids}) and status = 'aberta'), 'conferi a nota')`
  await aprovar(duvidas.slice(0, 19))
  t.match(await sessao(), [{ corrigidas: 0 }], 'nineteen answers are not twenty')
  await aprovar(duvidas.slice(19, 20))
  // a comment is no answer, and takes none away
  await como(
    'ana',
  )`select from audit.comentar(array(select divergencia_id from audit.decisoes), 'as notas estão no arquivo')`
  t.match(await sessao(), [{ corrigidas: 1 }], 'the supplier that leaves no doubt')
  await aprovar(duvidas.slice(20, 60))
  t.match(await sessao(), [{ corrigidas: 10 }], 'sixty of sixty right make .95 without any supplier')

  // the same words in another pattern have proved nothing
  await sql`update audit.padroes_trade_marketing set ativo = false where id = ${velho}`
  await padrao(sql, 'descricao', 'palavra', 'campanha')
  await lancar(sql, loja(100))
  t.match(await sessao(), [{ corrigidas: 0 }])
})

t.test(
  'what people answered of one supplier proves a pattern for that supplier, and little for others',
  async (t) => {
    const { sql, como } = await banco(t)
    await razao(sql)
    await padrao(sql, 'descricao', 'palavra', 'brindes')
    const lua = { fornecedor: 'Agência Lua', fornecedor_id: 'A-1', descricao: 'campanha e brindes' }
    await lancar(sql, ...Array.from({ length: 100 }, () => ({ ...lua, categoria: 'Trade Marketing' })))
    await lancar(
      sql,
      ...Array.from({ length: 100 }, () => ({ categoria: 'Frete', descricao: 'frete', fornecedor: 'Trans' })),
    )
    const answered = async (entries: Lancamento[]) => {
      const ids = await lancar(sql, ...entries)
      await como(
        'olivia',
      )`select from audit.processar_divergencias('manual', '2025-01-01', '2025-12-31', '{trade_marketing}')`
      await como(
        'ana',
      )`select from audit.aprovar_divergencias(array(select id from audit.divergencias_processadas
      where registro_id = any (${ids}) and status = 'aberta'), 'conferi a nota')`
    }
    await answered(Array.from({ length: 90 }, () => ({ ...lua, categoria: 'Serviços' })))
    const [dela, nova, sem] = await lancar(
      sql,
      { ...lua, categoria: 'Serviços' },
      { fornecedor: 'Nova Gráfica', fornecedor_id: 'N-9', categoria: 'Escritório', descricao: 'brindes' },
      { fornecedor: null, fornecedor_id: null, categoria: 'Escritório', descricao: 'brindes' },
    )
    const of = async (id: string | undefined) => {
      const [achado] = await achados(sql, REGRA, { chaves: [id as string] })
      if (!achado) throw new Error(`nothing found at ${id}`)
      return achado
    }
    t.ok(Number((await of(dela)).confianca) >= 0.95, 'its own next entry')
    for (const id of [nova, sem]) {
      const achado = await of(id)
      t.ok(Number(achado.confianca) < 0.95, `${achado.confianca}`)
      t.match(
        achado.justificativa,
        /3 de 20 respostas certas de pessoas; de cada outro fornecedor contam três/,
      )
    }
    await answered(
      Array.from({ length: 15 }, (_, n) => ({ ...lua, fornecedor: `Gráfica ${n}`, fornecedor_id: `G-${n}` })),
    )
    t.ok(Number((await of(nova)).confianca) < 0.95, 'fifteen others, one answer each, and three')
    await answered(
      Array.from({ length: 30 }, (_, n) => ({
        ...lua,
        fornecedor: `Gráfica ${n % 15}`,
        fornecedor_id: `G-${n % 15}`,
      })),
    )
    t.match(
      (await of(nova)).justificativa,
      /0 de 5 sobre lançamentos desta categoria/,
      'fifteen others, three each, but none booked as this one is',
    )
    await sql`update dw.lancamentos set categoria = 'Serviços' where id = ${nova as string}`
    t.ok(Number((await of(nova)).confianca) >= 0.95, 'and one booked as they were')
  },
)

t.test('a pending entry is proposed too; the supplier’s usual category is what speaks against', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'contem', 'campanha')
  const posto: Lancamento = { fornecedor: 'Posto Sol', categoria: 'Combustível', descricao: 'abastecimento' }
  await lancar(sql, ...Array.from({ length: 20 }, () => posto))
  const [parked, free] = await lancar(
    sql,
    { ...posto, categoria: 'pendente', descricao: 'campanha' },
    { fornecedor: 'Outra', categoria: 'Pendente', descricao: 'campanha' },
  )
  const by = new Map((await achados(sql, REGRA)).map((a) => [a.registro_id, a]))
  t.ok(Number(by.get(parked as string)?.confianca) < 0.5)
  t.match(by.get(parked as string)?.evidencia.contra, /20 de 20 .* estão em outra categoria/)
  t.equal(
    Number(by.get(free as string)?.confianca),
    0.94,
    'nothing was booked wrong: the share itself, unproved',
  )
})

t.test('every part of the window is honoured', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'contem', 'campanha')
  const [a, b] = await lancar(
    sql,
    { descricao: 'campanha', data_lancamento: '2025-03-01', carregado_em: '2025-03-02T00:00:00Z' },
    { descricao: 'campanha', data_lancamento: '2025-03-05', carregado_em: '2025-03-06T00:00:00Z' },
  )
  t.same(await chaves(sql, { inicio: '2025-03-01', fim: '2025-03-01' }), [a])
  t.same(await chaves(sql, { inicio: '2025-03-02', fim: '2025-03-05' }), [b])
  t.same(await chaves(sql, { desde: '2025-03-06T00:00:00Z' }), [b])
  t.same(await chaves(sql, { ate: '2025-03-06T00:00:00Z' }), [a])
  t.same(await chaves(sql, { chaves: [b as string] }), [b])
  t.same(await chaves(sql, { chaves: [] }), [])
})

t.test('the category and the base confidence come from the business', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'contem', 'campanha')
  await lancar(sql, { descricao: 'campanha', categoria: 'Divulgação' }, { descricao: 'campanha' })
  await configurar(sql, 'trade_marketing.categoria', 'DIVULGACAO')
  await sql`update audit.regras set confianca_base = 0.8 where nome = ${REGRA}`
  const [only, ...rest] = await achados(sql, REGRA)
  t.same(rest, [], 'accents and case do not make a category differ')
  t.same(only?.valores_propostos, { categoria: 'DIVULGACAO' })
  const baixa = Number(only?.confianca)
  await sql`update audit.regras set confianca_base = 0.95 where nome = ${REGRA}`
  t.ok(Number((await achados(sql, REGRA))[0]?.confianca) > baixa)
  await configurar(sql, 'trade_marketing.erro_lancamento', 0.2)
  t.ok(Number((await achados(sql, REGRA))[0]?.confianca) > 0.7, 'where one in five is booked wrong')
})

t.test('odd rows raise nothing, an explosive expression can be cancelled', async (t) => {
  const { sql } = await banco(t)
  await razao(sql, 'text')
  await padrao(sql, 'descricao', 'contem', 'promo')
  await lancar(sql, ...estranhos.map((e, i) => ({ ...e, id: `k${i}` })))
  t.same(await chaves(sql), ['k11'])
  // a text of prime length has no such parts, and every cut is tried
  await lancar(sql, { id: 'primo', descricao: 'a'.repeat(9973) })
  // as it was saved before such expressions were refused
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into audit.padroes_trade_marketing (campo, tipo, padrao, padrao_dobrado)
      values ('descricao', 'regex', ${'^(aa+)(a+)\\1\\2\\1+$'}, ${'^(aa+)(a+)\\1\\2\\1+$'})`
  })
  await t.rejects(
    sql.begin(async (tx) => {
      await tx`set local statement_timeout = '500ms'`
      await tx`select * from regra_trade_marketing.detectar(null)`
    }),
    { code: '57014' },
  )
})

t.test('a pattern can be seen at work before it is saved', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  const [a, b] = await lancar(
    sql,
    { descricao: 'Ação promocional', data_lancamento: '2025-01-01' },
    { descricao: 'AÇÃO PROMOCIONAL', data_lancamento: '2025-02-01', categoria: 'Trade Marketing' },
    { descricao: 'reação promocional' },
  )
  const seen = (tipo: string, texto: string, limite = 10) => sql`
    select registro_id, ja_em_marketing from audit.previsao_padrao('descricao', ${tipo}, ${texto}, ${limite})`
  t.same(await seen('palavra', 'acao promocional'), [
    { registro_id: b, ja_em_marketing: true },
    { registro_id: a, ja_em_marketing: false },
  ])
  t.equal((await seen('contem', 'ação')).length, 3)
  t.equal((await seen('contem', 'ação', 2)).length, 2)
  t.equal((await seen('contem', '')).length, 0)
  await t.rejects(seen('regex', '('), { code: '2201B' })
  await t.rejects(seen('nenhum', 'x'), { code: '22023' })
  await t.rejects(sql`select * from audit.previsao_padrao('valor', 'contem', 'x', 1)`, { code: '22023' })
})

t.test(
  'words that belong to the booked category speak for it, without any history of the supplier',
  async (t) => {
    const { sql } = await banco(t)
    await razao(sql)
    await padrao(sql, 'descricao', 'contem', 'campanha')
    const posto = (n: number): Lancamento => ({
      fornecedor: `Posto ${'abcdefghij'[n]}`,
      categoria: 'Combustível',
    })
    const vez = (n: number, entry: (i: number) => Lancamento) => Array.from({ length: n }, (_, i) => entry(i))
    await lancar(
      sql,
      ...vez(6, (i) => ({ ...posto(i), descricao: 'diesel' })),
      // a word of two suppliers only, one of four entries, one that half of the time is elsewhere
      ...vez(8, (i) => ({ ...posto(i % 2), descricao: 'lavagem' })),
      ...vez(4, (i) => ({ ...posto(i), descricao: 'calibragem' })),
      ...vez(6, (i) => ({ ...posto(i), descricao: 'pneus' })),
      ...vez(6, (i) => ({ fornecedor: `Loja ${'abcdefghij'[i]}`, categoria: 'Frota', descricao: 'pneus' })),
    )
    let novas = 0
    const novo = (descricao: string, mais: Lancamento = {}): Lancamento => ({
      fornecedor: `Nova ${'abcdefghij'[novas++]}`,
      categoria: 'Combustível',
      descricao,
      ...mais,
    })
    const casos: [entry: Lancamento, contra: RegExp | null][] = [
      [novo('campanha de verão', { fornecedor: 'Posto Novo' }), /"posto" .* 24 de 24/],
      [novo('diesel para a campanha'), /"diesel" .* 6 de 6/],
      [novo('diesel para a campanha', { categoria: 'Frota' }), null],
      [novo('diesel para a campanha', { categoria: 'Pendente' }), null],
      [novo('campanha lavagem'), null],
      [novo('campanha calibragem'), null],
      [novo('campanha pneus'), null],
      [novo('campanha de verão e praia'), null],
    ]
    const ids = await lancar(sql, ...casos.map(([entry]) => entry))
    const by = new Map((await achados(sql, REGRA)).map((a) => [a.registro_id, a]))
    for (const [i, [entry, contra]] of casos.entries()) {
      const achado = by.get(ids[i] as string)
      const name = `${entry.fornecedor}, ${entry.descricao}, ${entry.categoria}`
      if (contra) {
        t.match(achado?.evidencia.contra, contra, name)
        t.match(achado?.justificativa, /Casa com o padrão.*Contra: a palavra/)
        t.ok(Number(achado?.confianca) < 0.01, `a person decides: ${achado?.confianca}`)
      } else {
        t.equal(achado?.evidencia.contra, null, name)
        t.ok(Number(achado?.confianca) > 0.01, `${name}: ${achado?.confianca}`)
      }
    }
    t.match(by.get(ids[1] as string)?.evidencia.historico_texto, [
      { palavra: 'diesel', na_categoria: 6, total: 6 },
    ])
  },
)

t.test('entries that match too are no evidence of words, nor those outside the months', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'contem', 'campanha')
  const agencia = (i: number, mais: Lancamento): Lancamento => ({
    fornecedor: `Agência ${'abcdefghij'[i]}`,
    categoria: 'Consultoria',
    ...mais,
  })
  const dez = (mais: Lancamento) => Array.from({ length: 10 }, (_, i) => agencia(i, mais))
  await lancar(sql, ...dez({ descricao: 'campanha mensal' }))
  await lancar(sql, ...dez({ descricao: 'mensal', data_lancamento: '2021-01-10' }))
  await lancar(sql, ...dez({ descricao: 'mensal', categoria: 'pendente' }))
  t.ok((await achados(sql, REGRA)).every((a) => a.evidencia.contra === null))
  await configurar(sql, 'trade_marketing.meses_historico', 60)
  t.ok(
    (await achados(sql, REGRA)).every((a) =>
      /a palavra "\w+" está na categoria lançada/.test(a.evidencia.contra ?? ''),
    ),
    'with five years of history the early ones speak',
  )
})

t.test('what is no evidence: pending entries, the patterns’ own words, words cut short', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'palavra', 'test drive')
  await padrao(sql, 'descricao', 'palavra', 'pdv')
  const vez = (n: number, entry: (i: number) => Lancamento) => Array.from({ length: n }, (_, i) => entry(i))
  await lancar(
    sql,
    // parked, every one of them: nobody has said what they are
    ...vez(10, () => ({ fornecedor: 'Parada', categoria: 'PENDENTE', descricao: 'nota' })),
    // a word of the pattern, in other company
    ...vez(10, (i) => ({
      fornecedor: `Loja ${'abcdefghij'[i]}`,
      categoria: 'Informática',
      descricao: 'drive externo',
    })),
    // more than the pattern's word is not the word: these are history
    ...vez(3, () => ({ fornecedor: 'Caixas', categoria: 'Informática', descricao: 'pdvs' })),
    ...vez(3, () => ({ fornecedor: 'Caixas', categoria: 'Informática', descricao: 'rpdv' })),
  )
  const [parada, drive, caixas] = await lancar(
    sql,
    { fornecedor: 'Parada', categoria: 'Pendente', descricao: 'pdv' },
    { fornecedor: 'Nova', categoria: 'Informática', descricao: 'test drive' },
    { fornecedor: 'Caixas', categoria: 'Informática', descricao: 'pdv' },
  )
  const by = new Map((await achados(sql, REGRA)).map((a) => [a.registro_id, a.evidencia.contra]))
  t.equal(by.get(parada as string), null)
  t.equal(by.get(drive as string), null)
  t.match(by.get(caixas as string), /^6 de 6/)
})

t.test('an excluding pattern that was switched off silences nothing', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'palavra', 'pdv')
  const id = await padrao(sql, 'descricao', 'palavra', 'recall', 'excluir')
  const [recall] = await lancar(sql, { descricao: 'recall pdv' })
  t.same(await chaves(sql), [])
  await sql`update audit.padroes_trade_marketing set ativo = false where id = ${id}`
  t.same(await chaves(sql), [recall])
})

t.test('what looks like marketing and what only resembles it', async (t) => {
  const { sql } = await banco(t)
  await razao(sql)
  await padrao(sql, 'descricao', 'palavra', 'pdv')
  await padrao(sql, 'descricao', 'contem', 'mídia cooperada')
  await padrao(sql, 'descricao', 'regex', 'reembolso (de )?campanha')
  await padrao(sql, 'fornecedor', 'palavra', 'merchandising')
  await padrao(sql, 'conta_contabil', 'contem', '4.1.3.05')
  await padrao(sql, 'descricao', 'palavra', 'recall', 'excluir')
  const sim: Lancamento[] = [
    { descricao: 'PDV' },
    { descricao: 'material (pdv)' },
    { descricao: 'p/PDV:loja' },
    { descricao: 'pdv\tnovo' },
    { descricao: 'Mi\u0301dia  Cooperada' },
    { descricao: 'MÍDIA\nCOOPERADA ABRIL' },
    { descricao: 'Reembolso Campanha' },
    { descricao: 'xreembolso de campanhas' },
    { fornecedor: 'Alfa Merchandising Ltda' },
    { conta_contabil: '4.1.3.05.01' },
    { descricao: 'PDV', categoria: '' },
    { descricao: 'PDV', categoria: null },
    { descricao: 'PDV', categoria: 'Trade' },
    { descricao: 'PDV', valor: 0 },
    { descricao: 'PDV', valor: -50 },
    { descricao: 'PDV', valor: null },
    { descricao: 'PDV', valor: '9999999999999999.99' },
  ]
  const nao: Lancamento[] = [
    { descricao: 'PDVs' },
    { descricao: 'rpdv' },
    { descricao: 'pdv2' },
    { descricao: 'p d v' },
    { descricao: 'mídia-cooperada' },
    { descricao: 'cooperada mídia' },
    { descricao: 'reembolso da campanha' },
    { descricao: 'merchandising' },
    { fornecedor: 'Merchandisings' },
    { fornecedor: 'PDV' },
    { conta_contabil: '4.1.3.5' },
    { conta_contabil: '4x1x3x05' },
    { descricao: 'recall pdv' },
    { conta_contabil: '4.1.3.05', descricao: 'Recall' },
    { descricao: 'PDV', categoria: ' trade  marketing'.replace('  ', ' ') },
    { descricao: 'PDV', categoria: 'TRADE MARKETING' },
  ]
  const esperadas = await lancar(sql, ...sim)
  const outras = await lancar(sql, ...nao)
  const encontradas = new Set(await chaves(sql))
  for (const [i, id] of esperadas.entries()) t.ok(encontradas.has(id), `found: ${JSON.stringify(sim[i])}`)
  for (const [i, id] of outras.entries())
    t.notOk(encontradas.has(id), `left alone: ${JSON.stringify(nao[i])}`)
})
