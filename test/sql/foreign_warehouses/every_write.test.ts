// On warehouses that are not ours, with triggers that do what they like: after each act of a session and of people, every row of
// the base tables is what the audit says, to the byte; what is called corrected or reverted is so; and everything else is called a
// failure.
import t, { type Test } from 'tap'
import type { Row, Sql } from '../../../src/db/connection.ts'
import { type TestDatabase, testDatabase } from '../../helper/database.ts'
import { drawn } from '../../helper/thorough.ts'
import { approveAll, arrayOf, findingsIn, rollBack, runSession } from '../../helper/warehouse.ts'
import {
  houseRule,
  type Kind,
  KNOWN_TEXT,
  type Proposal,
  propose,
  untrue,
  VARIANTS,
  type Variant,
  type Warehouse,
  warehouse,
} from '../../helper/warehouses.ts'

/** Eight kinds of correction; the nth entry gets the ((n - 1) mod 8)th. */
const proposed = ({ right, other }: Warehouse): Proposal['valores'][] => [
  { categoria: right },
  { valor: '77.50' },
  { valor_documento: '77' },
  { categoria: right, valor: '-12.34' },
  { descricao: KNOWN_TEXT },
  { valor_documento: null },
  { valor: '55.00' },
  { categoria: other },
]

/** What people type instead. */
const typed = ({ right, other }: Warehouse): Proposal['valores'][] => [
  { categoria: other },
  { valor: '88.25' },
  { valor_documento: '88' },
  { categoria: other, valor: '-88.25' },
  { descricao: ' outro Texto' },
  { valor_documento: '5' },
  { valor: '66' },
  { categoria: right },
]

/** Whether the warehouse grants what is asked of its nth entry. */
function gives({ kind, variant }: Warehouse, n: number, isTyped = false): boolean {
  const asked = (n - 1) % 8
  const even = n % 2 === 0
  const label = isTyped ? asked === 7 : asked === 0 || asked === 3 // asks for the long label
  switch (variant) {
    case 'nulo':
    case 'nao_nulo': // finds only names that are written in capitals
      return asked === 6 || (!label && (asked === 7 || asked === 0 || asked === 3))
    case 'surdo':
      return asked !== 2 && asked !== 5
    case 'arredonda':
      return asked !== 1 && asked !== 3 && asked !== 4
    case 'mudo':
    case 'mente':
    case 'nega': // writes, and says that it did not
    case 'some':
    case 'calado':
      return !even
    case 'maiusculas': // every other text is in capitals already
      return even
    case 'caixa':
      return asked === 5 || asked === 6
    case 'so_debito':
      return asked !== 3 && asked !== 6
    case 'corta':
      return !label
    case 'sem_gatilho':
      return asked !== 1 && asked !== 3 && asked !== 6
    case 'tagarela':
    case 'vizinho':
    case 'sorteia':
    case 'depois':
      return false
    case 'adiado':
      return false
    default:
      return kind !== undefined
  }
}

