// A finding stays the same finding whatever the settings of the session that finds it, and whatever the type of the column.
import t from 'tap'
import { testDatabase } from '../helper/database.ts'
import { arrayOf, findingsIn, makeRule, proposing, runSession } from '../helper/warehouse.ts'

/**
 * Type of a column, what its row holds, what the rule proposes, something else that it proposes later and, if there is one, another
 * way to write the first two.
 */
const TYPES: [
  type: string,
  held: string,
  proposed: string,
  other: string,
  again?: [held: string, proposed: string],
][] = [
  ['timestamptz', "'2026-03-01 00:30+00'", "'2026-03-02 12:00+00'", "'2026-03-02 12:00:00.000001+00'"],
  ['meus.instante', "'2026-03-01 00:30+00'", "'2026-03-02 12:00+00'", "'2026-03-02 13:00+00'"],
  ['timestamptz[]', "'{2026-03-01 00:30+00}'", "'{2026-03-02 12:00+00,null}'", "'{2026-03-02 12:00+00}'"],
  [
    'tstzrange',
    "'[2026-03-01 00:30+00,)'",
    "'[2026-03-01 01:00+00,2026-03-02 12:00+00)'",
    "'[,2026-03-02 12:00+00)'",
  ],
  [
    'tstzmultirange',
    "'{}'",
    "'{[2026-03-01 01:00+00,2026-03-02 12:00+00)}'",
    "'{[2026-03-01 01:00+00,2026-03-03 12:00+00)}'",
  ],
  ['meus.periodo', "'empty'", "'[2026-03-01 01:00+00,2026-03-02 12:00+00)'", "'[2026-03-01 01:00+00,)'"],
  ['daterange', "'[2026-03-01,2026-03-05)'", "'[2026-03-01,2026-03-06)'", "'[2026-03-01,2026-03-07)'"],
  ['date', "'2026-03-01'", "'2026-04-05'", "'2026-05-04'"],
  ['timestamp', "'2026-03-01 10:00'", "'2026-04-05 10:00'", "'2026-05-04 10:00'"],
  ['timetz', "'10:00+00'", "'11:00-03'", "'11:00-02'"],
  ['interval', "'1 day'", "'1 mon -2 days 03:04:05.678'", "'1 mon -2 days 03:04:05.679'"],
  ['interval[]', "'{1 day}'", "'{1 mon -2 days 03:04:05}'", "'{1 mon -2 days 03:04:06}'"],
  ['float8', '0.1::float8', '0.1::float8 + 0.2::float8', '0.3::float8'],
  ['float4', '0.1::float4', '(1.0 / 3.0)::float4', '0.33333::float4'],
  ['float8[]', "'{1}'", 'array[0.1::float8 + 0.2::float8]', 'array[0.3::float8]'],
  ['bytea', "'\\x00ff'", "'\\x01fe5c'", "'\\x01fe5d'"],
  ['bytea[]', "array['\\x00ff'::bytea]", "array['\\x01fe5c'::bytea]", "array['\\x01fe5d'::bytea]"],
  ['numeric', '1000.00', '1500.50', '1500.51', ['1000', '1500.5000']],
  ['numeric[]', "'{1000.00}'", "'{1500.50}'", "'{1500.51}'", ["'{1000}'", "'{1500.5}'"]],
  ['numrange', "'[1,2.00)'", "'[1,3.50)'", "'[1,3.51)'", ["'[1.0,2)'", "'[1,3.50)'"]],
  [
    'jsonb',
    `'{"a": [1.50, {"b": 2.0}]}'`,
    `'[1.50, {"c": 3.00}]'`,
    `'[1.50, {"c": 3.01}]'`,
    [`'{"a": [1.5, {"b": 2}]}'`, `'[1.5, {"c": 3}]'`],
  ],
  ['json', `'{"a": 1}'`, `'{"a": [1.50]}'`, `'{"a": [1.51]}'`, [`'{"a": 1}'`, `'{"a": [1.5]}'`]],
  [
    'meus.par',
    `'(0.30000000000000004,1.50,"1 day")'`,
    `'(0.1,2.50,"1 mon -2 days")'`,
    `'(0.1,2.51,"1 mon -2 days")'`,
    [`'(0.30000000000000004,1.5,"24:00:00")'`, `'(0.1,2.5,"1 mon -2 days")'`],
  ],
  [
    'meus.par[]',
    `array['(0.30000000000000004,1.50,)'::meus.par]`,
    `array['(,,"-1 day -02:03:04")'::meus.par]`,
    `array['(,,"-1 day +02:03:04")'::meus.par]`,
    [`array['(0.30000000000000004,1.5,)'::meus.par]`, `array['(,,"-1 day -02:03:04")'::meus.par]`],
  ],
  ['meus.humor[]', "'{bom}'", "'{bom,mau}'", "'{mau}'"],
  ['meus.preco[]', "'{1.50}'", "'{2.50}'", "'{2.51}'", ["'{1.5}'", "'{2.5}'"]],
  ['meus.faixa', "'[1.50,2)'", "'[1,3)'", "'[1,4)'", ["'[1.5,2)'", "'[1,3)'"]],
  ['point', 'point(0.1::float8 + 0.2::float8, 1)', "'(1,2)'", "'(1,3)'"],
  ['money', "'12.30'", "'13.40'", "'13.41'"],
  ['money[]', "'{12.30}'", "'{13.40}'", "'{13.41}'"],
  ['xml', "'a<b/>'", "'a<c/>'", "'a<d/>'"],
  ['regclass', "'meus.tudo'", "'meus.outra'", "'pg_class'"],
]
const HERE = `set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set extra_float_digits = 1; set bytea_output = 'hex'`
const ELSEWHERE = [
  `set timezone = 'Asia/Tokyo'; set datestyle = 'SQL, DMY'; set intervalstyle = 'iso_8601'; set extra_float_digits = -5; set bytea_output = 'escape'; set quote_all_identifiers = on; set xmloption = document`,
  `set timezone = 'America/Sao_Paulo'; set datestyle = 'German'; set intervalstyle = 'sql_standard'; set extra_float_digits = 0`,
]

