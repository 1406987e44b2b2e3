// A category and the account that goes only with it are corrected together, where the entry waits on the transitory account.
import t from 'tap'
import { banco } from '../../helper/database.ts'
import { processar } from '../../helper/warehouse.ts'
import { achados, configurar, type Lancamento, lancar, razao } from './ledger.ts'

const REGRA = 'pendente_verificacao'

const posto: Lancamento = {
  fornecedor: 'Posto Sol',
  fornecedor_id: '11222333000181',
  descricao: 'abastecimento da frota',
  categoria: 'Combustíveis',
  conta_contabil: '4.1.2.01',
}
const frete: Lancamento = {
  fornecedor: 'Rápido Norte',
  fornecedor_id: '44555666000172',
  descricao: 'entrega de peças',
  categoria: 'Frete',
  conta_contabil: '3.2.1.01',
}
/** A category whose entries stand on two accounts. */
const limpeza = (n: number): Lancamento => ({
  fornecedor: 'Limpa Bem',
  fornecedor_id: '77888999000163',
  descricao: 'limpeza do escritório',
  categoria: 'Limpeza',
  conta_contabil: n % 3 === 0 ? '4.2.9.01' : '4.2.1.03',
})
const mes = (n: number) => `${n < 12 ? 2024 : 2025}-${String(1 + (n % 12)).padStart(2, '0')}-15`

/** Fourteen months of habits, and of entries that waited on account 1.1.9.99 and were never sorted out. */
async function livro(sql: Parameters<typeof razao>[0]): Promise<void> {
  await razao(sql)
  await configurar(sql, 'pendente.rotulos', ['A classificar'])
  await configurar(sql, 'limites.fracao', 1)
  await lancar(
    sql,
    ...Array.from({ length: 560 }, (_, n) => ({ ...posto, data_lancamento: mes(n % 14) })),
    ...Array.from({ length: 280 }, (_, n) => ({ ...frete, data_lancamento: mes(n % 14) })),
    ...Array.from({ length: 280 }, (_, n) => ({ ...limpeza(n), data_lancamento: mes(n % 14) })),
    ...Array.from({ length: 42 }, (_, n) => ({
      fornecedor: `Ninguém ${n}`,
      descricao: null,
      categoria: 'A classificar',
      conta_contabil: '1.1.9.99',
      data_lancamento: mes(n % 14),
    })),
  )
}

const parado = {
  categoria: 'A classificar',
  data_lancamento: '2025-03-10',
  carregado_em: '2025-03-11T12:00:00Z',
}