interface Scene extends TestDatabase {
  dw: Warehouse
  olivia: Sql
  ana: Sql
  bruno: Sql
  /** Everything is as the audit says. */
  exact(what: string): Promise<void>
  /** The findings on entries are what they should be. */
  statuses(what: string, entries: number[], status: (n: number) => string): Promise<Row[]>
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const [AUTO, ONE, TWO, TYPED] = [range(1, 8), range(9, 16), range(17, 24), range(25, 32)]

async function scene(t: Test, kind: Kind, variant: Variant): Promise<Scene> {
  const b = await testDatabase(t)
  const [olivia, ana, bruno, adelia] = [
    b.connectAs('olivia'),
    b.connectAs('ana'),
    b.connectAs('bruno'),
    b.connectAs('adelia'),
  ]
  const dw = await warehouse(b.sql, { kind, variant, nullable: variant !== 'nao_nulo' })
  await houseRule(b.sql, adelia)
  await propose(
    b.sql,
    [...AUTO, ...ONE, ...TWO, ...TYPED].map((n) => ({
      id: dw.key(n),
      valores: proposed(dw)[(n - 1) % 8] ?? {},
      confianca: AUTO.includes(n) ? 0.99 : 0.5,
      risco: TWO.includes(n) ? 150_000 : 10,
    })),
  )
  return {
    ...b,
    dw,
    olivia,
    ana,
    bruno,
    async exact(what) {
      t.same(await dw.differences(), [], `${what}: every row is as the audit says`)
    },
    async statuses(what, entries, status) {
      const all = await findingsIn(b.sql)
      const found = entries.map(
        (n) => all.filter((d) => d['registro_id'] === dw.key(n)).at(-1) ?? ({} as Row),
      )
      t.same(
        found.map((d, i) => `${entries[i]} ${d['status']}`),
        entries.map((n) => `${n} ${status(n)}`),
        `${what} ${found.map((d) => (d['status'] === 'falha' ? d['motivo'] : '')).find((reason) => reason !== '') ?? ''}`,
      )
      return found
    },
  }
}

const KINDS = Object.keys(VARIANTS) as Kind[]
for (const { kind, variant } of drawn(
  KINDS.flatMap((kind) => VARIANTS[kind].map((variant) => ({ kind, variant }))),
  3,
)) {
  t.test(`${kind}, ${variant}`, async (t) => {
    const s = await scene(t, kind, variant)
    const { sql, dw, olivia, ana, bruno } = s
    const ids = (found: readonly Row[], status: string) =>
      found.filter((d) => d['status'] === status).map((d) => d['id'])
    const outcome = (n: number) => (gives(dw, n) ? 'corrigida' : 'falha')
    await s.exact('at first')

    const auto = await runSession(olivia, 'auto', ['casa'])
    const byAuto = await s.statuses('auto', AUTO, outcome)
    await s.exact('auto')
    const given = AUTO.filter((n) => gives(dw, n)).length
    t.match(
      auto,
      {
        status: given === AUTO.length ? 'concluida' : 'concluida_com_falhas',
        corrigidas: BigInt(given),
        falhas: BigInt(AUTO.length - given),
      },
      auto['mensagem'],
    )

    const one = await s.statuses('not yet', ONE, () => 'aberta')
    await approveAll(ana, ...ids(one, 'aberta'))
    await s.statuses('one person', ONE, outcome)
    await s.exact('one person')

    const two = await s.statuses('not yet', TWO, () => 'aberta')
    await approveAll(ana, ...ids(two, 'aberta'))
    const waiting = await s.statuses('one of two', TWO, () => 'aguardando_segunda_aprovacao')
    await s.exact('one of two')
    await approveAll(bruno, ...ids(waiting, 'aguardando_segunda_aprovacao'))
    const byTwo = await s.statuses('two people', TWO, outcome)
    await s.exact('two people')

    const toType = await s.statuses('not yet', TYPED, () => 'aberta')
    for (const [i, d] of toType.entries())
      await ana`select audit.corrigir_manualmente(${d['id']}, ${sql.json(typed(dw)[i] as never)}, 'olhei a nota')`
    await s.exact('typed')
    await approveAll(bruno, ...toType.map((d) => d['id']))
    await s.statuses('typed', TYPED, (n) => (gives(dw, n, true) ? 'corrigida' : 'falha'))
    await s.exact('typed, approved')

    const failed = ids(byAuto, 'falha')
    if (failed.length > 0) {
      await approveAll(ana, ...failed)
      await s.statuses('approved though it failed', AUTO, outcome)
      await s.exact('approved though it failed')
    }

    // back: an item, an operation, the session; and forth again
    const results: Row[] = []
    const backs = (rows: readonly Row[]) => results.push(...rows)
    // the way back: a row that the warehouse does not give back is not rolled back
    const back = (n: number) =>
      (variant === 'so_ida' && [0, 3].includes((n - 1) % 8)) ||
      (['nulo', 'nao_nulo'].includes(variant) && (n - 1) % 8 === 7)
        ? 'corrigida'
        : 'revertida'
    const status = (n: number) => (gives(dw, n) ? back(n) : 'falha')
    const corrected = ONE.filter((n) => gives(dw, n)).map((n) => one[ONE.indexOf(n)]?.['id'])
    if (corrected.length > 0) {
      backs(await rollBack(ana, ...corrected))
      await s.statuses('items', ONE, status)
      await s.exact('items')
    }
    if (TWO.some((n) => gives(dw, n))) {
      const [operation] =
        await sql`select max(operacao_id) as id from audit.alteracoes where divergencia_id = any (${arrayOf(...byTwo.map((d) => d['id']))}::bigint[])`
      backs(await ana`select * from audit.reverter_operacao(${operation?.['id']}, 'era outra nota')`)
      await s.statuses('operation', TWO, status)
      await s.exact('operation')
    }
    if (given > 0) {
      for (const turn of [1, 2]) {
        backs(await olivia`select * from audit.reverter_sessao(${auto['id']}, 'era outra nota')`)
        await s.statuses(`session, ${turn}`, AUTO, status)
        await s.exact(`session, ${turn}`)
        if (turn === 2) break
        const [reversal] = await sql`select max(id) as id from audit.operacoes where tipo = 'reversao'`
        await ana`select * from audit.reverter_operacao(${reversal?.['id']}, 'estava certo')`
        await s.statuses('rollback of the rollback', AUTO, outcome)
        await s.exact('rollback of the rollback')
      }
    }
    t.same(await untrue(sql, results.slice(-8)), [], 'the last rollback reports the truth')

    // and another night on the present state
    await runSession(olivia, 'auto', ['casa'])
    await s.exact('another session')
    const broken = await sql`select * from audit.verificar_integridade()`
    t.same(
      broken.map((line) => line['situacao']),
      ['provada'],
      'proved',
    )
  })
}
