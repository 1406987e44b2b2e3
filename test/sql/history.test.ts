// What happened to a row is found under any name that a person may use for it.
import t from 'tap'
import { testDatabase } from '../helper/database.ts'
import { runSession } from '../helper/warehouse.ts'
import { houseRule, type Kind, propose, warehouse } from '../helper/warehouses.ts'

const BASE: Record<Kind, string> = { estrela: 'fato', razao: 'lancamentos', debito_credito: 'movimento' }

for (const kind of ['estrela', 'razao', 'debito_credito'] as const) {
  t.test(`${kind}: found by the view, by the table below it, with and without schema`, async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    const [olivia, leo] = [connectAs('olivia'), connectAs('leo')]
    const dw = await warehouse(sql, { kind })
    await houseRule(sql, connectAs('adelia'))
    const key = dw.key(1)
    await propose(sql, [{ id: key, valores: { categoria: dw.right } }])
    await runSession(olivia, 'auto', ['casa'])
    const events = async (table: string, id = key) =>
      (await leo`select evento from audit.historico_registro(${table}, ${id})`).map((row) => row['evento'])
    const all = await events('dw.lancamentos')
    t.match(all, ['deteccao', 'alteracao'])
    const base = BASE[kind]
    for (const name of [`${dw.base}.${base}`, base, 'lancamentos', `"${dw.base}"."${base}"`])
      t.same(await events(name), all, name)
    if (kind === 'razao') t.same(await events('l_2026_02'), all, 'a partition')
    if (kind === 'debito_credito')
      t.same(
        await events('dw.lancamentos', `{${key.replaceAll('-', '')}}`),
        all,
        'a uuid, however it is written',
      )
    t.same(await events('dw.lancamentos', 'ninguém'), [], 'nothing happened to it')
    await t.rejects(events('dw.outra'), { code: 'NC004', message: /dw\.outra/, hint: /dw\.lancamentos/ })
    await t.rejects(events('não é nome'), { code: 'NC004' })
    if (kind === 'estrela') {
      await sql.unsafe(
        `alter table ${dw.base}.fato add enchimento text default repeat('há mais entradas que categorias', 9)`,
      )
      await sql.unsafe(`vacuum full ${dw.base}.fato`)
      t.same(await events('fato'), all)
      await t.rejects(events(`${dw.base}.dim_categoria`), { code: 'NC004' }, 'it has keys of its own')
      await sql.unsafe(`alter table ${dw.base}.fato rename to "FatoDespesa"`)
      for (const name of [`${dw.base}.FatoDespesa`, `${dw.base}."FatoDespesa"`, 'fatodespesa'])
        t.same(await events(name), all, 'capitals that the shell took the quotes from')
    }
  })
}
