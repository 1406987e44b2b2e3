// Commands for fast-check: an act with its arguments, then the promises. A command prints itself in the form that `read` reads.
import fc from 'fast-check'
import { type Acts, acts, type Looking, type Window } from './acts.ts'
import type { Life } from './life.ts'
import { POINTS } from './points.ts'

/** Just enough to choose acts that make sense. */
export interface Model {
  /** What was done so far. */
  readonly ran: Command[]
  readonly most: number
  looked: boolean
  asked: number
  /** Only the end is left. */
  ended?: true
}
export const STEPS = 60
/** After how many commands the whole chain is proven, and not only its newest links. */
const PROOF = 12

const NEEDS_FINDINGS: ReadonlySet<keyof Acts> = new Set(['approve', 'answer', 'type', 'undo', 'rollBack'])

export class Command implements fc.AsyncCommand<Model, Life> {
  readonly act: keyof Acts
  readonly given: object
  constructor(act: keyof Acts, given: object) {
    this.act = act
    this.given = given
  }

  check = ({ ran, most, looked, asked }: Readonly<Model>) =>
    ran.length < most && (!NEEDS_FINDINGS.has(this.act) || looked) && (this.act !== 'work' || asked > 0)

  async run(model: Model, life: Life): Promise<void> {
    model.ran.push(this)
    if (['session', 'process', 'work'].includes(this.act)) model.looked = true
    if (['request', 'hours'].includes(this.act)) model.asked++
    const whole = await (acts[this.act] as (life: Life, given: object) => Promise<bigint | undefined>)(
      life,
      this.given,
    )
    await life.keepsPromises(whole ?? null)
    if (model.ran.length % PROOF === 0) await life.proves()
  }

  toString = () => JSON.stringify([this.act, this.given])
}

/** Usually nobody is stopped; once in this many times somebody is. */
const point = (once: number) =>
  fc.oneof(
    { weight: once - 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(...POINTS) },
  )
const who = fc.constantFrom('ana', 'bruno')
const pick = fc.nat(40)
const row = fc.nat(59)
const looking: { [K in keyof Looking]: fc.Arbitrary<Looking[K]> } = {
  mode: fc.constantFrom('auto', 'manual', 'auto', 'auto'),
  rules: fc.constantFrom(['rotulo'], ['rotulo'], ['importe'], ['rotulo', 'duvida'], null),
  window: fc.constantFrom<Window[]>('all', 'all', 'since', 0, 1, 2, 3),
}
const rule = fc.constantFrom('rotulo', 'importe')
const sets = ['ERRADA', 'CERTA', 'DUVIDA', 'OUTRA'].map((category) => `categoria = '${category}'`)

/** One finding, a few, or all there are: what one person does should meet what another did. */
const few = fc.constantFrom(1, 1, 2, 3, 6, 40)
const rows = fc.constantFrom(1, 2, 5, 5, 12, 20)
/** Rare enough: whoever reconnects starts cold, and costs as much as three who stayed. */
const kill = point(16)

/** The arguments of each act. */
const GIVEN = {
  session: { ...looking, simulate: fc.constantFrom(false, false, false, false, true), dies: kill },
  process: { ...looking, dies: point(4) },
  request: looking,
  work: { worker: fc.constantFrom(0, 1), stop: point(2), dies: fc.constantFrom(false, false, true) },
  approve: { who, pick, many: few, dies: kill },
  answer: {
    who,
    pick,
    many: few,
    how: fc.constantFrom('rejeitar', 'confirmar', 'reabrir', 'reabrir', 'excecao'),
  },
  type: { who, pick, value: fc.constantFrom('OUTRA', 'NOVA', 12.34) },
  undo: { who, pick: fc.nat(3) },
  rollBack: {
    who,
    pick: fc.constantFrom(0, 0, 1, 2, 5),
    many: few,
    dies: kill,
    what: fc.constantFrom('findings', 'operation', 'operation', 'session'),
    wrong: fc.constantFrom(false, false, true),
  },
  rule: {
    rule,
    change: fc.constantFrom(
      { limiar: 0.4 },
      { limiar: 0.95 },
      { automatica: false },
      { automatica: true },
      { concessao_correcoes: 3, concessao_valor: 1000 },
      { concessao_correcoes: 3, concessao_valor: 1e9 },
      { concessao_correcoes: 1000, concessao_valor: 1e9 },
      'breaks',
      'mended',
      'mended',
      'rewritten',
    ),
  },
  setting: {
    setting: fc.constantFrom(
      ['aprovacao.valor_dupla', 100],
      ['aprovacao.valor_dupla', 100000],
      ['limites.linhas', 3],
      ['limites.linhas', 50000],
      ['sessao.desfeitas_maximo', 1],
      ['sessao.desfeitas_maximo', 3],
      ['sessao.tamanho_lote', 2],
    ),
  },
  month: { month: fc.nat(3), close: fc.boolean() },
  edit: {
    row,
    many: rows,
    set: fc.constantFrom(
      ...sets,
      "descricao = 'x'",
      "descricao = 'teimosa'",
      'valor = valor + 1',
      'valor = valor_documento',
    ),
    loads: fc.boolean(),
  },
  load: { row, many: rows, how: fc.constantFrom('again', 'again', 'gone', 'other') },
  whim: { row, does: fc.constantFrom('recusa', 'cala', 'outra coisa', 'nada') },
  hours: { hours: fc.integer({ min: 1, max: 6 }) },
} satisfies Record<keyof Acts, Record<string, fc.Arbitrary<unknown>>>

