import { createHash, X509Certificate } from 'node:crypto'
import type { Sql } from '../db/connection.ts'
import { type Authorities, type Signer, signer } from './certificate.ts'
import { type Found, readXmlFile, refuseTooMany, TooManyFiles, xmlFiles } from './folder.ts'
import type { Cancellation, Note, Reading } from './note.ts'
import { type Reason, Refusal } from './refusal.ts'

/** Files of one statement; also the most that are in memory. */
const BATCH_FILES = 250
const BATCH_BYTES = 16 * 1024 * 1024

/** One file that is not kept. */
export interface Refused {
  readonly arquivo: string
  readonly motivo: Reason
  readonly detalhe: string
}

/** What a reading did. */
export interface Summary {
  /** XML files that were looked at. */
  readonly arquivos: number
  /** How many of these were read before, with the same content. */
  readonly conhecidos: number
  readonly novas: number
  readonly canceladas: number
  readonly recusados: number
  /** Roots that are trusted. */
  readonly raizes: number
  /** First and last day of issue of the new notes and the cancelled ones. */
  readonly de: string | null
  readonly ate: string | null
}

export interface ReadingOptions {
  readonly authorities: Authorities
  readonly signal?: AbortSignal
  readonly onRefused?: (refused: Refused) => void
  /** Files looked at so far. */
  readonly onProgress?: (files: number) => void
}

interface Fresh {
  readonly path: string
  readonly sha256: string
  readonly bytes: Buffer
}

interface Counts {
  novas: number
  canceladas: number
  repetidas: number
  /** First and last day of issue of the cancelled ones. */
  de: string | null
  ate: string | null
}

/**
 * Reads the notes of a folder and those below it into the database, batch by batch, each batch whole or not at all.
 * @param sql with the owner's rights
 * @throws {TooManyFiles} before anything is read
 */
export async function readFolder(sql: Sql, folder: string, options: ReadingOptions): Promise<Summary> {
  const { authorities, signal, onRefused, onProgress } = options
  const [begun] = await sql<{ inicio: string; maximo: number }[]>`
    select audit_interno.iniciar_leitura_notas(${folder}, ${authorities.roots})::text as inicio,
      (audit_interno.configuracao('notas.maximo_arquivos') #>> '{}')::int as maximo`
  if (!begun) throw new Error('no reading')
  try {
    await refuseTooMany(folder, begun.maximo)
  } catch (error) {
    await sql`select audit_interno.iniciar_leitura_notas(${folder}, ${authorities.roots}, ${obstacle(error)})`
    throw error
  }
  await trustAgain(sql, authorities)

  const total = { arquivos: 0, conhecidos: 0, novas: 0, canceladas: 0, recusados: 0 }
  const days: string[] = []
  let batch = new Batch(folder)
  const flush = async () => {
    const done = await batch.keep(sql, authorities)
    for (const one of done.refused) onRefused?.(one)
    total.novas += done.counts.novas
    total.canceladas += done.counts.canceladas
    total.conhecidos += done.known
    total.recusados += done.refused.length
    // Keeps only the first and last day: a folder may hold years.
    days.push(...done.days)
    days.sort().splice(1, Math.max(0, days.length - 2))
    onProgress?.(total.arquivos)
    batch = new Batch(folder)
  }
  for await (const found of xmlFiles(folder)) {
    signal?.throwIfAborted()
    total.arquivos++
    await batch.take(found)
    if (batch.full) await flush()
  }
  await flush()
  await sql`
    select audit_interno.finalizar_leitura_notas(${folder}, ${begun.inicio}::text::timestamptz, ${total.arquivos}, ${total.novas}, ${total.recusados})`
  return { ...total, raizes: authorities.roots, de: days.at(0) ?? null, ate: days.at(-1) ?? null }
}

/** For audit_interno.leitura_notas. */
const obstacle = (error: unknown): string =>
  error instanceof TooManyFiles ? 'excesso' : (error as Error).message

