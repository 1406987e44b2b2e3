import { hash } from 'node:crypto'
import { Breaks, type CountedBreak } from './breaks.ts'
import { lines } from './lines.ts'
import { FACTS, findingBreak, isDigest, Operation } from './operation.ts'
import { type KeptStamp, type ProvenStamps, proveStamps } from './stamps.ts'

/** A position of the chain and its seal, as quoted in a mail. */
export interface Witness {
  readonly elo: number
  readonly selo: string
}

export interface TrailReport extends ProvenStamps {
  /** Empty if the content of the file is proven. */
  readonly breaks: readonly CountedBreak[]
  readonly operacoes: number
  readonly fatos: number
  /** Operations whose facts are in an earlier file; what this file holds of them is proven. */
  readonly arquivadas: number
  /** Parts of operations and facts in which somebody was forgotten: who and why was sealed, but is not what stands there. */
  readonly esquecidos: number
  /** Findings whose content accompanied their last detection. */
  readonly divergencias: number
  /** Position of the last operation. */
  readonly elo: number
  readonly selo: string
  /** Operations that waited for their seal when the file was written, and so are not in it. */
  readonly pendentes: number
}

/** Before the first operation. */
const BEGINNING: Witness = { elo: 0, selo: hash('sha256', 'conferente') }

/**
 * Proves an exported trail from its bytes alone, line by line in constant memory. Every operation and fact has the sealed digest,
 * the links follow one another without a gap up to the head that the file names, the witness agrees, and an authority signed the
 * stamps. Without a witness or stamp, it does not detect somebody who rewrote the whole file.
 * @param roots a PEM file of authorities whose stamps are trusted
 */
export async function checkTrail(
  bytes: AsyncIterable<Buffer>,
  witness?: Witness,
  roots?: string,
): Promise<TrailReport> {
  const check = new Check(witness)
  let number = 0
  try {
    for await (const batch of lines(bytes)) {
      for (const line of batch) {
        number += 1
        check.take(number === 1 ? line.replace(/^\ufeff/, '') : line)
      }
    }
  } catch (error) {
    // After an unreadable line nothing more can be checked.
    if (!(error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError))
      throw error
    check.unreadable(number, error.message)
    return check.report(roots)
  }
  check.end()
  return check.report(roots)
}

class Check {
  readonly #breaks = new Breaks()
  readonly #witness: Witness | undefined
  #head: Witness | undefined
  #waiting = 0
  #before = BEGINNING
  #operation: Operation | undefined
  #witnessed = false
  readonly #stamps: KeptStamp[] = []
  /** Stamps by token: those that an operation recorded (#recorded), and those in the file (#kept). */
  readonly #recorded = new Map<string, Operation>()
  readonly #kept = new Map<string, Operation>()
  #operations = 0
  #facts = 0
  #archived = 0
  /** Of each operation that forgot somebody, how many parts it says, and how many name it. */
  readonly #forgot = new Map<number, number>()
  readonly #forgotten = new Map<number, number>()
  #findings = 0

  constructor(witness: Witness | undefined) {
    this.#witness = witness
    if (witness?.elo === 0) this.#hear(BEGINNING, null)
  }

  /** @throws {SyntaxError | TypeError} where the line does not follow the format */
  take(text: string): void {
    const line = JSON.parse(text) as Record<string, unknown>
    if (line === null || typeof line !== 'object') throw new TypeError('no object')
    if (this.#head === undefined) this.#open(line)
    else if ('operacao' in line) this.#next(new Operation(line))
    else if ('carimbo' in line) this.#stamp(line['carimbo'])
    else this.#fact(line)
  }

  end(): void {
    this.#close()
    this.#stampsRecorded()
    this.#forgettingRecorded()
    const head = this.#head
    const last = this.#before
    if (head === undefined) this.unreadable(1, 'empty')
    else if (head.elo > last.elo)
      this.#add('cauda_ausente', last.elo + 1, null, null, said(head), `elo ${last.elo}`)
    else if (head.elo !== last.elo || head.selo !== last.selo)
      this.#add('cabeca_errada', last.elo, null, null, said(last), said(head))
    if (this.#witness !== undefined && !this.#witnessed)
      this.#add('testemunha_contradita', this.#witness.elo, null, null, `selo ${this.#witness.selo}`, null)
  }

  unreadable(number: number, why: string): void {
    this.#add('linha_ilegivel', null, null, null, `linha ${number}`, why)
  }

  async report(roots: string | undefined): Promise<TrailReport> {
    const stamps = await proveStamps(this.#stamps, roots, (found) => this.#breaks.add(found))
    return {
      ...stamps,
      breaks: this.#breaks.list(),
      operacoes: this.#operations,
      fatos: this.#facts,
      arquivadas: this.#archived,
      esquecidos: [...this.#forgotten.values()].reduce((sum, parts) => sum + parts, 0),
      divergencias: this.#findings,
      elo: this.#before.elo,
      selo: this.#before.selo,
      pendentes: this.#waiting,
    }
  }

  #open({ trilha, versao, elo, selo, pendentes }: Record<string, unknown>): void {
    if (trilha !== 'conferente' || versao !== 1) throw new TypeError('no trail of version 1')
    if (!Number.isSafeInteger(elo) || !isDigest(selo)) throw new TypeError('no head')
    this.#head = { elo: elo as number, selo }
    this.#waiting = Number(pendentes)
  }

  #next(operation: Operation): void {
    this.#close()
    const before = this.#before
    const { elo, id, seloAnterior } = operation
    const object = `audit.operacoes ${id}`
    if (elo > before.elo + 1)
      this.#add(
        'operacao_ausente',
        before.elo + 1,
        null,
        'audit.operacoes',
        `elo ${before.elo + 1}`,
        `elo ${elo}, operação ${id}`,
      )
    else {
      if (elo <= before.elo) this.#add('elo_repetido', elo, id, object, `elo ${before.elo + 1}`, `elo ${elo}`)
      // after a gap there is nothing to compare with
      if (seloAnterior !== before.selo)
        this.#add(
          'selo_anterior_errado',
          elo,
          id,
          object,
          `selo_anterior ${before.selo}`,
          `selo_anterior ${seloAnterior}`,
        )
    }
    const seal = operation.seal()
    if (operation.selo !== seal)
      this.#add('selo_errado', elo, id, object, `selo ${seal}`, `selo ${operation.selo}`)
    const stamped = operation.stamped()
    if (stamped !== undefined) this.#recorded.set(stamped, operation)
    this.#operation = operation
    this.#operations += 1
    if (operation.archived) this.#archived += 1
  }

