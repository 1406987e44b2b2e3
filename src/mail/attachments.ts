import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { connect } from '../db/connection.ts'
import { inRole } from '../db/transaction.ts'
import type { InTransaction } from '../export/index.ts'
import { mailText } from '../i18n/index.ts'
import type { Attach } from './deliver.ts'
import { createMailFormat } from './format.ts'

const KILOBYTE = 1000

/**
 * Makes CSV and XLSX files of a session's findings, on disk and in constant memory. Above the limit of the setting
 * correio.limite_anexo nothing is attached and the note gives the address instead: a file is never cut.
 * @param url of a login with the rights of conferente_leitor; `role` to become on it
 */
export function attachFindings(url: string, role?: string): Attach {
  return async ({ sessionId, language, link, zone }, directory) => {
    const text = mailText(language)
    const format = createMailFormat(language, zone)
    const { exportFindings, FORMATS, inTransaction } = await import('../export/index.ts')
    const sql = connect(url, { max: 1, name: 'conferente correio' })
    const within: InTransaction = role === undefined ? inTransaction(sql) : inRole(sql, role)
    try {
      let setting: { kb: number } | undefined
      await within(async (tx) => {
        ;[setting] = await tx<{ kb: number }[]>`
          select (valor #>> '{}')::integer as kb from audit.configuracoes_sistema where chave = 'correio.limite_anexo'`
      })
      const limit = (setting?.kb ?? 0) * KILOBYTE
      const files = []
      let size = 0
      for (const kind of limit > 0 ? FORMATS : []) {
        const filename = text.attachmentName(String(sessionId), kind)
        const path = join(directory, filename)
        const made = exportFindings(within, { sessao: sessionId }, { format: kind, language, decides: true })
        await pipeline(made.stream, createWriteStream(path))
        size += (await stat(path)).size
        files.push({ filename, path, contentType: made.contentType })
      }
      if (limit > 0 && size <= limit) {
        return { files, note: { note: text.attached(files.map(({ filename }) => filename).join(', ')) } }
      }
      const note = limit === 0 ? text.neverAttached : text.tooLarge(format.size(size), format.size(limit))
      return { files: [], note: { note, url: link } }
    } finally {
      await sql.end({ timeout: 5 })
    }
  }
}
