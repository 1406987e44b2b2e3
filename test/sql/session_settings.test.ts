// Found under one session's settings, corrected under another's, rolled back under a third's: guards hold, and what is written is
// right.
import t from 'tap'
import { connect, type Sql } from '../../src/db/connection.ts'
import { personal } from '../cli/helper.ts'
import { testDatabase } from '../helper/database.ts'
import { one, scenario, sqlstate } from '../helper/scenario.ts'
import { drawn } from '../helper/thorough.ts'
import {
  approveAll,
  arrayOf,
  findingsIn,
  makeRule,
  photograph,
  proposing,
  runSession,
} from '../helper/warehouse.ts'

/**
 * Type of a column, what its row holds, what the rule proposes, and a third value that may be read as, or look like, what the row
 * holds.
 */
const TYPES: [type: string, held: string, proposed: string, near: string][] = [
  ['date', "'2026-04-05'", "'2026-05-04'", "'2026-05-05'"],
  ['timestamp', "'2026-04-05 10:00'", "'2026-05-04 10:00'", "'2026-05-04 11:00'"],
  ['timestamptz', "'2026-04-05 01:00+00'", "'2026-05-04 23:00+00'", "'2026-04-05 01:00+01'"],
  [
    'timestamptz[]',
    "'{2026-04-05 01:00+00,null}'",
    "'{2026-05-04 23:00+00}'",
    "'{2026-04-05 01:00+01,null}'",
  ],
  ['daterange', "'[2026-04-05,2026-05-04)'", "'[2026-05-04,2026-06-03)'", "'[2026-05-04,2026-05-05)'"],
  ['tsrange', "'[2026-04-05 10:00,)'", "'[2026-05-04 10:00,)'", "'[2026-05-04 11:00,)'"],
  ['tstzrange', "'[2026-04-05 01:00+00,)'", "'[2026-05-04 23:00+00,)'", "'[2026-04-05 01:00+01,)'"],
  [
    'tstzmultirange',
    "'{[2026-04-05 01:00+00,)}'",
    "'{[2026-05-04 23:00+00,)}'",
    "'{[2026-04-05 01:00+01,)}'",
  ],
  ['interval', "'-1 day -02:03:04'", "'-3 mons -2 days -03:04:05.678'", "'-1 day +02:03:04'"],
  ['interval[]', "'{-1 day -02:03:04}'", "'{-3 mons,-2 days -00:00:01}'", "'{-1 day +02:03:04}'"],
  ['float8', '0.1::float8 + 0.2::float8', '1.1::float8 + 2.2::float8', '0.3::float8'],
  ['float4', '(1.0 / 3.0)::float4', '(2.0 / 3.0)::float4', '0.33333::float4'],
  ['float8[]', 'array[0.1::float8 + 0.2::float8]', 'array[1.1::float8 + 2.2::float8]', "'{0.3}'"],
  ['numrange', "'[1,2.00)'", "'[1,3.50)'", "'[1,2.01)'"],
  ['point', 'point(0.1::float8 + 0.2::float8, 1)', 'point(1.1::float8 + 2.2::float8, 1)', "'(0.3,1)'"],
  ['bytea', "'\\x00ff'", "'\\x5c30'", "'\\x5c'"],
  ['bytea[]', "array['\\x00ff'::bytea]", "array['\\x5c30'::bytea]", "array['\\x5c'::bytea]"],
  ['money', "'1000.50'", "'-2000.75'", "'1000.51'"],
  ['xml', "'a<b/>'", "'c<d/>'", "'a<c/>'"],
  ['json', `'{"a": [1.50]}'`, `'{"a": [2.50]}'`, `'{"a": [1.51]}'`],
  ['jsonb', `'{"a": [1.50]}'`, `'{"a": [2.50]}'`, `'{"a": [1.51]}'`],
  [
    'meus.par',
    `row(0.1::float8 + 0.2::float8, '-1 day -02:03:04', '[2026-04-05,2026-05-04)')`,
    `row(1.1::float8 + 2.2::float8, '-3 mons', null)`,
    `row(0.3, '-1 day -02:03:04', '[2026-04-05,2026-05-04)')`,
  ],
  [
    'meus.par[]',
    `array[row(0.1::float8 + 0.2::float8, '-1 day -02:03:04', null)::meus.par]`,
    `array[row(1.1::float8 + 2.2::float8, null, '[2026-05-04,2026-06-03)')::meus.par]`,
    `array[row(0.3, '-1 day -02:03:04', null)::meus.par]`,
  ],
  ['regclass', "'meus.base'", "'meus.outra'", "'pg_class'"],
]
const SETTINGS = [
  `set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set extra_float_digits = 1; set bytea_output = 'hex'`,
  `set timezone = 'Asia/Tokyo'; set datestyle = 'SQL, DMY'; set intervalstyle = 'sql_standard'; set extra_float_digits = -5;
   set bytea_output = 'escape'; set xmloption = document; set xmlbinary = hex; set quote_all_identifiers = on; set array_nulls = off`,
  `set timezone = 'America/Sao_Paulo'; set datestyle = 'German'; set intervalstyle = 'iso_8601'; set extra_float_digits = 0;
   set standard_conforming_strings = off; set backslash_quote = off; set transform_null_equals = on`,
  `set timezone = 'America/New_York'; set datestyle = 'Postgres, MDY'; set intervalstyle = 'postgres_verbose'; set extra_float_digits = -15`,
]
const ORDERS = [
  [0, 1, 2],
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 0],
]
const EVERY = `array(select n::text from generate_series(0, ${TYPES.length - 1}) as n)`

