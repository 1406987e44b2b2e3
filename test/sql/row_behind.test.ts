// The row behind a finding, as deciding people see it.
import { test } from 'tap'
import { testDatabase } from '../helper/database.ts'
import { prices } from '../helper/prices.ts'
import { sqlstate } from '../helper/scenario.ts'

async function scene(t: Parameters<typeof testDatabase>[0]) {
  const base = await testDatabase(t)
  await prices(base.sql)
  await base.connectAs('olivia')`select audit.processar_divergencias('manual', regras => '{precos}')`
  const rows = await base.sql`select id, registro_id from audit.divergencias_processadas`
  const ids = new Map(rows.map((row) => [row['registro_id'] as string, Number(row['id'])]))
  const ana = base.connectAs('ana')
  return {
    ...base,
    ana,
    ver: (key: string) => ana`select * from audit.ver_registro(${ids.get(key) ?? null})`,
    ids,
  }
}

test('every column in order, with its type and all its digits, even one named like the table', async (t) => {
  const { ver, sql } = await scene(t)
  t.same(
    (await ver('a/1 ü')).map(({ coluna, tipo, valor }) => `${coluna} ${tipo} ${valor}`),
    [
      'codigo text a/1 ü',
      't text errado',
      'ativo boolean false',
      'preco numeric(22,2) 12345678901234567890.12',
      'dia date 2026-11-01',
      'quando timestamp with time zone 2026-11-01T09:00:00-03:00',
    ],
  )
  await sql`update dw.precos set preco = 7 where codigo = 'b'`
  t.match((await ver('b'))[3], { valor: '7.00' }, 'as it is now, not as it was when found')
  t.match((await ver('b'))[4], { valor: null })
})

test('nothing for a row, table or key that is gone, and nothing without a finding', async (t) => {
  const { ver, sql, ana } = await scene(t)
  t.equal(await sqlstate(ana`select * from audit.ver_registro(-1)`), 'NC004')
  t.equal(await sqlstate(ana`select * from audit.ver_registro(null)`), 'NC004')
  await sql`delete from dw.precos where codigo = 'b'`
  t.same([...(await ver('b'))], [])
  await sql`alter table dw.precos rename codigo to chave`
  t.same([...(await ver('a/1 ü'))], [])
  await sql`drop table dw.precos`
  t.same([...(await ver('a/1 ü'))], [])
})

test('only reviewers and administrators see it', async (t) => {
  const { connectAs, ids } = await scene(t)
  const id = ids.get('b') ?? null
  for (const [who, code] of [
    ['bruno', 'aceito'],
    ['adelia', 'aceito'],
    ['leo', '42501'],
    ['olivia', '42501'],
    ['ninguem', '42501'],
  ] as const) {
    t.equal(await sqlstate(connectAs(who)`select * from audit.ver_registro(${id})`), code, who)
  }
})