t.test('the account moves along where the history ties it to the category, and nowhere else', async (t) => {
  const { sql } = await banco(t)
  await livro(sql)
  const ids = await lancar(
    sql,
    { ...posto, ...parado, conta_contabil: '1.1.9.99' },
    { ...posto, ...parado, conta_contabil: ' 1.1.9.99 ' },
    { ...posto, ...parado, conta_contabil: null },
    { ...posto, ...parado, conta_contabil: '4.1.2.01' },
    { ...posto, ...parado, conta_contabil: '8.8.8.88' },
    { ...limpeza(1), ...parado, conta_contabil: '1.1.9.99' },
    { ...posto, ...parado, conta_contabil: '3.2.1.01' },
  )
  const ler = async () => {
    await sql`select regra_pendente_verificacao.preparar(null)`
    const by = new Map((await achados(sql, REGRA, { chaves: ids })).map((a) => [a.registro_id, a]))
    return ids.map((id) => {
      const achado = by.get(id)
      if (!achado) throw new Error(`nothing found at ${id}`)
      return achado
    })
  }
  const [parada, margem, sem, certa, nova, duas, contraria] = await ler()
  const junto = { categoria: 'Combustíveis', conta_contabil: '4.1.2.01' }
  t.same(parada?.valores_propostos, junto)
  t.same(margem?.valores_propostos, junto, 'whatever blanks are around it')
  t.match(
    parada?.justificativa,
    /A conta vai junto, da transitória 1\.1\.9\.99 para 4\.1\.2\.01, a de 560 de 560 lançamentos da categoria\./,
  )
  t.match(parada?.evidencia.conta, {
    lancada: '1.1.9.99',
    da_categoria: '4.1.2.01',
    lancamentos: 560,
    transitoria: true,
  })
  t.same(sem?.valores_propostos, { categoria: 'Combustíveis' }, 'a blank account contradicts nothing')
  t.same(certa?.valores_propostos, { categoria: 'Combustíveis' }, 'it stands there already')
  t.same(
    nova?.valores_propostos,
    { categoria: 'Combustíveis' },
    'an account that nobody knows may be a new one',
  )
  t.same(duas?.valores_propostos, { categoria: 'Limpeza' }, 'a category with two accounts')
  t.same(contraria?.valores_propostos, junto)
  t.equal(Number(contraria?.confianca), 0.49, 'nobody corrects alone what contradicts itself')
  t.match(
    contraria?.justificativa,
    /A conta 3\.2\.1\.01 é a de "Frete", e a de "Combustíveis" é 4\.1\.2\.01: uma das duas não confere/,
  )

  const [ligada] =
    await sql`select confianca from regra_pendente_verificacao.sugerir_pendencias(null, null, null) s where ${ids[0] as string} = any (s.ids)`
  t.ok(Number(parada?.confianca) < Number(ligada?.['confianca']), 'both together are less sure than one')
  t.ok(Number(parada?.confianca) > Number(ligada?.['confianca']) * 0.995)

  await configurar(sql, 'pendente.conta_lancamentos', 600)
  t.same(
    (await ler())[0]?.valores_propostos,
    { categoria: 'Combustíveis' },
    'fewer entries than are asked for',
  )
  await configurar(sql, 'pendente.conta_lancamentos', 30)
  await configurar(sql, 'pendente.move_conta', false)
  t.same((await ler())[0]?.valores_propostos, { categoria: 'Combustíveis' }, 'switched off')
  await configurar(sql, 'pendente.move_conta', true)
  await sql`update audit.regras set colunas = array_remove(colunas, 'conta_contabil') where nome = ${REGRA}`
  t.same((await ler())[0]?.valores_propostos, { categoria: 'Combustíveis' }, 'no column of the rule’s')
  await sql`update audit.regras set colunas = colunas || 'conta_contabil'::text where nome = ${REGRA}`

  // two in a hundred is where it ends
  await lancar(
    sql,
    ...Array.from({ length: 14 }, (_, n) => ({
      ...posto,
      conta_contabil: '4.9.9.99',
      data_lancamento: mes(n),
    })),
  )
  t.same(
    (await ler())[0]?.valores_propostos,
    { categoria: 'Combustíveis' },
    'a category that leaves its account more often',
  )
})