/** A row for each type, in a table or behind a view, and a rule that finds them all until they hold what it proposes. */
async function scene(t: Parameters<typeof testDatabase>[0], form: 'table' | 'view') {
  const { sql, connectAs } = await testDatabase(t)
  const each = (write: (row: (typeof TYPES)[number], n: number) => string, between = '\n') =>
    TYPES.map(write).join(between)
  await sql.unsafe(`create schema meus; create type meus.par as (x float8, d interval, p daterange); create table meus.outra ();
    create table meus.base (id int primary key); alter table meus.base ${each(([type], n) => `add c${n} ${type}, add i${n} ${type}`, ', ')};
    insert into meus.base select n from generate_series(0, ${TYPES.length - 1}) as n;
    ${each(([, held], n) => `update meus.base set c${n} = ${held}, i${n} = ${held} where id = ${n};`)}
    ${form === 'table' ? 'alter table meus.base rename to tudo; create table meus.base ();' : 'create view meus.tudo as select * from meus.base;'}
    grant usage on schema meus to conferente_regra, conferente_escrita;
    grant select on meus.tudo to conferente_regra, conferente_escrita; grant update on meus.tudo to conferente_escrita;
    create schema minhas; grant usage on schema minhas to conferente_regra;
    create function minhas.tipos(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $f$ begin return query
      select null::text, t.id::text, case t.id ${each(([type, , proposed], n) => `when ${n} then jsonb_build_object('c${n}', (${proposed})::${type})`)} end,
        0.99, '{}'::jsonb, 'porque sim', 10.00
      from meus.tudo t
      where case t.id ${each(([type, , proposed], n) => `when ${n} then t.c${n}::text is distinct from (${proposed})::${type}::text`)} end
        and (janela.chaves is null or t.id::text = any (janela.chaves)); end $f$;
    grant execute on function minhas.tipos(audit.janela) to conferente_regra`)
  await connectAs(
    'adelia',
  )`select audit.registrar_regra('tipos', 'de teste', 'minhas.tipos', 'meus.tudo', 'id',
    ${TYPES.map((_, n) => `c${n}`)}, limiar => 0.9, concessao_correcoes => 1000000, concessao_valor => 1e12, colunas_identidade => ${TYPES.map((_, n) => `i${n}`)})`
  await connectAs('adelia')`select audit.alterar_configuracao('limites.fracao', '1', 'teste')`
  return { sql, ana: connectAs('ana'), olivia: connectAs('olivia'), each }
}
type Scene = Awaited<ReturnType<typeof scene>>

const typeOf = (row: Record<string, unknown>) => TYPES[Number(row['registro_id'])]?.[0]
/** Types whose rows have something wrong. */
const odd = (rows: readonly Record<string, unknown>[], only: Record<string, unknown>) =>
  rows
    .filter((row) => Object.entries(only).some(([key, value]) => row[key] !== value))
    .map(
      (row) =>
        `${typeOf(row)}: ${row['status'] ?? ''} ${row['resultado'] ?? ''} ${row['motivo'] ?? row['explicacao'] ?? ''}`,
    )

/** Types whose row does not hold what was proposed. */
const unwritten = async ({ sql, each }: Scene) => {
  const rows = await sql.unsafe(
    `select id::text as registro_id, case id ${each(
      ([type, , proposed], n) =>
        `when ${n} then c${n}::text is not distinct from (${proposed})::${type}::text`,
    )} end as certa from meus.tudo order by id`,
  )
  return rows.filter(({ certa }) => !certa).map(typeOf)
}

