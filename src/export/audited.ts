import { createHash, randomBytes } from 'node:crypto'
import { type Readable, Transform } from 'node:stream'
import { catalogue } from '../i18n/index.ts'
import type { Language } from '../settings/settings.ts'
import type { FindingsFilter } from './filter.ts'
import { type ExportOptions, exportFindings } from './findings.ts'
import type { Exported, InTransaction } from './read.ts'
import { exportTrail } from './trail.ts'

/** What was exported, as the audit records it. */
export interface ExportRecord {
  readonly operacao: bigint
  readonly linhas: number
  readonly bytes: number
  /** Of the whole file, hexadecimal. */
  readonly sha256: string
}

export interface AuditedExport extends Exported {
  /**
   * Known once the stream has ended. If an error ended it earlier, rejects with that error, and the operation is recorded as
   * falhou.
   */
  readonly recorded: Promise<ExportRecord>
}

/**
 * An export of findings as an audited operation.
 * @param within as for exportFindings, but used three times, and it must allow writing
 * @param reason in the caller's words
 */
export function auditExport(
  within: InTransaction,
  filter: FindingsFilter,
  options: ExportOptions,
  reason?: string,
): Promise<AuditedExport> {
  const asked = {
    formato: options.format,
    ...(options.format === 'csv' && { dialeto: options.dialect }),
    filtro: filter,
  }
  return audited(within, () => exportFindings(within, filter, options), asked, options.language, reason)
}

/** The whole trail, the same way. */
export function auditTrail(
  within: InTransaction,
  language: Language,
  reason?: string,
): Promise<AuditedExport> {
  return audited(within, () => exportTrail(within), { formato: 'trilha' }, language, reason)
}

/**
 * Opened before the first byte and ended before the stream ends, so nobody has the whole file without a record. A stream that
 * is destroyed, even by the reader, is recorded as falhou.
 */
async function audited(
  within: InTransaction,
  begin: () => Exported,
  asked: object,
  language: Language,
  reason?: string,
): Promise<AuditedExport> {
  const { id, end } = await open(within, asked, reason)
  const exported = begin()
  const { promise: recorded, resolve, reject } = Promise.withResolvers<ExportRecord>()
  recorded.catch(() => {}) // the stream's reader gets the error
  const hash = createHash('sha256')
  let bytes = 0
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
    flush(done) {
      const record = { operacao: id, linhas: exported.rows, bytes, sha256: hash.digest('hex') }
      end('concluida', record.linhas, { bytes, sha256: record.sha256 }).then(() => {
        resolve(record)
        done()
      }, done)
    },
  })
  // By hand: `pipeline` would take the reader's end of the stream for granted before it is recorded.
  exported.stream.on('error', (error) => stream.destroy(error))
  stream.once('close', () => {
    exported.stream.destroy()
    const error = stream.errored ?? new Error(catalogue(language).exportar.readerLeft)
    if (stream.writableFinished) return reject(error)
    end('falhou', exported.rows, { bytes, erro: error.message })
      .catch(() => {})
      .then(() => reject(error))
  })
  exported.stream.pipe(stream)
  return {
    stream: stream as Readable,
    get rows() {
      return exported.rows
    },
    contentType: exported.contentType,
    extension: exported.extension,
    recorded,
  }
}

/** Opens the operation; the returned function ends it, once. */
async function open(within: InTransaction, given: object, reason?: string) {
  // Known only here: the caller has the same name in the audit, and must not end the record with another count.
  const key = randomBytes(24).toString('base64url')
  const asked = { fecho: createHash('sha256').update(key).digest('hex'), ...given }
  let operacao: bigint | undefined
  await within(async (sql) => {
    const [row] = await sql<{ id: bigint }[]>`
      select audit.registrar_exportacao(${JSON.stringify(asked, (_, value) => (typeof value === 'bigint' ? String(value) : value))}::text::jsonb, ${reason ?? null}) as id`
    operacao = row?.id
  })
  const id = operacao as bigint
  const end = (status: 'concluida' | 'falhou', rows: number, facts: object) =>
    within(
      (sql) =>
        sql`select audit.finalizar_operacao(${id}, ${status}, ${rows}, ${JSON.stringify({ ...facts, chave: key })}::text::jsonb)`,
    )
  return { id, end }
}
