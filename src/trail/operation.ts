import { createHash, type Hash, hash } from 'node:crypto'

/** Kinds of facts, in the order in which their digests follow that of their operation. */
export const FACTS = ['deteccao', 'alteracao', 'decisao', 'excecao', 'desfeita', 'estado'] as const
export type Fact = (typeof FACTS)[number]

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer')

/** An operation as its line describes it, with its digest computed as its facts come in. */
export class Operation {
  readonly elo: number
  readonly id: number
  readonly resumo: string
  readonly selo: string
  readonly seloAnterior: string | null
  /** The operation's own content, PostgreSQL's text of a row. */
  readonly text: string
  readonly counts: Record<Fact, number> = {
    deteccao: 0,
    alteracao: 0,
    decisao: 0,
    excecao: 0,
    desfeita: 0,
    estado: 0,
  }
  readonly #facts: Partial<Record<Fact, Hash>> = {}
  /** Digests of facts that are in an earlier file; the operation's own digest must still follow from them. */
  readonly #archived: Partial<Record<Fact, Buffer>> = {}
  /** Whether there are any. */
  readonly archived: boolean

  /** @throws {TypeError} where the line does not follow the format */
  constructor(line: Readonly<Record<string, unknown>>) {
    const { elo, operacao, resumo, selo, selo_anterior: before } = line
    const id = typeof operacao === 'string' ? /^\((\d{1,15}),/.exec(operacao)?.[1] : undefined
    if (!Number.isSafeInteger(elo) || typeof operacao !== 'string' || id === undefined)
      throw new TypeError('elo, operacao')
    if (!isDigest(resumo) || !isDigest(selo) || (before !== null && !isDigest(before)))
      throw new TypeError('resumo, selo')
    this.elo = elo as number
    this.id = Number(id)
    this.text = operacao
    this.resumo = resumo
    this.selo = selo
    this.seloAnterior = before
    const elsewhere = line['arquivada'] ?? {}
    if (typeof elsewhere !== 'object') throw new TypeError('arquivada')
    for (const kind of FACTS) {
      const digest = (elsewhere as Record<string, unknown>)[kind]
      if (digest === undefined) continue
      if (!isDigest(digest)) throw new TypeError('arquivada')
      this.#archived[kind] = Buffer.from(digest, 'hex')
    }
    this.archived = line['arquivada'] !== undefined
  }

  add(kind: Fact, text: string): void {
    this.counts[kind] += 1
    this.#facts[kind] ??= createHash('sha256')
    this.#facts[kind].update(sha256(text))
  }

  /** As audit_interno.resumo_operacao computes it; to be called once, after all facts. */
  digest(): string {
    const whole = createHash('sha256').update(sha256(this.text))
    for (const kind of FACTS) whole.update(this.#facts[kind]?.digest() ?? this.#archived[kind] ?? sha256(''))
    return whole.digest('hex')
  }

  /** SHA-256 of the token, if the operation records a stamp. */
  stamped(): string | undefined {
    return /^\(\d+,carimbo,/.test(this.text)
      ? (/""sha256"": ""([0-9a-f]{64})""/.exec(this.text)?.[1] ?? '')
      : undefined
  }

  /** The bytes whose SHA-256 is the seal, by what the line says: the seal before, the position and the digest. */
  sealed(): Buffer | undefined {
    if (this.seloAnterior === null) return undefined
    const link = Buffer.alloc(8)
    link.writeBigInt64BE(BigInt(this.elo))
    return Buffer.concat([Buffer.from(this.seloAnterior, 'hex'), link, Buffer.from(this.resumo, 'hex')])
  }

  /** The resulting seal. */
  seal(): string | undefined {
    const sealed = this.sealed()
    return sealed && hash('sha256', sealed)
  }
}

export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

/** The digest of its finding that a detection states. */
const DETECTION = /^\((\d{1,18}),[^,]*,"\\\\x([0-9a-f]{64})"\)$/

/**
 * Compares a finding with its last detection: is it what was found?
 * @returns undefined if it is, or what is wrong
 */
export function findingBreak(
  line: Readonly<Record<string, unknown>>,
): { finding: string; expected: string; found: string } | undefined {
  const { deteccao, identidade, impressao, achado } = line
  const [, finding, expected] = DETECTION.exec(String(deteccao)) ?? []
  if (finding === undefined || expected === undefined) throw new TypeError('deteccao')
  if (
    typeof identidade !== 'string' ||
    typeof achado !== 'string' ||
    typeof impressao !== 'string' ||
    !/^([0-9a-f]{2})*$/.test(impressao)
  )
    throw new TypeError('identidade, impressao, achado')
  const identity = createHash('sha256').update(identidade).update(impressao, 'hex').digest()
  const found = createHash('sha256').update(identity).update(achado).digest('hex')
  return found === expected ? undefined : { finding, expected, found }
}
