/** One break of a trail, in the words of audit.verificacao. */
export interface Break {
  readonly situacao: string
  readonly elo: number | null
  readonly operacao_id: number | null
  readonly objeto: string | null
  readonly esperado: string | null
  readonly encontrado: string | null
}

export interface CountedBreak extends Break {
  readonly ocorrencias: number
}

/** Keeps the first break of each kind, and counts the others, so that any amount of damage fits in memory. */
export class Breaks {
  readonly #kinds = new Map<string, { first: Break; times: number }>()

  add(found: Break): void {
    const kind = this.#kinds.get(found.situacao)
    if (kind) kind.times += 1
    else this.#kinds.set(found.situacao, { first: found, times: 1 })
  }

  /** The first broken link comes first. */
  list(): CountedBreak[] {
    return [...this.#kinds.values()]
      .map(({ first, times }) => ({ ...first, ocorrencias: times }))
      .sort((a, b) => (a.elo ?? Number.MAX_SAFE_INTEGER) - (b.elo ?? Number.MAX_SAFE_INTEGER))
  }
}