  #fact(line: Record<string, unknown>): void {
    const kind = FACTS.find((name) => name in line)
    const text = kind && line[kind]
    if (kind === undefined || typeof text !== 'string') throw new TypeError('neither operation nor fact')
    if (this.#operation === undefined) throw new TypeError('a fact before the first operation')
    this.#operation.add(kind, text, line)
    this.#facts += 1
    if ('achado' in line) this.#finding(line, this.#operation)
  }

  #stamp(base64: unknown): void {
    const operation = this.#operation
    if (typeof base64 !== 'string' || operation === undefined) throw new TypeError('carimbo')
    const token = Buffer.from(base64, 'base64')
    this.#kept.set(hash('sha256', token), operation)
    this.#stamps.push({ elo: operation.elo, token, sealed: operation.sealed() ?? null })
  }

  #stampsRecorded(): void {
    const differ = ({ elo, id }: Operation, expected: string, found: string) =>
      this.#add('carimbo_alterado', elo, id, `audit.operacoes ${id}`, expected, found)
    for (const [digest, operation] of this.#recorded)
      if (!this.#kept.has(digest)) differ(operation, `token ${digest}`, 'nenhum carimbo')
    for (const [digest, operation] of this.#kept)
      if (!this.#recorded.has(digest)) differ(operation, 'nenhum carimbo', `token ${digest}`)
  }

  /** No part is called forgotten that an operation of the chain did not forget. */
  #forgettingRecorded(): void {
    for (const [by, parts] of this.#forgotten)
      if (parts > (this.#forgot.get(by) ?? 0))
        this.#add(
          'esquecimento_alterado',
          null,
          by,
          `audit.operacoes ${by}`,
          `fatos ${this.#forgot.get(by) ?? 0}`,
          `fatos ${parts}`,
        )
  }

  /** The facts of an operation end where the next operation begins. */
  #close(): void {
    const operation = this.#operation
    if (operation === undefined) return
    const { elo, id, resumo, selo, counts } = operation
    const digest = operation.digest()
    if (digest !== resumo) {
      const facts = FACTS.map((kind) => `${kind} ${counts[kind]}`).join(', ')
      this.#add(
        'operacao_alterada',
        elo,
        id,
        `audit.operacoes ${id}`,
        `resumo ${resumo}`,
        `resumo ${digest}; ${facts}`,
      )
    }
    for (const by of operation.forgotten) this.#forgotten.set(by, (this.#forgotten.get(by) ?? 0) + 1)
    const forgot = operation.forgot()
    if (forgot !== undefined) this.#forgot.set(id, forgot)
    this.#hear({ elo, selo }, id)
    this.#before = { elo, selo }
    this.#operation = undefined
  }

  #hear({ elo, selo }: Witness, id: number | null): void {
    if (elo !== this.#witness?.elo) return
    this.#witnessed = true
    if (selo !== this.#witness.selo)
      this.#add(
        'testemunha_contradita',
        elo,
        id,
        id === null ? null : `audit.operacoes ${id}`,
        `selo ${this.#witness.selo}`,
        `selo ${selo}`,
      )
  }

  #finding(line: Record<string, unknown>, { elo, id }: Operation): void {
    this.#findings += 1
    const broken = findingBreak(line)
    if (broken)
      this.#add(
        'divergencia_alterada',
        elo,
        id,
        `audit.divergencias_processadas ${broken.finding}`,
        broken.expected,
        broken.found,
      )
  }

  #add(
    situacao: string,
    elo: number | null,
    operacao_id: number | null,
    objeto: string | null,
    esperado: string | null,
    encontrado: string | null,
  ): void {
    this.#breaks.add({ situacao, elo, operacao_id, objeto, esperado, encontrado })
  }
}

const said = ({ elo, selo }: Witness) => `elo ${elo}, selo ${selo}`
