// Small functions that the rules stand on, each by itself.
import t from 'tap'
import { banco } from '../../helper/banco.ts'

t.test('words are letters: folded, without digits and punctuation', async (t) => {
  const { sql } = await banco(t)
  const [row] =
    await sql`select audit_interno.palavras_texto(' NF-e 123 de Água-Viva, 2ª VIA (10/2025)') as p`
  t.equal(row?.['p'], 'nf e de agua viva a via')
})

t.test('how well a supplier is known falls into four classes, and four more with its account', async (t) => {
  const { sql } = await banco(t)
  const rows =
    await sql`select audit_interno.classe_apoio(a, false)::int as sem, audit_interno.classe_apoio(a, true)::int as com
    from unnest('{-1,0,0.1,3.4,3.5,29.9,30,1000}'::float[]) with ordinality x (a, n) order by n`
  t.same(
    rows.map((r) => r['sem']),
    [0, 0, 1, 1, 2, 2, 3, 3],
  )
  t.same(
    rows.map((r) => r['com']),
    [4, 4, 5, 5, 6, 6, 7, 7],
  )
})