/** Files that are read together, and kept by one statement. */
class Batch {
  readonly #folder: string
  readonly #files: Fresh[] = []
  readonly #refused: Refused[] = []
  #bytes = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  get full(): boolean {
    return this.#files.length + this.#refused.length >= BATCH_FILES || this.#bytes >= BATCH_BYTES
  }

  async take({ path, file, refusal }: Found): Promise<void> {
    try {
      if (refusal) throw refusal
      const bytes = await readXmlFile(file)
      this.#bytes += bytes.length
      this.#files.push({ path, bytes, sha256: createHash('sha256').update(bytes).digest('hex') })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.#refuse(path, error)
    }
  }

  #refuse(arquivo: string, { reason, message }: Refusal): void {
    this.#refused.push({ arquivo, motivo: reason, detalhe: message })
  }

  async keep(sql: Sql, authorities: Authorities) {
    const known = await sql<{ sha256: string }[]>`
      select encode(a.sha256, 'hex') as sha256
      from audit_interno.arquivos_notas a
      where a.sha256 = any (select decode(s, 'hex') from unnest(${this.#files.map(({ sha256 }) => sha256)}::text[]) as s)`
    const skip = new Set(known.map(({ sha256 }) => sha256))
    const { read } = await import('./read.ts')
    const facts = new Facts(authorities)
    for (const file of this.#files) {
      if (skip.has(file.sha256)) continue
      try {
        facts.add(file, read(file.bytes))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        this.#refuse(file.path, error)
      }
    }
    const [counts] = await sql<Counts[]>`
      select novas::int, canceladas::int, repetidas::int, de::text, ate::text
      from audit_interno.guardar_notas(${facts.json(this.#folder, this.#refused)}::text::jsonb)`
    const repeated = counts?.repetidas
      ? await sql<Refused[]>`
          select arquivo, motivo, coalesce(detalhe, '') as detalhe from audit.notas_recusadas
          where pasta = ${this.#folder} and motivo = 'repetida' and arquivo = any (${this.#files.map(({ path }) => path)}::text[])`
      : []
    return {
      counts: counts ?? { novas: 0, canceladas: 0, repetidas: 0, de: null, ate: null },
      known: this.#files.filter(({ sha256 }) => skip.has(sha256)).length,
      refused: [...this.#refused, ...repeated],
      days: [...facts.days, counts?.de, counts?.ate].filter((day) => typeof day === 'string'),
    }
  }
}

/** What the files of a batch said, as audit_interno.guardar_notas takes it. */
class Facts {
  readonly #authorities: Authorities
  readonly #signers = new Map<string, Signer>()
  readonly #notes: (Note & { ordem: number; certificado: string; arquivo: string })[] = []
  readonly #cancellations: (Cancellation & { certificado: string; arquivo: string })[] = []
  readonly #read: { sha256: string; arquivo: string }[] = []

  constructor(authorities: Authorities) {
    this.#authorities = authorities
  }

  get days(): string[] {
    const days = this.#notes.map(({ data_emissao }) => data_emissao).sort()
    return [days.at(0), days.at(-1)].filter((day) => day !== undefined)
  }

  add({ path: arquivo, sha256 }: Fresh, { note, cancellation, signed }: Reading): void {
    this.#read.push({ sha256, arquivo })
    if (!signed) return
    const by = signer(signed.certificate, this.#authorities)
    this.#signers.set(by.sha256, by)
    const of = { certificado: by.sha256, arquivo }
    if (note) this.#notes.push({ ...note, ...of, ordem: this.#notes.length })
    if (cancellation) this.#cancellations.push({ ...cancellation, ...of })
  }

  json(pasta: string, recusados: readonly Refused[]): string {
    return JSON.stringify({
      pasta,
      certificados: [...this.#signers.values()],
      notas: this.#notes,
      cancelamentos: this.#cancellations,
      lidos: this.#read,
      recusados,
    })
  }
}

/** Roots come and go: updates what was signed with certificates that are trusted now, or no longer. */
async function trustAgain(sql: Sql, authorities: Authorities): Promise<void> {
  const now: { trusted: string[]; others: string[] } = { trusted: [], others: [] }
  const rows = sql<{ sha256: string; der: string; confiavel: boolean }[]>`
    select encode(sha256, 'hex') as sha256, encode(der, 'base64') as der, confiavel from audit_interno.certificados_notas`
  for await (const some of rows.cursor(500))
    for (const { sha256, der, confiavel } of some) {
      const trusted = authorities.vouchFor(new X509Certificate(Buffer.from(der, 'base64')))
      if (trusted !== confiavel) now[trusted ? 'trusted' : 'others'].push(sha256)
    }
  if (now.trusted.length + now.others.length === 0) return
  await sql`select audit_interno.confiar_certificados(${now.trusted}::text[], ${now.others}::text[])`
}
