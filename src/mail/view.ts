import type { MailText } from '../i18n/index.ts'
import type { RuleFacts } from './facts.ts'

export type Tone = 'good' | 'gap' | 'bad'

export interface Pair {
  readonly label: string
  readonly value: string
  readonly strong?: boolean
}

/** What a message says, word for word: the HTML and the plain text show the same. */
export interface View {
  readonly language: string
  readonly subject: string
  readonly kind: string
  readonly tone: Tone
  readonly headline: string
  readonly lead: readonly string[]
  readonly when: string
  readonly gaps: readonly string[]
  /** Corrections that a load undid: by rule and load, and what to do. */
  readonly undone:
    | {
        readonly title: string
        readonly lines: readonly string[]
        readonly link: string
        readonly url: string
      }
    | undefined
  readonly tiles: readonly (Pair & { readonly note: string; readonly tone: Tone | undefined })[]
  readonly rules: readonly {
    readonly name: string
    readonly state: string | undefined
    readonly description: string
    readonly figures: string
    readonly waiting: string
    readonly trend: string
    readonly picture: { readonly cid: string; readonly alt: string; readonly days: RuleFacts['tendencia'] }
  }[]
  readonly items: readonly {
    readonly amount: string
    readonly rule: string
    readonly record: string
    readonly status: string
    readonly tone: Tone | undefined
    readonly sentence: string
    readonly changes: readonly { readonly column: string; readonly before: string; readonly after: string }[]
    readonly flagOnly: string | undefined
    readonly note: string
    readonly link: string
    readonly url: string
  }[]
  readonly itemsTitle: string
  readonly control: { readonly rows: readonly Pair[]; readonly note: string; readonly tone: Tone } | undefined
  readonly known: readonly Pair[]
  readonly knownTitle: string
  readonly todo: string | undefined
  readonly mail: readonly string[]
  readonly url: string
  readonly chain: string
  readonly footer: string
  readonly text: MailText
}
