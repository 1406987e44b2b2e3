// What came after a witness is proven at the cost of that part alone, however long the history.
import t from 'tap'
import type { Row } from '../../../src/db/connection.ts'
import { one, scenario, sqlstate } from '../../helper/scenario.ts'
import { REWRITE } from '../../helper/trail.ts'

const c = await scenario(t)
await c.book({ id: 1, confianca: 0.5 })
await c.runSession()
await c.sql`select audit_interno.selar()`
const head = async () => one(await c.sql`select elo, encode(selo, 'hex') as selo from audit_interno.cadeia`)
const since = (sql: typeof c.sql, { elo, selo }: Row) =>
  sql`select * from audit.verificar_desde(${elo}, ${selo})`

/** Adds this many more facts to the past, sealed. */
async function history(operations: number, facts: number) {
  await c.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`
      with o as (
        insert into audit.operacoes (tipo, status, ator, finalizada_em)
        select 'deteccao', 'concluida', 'x', now() from generate_series(1, ${operations}::int) returning id
      )
      insert into audit.deteccoes (operacao_id, divergencia_id, confianca, resumo)
      select o.id, n, 0.5, sha256('x') from o, generate_series(1, ${facts}::int) n`
    await tx.unsafe(REWRITE)
  })
  await c.sql`vacuum analyze audit.operacoes, audit.deteccoes`
}

let entry = 100
async function day() {
  await c.book(...Array.from({ length: 10 }, () => ({ id: entry++, confianca: 0.5 })))
  await c.runSession()
  await c.reject('ana', (await c.finding(entry - 1)).id)
  await c.sql`select audit_interno.selar()`
}

/** Pages that a statement touches. */
async function pages(statement: string): Promise<number> {
  await c.sql.unsafe(statement) // once, so that plans and catalogues are cached
  const row = one(await c.sql.unsafe(`explain (analyze, buffers, format json) ${statement}`))
  const [{ Plan: plan }] = row['QUERY PLAN'] as [{ Plan: Record<string, number> }]
  return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)
}

t.test('proving a day costs the same with ten times the history', async (t) => {
  const measured: { day: number; all: number }[] = []
  for (const [operations, facts] of [
    [10, 1000],
    [90, 1000],
  ] as const) {
    await history(operations, facts)
    const before = await head()
    await day()
    const [proven] = await since(c.asPerson('leo'), before)
    t.match(proven, {
      situacao: 'provada',
      operacoes: 2n,
      fatos: 12n + (measured.length === 0 ? 0n : 10n),
      ...(await head()),
    })
    measured.push({
      day: await pages(`select * from audit.verificar_desde(${before['elo']}, '${before['selo']}')`),
      all: await pages('select * from audit_interno.quebras_cadeia()'),
    })
  }
  const [short, long] = measured as [(typeof measured)[0], (typeof measured)[0]]
  t.comment(`pages: a day ${short.day}, then ${long.day}; all of it ${short.all}, then ${long.all}`)
  t.ok(long.day < short.day * 1.5, 'the day alone')
  t.ok(long.all > short.all * 4, 'the whole chain gets longer')
})

t.test('tampering after the witness is found, and so is a rewrite before it', async (t) => {
  const before = await head()
  await day()
  const after = await head()
  const undone = new Error('undone')
  const tamper = (act: string) =>
    c.sql
      .begin(async (tx) => {
        await tx.unsafe(
          `set local session_replication_role = replica; ${act}; set local session_replication_role = origin; set local role conferente_leitor`,
        )
        const rows = await since(tx as never, before)
        throw Object.assign(undone, { rows: rows.map((row) => row['situacao']) })
      })
      .catch((error: { rows?: string[] }) => error.rows ?? Promise.reject(error))
  t.same(await tamper('select'), ['provada'])
  t.same(
    await tamper(`update audit.decisoes set ator = 'outra' where id = (select max(id) from audit.decisoes)`),
    ['operacao_alterada'],
  )
  t.same(await tamper(`update audit.operacoes set selo = sha256('x') where elo = ${after['elo']}`), [
    'selo_errado',
    'cabeca_errada',
  ])
  t.same(await tamper(`delete from audit.operacoes where elo = ${after['elo']}`), ['cauda_ausente'])
  t.same(await tamper(`delete from audit.operacoes where elo = ${before['elo']} + 1`), ['operacao_ausente'])
  t.same(await tamper(`update audit.operacoes set motivo = 'outro' where elo = 2; ${REWRITE}`), [
    'testemunha_contradita',
    'selo_anterior_errado',
  ])
  t.same(await tamper('alter table audit.decisoes disable trigger proteger'), ['protecao_desligada'])
  t.same(
    await tamper(`update audit.operacoes set motivo = 'outro' where elo = 2`),
    ['provada'],
    'not read here: verificar_integridade does that',
  )
})

t.test('a witness is a position and its seal', async (t) => {
  const leo = c.asPerson('leo')
  const seal = 'ab'.repeat(32)
  for (const [elo, selo] of [
    [1, null],
    [null, seal],
    [-1, seal],
    [1, 'ab'],
  ])
    t.equal(
      await sqlstate(leo`select audit.verificar_desde(${elo as never}::bigint, ${selo as never})`),
      'NC001',
    )
  t.equal(await sqlstate(since(c.asPerson('ninguem'), { elo: 1, selo: seal })), '42501')
})
