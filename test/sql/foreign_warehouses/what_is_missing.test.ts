// A table that was dropped and a column that was renamed since: what is missing is reported, and the rest is done.
import t, { type Test } from 'tap'
import type { Row, Sql } from '../../../src/db/connection.ts'
import { testDatabase } from '../../helper/database.ts'
import { drawn } from '../../helper/thorough.ts'
import { approveAll, findingsIn, refusalOf, runSession } from '../../helper/warehouse.ts'
import { houseRule, propose, warehouse } from '../../helper/warehouses.ts'

/** A session that corrected rows of two tables, and waiting findings of both. */
async function scene(t: Test, kind: 'razao' | 'estrela') {
  const b = await testDatabase(t)
  const [olivia, ana, bruno, adelia] = [
    b.connectAs('olivia'),
    b.connectAs('ana'),
    b.connectAs('bruno'),
    b.connectAs('adelia'),
  ]
  const dw = await warehouse(b.sql, { kind })
  await b.sql.unsafe(`create table dw.segunda as select * from dw.lancamentos; alter table dw.segunda add primary key (id);
    grant select on dw.segunda to conferente_regra, conferente_escrita; grant update on dw.segunda to conferente_escrita`)
  const second = { name: 'segunda', relation: 'dw.segunda' }
  await houseRule(b.sql, adelia)
  await houseRule(b.sql, adelia, second)
  const proposals = [1, 4, 9, 12, 17].map((n, i) => ({
    id: dw.key(n),
    valores: { categoria: dw.right },
    confianca: i < 2 ? 0.99 : 0.5,
  }))
  await propose(b.sql, proposals)
  await propose(b.sql, proposals, second)
  const auto = await runSession(olivia, 'auto', ['casa', 'segunda'])
  t.match(auto, { status: 'concluida', corrigidas: 4n }, auto['mensagem'])
  const open = await findingsIn(b.sql, 'aberta')
  const of = (rule: string, n: number) =>
    open.find((d) => d['regra'] === rule && d['registro_id'] === dw.key(n))?.['id']
  return { ...b, olivia, ana, bruno, dw, auto, of }
}

const results = (rows: readonly Row[], table: string) =>
  rows.filter((r) => r['tabela'] === table).map((r) => r['resultado'])

const proved = async (t: Test, sql: Sql) =>
  t.match(await sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])

for (const kind of drawn(['razao', 'estrela'] as const, 1)) {
  t.test(`${kind}: one of two tables is gone`, async (t) => {
    const { sql, olivia, ana, bruno, dw, auto, of } = await scene(t, kind)
    await ana`select audit.corrigir_manualmente(${of('segunda', 17)}, ${sql.json({ categoria: dw.other })}, 'olhei a nota')`
    await sql.unsafe('drop table dw.segunda')

    const approved = await approveAll(ana, of('casa', 9), of('segunda', 9))
    t.match(approved, [{ status: 'corrigida' }, { status: 'falha', motivo: /dw\.segunda/ }])
    t.match(await approveAll(bruno, of('segunda', 17)), [{ status: 'falha', motivo: /dw\.segunda/ }], 'typed')
    const typing = await refusalOf(
      ana`select audit.corrigir_manualmente(${of('segunda', 12)}, ${sql.json({ categoria: dw.other })}, 'olhei a nota')`,
    )
    t.match(typing, /^NC/, 'the person who types learns it')

    const rows = await olivia`select * from audit.reverter_sessao(${auto['id']}, 'engano')`
    t.same(results(rows, 'dw.lancamentos'), ['revertida', 'revertida'])
    const lost = rows.filter((r) => r['tabela'] === 'dw.segunda')
    t.match(lost, [{ explicacao: /dw\.segunda/ }, { explicacao: /dw\.segunda/ }], 'it says what is missing')
    t.notOk(lost.some((r) => /revertida/.test(r['resultado'] as string)))
    t.same(await dw.differences(), [])
    t.match(
      await sql`select status, count(*) as n from audit.divergencias_processadas where regra = 'segunda' and status = 'corrigida' group by 1`,
      [{ n: 2n }],
      'nothing in the lost table is called rolled back',
    )
    await proved(t, sql)
    const next = await runSession(olivia, 'auto', ['casa', 'segunda'])
    t.match(next, { status: 'concluida_com_falhas' }, 'the other rule runs')
  })

  t.test(`${kind}: a column has another name`, async (t) => {
    const { sql, olivia, ana, bruno, dw, auto, of } = await scene(t, kind)
    await ana`select audit.corrigir_manualmente(${of('segunda', 17)}, ${sql.json({ categoria: dw.other })}, 'olhei a nota')`
    await sql.unsafe('alter table dw.segunda rename column categoria to classe')
    const approved = await approveAll(ana, of('casa', 9), of('segunda', 9))
    t.match(approved, [{ status: 'corrigida' }, { status: 'falha', motivo: /categoria/ }])
    t.match(await approveAll(bruno, of('segunda', 17)), [{ status: 'falha', motivo: /categoria/ }], 'typed')
    t.match(
      await refusalOf(
        ana`select audit.corrigir_manualmente(${of('segunda', 12)}, ${sql.json({ categoria: dw.other })}, 'olhei a nota')`,
      ),
      /^NC/,
    )
    t.match(
      (await refusalOf(
        ana`select audit.declarar_excecao('segunda', 'dw.segunda', ${dw.key(12)}, 'é assim', now() + interval '1 year')`,
      )) ?? 'NC, done',
      /^NC/,
    )
    const rows = await olivia`select * from audit.reverter_sessao(${auto['id']}, 'engano')`
    t.same(results(rows, 'dw.lancamentos'), ['revertida', 'revertida'])
    t.match(
      rows.filter((r) => r['tabela'] === 'dw.segunda'),
      [{ explicacao: /categoria/ }, { explicacao: /categoria/ }],
    )
    t.match(
      await sql`select count(*) as n from dw.segunda where classe = ${dw.right} and id::text in (${dw.key(1)}, ${dw.key(4)})`,
      [{ n: 2n }],
    )
    await proved(t, sql)

    // and back again
    await sql.unsafe('alter table dw.segunda rename column classe to categoria')
    const again = await olivia`select * from audit.reverter_sessao(${auto['id']}, 'engano')`
    t.same(results(again, 'dw.segunda'), ['revertida', 'revertida'])
    await proved(t, sql)
  })
}

