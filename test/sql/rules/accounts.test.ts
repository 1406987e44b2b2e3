// A category and its only account are corrected together, if the entry waits on the transitory account.
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { runSession } from '../../helper/warehouse.ts'
import { bookEntries, findings, type LedgerEntry, makeLedger, setSetting } from './ledger.ts'

const RULE_FUNCTION = 'pendente_verificacao'

const station: LedgerEntry = {
  fornecedor: 'Posto Sol',
  fornecedor_id: '11222333000181',
  descricao: 'abastecimento da frota',
  categoria: 'Combustíveis',
  conta_contabil: '4.1.2.01',
}
const freight: LedgerEntry = {
  fornecedor: 'Rápido Norte',
  fornecedor_id: '44555666000172',
  descricao: 'entrega de peças',
  categoria: 'Frete',
  conta_contabil: '3.2.1.01',
}
/** A category with entries on two accounts. */
const cleanUp = (n: number): LedgerEntry => ({
  fornecedor: 'Limpa Bem',
  fornecedor_id: '77888999000163',
  descricao: 'limpeza do escritório',
  categoria: 'Limpeza',
  conta_contabil: n % 3 === 0 ? '4.2.9.01' : '4.2.1.03',
})
const month = (n: number) => `${n < 12 ? 2024 : 2025}-${String(1 + (n % 12)).padStart(2, '0')}-15`

/** Fourteen months of habits, and of entries that waited on account 1.1.9.99 and were never sorted out. */
async function book(sql: Parameters<typeof makeLedger>[0]): Promise<void> {
  await makeLedger(sql)
  await setSetting(sql, 'pendente.rotulos', ['A classificar'])
  await setSetting(sql, 'limites.fracao', 1)
  await bookEntries(
    sql,
    ...Array.from({ length: 560 }, (_, n) => ({ ...station, data_lancamento: month(n % 14) })),
    ...Array.from({ length: 280 }, (_, n) => ({ ...freight, data_lancamento: month(n % 14) })),
    ...Array.from({ length: 280 }, (_, n) => ({ ...cleanUp(n), data_lancamento: month(n % 14) })),
    ...Array.from({ length: 42 }, (_, n) => ({
      fornecedor: `Ninguém ${n}`,
      descricao: null,
      categoria: 'A classificar',
      conta_contabil: '1.1.9.99',
      data_lancamento: month(n % 14),
    })),
  )
}

const stopped = {
  categoria: 'A classificar',
  data_lancamento: '2025-03-10',
  carregado_em: '2025-03-11T12:00:00Z',
}