t.test('both are corrected, verified and taken back as one', async (t) => {
  const { sql, como } = await banco(t)
  await livro(sql)
  const [id] = (await lancar(sql, { ...posto, ...parado, conta_contabil: '1.1.9.99' })) as [string]
  const linha = async () =>
    (await sql`select categoria, conta_contabil from dw.lancamentos where id = ${id}`)[0]
  const olivia = como('olivia')
  const sessao = await olivia`
    select id, status, corrigidas::int from audit.processar_divergencias('auto', '2025-03-10', '2025-03-10', '{pendente_verificacao}')`
  t.match(sessao, [{ status: 'concluida', corrigidas: 1 }])
  t.same(await linha(), { categoria: 'Combustíveis', conta_contabil: '4.1.2.01' })
  t.match(await sql`select mudanca, status from audit.divergencias_processadas where registro_id = ${id}`, [
    { mudanca: 'categoria → Combustíveis; conta_contabil → 4.1.2.01', status: 'corrigida' },
  ])
  await como('ana')`select from audit.reverter_sessao(${sessao[0]?.['id'] as never}, 'era outra nota')`
  t.same(await linha(), { categoria: 'A classificar', conta_contabil: '1.1.9.99' })

  await como('adelia')`select from audit.fechar_periodo('2025-03-01', 'balancete')`
  await lancar(sql, { ...posto, ...parado, conta_contabil: '1.1.9.99' })
  t.match(
    await olivia`select corrigidas::int from audit.processar_divergencias('auto', '2025-03-10', '2025-03-10', '{pendente_verificacao}')`,
    [{ corrigidas: 0 }],
    'a closed month takes neither',
  )
  await como('adelia')`select from audit.reabrir_periodo('2025-03-01', 'ajuste')`

  // a warehouse that does not write the account
  await sql`update dw.lancamentos set categoria = 'Frete' where id = ${id}`
  await sql.unsafe(`create schema gatilho;
    create function gatilho.mantem() returns trigger language plpgsql as $$ begin new.conta_contabil := old.conta_contabil; return new; end $$;
    create trigger mantem before update on dw.lancamentos for each row execute function gatilho.mantem()`)
  await processar(olivia, 'auto', ['pendente_verificacao'])
  t.match(
    await sql`select d.status, l.categoria, l.conta_contabil from audit.divergencias_processadas d join dw.lancamentos l on l.id::text = d.registro_id
      where d.entrada ->> 'fornecedor' = 'Posto Sol' and d.registro_id <> ${id}`,
    [{ status: 'falha', categoria: 'A classificar', conta_contabil: '1.1.9.99' }],
    'half of a correction is none',
  )
  t.match(
    await como(
      'adelia',
    )`select situacao, sugestao from audit.experimentar_escrita() where item like '%conta_contabil'`,
    [{ situacao: 'aviso', sugestao: /pendente\.move_conta false/ }],
    'and the diagnosis says how to correct the category alone',
  )
})

t.test('what is marketing leaves the account of the category in which it was booked', async (t) => {
  const { sql, como } = await banco(t)
  await livro(sql)
  await como('adelia')`select audit.salvar_padrao('descricao', 'contem', 'verba', 'incluir', 'do negócio')`
  const verba: Lancamento = {
    fornecedor: 'Agência Lua',
    fornecedor_id: '99888777000144',
    descricao: 'verba cooperada',
    categoria: 'Trade Marketing',
    conta_contabil: '4.1.3.05',
  }
  await lancar(sql, ...Array.from({ length: 140 }, (_, n) => ({ ...verba, data_lancamento: mes(n % 14) })))
  const dia = { data_lancamento: '2025-03-10' }
  const ids = await lancar(
    sql,
    { ...verba, ...dia, categoria: 'Frete', conta_contabil: '3.2.1.01' },
    { ...verba, ...dia, categoria: 'Frete' },
    { ...verba, ...dia, categoria: 'Limpeza', conta_contabil: '4.2.1.03' },
    { ...verba, ...dia, categoria: 'Frete', conta_contabil: '4.1.2.01' },
    { ...verba, ...dia, categoria: 'Frete', conta_contabil: null },
    { ...verba, ...dia, categoria: 'A classificar', conta_contabil: '1.1.9.99' },
  )
  const ler = async () => {
    const by = new Map(
      (await achados(sql, 'trade_marketing', { chaves: ids })).map((a) => [a.registro_id, a]),
    )
    return ids.map((id) => by.get(id)?.valores_propostos)
  }
  const so = { categoria: 'Trade Marketing' }
  t.same(await ler(), [so, so, so, so, so, so], 'nothing is counted yet')
  await sql`select regra_pendente_verificacao.preparar(null)`
  const junto = { ...so, conta_contabil: '4.1.3.05' }
  t.same(await ler(), [junto, so, so, so, so, junto])
  const [achado] = await achados(sql, 'trade_marketing', { chaves: [ids[0] as string] })
  t.match(achado?.justificativa, /A conta vai junto, de 3\.2\.1\.01 para 4\.1\.3\.05, a de 140 de 140/)
})