t.test('a finding about a column that is gone is refused with an explanation', async (t) => {
  const { sql, ana, dw } = await scene(t, 'razao')
  const corrected = (await findingsIn(sql, 'corrigida')).filter((d) => d['regra'] === 'segunda')
  await sql.unsafe('alter table dw.segunda drop column categoria')
  const rows =
    await ana`select * from audit.reverter_divergencias(${`{${corrected.map((d) => d['id']).join()}}`}::bigint[], 'engano')`
  t.match(rows, [{ explicacao: /categoria/ }, { explicacao: /categoria/ }])
  t.same(await dw.differences(), [])
})

t.test('a key whose type changed is reported, without harm to the rest or the next session', async (t) => {
  const { sql, olivia, ana, auto, of } = await scene(t, 'razao')
  await sql.unsafe(`alter table dw.segunda rename to antiga;
    create table dw.segunda as select row_number() over (order by a.id) as novo, a.* from dw.antiga a;
    alter table dw.segunda drop column id; alter table dw.segunda rename column novo to id;
    grant select on dw.segunda to conferente_regra, conferente_escrita; grant update on dw.segunda to conferente_escrita`)
  const approved = await approveAll(ana, of('casa', 9), of('segunda', 9))
  t.match(approved, [{ status: 'corrigida' }, { status: 'falha', motivo: /não cabe mais.*bigint/ }])
  const rows = await olivia`select * from audit.reverter_sessao(${auto['id']}, 'engano')`
  t.same(results(rows, 'dw.lancamentos'), ['revertida', 'revertida'])
  t.match(
    rows.filter((r) => r['tabela'] === 'dw.segunda'),
    [{ resultado: 'recusada', explicacao: /não cabe mais.*bigint/ }, { explicacao: /bigint/ }],
  )
  await proved(t, sql)
  const next = await runSession(olivia, 'auto', ['segunda'])
  t.match(next, { status: 'concluida', desfeitas: 2n }, next['mensagem'])
  t.match(await sql`select distinct motivo from audit.divergencias_processadas where regra = 'segunda'`, [
    { motivo: /não existe mais/ },
  ])
  await proved(t, sql)
})

t.test('a column that can no longer hold the old value is reported, and fails no session', async (t) => {
  const { sql, olivia, dw } = await scene(t, 'razao')
  await sql.unsafe(`delete from segunda.propostas; update dw.segunda set categoria = 'Frete';
    create type dw.classe as enum ('Frete', 'RH'); alter table dw.segunda alter column categoria type dw.classe using categoria::dw.classe`)
  const next = await runSession(olivia, 'auto', ['segunda'])
  t.match(next, { status: 'concluida', desfeitas: 2n, mensagem: /desfeitas fora do sistema: 2 segunda/ })
  t.match(await findingsIn(sql, 'corrigida'), [{ regra: 'casa' }, { regra: 'casa' }])
  t.same(await dw.differences(), [])
  await proved(t, sql)
})
