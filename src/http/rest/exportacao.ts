import type { FastifyInstance } from 'fastify'
import type { ExportFormat, FindingsFilter } from '../../export/index.ts'
import { STATUSES } from '../../session/states.ts'
import type { HttpContext } from '../context.ts'
import { Problem } from '../problem.ts'
import { DAY, ID, object, problems, REASON, RULE, some } from './schemas.ts'

const CSV = 'text/csv'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
/** Longest time that one export may be read for. */
const EXPORT_MS = 600_000
/** Each holds a connection of the pool for as long as it is read. */
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

export function exportacao(app: FastifyInstance, { text, settings }: HttpContext): void {
  const { operation, parameter, answer } = text.rest
  const day = { ...DAY, description: parameter.dia }
  const file = { schema: { type: 'string', contentMediaType: 'application/octet-stream' } }
  let open = 0

  app.get<{ Querystring: Query }>(
    '/relatorios/divergencias/export',
    {
      // What a mere question for the headers would record.
      exposeHeadRoute: false,
      schema: {
        operationId: 'exportarDivergencias',
        tags: ['relatorios'],
        summary: operation.exportar,
        querystring: object(
          {
            formato: { type: 'string', enum: ['csv', 'xlsx'], description: parameter.formato },
            dialeto: {
              type: 'string',
              enum: ['pt-BR', 'rfc4180'],
              default: 'pt-BR',
              description: parameter.dialeto,
            },
            motivo: { ...REASON, description: parameter.motivo },
            status: { ...some({ type: 'string', enum: STATUSES }), description: parameter.status },
            regra: { ...RULE, description: parameter.umaRegra },
            sessao_id: { ...ID, description: parameter.sessao },
            detectada_de: day,
            detectada_ate: day,
          },
          ['formato'],
        ),
        response: {
          200: { description: answer.file, content: { [CSV]: file, [XLSX]: file } },
          ...problems(text),
        },
      },
    },
    async (request, reply) => {
      const { formato: format, dialeto: dialect, motivo = text.rest.exportReason, ...asked } = request.query
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
        // its end is recorded also for who has gone
        (work) => request.asCaller(work as never, EXPORT_MS, true),
        filter,
        { format, dialect, language: settings.language },
        motivo,
      )
      return reply
        .type(findings.contentType)
        .header('content-disposition', `attachment; filename="divergencias.${findings.extension}"`)
        .header('cache-control', 'no-store')
        .send(findings.stream)
    },
  )
}