t.test(
  "a finding rejected under one session's settings stays silent under any other, for columns of every type",
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    const [adelia, ana, olivia] = [connectAs('adelia'), connectAs('ana'), connectAs('olivia')]
    const columns = TYPES.map(([type], n) => `c${n} ${type}`)
    await sql.unsafe(`create schema meus; create domain meus.instante as timestamptz; create domain meus.periodo as tstzrange;
    create domain meus.preco as numeric check (value > 0); create type meus.humor as enum ('bom', 'mau');
    create type meus.par as (x float8, n numeric, d interval); create type meus.faixa as range (subtype = numeric);
    create table meus.outra (); create table meus.tudo (id int primary key);
    alter table meus.tudo ${columns.map((c) => `add ${c}`).join(', ')}, add versao int not null default 0;
    insert into meus.tudo select n from generate_series(0, ${TYPES.length - 1}) as n;
    ${TYPES.map(([, held], n) => `update meus.tudo set c${n} = ${held} where id = ${n};`).join('\n')}
    grant usage on schema meus to conferente_regra, conferente_escrita;
    grant select on meus.tudo to conferente_regra, conferente_escrita; grant update on meus.tudo to conferente_escrita`)
    const proposal = (of: (row: (typeof TYPES)[number]) => string) =>
      `case t.id ${TYPES.map((row, n) => `when ${n} then jsonb_build_object('c${n}', (${of(row)})::${row[0]})`).join(' ')} end`
    await makeRule(
      { sql, adelia },
      {
        nome: 'tipos',
        tabela: 'meus.tudo',
        colunas: TYPES.map((_, n) => `c${n}`),
        consulta: proposing(
          `case t.versao when 0 then ${proposal((row) => row[2])} when 1 then ${proposal((row) => row[4]?.[1] ?? row[2])}
          else ${proposal((row) => row[3])} end`,
          'true',
          'meus.tudo',
        ),
        automatica: false,
      },
    )
    await olivia.unsafe(HERE)
    t.match(await runSession(olivia, 'manual', ['tipos']), {
      status: 'concluida',
      encontradas: BigInt(TYPES.length),
    })
    const first = await findingsIn(sql, 'aberta')
    await ana`select from audit.rejeitar_divergencias(${arrayOf(...first.map((d) => d['id']))}::bigint[], 'está certo')`
    const spoken = async () =>
      (await findingsIn(sql, 'aberta')).map((d) => TYPES[Number(d['registro_id'])]?.[0]).sort()

    for (const settings of ELSEWHERE) {
      await olivia.unsafe(settings)
      t.match(await runSession(olivia, 'manual', ['tipos']), { status: 'concluida', novas: 0n })
      t.same(await spoken(), [], settings)
    }

    await sql`update audit.configuracoes_sistema set valor = '"Asia/Tokyo"' where chave = 'agenda.fuso'`
    await runSession(olivia, 'manual', ['tipos'])
    t.same(await spoken(), [], 'dates are counted in another time zone')

    const amount = TYPES.findIndex(([type]) => type === 'numeric')
    await sql.unsafe(`alter table meus.tudo alter c${amount} type numeric(18,4); update meus.tudo set versao = 1;
    ${TYPES.flatMap(([, , , , again], n) => (again ? [`update meus.tudo set c${n} = ${again[0]} where id = ${n};`] : [])).join('\n')}`)
    await runSession(olivia, 'manual', ['tipos'])
    t.same(await spoken(), [], 'equal values, written differently')

    await sql`update meus.tudo set versao = 2`
    await runSession(olivia, 'manual', ['tipos'])
    t.same(
      await spoken(),
      TYPES.map(([type]) => type).sort(),
      'the proposal differs, so it is reported again',
    )
  },
)