/** A command for an act, with random arguments except those that are given. */
const some = (act: keyof Acts, said: object = {}): fc.Arbitrary<Command> =>
  fc
    .record(GIVEN[act] as Record<string, fc.Arbitrary<unknown>>)
    .map((given) => new Command(act, { ...given, ...said }))
type Story = fc.Arbitrary<readonly Command[]>
const story = (...commands: fc.Arbitrary<Command>[]): Story => fc.tuple(...commands)
const oneOf = (...acts: (keyof Acts)[]): fc.Arbitrary<Command> => fc.oneof(...acts.map((act) => some(act)))

const all = { window: 'all', simulate: false, dies: null } as const
const look = some('session', { ...all, mode: 'manual' })
const auto = some('session', { ...all, mode: 'auto' })
const outside = oneOf('edit', 'edit', 'load')
const moved = oneOf('setting', 'rule', 'month', 'whim')
const takenBack = some('rollBack', { dies: null, wrong: false })
const approve = some('approve', { dies: null })
const everything = some('approve', { dies: null, pick: 0, many: 40 })
/** Many entries at once, so that it hits what was found. */
const meddled = fc.oneof(
  some('edit', { many: 20 }),
  some('edit', { many: 20, set: "descricao = 'x'" }),
  some('load', { many: 20, how: 'other' }),
)
/** Fewer corrections are allowed than there are to make. */
const tight = fc.oneof(
  some('setting', { setting: ['limites.linhas', 3] }),
  some('rule', { rule: 'rotulo', change: { concessao_correcoes: 3, concessao_valor: 1e9 } }),
)
const closed = some('month', { close: true })
const whim = some('whim')
const calm = some('whim', { does: 'nada' })
/** Undoes the newest act, even if it is a rollback itself. */
const turned = some('rollBack', { dies: null, wrong: false, what: 'operation', pick: 0 })

/** Single acts; the more often one is listed here, the more often it comes. */
const ACTS: Readonly<Record<keyof Acts, number>> = {
  session: 3,
  process: 2,
  request: 2,
  work: 6,
  approve: 5,
  answer: 4,
  type: 3,
  undo: 3,
  rollBack: 6,
  rule: 3,
  setting: 2,
  month: 2,
  edit: 5,
  load: 3,
  whim: 2,
  hours: 2,
}
/** What goes wrong between two acts rather than in one: these follow each other. */
const STORIES: readonly Story[] = [
  story(look, meddled, everything),
  story(tight, auto),
  story(look, closed, approve),
  story(some('setting', { setting: ['aprovacao.valor_dupla', 100] }), look, approve),
  story(look, oneOf('answer', 'type'), look),
  story(look, whim, some('type'), approve, calm, approve),
  story(look, outside, look),
  story(auto, outside, auto),
  story(auto, meddled, takenBack),
  story(auto, closed, takenBack),
  story(auto, takenBack, auto),
  story(auto, takenBack, moved, turned),
  story(moved, auto),
  story(some('request'), some('work'), outside, some('work')),
]

/** This many commands, and some to spare for those that come at the wrong moment. */
export const life = (most: number): fc.Arbitrary<Command[]> =>
  fc
    .array(
      fc.oneof(
        ...Object.entries(ACTS).map(([act, weight]) => ({
          weight,
          arbitrary: some(act as keyof Acts).map((one): readonly Command[] => [one]),
        })),
        ...STORIES.map((arbitrary) => ({ weight: 3, arbitrary })),
      ),
      { minLength: most, maxLength: most },
    )
    .map((parts) => parts.flat())

/** The commands of a life that was printed. */
export const read = (lines: string): Command[] =>
  (JSON.parse(`[${lines}]`) as [keyof Acts, object][]).map(([act, given]) => new Command(act, given))
