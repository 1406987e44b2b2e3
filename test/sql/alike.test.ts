// Next to a finding, the ledger's own entries that are most similar to its row.
import { test } from 'tap'
import type { testDatabase } from '../helper/database.ts'
import { prices } from '../helper/prices.ts'
import { scenario, sqlstate } from '../helper/scenario.ts'

async function book(t: Parameters<typeof testDatabase>[0]) {
  const c = await scenario(t)
  await c.sql`
    insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, fornecedor_id, fornecedor, documento, descricao, valor, confianca)
    select x.id, x.dia::date, now() - interval '1 hour', x.categoria, x.codigo, x.nome, 'NF ' || x.id, x.texto, x.id, 0.5
    from (values
      (1, '2026-11-10', 'ERR', '11.222.333/0001-81', 'Acme Ltda', 'verba cooperada loja centro'),
      (10, '2026-11-01', 'Verbas', '11222333000181', 'ACME', 'Verba cooperada, loja norte'),
      (11, '2026-11-20', 'Fretes', '11222333000262', 'Acme filial', 'frete'),
      (12, '2026-10-20', 'Verbas', '99', 'Outra', 'VERBA COOPERADA LOJA CENTRO'),
      (13, '2026-11-09', 'Aluguel', '98', 'Imobiliaria', 'aluguel de novembro'),
      (14, '2024-11-10', 'Verbas', '11222333000181', 'ACME', 'verba cooperada'),
      (15, '2019-01-10', 'Verbas', '11222333000181', 'ACME', 'verba cooperada loja centro'),
      (16, null, 'Verbas', '11222333000181', 'ACME', 'verba cooperada loja centro'),
      (17, '2026-11-11', null, '11222333000181', 'ACME', 'verba cooperada loja centro')
    ) as x (id, dia, categoria, codigo, nome, texto)`
  await c.runSession()
  return c
}

test('entries of the same company or with the same words, nearest first, with their summary', async (t) => {
  const c = await book(t)
  const { id } = await c.finding(1)
  const alike = await c.asPerson('ana')`
    select registro_id, data_lancamento::text as dia, fornecedor, documento, descricao, valor::float, categoria, mesma_empresa, mesmas_palavras
    from audit.lancamentos_parecidos(${id})`
  t.same(
    alike.map((row) => row['registro_id']),
    // the same text and company, the same company, only the same text, then what is years away; nothing dissimilar or further away
    ['17', '10', '11', '12', '14'],
  )
  t.same(alike[1], {
    registro_id: '10',
    dia: '2026-11-01',
    fornecedor: 'ACME',
    documento: 'NF 10',
    descricao: 'Verba cooperada, loja norte',
    valor: 10,
    categoria: 'Verbas',
    mesma_empresa: true,
    mesmas_palavras: ['cooperada', 'loja', 'verba'],
  })
  t.match(alike[3], { mesma_empresa: false, mesmas_palavras: ['centro', 'cooperada', 'loja', 'verba'] })
  const few = (n: number | null) =>
    c.asPerson('ana')`select registro_id from audit.lancamentos_parecidos(${id}, ${n})`
  t.equal((await few(2)).length, 2)
  t.equal((await few(0)).length, 0)
  t.equal((await few(null)).length, 5)
  await c.sql`update dw.lancamentos set data_lancamento = 'infinity', fornecedor_id = null, fornecedor = '', descricao = '(%_'' x' where id = 1`
  t.same([...(await few(8))], [], 'a row with nothing to compare')
  await c.sql`delete from dw.lancamentos where id = 1`
  t.same([...(await few(8))], [], 'a row that no longer exists')
})

test('shown to those who may see the row itself, only for dw.lancamentos', async (t) => {
  const c = await book(t)
  const { id } = await c.finding(1)
  for (const [who, code] of [
    ['bruno', 'aceito'],
    ['adelia', 'aceito'],
    ['leo', '42501'],
    ['olivia', '42501'],
    ['ninguem', '42501'],
  ] as const)
    t.equal(await sqlstate(c.connectAs(who)`select audit.lancamentos_parecidos(${id})`), code, who)
  const ana = c.asPerson('ana')
  t.equal(await sqlstate(ana`select audit.lancamentos_parecidos(-1)`), 'NC004')
  t.equal(await sqlstate(ana`select audit.lancamentos_parecidos(null)`), 'NC004')
  await prices(c.sql)
  await c.connectAs('olivia')`select audit.processar_divergencias('manual', regras => '{precos}')`
  const [price] = await c.sql`select id from audit.divergencias_processadas where regra = 'precos' limit 1`
  t.same([...(await ana`select audit.lancamentos_parecidos(${price?.['id'] as never})`)], [])
  await c.sql`revoke select on dw.lancamentos from conferente_regra, conferente_escrita`
  t.equal(await sqlstate(ana`select audit.lancamentos_parecidos(${id})`), 'NC010')
  await c.sql`drop table dw.lancamentos cascade`
  t.same([...(await ana`select audit.lancamentos_parecidos(${id})`)], [])
})
