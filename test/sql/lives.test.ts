// What the two bets on a rule's answers do over its life, for rules that err at a given rate. `npm run rule-lives` takes 1,000 of each.
import t from 'tap'
import { testDatabase } from '../helper/database.ts'

const LIVES = Number(process.argv[2] ?? 200)

t.test('good rules keep auto, bad ones lose it soon', async (t) => {
  const { sql } = await testDatabase(t)
  /**
   * The share of lives that are refuted, and of those proven, within this many answers, each of which is wrong with this chance.
   */
  const live = async (wrong: number, answers: number, after = 0, then = wrong) => {
    const [row] = await sql.begin(async (tx) => {
      await tx`select setseed(0.5)`
      return tx`
        with vida as materialized (
          select v, array_agg((random() < case when n > ${after} then ${then}::float8 else ${wrong}::float8 end)::int::float8 order by n) as x
          from generate_series(1, ${LIVES}) as v cross join generate_series(1, ${after + answers}::int) as n group by v
        )
        select avg((exists (
            select from audit_interno.evidencia_contra(x, array_fill(1::float8, array[cardinality(x)]), 0.05) c
            where c.refuta and c.n > ${after}))::int)::float as refuted,
          avg((exists (select from audit_interno.evidencia_favor(x, 0.05) f where f.prova))::int)::float as proved
        from vida`
    })
    const share = row as unknown as { refuted: number; proved: number }
    t.comment(
      `right ${1 - wrong}, then ${1 - then}, ${answers} answers: refuted ${share.refuted}, proved ${share.proved}`,
    )
    return share
  }
  const best = await live(0.01, 1000)
  t.ok(1 - best.refuted >= 0.99, 'right 99 times in 100: 99% of them keep auto')
  t.ok(best.proved >= 0.99, 'and are proved')
  const good = await live(0.03, 1000)
  t.ok(1 - good.refuted >= 0.95, 'right 97 times in 100: 95% of them keep auto')
  t.ok((await live(0.1, 300)).refuted >= 0.7, 'right 90 times in 100: 70% lose it within 300 answers')
  t.ok((await live(0.2, 100)).refuted >= 0.95, 'right 80 times in 100: 95% lose it within 100')
  t.ok((await live(0.05, 300)).proved <= 0.05, 'one that errs as often as is tolerated is hardly ever proved')
  t.ok(
    (await live(0.01, 100, 500, 0.2)).refuted >= 0.9,
    'and a good past does not save one that has turned bad',
  )
})
