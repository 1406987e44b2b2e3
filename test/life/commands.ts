// Commands of fast-check: an act with its arguments, and then the promises. A command prints in the form that `replay` reads.
import fc from 'fast-check'
import { type Acts, acts, type Looking, type Window } from './acts.ts'
import type { Life } from './life.ts'
import { POINTS } from './points.ts'

/** Just enough to choose what makes sense. */
export interface Model {
  steps: number
  readonly most: number
  looked: boolean
  asked: number
}
export const STEPS = 60
/** How often the whole chain is proven, and not only its newest links. */
const PROOF = 12

const NEEDS_FINDINGS: ReadonlySet<keyof Acts> = new Set(['approve', 'answer', 'type', 'undo', 'rollBack'])

export class Command implements fc.AsyncCommand<Model, Life> {
  readonly act: keyof Acts
  readonly given: object
  constructor(act: keyof Acts, given: object) {
    this.act = act
    this.given = given
  }

  check = ({ steps, most, looked, asked }: Readonly<Model>) =>
    steps < most && (!NEEDS_FINDINGS.has(this.act) || looked) && (this.act !== 'work' || asked > 0)

  async run(model: Model, life: Life): Promise<void> {
    model.steps++
    if (['session', 'process', 'work'].includes(this.act)) model.looked = true
    if (['request', 'hours'].includes(this.act)) model.asked++
    const whole = await (acts[this.act] as (life: Life, given: object) => Promise<bigint | undefined>)(
      life,
      this.given,
    )
    await life.keepsPromises(whole ?? null)
    if (model.steps % PROOF === 0) await life.proves()
  }

  toString = () => JSON.stringify([this.act, this.given])
}

/** Nobody is stopped, or once in this many times somebody is. */
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
  rules: fc.constantFrom(['rotulo'], ['importe'], ['rotulo', 'duvida'], null),
  window: fc.constantFrom<Window[]>('all', 'all', 'since', 0, 1, 2, 3),
}
const rule = fc.constantFrom('rotulo', 'importe')
const sets = ['ERRADA', 'CERTA', 'DUVIDA', 'OUTRA'].map((category) => `categoria = '${category}'`)

/** Each as often as it appears here. */
const RECORDS: readonly (readonly [
  act: keyof Acts,
  often: number,
  given: Record<string, fc.Arbitrary<unknown>>,
])[] = [
  ['session', 5, { ...looking, simulate: fc.constantFrom(false, false, false, false, true), dies: point(8) }],
  ['process', 2, { ...looking, dies: point(3) }],
  ['request', 3, looking],
  ['work', 6, { worker: fc.constantFrom(0, 1), stop: point(2), dies: fc.boolean() }],
  ['approve', 7, { who, pick, many: fc.integer({ min: 1, max: 6 }), dies: point(8) }],
  [
    'answer',
    4,
    {
      who,
      pick,
      many: fc.integer({ min: 1, max: 3 }),
      how: fc.constantFrom('rejeitar', 'confirmar', 'reabrir', 'reabrir', 'excecao'),
    },
  ],
  ['type', 3, { who, pick, value: fc.constantFrom('OUTRA', 'NOVA', 12.34) }],
  ['undo', 3, { who, pick: fc.nat(3) }],
  [
    'rollBack',
    8,
    {
      who,
      pick: fc.nat(8),
      many: fc.integer({ min: 1, max: 6 }),
      dies: point(8),
      what: fc.constantFrom('findings', 'operation', 'operation', 'session'),
      wrong: fc.constantFrom(false, false, true),
    },
  ],
  [
    'rule',
    3,
    {
      rule,
      change: fc.constantFrom(
        { limiar: 0.4 },
        { limiar: 0.95 },
        { automatica: false },
        { automatica: true },
        { concessao_correcoes: 3, concessao_valor: 1000 },
        { concessao_correcoes: 1000, concessao_valor: 1e9 },
        'breaks',
        'mended',
        'mended',
        'rewritten',
      ),
    },
  ],
  [
    'setting',
    2,
    {
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
  ],
  ['month', 2, { month: fc.nat(3), close: fc.boolean() }],
  [
    'edit',
    6,
    {
      row,
      many: fc.integer({ min: 1, max: 5 }),
      set: fc.constantFrom(
        ...sets,
        "descricao = 'x'",
        "descricao = 'teimosa'",
        'valor = valor + 1',
        'valor = valor_documento',
      ),
      loads: fc.boolean(),
    },
  ],
  [
    'load',
    4,
    { row, many: fc.integer({ min: 1, max: 12 }), how: fc.constantFrom('again', 'again', 'gone', 'other') },
  ],
  ['whim', 1, { row, does: fc.constantFrom('recusa', 'cala', 'outra coisa', 'nada') }],
  ['hours', 2, { hours: fc.integer({ min: 1, max: 6 }) }],
]

const commands = RECORDS.flatMap(([act, often, given]) =>
  Array.from({ length: often }, () => fc.record(given).map((made) => new Command(act, made))),
)

/** A list of commands, of which this many are possible nine times in ten: most are not possible at their moment. */
export const life = (most: number) =>
  fc.commands(commands, { maxCommands: 20 * most, size: 'max', disableReplayLog: true })

/** The commands of a life that was printed. */
export const read = (lines: string): Command[] =>
  (JSON.parse(`[${lines}]`) as [keyof Acts, object][]).map(([act, given]) => new Command(act, given))
