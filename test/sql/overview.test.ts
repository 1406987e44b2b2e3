// What a manager asks about the last days, and the code of a rule as it was.
import { createHash } from 'node:crypto'
import { test } from 'tap'
import { scenario, sqlstate } from '../helper/scenario.ts'

test('the last days in one document: waiting, new and settled findings, each rule, mail, the next run', async (t) => {
  const c = await scenario(t)
  const leo = c.asPerson('leo')
  // biome-ignore lint/suspicious/noExplicitAny: a document
  const view = async (days = 30) => (await leo`select audit.visao_geral(${days}) as v`)[0]?.['v'] as any
  await c.book(
    { id: 1, valor: 100 },
    { id: 2, confianca: 0.5, valor: 250.55 },
    { id: 3, confianca: 0.5 },
    { id: 4, valor: 200_000 },
  )
  await c.runSession('auto')
  await c.reject('ana', (await c.finding(3)).id)
  await c.comment('ana', (await c.finding(2)).id)
  await c.sql`update dw.ajuste set quebrada = true`
  await c.runSession('manual')
  const v = await view()
  const { hoje } = (await c.sql`select audit.hoje()::text as hoje`)[0] as { hoje: string }
  t.match(v, {
    dias: 30,
    ate: hoje,
    espera: { quantidade: 2, valor: 200_250.55 },
    sessoes: { total: 2, concluidas: 1, com_falhas: 0, falharam: 1, canceladas: 0 },
  })
  t.equal(v.tendencia.length, 30)
  t.same(v.tendencia.at(-1), {
    dia: hoje,
    novas: 4,
    valor_novas: 200_450.55,
    corrigidas: 1,
    valor_corrigido: 100,
    decididas: 1,
  })
  t.match(
    v.tendencia[0],
    { novas: 0, decididas: 0, valor_corrigido: 0 },
    'a day without events is listed too',
  )
  t.same(
    v.idades.map((band: { de: number; quantidade: number }) => [band.de, band.quantidade]),
    [
      [0, 2],
      [1, 0],
      [3, 0],
      [8, 0],
      [31, 0],
    ],
  )
  t.match(
    v.regras.find((rule: { regra: string }) => rule.regra === 'errada'),
    { sessoes: 2, falhas: 1, encontradas: 4, novas: 4, corrigidas: 1, ultimo: 'a regra quebrou' },
  )
  t.match(
    v.regras.find((rule: { regra: string }) => rule.regra === 'trade_marketing'),
    { sessoes: 0, ultimo: null },
  )
  t.ok(Number.isFinite(v.correio.dispensadas))
  t.match(v.proxima, /^\d{4}-\d\d-\d\dT/)
  t.equal((await view(1)).tendencia.length, 1)
  for (const days of [0, 367, null])
    t.equal(await sqlstate(leo`select audit.visao_geral(${days})`), 'NC001', String(days))
})

test("the interval around a rule's observed precision", async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 })
  await c.runSession()
  const measured = async () =>
    (
      await c.asPerson(
        'leo',
      )`select precisao::float, precisao_minima::float, precisao_maxima::float from audit.vw_metricas_regras where regra = 'errada'`
    )[0]
  t.same(await measured(), { precisao: null, precisao_minima: null, precisao_maxima: null })
  await c.approve('ana', (await c.finding(1)).id, (await c.finding(2)).id)
  t.match(await measured(), { precisao: 1, precisao_maxima: 1 })
  await c.reject('ana', (await c.finding(3)).id)
  // Wilson (1927) for 2 in 3 with z = 1.96: .2077 to .9385
  t.same(await measured(), { precisao: 0.6667, precisao_minima: 0.2076, precisao_maxima: 0.9386 })
})

test("a rule's code is kept when its hash is first seen, and a row's history names it", async (t) => {
  const c = await scenario(t)
  const leo = c.asPerson('leo')
  const codes = () => leo`select hash, regra, codigo from audit.codigos_regra order by visto_em`
  await c.book({ id: 1 })
  t.same(await codes(), [], 'a rule that never ran is not kept')
  await c.runSession()
  await c.runSession()
  const [first, ...more] = await codes()
  t.same(more, [], 'the same code counts once')
  t.equal(first?.['regra'], 'errada')
  t.match(first?.['codigo'], /a categoria está errada/)
  t.equal(createHash('sha256').update(first?.['codigo']).digest('hex'), first?.['hash'], 'it proves itself')
  t.match(await c.sql`select hash_regra from audit.divergencias_processadas`, [
    { hash_regra: first?.['hash'] },
  ])

  await c.sql.unsafe(`
    create or replace function dw.errada(janela audit.janela) returns setof audit.achado language sql stable set search_path = pg_catalog, pg_temp as $f$
      select 'dw.lancamentos', l.id::text, '{"categoria": "CERTA"}'::jsonb, 0.9, '{}'::jsonb, 'agora de outro jeito', l.valor
      from dw.lancamentos l where l.categoria = 'ERR' and (janela.chaves is null or l.id = any (janela.chaves::bigint[])) $f$`)
  await c.runSession()
  const after = await codes()
  t.equal(after.length, 2)
  t.match(after[1]?.['codigo'], /agora de outro jeito/)
  t.equal(after[0]?.['codigo'], first?.['codigo'], 'the same as before')
  t.same(
    (
      await leo`select hash_regra from audit.historico_registro('dw.lancamentos', '1') where evento = 'deteccao'`
    ).map((row) => row['hash_regra']),
    [first?.['hash'], first?.['hash'], after[1]?.['hash']],
    'each detection by its own',
  )
  for (const statement of [
    'delete from audit.codigos_regra',
    "update audit.codigos_regra set regra = 'trade_marketing'",
    'truncate audit.codigos_regra',
  ])
    t.equal(await sqlstate(c.sql.unsafe(statement)), 'NC013', statement)
  t.equal(
    await sqlstate(
      c.sql`insert into audit.codigos_regra (hash, regra, codigo) select hash || 'x', regra, codigo from audit.codigos_regra limit 1`,
    ),
    '23514',
  )
})
