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
  /** The operation's own content, PostgreSQL's text of a row, and its details. */
  readonly text: string
  readonly #details: string
  /** Digest of the operation without its facts. */
  readonly #own: Buffer
  /** Salt of who and why, also in its decisions and exceptions. */
  readonly #salt: Buffer
  /** Parts in which somebody was forgotten, by the operation that forgot: what was sealed follows, what stands there does not. */
  readonly forgotten: number[] = []
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
    const { elo, operacao, autoria, detalhes, sais, resumo, selo, selo_anterior: before = null } = line
    const id = typeof operacao === 'string' ? /^\((\d{1,15}),/.exec(operacao)?.[1] : undefined
    if (!Number.isSafeInteger(elo) || typeof operacao !== 'string' || id === undefined)
      throw new TypeError('elo, operacao')
    if (!isDigest(resumo) || !isDigest(selo) || (before !== null && !isDigest(before)))
      throw new TypeError('resumo, selo')
    this.elo = elo as number
    this.id = Number(id)
    if (typeof autoria !== 'string' || typeof detalhes !== 'string' || !isPair(sais))
      throw new TypeError('autoria, detalhes, sais')
    this.text = operacao
    this.#details = detalhes
    this.#salt = Buffer.from(sais[0], 'hex')
    this.#own = hash(
      'sha256',
      Buffer.concat([
        sha256(operacao),
        this.#personal(this.#salt, autoria, line['esquecida']),
        this.#personal(Buffer.from(sais[1], 'hex'), detalhes, line['detalhes_esquecidos']),
      ]),
      'buffer',
    )
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

  /** @throws {TypeError} where the line does not follow the format */
  add(kind: Fact, text: string, line: Readonly<Record<string, unknown>>): void {
    this.counts[kind] += 1
    this.#facts[kind] ??= createHash('sha256')
    if (kind !== 'decisao' && kind !== 'excecao') {
      this.#facts[kind].update(sha256(text))
      return
    }
    const { autoria, esquecida } = line
    if (typeof autoria !== 'string') throw new TypeError('autoria')
    const parts = [sha256(text), this.#personal(this.#salt, autoria, esquecida)]
    this.#facts[kind].update(hash('sha256', Buffer.concat(parts), 'buffer'))
  }

  /** What may name people goes in as a digest of its own, or, where somebody was forgotten, as the one that was sealed. */
  #personal(salt: Buffer, text: string, sealed: unknown): Buffer {
    if (sealed === undefined) return hash('sha256', Buffer.concat([salt, Buffer.from(text)]), 'buffer')
    if (typeof sealed !== 'object' || sealed === null) throw new TypeError('esquecida')
    const { por, resumo } = sealed as Record<string, unknown>
    if (!isDigest(resumo) || !Number.isSafeInteger(por)) throw new TypeError('esquecida')
    this.forgotten.push(por as number)
    return Buffer.from(resumo, 'hex')
  }

  /** How many parts it forgot, if the operation forgot somebody. */
  forgot(): number | undefined {
    return /^\(\d+,esquecimento,/.test(this.text)
      ? Number(/"fatos": (\d{1,15})[,}]/.exec(this.#details)?.[1] ?? 0)
      : undefined
  }

  /** As audit_interno.resumo_operacao computes it; to be called once, after all facts. */
  digest(): string {
    const whole = createHash('sha256').update(this.#own)
    for (const kind of FACTS) whole.update(this.#facts[kind]?.digest() ?? this.#archived[kind] ?? sha256(''))
    return whole.digest('hex')
  }

  /** SHA-256 of the token, if the operation records a stamp. */
  stamped(): string | undefined {
    return /^\(\d+,carimbo,/.test(this.text)
      ? (/"sha256": "([0-9a-f]{64})"/.exec(this.#details)?.[1] ?? '')
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

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string')
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