for (const form of drawn(['table', 'view'] as const, 1)) {
  t.test(`${form}: found, approved and rolled back under different settings each time`, async (t) => {
    const s = await scene(t, form)
    const { sql, ana, olivia } = s
    const before = await photograph(sql, 'meus.tudo')
    for (const order of drawn(ORDERS, 2)) {
      const [found, approved, undone] = order.map((i) => SETTINGS[i] as string) as [string, string, string]
      const what = `found, approved and taken back under ${order}`
      await olivia.unsafe(found)
      t.match(await runSession(olivia, 'manual', ['tipos']), { encontradas: BigInt(TYPES.length) }, what)
      const open = await findingsIn(sql, 'aberta')
      t.equal(open.length, TYPES.length, what)
      const ids = open.map((d) => d['id'])
      await ana.unsafe(approved)
      t.same(odd(await approveAll(ana, ...ids), { status: 'corrigida' }), [], what)
      t.same(await unwritten(s), [], what)
      await olivia.unsafe(undone)
      const seen = await runSession(olivia, 'manual', ['tipos'])
      t.match(seen, { status: 'concluida', encontradas: 0n, desfeitas: 0n, mensagem: null }, what)
      await ana.unsafe(undone)
      const back =
        await ana`select * from audit.reverter_divergencias(${arrayOf(...ids)}::bigint[], 'outra nota')`
      t.same(odd(back, { resultado: 'revertida' }), [], what)
      t.same(await photograph(sql, 'meus.tudo'), before, what)
      t.match(await ana`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }], what)
    }
  })

  t.test(
    `${form}: corrected by auto under one session's settings, rolled back under another's`,
    async (t) => {
      const s = await scene(t, form)
      const { sql, ana, olivia } = s
      const before = await photograph(sql, 'meus.tudo')
      for (const [i, corrected] of drawn([...SETTINGS.entries()], 2)) {
        await olivia.unsafe(corrected)
        const { id, ...session } = await runSession(olivia, 'auto', ['tipos'])
        t.match(session, { status: 'concluida', corrigidas: BigInt(TYPES.length) }, `corrected ${i}`)
        t.same(odd(await findingsIn(sql), { status: 'corrigida' }), [], `corrected ${i}`)
        t.same(await unwritten(s), [])
        await ana.unsafe(SETTINGS[(i + 1) % SETTINGS.length] as string)
        const back = await ana`select * from audit.reverter_sessao(${String(id)}, 'outra nota')`
        t.same(odd(back, { resultado: 'revertida' }), [], `corrected ${i}`)
        t.same(await photograph(sql, 'meus.tudo'), before)
        const ids = (await findingsIn(sql)).map((d) => d['id'])
        await ana`select from audit.reabrir_divergencias(${arrayOf(...ids)}::bigint[], 'outra vez')`
      }
    },
  )

  t.test(`${form}: a row changed to a value that looks the same is not overwritten`, async (t) => {
    const { sql, ana, olivia, each } = await scene(t, form)
    const move = (which: 1 | 3) =>
      sql.unsafe(each((row, n) => `update meus.tudo set c${n} = ${row[which]} where id = ${n};`))
    for (const [i, settings] of drawn([...SETTINGS.entries()], 2)) {
      await move(1)
      await runSession(olivia, 'manual', ['tipos'])
      const ids = (await findingsIn(sql, 'aberta')).map((d) => d['id'])
      await move(3)
      const moved = await photograph(sql, 'meus.tudo')
      await ana.unsafe(settings)
      t.same(odd(await approveAll(ana, ...ids), { status: 'obsoleta' }), [], `settings ${i}`)
      t.same(await photograph(sql, 'meus.tudo'), moved)
    }
  })
}

t.test('lists, messages and exports are the same under every setting', async (t) => {
  const { sql, ana, olivia } = await scene(t, 'table')
  await runSession(olivia, 'manual', ['tipos'])
  await approveAll(ana, ...(await findingsIn(sql, 'aberta')).map((d) => d['id']))
  const told = async (person: Sql) => [
    await person`select audit.divergencia_visto(d) as visto from audit.divergencias_processadas d order by id`,
    await person`select id, antes, depois, valores_antes, valores_depois from audit.exportar_divergencias() order by id`,
    await person.unsafe(`select h.evento, h.antes, h.depois from unnest(${EVERY}) as n cross join lateral audit.historico_registro('meus.tudo', n) as h
      order by n, h.operacao_id`),
    await person`select registro_id, antes, depois from audit.alteracoes a join audit.divergencias_processadas d on d.id = a.divergencia_id order by d.id`,
  ]
  await ana.unsafe(SETTINGS[0] as string)
  const first = await told(ana)
  for (const settings of SETTINGS.slice(1)) {
    await ana.unsafe(settings)
    t.same(await told(ana), first, settings)
  }
  for (const [type, held, proposed] of TYPES.filter(([type]) =>
    /^(money|float8|interval|jsonb)$/.test(type),
  )) {
    const [row] = await sql.unsafe(
      `select (${held})::${type}::text as antes, (${proposed})::${type}::text as depois`,
    )
    const [exported] =
      await ana`select antes, depois from audit.exportar_divergencias() where registro_id = ${String(TYPES.findIndex((x) => x[0] === type))}`
    const plain = (text: string) => text.replace(/[$,]/g, '')
    t.same(Object.values(exported ?? {}).map(plain), Object.values(row ?? {}).map(plain), type)
  }
})

t.test('an exception holds under any settings', async (t) => {
  const { sql, ana, olivia } = await scene(t, 'table')
  for (const [i, settings] of SETTINGS.entries()) {
    await ana.unsafe(settings)
    const declared = await ana.unsafe(`select e.id from unnest(${EVERY}) as n
      cross join lateral audit.declarar_excecao('tipos', 'meus.tudo', n, 'está certo', now() + interval '1 day') as e`)
    await olivia.unsafe(SETTINGS[(i + 1) % SETTINGS.length] as string)
    t.match(await runSession(olivia, 'manual', ['tipos']), {
      encontradas: 0n,
      suprimidas: BigInt(TYPES.length),
    })
    for (const { id } of declared) await ana`select from audit.revogar_excecao(${id}, 'teste')`
  }
  t.equal((await findingsIn(sql, 'aberta')).length, 0)
})

t.test('an incremental session and late rows use the same days under every setting', async (t) => {
  const c = await scenario(t)
  const olivia = c.connectAs('olivia')
  const daysAgo = (n: number) => new Date(Date.now() - n * 86_400_000).toISOString().slice(0, 10)
  for (const [i, settings] of SETTINGS.entries()) {
    await olivia.unsafe(settings)
    await c.book({ id: 100 + i, categoria: 'BOA', data: daysAgo(3) })
    t.match(await c.runSession('manual', olivia), { status: 'concluida', mensagem: null }, `settings ${i}`)
    // a load that wrote an old time, and one that wrote none
    await c.book({ id: 10 + i, data: daysAgo(20), carregado: daysAgo(19) })
    await c.sql`insert into dw.lancamentos (id, data_lancamento, categoria, valor, confianca) values (${20 + i}, ${daysAgo(3)}, 'ERR', 1, 0.9)`
    const late = await c.runSession('manual', olivia)
    t.match(late, { status: 'concluida_com_falhas', mensagem: /2 linhas.*atrasad/ }, `settings ${i}`)
    t.equal(`${await c.status(10 + i)} ${await c.status(20 + i)}`, 'aberta aberta')
  }
  t.equal(
    one(await c.sql`select count(*)::int as n from audit.execucoes_regra where status = 'falhou'`)['n'],
    0,
  )
})

t.test('a person stays the same person under any settings', async (t) => {
  const c = await scenario(t)
  const name = `lucas_${process.pid}`
  await c.sql.unsafe(`create role ${name} login password 'teste'; grant conferente_revisor to ${name}`)
  t.teardown(() => c.sql.unsafe(`drop role if exists ${name}`))
  await c.book({ id: 1, valor: 100_000 })
  await c.runSession()
  const { id } = await c.finding(1)
  const lucas = connect(personal(c.url, name), { max: 1 })
  const approve = (why: string) => sqlstate(lucas`select audit.aprovar_divergencias(${[id]}, ${why})`)
  await lucas.unsafe(SETTINGS[2] as string)
  t.equal(await approve('primeira'), 'aceito')
  await lucas.unsafe('set standard_conforming_strings = on')
  t.equal(await approve('segunda'), 'NC007')
  await lucas.end()
  t.match(await c.sql`select ator from audit.decisoes`, [{ ator: name }])
})

t.test("a table's name is recorded the same way, whatever the settings at registration", async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const adelia = connectAs('adelia')
  await sql.unsafe(`create schema meus; create table meus.tudo (id int primary key, c text);
    grant usage on schema meus to conferente_regra, conferente_escrita; grant select on meus.tudo to conferente_regra`)
  for (const [i, settings] of SETTINGS.entries()) {
    await adelia.unsafe(settings)
    await makeRule(
      { sql, adelia },
      {
        nome: `r${i}`,
        tabela: '"meus"."tudo"',
        colunas: ['c'],
        consulta: proposing(`'{}'`, 'false', 'meus.tudo'),
      },
    )
  }
  t.same(
    new Set((await sql`select tabela from audit.regras where nome ~ '^r[0-9]$'`).map((r) => r['tabela'])),
    new Set(['meus.tudo']),
  )
})
