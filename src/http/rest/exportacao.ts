import type { RouteHandlerMethod } from 'fastify'
import type { ExportFormat, FindingsFilter } from '../../export/index.ts'
import { mayWait } from '../../session/states.ts'
import type { HttpContext } from '../context.ts'
import { Problem } from '../problem.ts'

/** The longest that one export may take. */
const EXPORT_MS = 600_000
/** Each holds a connection of the pool while it is read. */
const AT_ONCE = 3

interface Query {
  formato: ExportFormat
  dialeto: 'pt-BR' | 'rfc4180'
  motivo?: string
  status?: string[]
  regra?: string
  sessao_id?: number
  detectada_de?: string
  detectada_ate?: string
}

/** The file, streamed from the database, and the operation that records it. */
export function exportacao({ text, settings }: HttpContext): RouteHandlerMethod {
  let open = 0
  return async (request, reply) => {
    const {
      formato: format,
      dialeto: dialect,
      motivo = text.rest.exportReason,
      ...asked
    } = request.query as Query
    if (open >= AT_ONCE) {
      throw new Problem(503, text.rest.tooManyExports, { headers: { 'retry-after': '30' } })
    }
    open += 1
    reply.raw.once('close', () => {
      open -= 1
    })
    const { auditExport } = await import('../../export/index.ts')
    const filter: FindingsFilter = {
      status: asked.status,
      regra: asked.regra,
      sessao: asked.sessao_id === undefined ? undefined : String(asked.sessao_id),
      dataInicio: asked.detectada_de,
      dataFim: asked.detectada_ate,
    }
    const findings = await auditExport(
      // its end is recorded even if the client has gone
      (work) => request.asCaller(work as never, EXPORT_MS, true),
      filter,
      { format, dialect, language: settings.language, decides: mayWait(asked.status) },
      motivo,
    )
    return reply
      .type(findings.contentType)
      .header('content-disposition', `attachment; filename="divergencias.${findings.extension}"`)
      .header('cache-control', 'no-store')
      .send(findings.stream)
  }
}
