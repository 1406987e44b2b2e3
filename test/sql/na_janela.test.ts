// A rule calls audit.na_janela for each row; it costs what an index on the date, the load time or the key costs.
import t from 'tap'
import { testDatabase } from '../helper/database.ts'
import { scenario } from '../helper/scenario.ts'

const DAY = `row('2020-03-01', '2020-03-02', null, null, null)`
const LOAD = `row(null, null, '2020-03-01 00:00+00', '2020-03-02 00:00+00', null)`
const KEYS = `row(null, null, null, null, '{7,8}')`

t.test('a window is answered by the index on the date, the load time or the key', async (t) => {
  const { sql } = await testDatabase(t)
  await sql.unsafe(`create schema dw;
    create table dw.notas (id bigint primary key, codigo uuid unique default gen_random_uuid(), dia date, carga timestamptz);
    insert into dw.notas (id, dia, carga) select n, date '2020-01-01' + n % 2000, timestamptz '2020-01-01 00:00+00' + n * interval '1 hour'
    from generate_series(1, 50000) n;
    create index on dw.notas (dia); create index on dw.notas (carga); analyze dw.notas;
    create function dw.plano(janela audit.janela, chave text) returns setof text language plpgsql
    set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
    begin
      if chave = 'id' then
        return query explain (costs off) select from dw.notas l where audit.na_janela(janela, l.dia, l.carga, l.id);
      else
        return query explain (costs off) select from dw.notas l where audit.na_janela(janela, l.dia, l.carga, l.codigo);
      end if;
    end $$;`)
  const plan = async (window: string, key = 'id') => {
    const lines = await sql.unsafe(`select dw.plano(${window}::audit.janela, '${key}') as linha`)
    return lines.map(({ linha }) => String(linha).trim())
  }
  t.match((await plan(DAY)).join(), /Index Cond: \(\(dia >= .* AND \(dia <= /)
  t.match((await plan(LOAD)).join(), /Index Cond: \(\(carga >= .* AND \(carga < /)
  t.match((await plan(KEYS)).join(), /Index Cond: \(id = ANY \('\{7,8\}'::bigint\[\]\)\)/)
  const uuid = `array['${crypto.randomUUID()}']`
  t.match(
    (await plan(`row(null, null, null, null, ${uuid})`, 'codigo')).join(),
    /Index Cond: \(codigo = ANY \(/,
  )
  t.strictSame(await plan('null'), ['Seq Scan on notas l'], 'an open window asks nothing of a row')
})

t.test('its bounds: both days included, load times including the first and excluding the last', async (t) => {
  const { sql } = await testDatabase(t)
  const inside = async (window: string, day: string, load: string, key: string) =>
    (
      await sql.unsafe(`select audit.na_janela(${window}::audit.janela, ${day}, ${load}, ${key}) as sim`)
    )[0]?.['sim']
  for (const [day, expected] of [
    ['2020-02-29', false],
    ['2020-03-01', true],
    ['2020-03-02', true],
    ['2020-03-03', false],
  ])
    t.equal(await inside(DAY, `date '${day}'`, 'null', '1'), expected, `${day}`)
  for (const [load, expected] of [
    ['2020-02-29 23:59:59.999999+00', false],
    ['2020-03-01 00:00+00', true],
    ['2020-03-01 23:59:59.999999+00', true],
    ['2020-03-02 00:00+00', false],
  ])
    t.equal(await inside(LOAD, 'null', `timestamptz '${load}'`, '1'), expected, `${load}`)
  t.equal(await inside(KEYS, 'null', 'null', '7::bigint'), true)
  t.equal(await inside(KEYS, 'null', 'null', '9::bigint'), false)
  await t.rejects(inside(KEYS, 'null', 'null', 'gen_random_uuid()'), { code: '22P02' })
})

t.test('a table without a date: an explicit window takes every row', async (t) => {
  const c = await scenario(t)
  await c.sql.unsafe(`create table dw.fichas (id bigint primary key, situacao text);
    insert into dw.fichas values (1, 'ERRADA'), (2, 'CERTA');
    grant select on dw.fichas to conferente_regra;
    create function dw.erradas(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$
    begin
      return query select 'dw.fichas', f.id::text, '{}'::jsonb, 0.5, '{"tipo": "errada"}'::jsonb, 'Está errada.', 0.0
      from dw.fichas f where f.situacao = 'ERRADA' and audit.na_janela(janela, null, null, f.id);
    end $$;
    grant execute on function dw.erradas(audit.janela) to conferente_regra;
    select audit.registrar_regra('erradas', 'Fichas erradas.', 'dw.erradas', 'dw.fichas', 'id', array['situacao']);`)
  const [session] = await c.asPerson('olivia')`
    select * from audit.processar_divergencias('manual', '2026-01-01', '2026-12-31', regras => '{erradas}')`
  t.match(session, { status: 'concluida', encontradas: 1n })
})