t.test('the account moves along where the history ties it to the category, and nowhere else', async (t) => {
  const { sql } = await testDatabase(t)
  await book(sql)
  const ids = await bookEntries(
    sql,
    { ...station, ...stopped, conta_contabil: '1.1.9.99' },
    { ...station, ...stopped, conta_contabil: ' 1.1.9.99 ' },
    { ...station, ...stopped, conta_contabil: null },
    { ...station, ...stopped, conta_contabil: '4.1.2.01' },
    { ...station, ...stopped, conta_contabil: '8.8.8.88' },
    { ...cleanUp(1), ...stopped, conta_contabil: '1.1.9.99' },
    { ...station, ...stopped, conta_contabil: '3.2.1.01' },
  )
  const read = async () => {
    await sql`select regra_pendente_verificacao.preparar(null)`
    const by = new Map((await findings(sql, RULE_FUNCTION, { chaves: ids })).map((a) => [a.registro_id, a]))
    return ids.map((id) => {
      const finding = by.get(id)
      if (!finding) throw new Error(`nothing found at ${id}`)
      return finding
    })
  }
  const [stoppedOne, margin, without, right, fresh, two, contrary] = await read()
  const together = { categoria: 'Combustíveis', conta_contabil: '4.1.2.01' }
  t.same(stoppedOne?.valores_propostos, together)
  t.same(margin?.valores_propostos, together, 'whatever blanks surround it')
  t.match(
    stoppedOne?.justificativa,
    /A conta vai junto, da transitória 1\.1\.9\.99 para 4\.1\.2\.01, a de 560 de 560 lançamentos da categoria\./,
  )
  t.match(stoppedOne?.evidencia.conta, {
    lancada: '1.1.9.99',
    da_categoria: '4.1.2.01',
    lancamentos: 560,
    transitoria: true,
  })
  t.same(without?.valores_propostos, together, "if there is none, the category's account")
  t.same(right?.valores_propostos, { categoria: 'Combustíveis' }, 'it is there already')
  t.same(fresh?.valores_propostos, { categoria: 'Combustíveis' }, 'an unknown account may be a new one')
  t.same(two?.valores_propostos, { categoria: 'Limpeza' }, 'a category with two accounts')
  t.same(contrary?.valores_propostos, together)
  t.equal(Number(contrary?.confianca), 0.49, 'a contradiction is never corrected without a person')
  t.match(
    contrary?.justificativa,
    /A conta 3\.2\.1\.01 é a de "Frete", e a de "Combustíveis" é 4\.1\.2\.01: uma das duas não confere/,
  )

  const [on] =
    await sql`select confianca from regra_pendente_verificacao.sugerir_pendencias(null, null, null) s where ${ids[0] as string} = any (s.ids)`
  t.ok(
    Number(stoppedOne?.confianca) < Number(on?.['confianca']),
    'both together are less sure than one of them',
  )
  t.ok(Number(stoppedOne?.confianca) > Number(on?.['confianca']) * 0.995)

  await setSetting(sql, 'pendente.conta_lancamentos', 600)
  t.same((await read())[0]?.valores_propostos, { categoria: 'Combustíveis' }, 'fewer entries than required')
  await setSetting(sql, 'pendente.conta_lancamentos', 30)
  await setSetting(sql, 'pendente.move_conta', false)
  t.same((await read())[0]?.valores_propostos, { categoria: 'Combustíveis' }, 'switched off')
  await setSetting(sql, 'pendente.move_conta', true)
  await sql`update audit.regras set colunas = array_remove(colunas, 'conta_contabil') where nome = ${RULE_FUNCTION}`
  t.same((await read())[0]?.valores_propostos, { categoria: 'Combustíveis' }, "not one of the rule's columns")
  await sql`update audit.regras set colunas = colunas || 'conta_contabil'::text where nome = ${RULE_FUNCTION}`

  // two in a hundred is the limit
  await bookEntries(
    sql,
    ...Array.from({ length: 14 }, (_, n) => ({
      ...station,
      conta_contabil: '4.9.9.99',
      data_lancamento: month(n),
    })),
  )
  t.same(
    (await read())[0]?.valores_propostos,
    { categoria: 'Combustíveis' },
    'a category that is often on other accounts',
  )
})

