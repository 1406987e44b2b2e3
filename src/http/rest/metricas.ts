import type { FastifyInstance } from 'fastify'
import { STATUSES } from '../../session/states.ts'
import type { HttpContext } from '../context.ts'
import { sendDocument } from './reply.ts'
import { answers, DAY, list, object, RULE, some } from './schemas.ts'

interface Days {
  de?: string
  ate?: string
}

interface Summary extends Days {
  regra?: string[]
  status?: string[]
}

const TOTALS = [
  'total',
  'concluidas',
  'com_falhas',
  'falharam',
  'canceladas',
  'em_andamento',
  'segundos_mediana',
  'segundos_p95',
  'linhas_examinadas',
  'encontradas',
  'corrigidas',
  'desfeitas',
  'refeitas',
  'valor_em_risco',
  'valor_corrigido',
]

export function metricas(app: FastifyInstance, { text }: HttpContext): void {
  const { operation, parameter, answer } = text.rest
  const day = { ...DAY, description: parameter.dia }

  app.get<{ Querystring: Summary }>(
    '/metricas/resumo',
    {
      schema: {
        operationId: 'resumirMetricas',
        tags: ['metricas'],
        summary: operation.resumo,
        querystring: object({
          de: day,
          ate: day,
          regra: { ...some(RULE), description: parameter.regra },
          status: { ...some({ type: 'string', enum: STATUSES }), description: parameter.status },
        }),
        response: answers(text, { 200: { description: answer.rows, schema: list('LinhaResumo') } }),
      },
    },
    (request, reply) => {
      const { de = null, ate = null, regra = null, status = null } = request.query
      return sendDocument(
        request,
        reply,
        (sql) => sql`
          select coalesce(jsonb_agg(to_jsonb(v) order by v.dia, v.regra, v.status), '[]')::text as documento
          from audit.vw_metricas_resumo v
          where (${de}::date is null or v.dia >= ${de}::date) and (${ate}::date is null or v.dia <= ${ate}::date)
            and (${regra}::text[] is null or v.regra = any (${regra}::text[]))
            and (${status}::text[] is null or v.status = any (${status}::text[]))`,
      )
    },
  )

  app.get<{ Querystring: Days }>(
    '/relatorios/metricas/performance',
    {
      schema: {
        operationId: 'relatarDesempenho',
        tags: ['relatorios'],
        summary: operation.desempenho,
        querystring: object({ de: day, ate: day }),
        response: answers(text, {
          200: {
            description: answer.report,
            schema: {
              type: 'object',
              required: ['de', 'ate', 'sessoes', 'regras', 'execucoes'],
              properties: {
                de: DAY,
                ate: DAY,
                sessoes: {
                  type: 'object',
                  required: TOTALS,
                  properties: Object.fromEntries(TOTALS.map((name) => [name, { type: ['number', 'null'] }])),
                },
                regras: list('RegraMedida'),
                execucoes: list('LinhaDesempenho'),
              },
            },
          },
        }),
      },
    },
    (request, reply) => {
      const { de = null, ate = null } = request.query
      return sendDocument(
        request,
        reply,
        (sql) => sql`select audit.relatorio_desempenho(${de}, ${ate})::text as documento`,
      )
    },
  )
}
