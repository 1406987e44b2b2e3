// A pattern that is too wide: what it would match is shown before it is saved, and what it matches is not corrected before it has
// earned that.
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { sqlstate } from '../../helper/scenario.ts'
import { bookEntries, type LedgerEntry, makeLedger, setSetting } from './ledger.ts'

/** Nine right entries of maintenance, and marketing with the same words. */
const BOOK: LedgerEntry[] = [
  ...Array.from({ length: 9 }, (_, n) => ({
    fornecedor: `Reformas ${n}`,
    fornecedor_id: `R-${n}`,
    categoria: 'Manutenção',
    descricao: 'reparo do piso do ponto de venda',
  })),
  ...Array.from({ length: 12 }, (_, n) => ({
    fornecedor: `Agência ${n}`,
    fornecedor_id: `A-${n}`,
    categoria: 'Trade Marketing',
    descricao: 'display no ponto de venda',
  })),
  { categoria: 'A classificar', descricao: 'ponto de venda da loja 7' },
]

t.test(
  'a pattern that the ledger contradicts too often is saved only by who says that it was looked at',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    const [adelia, ana] = [connectAs('adelia'), connectAs('ana')]
    await makeLedger(sql)
    const save = (pattern: string, action = 'incluir', looked = false) =>
      adelia`select p.id::int, p.ativo from audit.salvar_padrao('descricao', 'contem', ${pattern}, ${action}, 'do negócio', ${looked}) p`
    t.match(await save('sem livro'), [{ ativo: true }], 'nothing to compare with yet')
    await bookEntries(sql, ...BOOK)

    const refused = (await save('ponto de venda').then(
      () => undefined,
      (error) => error,
    )) as { code: string; message: string; detail: string; hint: string }
    t.match(refused, {
      code: 'NC027',
      message: 'o padrão "ponto de venda" alcança 22 lançamentos; em outra categoria: 9 (43%)',
      detail:
        /^De 11\/03\/2024 a 10\/03\/2025\. Onde estão: Trade Marketing \(12\), Manutenção \(9\), A classificar \(1\)\.$/,
      hint: /conferido => true/,
    })
    t.equal((await sql`select from audit.padroes_trade_marketing`).length, 1, 'it was not saved')
    t.match(
      await ana`select discordam::int, discordancia::float8 from audit.medir_padrao('descricao', 'contem', 'ponto de venda')`,
      [{ discordam: 9, discordancia: 0.4286 }],
      'the preview says the same',
    )
    t.match(await save('display'), [{ ativo: true }], 'one that the ledger agrees with')
    t.match(await save('reparo', 'excluir'), [{ ativo: true }], 'one that excludes corrects nothing')
    t.match(
      await save('ponto de venda'),
      [{ ativo: true }],
      'what an excluding pattern silences is no disagreement',
    )
    await adelia`select audit.desativar_padrao(p.id, 'x') from audit.padroes_trade_marketing p where p.padrao in ('reparo', 'ponto de venda')`
    t.equal(await sqlstate(save('ponto de venda')), 'NC027', 'switched on again, it is looked at again')
    t.match(await save('ponto de venda', 'incluir', true), [{ ativo: true }])
    t.match(
      await sql`select ator, detalhes -> 'alcance' as alcance from audit.operacoes where tipo = 'padrao' order by id desc limit 1`,
      [{ ator: 'adelia', alcance: { lancamentos: 22, discordam: 9, conferido: true } }],
      'who looked, and at what, is on record',
    )
    await setSetting(sql, 'trade_marketing.discordancia_maxima', 0.5)
    t.match(await save('ponto de venda'), [{ ativo: true }], 'the share is a setting')
  },
)

t.test(
  'a pattern that is too wide only proposes until answers of its own have proved it, and each answer counts against it too',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    await makeLedger(sql)
    await setSetting(sql, 'limites.fracao', 1)
    await bookEntries(sql, ...BOOK)
    const adelia = connectAs('adelia')
    // one that is proved already lends nothing to another
    await adelia`select audit.salvar_padrao('descricao', 'contem', 'display', 'incluir', 'do negócio')`
    await adelia`select audit.salvar_padrao('descricao', 'contem', 'ponto de venda', 'incluir', 'do negócio', true)`
    await bookEntries(
      sql,
      ...Array.from({ length: 70 }, (_, n) => ({
        fornecedor: `Vitrine ${n}`,
        fornecedor_id: `V-${n}`,
        categoria: 'Serviços',
        descricao: 'display de vitrine',
      })),
    )
    const session = () => connectAs('olivia')`select status, corrigidas::int
      from audit.processar_divergencias('auto', '2025-01-01', '2025-12-31', '{trade_marketing}')`
    t.match(await session(), [{ status: 'concluida', corrigidas: 0 }], 'nothing before people have answered')
    await connectAs('ana')`select from audit.aprovar_divergencias(array(
      select id from audit.divergencias_processadas where entrada ->> 'fornecedor' like 'Vitrine%'), 'conferi a nota')`
    t.match(await session(), [{ corrigidas: 0 }], 'the nine are right where they are')
    const nine = () =>
      sql`select d.status, d.confianca::float8 as confianca, d.justificativa from audit.divergencias_processadas d
        where d.entrada ->> 'fornecedor' like 'Reformas%'`
    for (const { status, confianca, justificativa } of await nine()) {
      t.equal(status, 'aberta')
      t.ok(confianca < 0.95, `${confianca}`)
      t.match(justificativa, /O padrão ainda não corrige sozinho: \d+ de 20 respostas certas/)
    }
    await connectAs('ana')`select from audit.rejeitar_divergencias(array(
      select id from audit.divergencias_processadas where entrada ->> 'fornecedor' like 'Reformas%'), 'é reforma')`
    await bookEntries(sql, {
      fornecedor: 'Reformas 99',
      fornecedor_id: 'R-99',
      categoria: 'Manutenção',
      descricao: 'reparo do piso do ponto de venda',
    })
    t.match(await session(), [{ corrigidas: 0 }])
    const [fresh] = await sql`select confianca::float8 as confianca from audit.divergencias_processadas
      where entrada ->> 'fornecedor' = 'Reformas 99'`
    t.ok(fresh?.['confianca'] < 0.1, `after nine refusals: ${fresh?.['confianca']}`)
  },
)