t.test('both are corrected, verified and rolled back as one', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await book(sql)
  const [id] = (await bookEntries(sql, { ...station, ...stopped, conta_contabil: '1.1.9.99' })) as [string]
  const line = async () =>
    (await sql`select categoria, conta_contabil from dw.lancamentos where id = ${id}`)[0]
  const olivia = connectAs('olivia')
  const session = await olivia`
    select id, status, corrigidas::int from audit.processar_divergencias('auto', '2025-03-10', '2025-03-10', '{pendente_verificacao}')`
  t.match(session, [{ status: 'concluida', corrigidas: 1 }])
  t.same(await line(), { categoria: 'Combustíveis', conta_contabil: '4.1.2.01' })
  t.match(await sql`select mudanca, status from audit.divergencias_processadas where registro_id = ${id}`, [
    { mudanca: 'categoria → Combustíveis; conta_contabil → 4.1.2.01', status: 'corrigida' },
  ])
  await connectAs('ana')`select from audit.reverter_sessao(${session[0]?.['id'] as never}, 'era outra nota')`
  t.same(await line(), { categoria: 'A classificar', conta_contabil: '1.1.9.99' })

  await connectAs('adelia')`select from audit.fechar_periodo('2025-03-01', 'balancete')`
  await bookEntries(sql, { ...station, ...stopped, conta_contabil: '1.1.9.99' })
  t.match(
    await olivia`select corrigidas::int from audit.processar_divergencias('auto', '2025-03-10', '2025-03-10', '{pendente_verificacao}')`,
    [{ corrigidas: 0 }],
    'a closed month takes neither change',
  )
  await connectAs('adelia')`select from audit.reabrir_periodo('2025-03-01', 'ajuste')`

  // a warehouse that does not write the account
  await sql`update dw.lancamentos set categoria = 'Frete' where id = ${id}`
  await sql.unsafe(`create schema gatilho;
    create function gatilho.mantem() returns trigger language plpgsql as $$ begin new.conta_contabil := old.conta_contabil; return new; end $$;
    create trigger mantem before update on dw.lancamentos for each row execute function gatilho.mantem()`)
  await runSession(olivia, 'auto', ['pendente_verificacao'])
  t.match(
    await sql`select d.status, l.categoria, l.conta_contabil from audit.divergencias_processadas d join dw.lancamentos l on l.id::text = d.registro_id
      where d.entrada ->> 'fornecedor' = 'Posto Sol' and d.registro_id <> ${id}`,
    [{ status: 'falha', categoria: 'A classificar', conta_contabil: '1.1.9.99' }],
    'half a correction is none',
  )
  t.match(
    await connectAs(
      'adelia',
    )`select situacao, sugestao from audit.experimentar_escrita() where item like '%conta_contabil'`,
    [{ situacao: 'aviso', sugestao: /pendente\.move_conta false/ }],
    'and the diagnosis says how to correct the category alone',
  )
})

t.test('marketing entries leave the account of the category they were booked in', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await book(sql)
  await connectAs(
    'adelia',
  )`select audit.salvar_padrao('descricao', 'contem', 'verba', 'incluir', 'do negócio')`
  const allowance: LedgerEntry = {
    fornecedor: 'Agência Lua',
    fornecedor_id: '99888777000144',
    descricao: 'verba cooperada',
    categoria: 'Trade Marketing',
    conta_contabil: '4.1.3.05',
  }
  await bookEntries(
    sql,
    ...Array.from({ length: 140 }, (_, n) => ({ ...allowance, data_lancamento: month(n % 14) })),
  )
  const day = { data_lancamento: '2025-03-10' }
  const ids = await bookEntries(
    sql,
    { ...allowance, ...day, categoria: 'Frete', conta_contabil: '3.2.1.01' },
    { ...allowance, ...day, categoria: 'Frete' },
    { ...allowance, ...day, categoria: 'Limpeza', conta_contabil: '4.2.1.03' },
    { ...allowance, ...day, categoria: 'Frete', conta_contabil: '4.1.2.01' },
    { ...allowance, ...day, categoria: 'Frete', conta_contabil: null },
    { ...allowance, ...day, categoria: 'A classificar', conta_contabil: '1.1.9.99' },
  )
  const read = async () => {
    const by = new Map(
      (await findings(sql, 'trade_marketing', { chaves: ids })).map((a) => [a.registro_id, a]),
    )
    return ids.map((id) => by.get(id)?.valores_propostos)
  }
  const only = { categoria: 'Trade Marketing' }
  t.same(await read(), [only, only, only, only, only, only], 'nothing has been counted yet')
  await sql`select regra_pendente_verificacao.preparar(null)`
  const together = { ...only, conta_contabil: '4.1.3.05' }
  t.same(
    await read(),
    [together, only, only, only, only, together],
    'a booked entry without an account is left as it is',
  )
  const [finding] = await findings(sql, 'trade_marketing', { chaves: [ids[0] as string] })
  t.match(finding?.justificativa, /A conta vai junto, de 3\.2\.1\.01 para 4\.1\.3\.05, a de 140 de 140/)
})
