import type { FastifyInstance } from 'fastify'
import type { HttpContext } from '../context.ts'
import { sendDocument } from './reply.ts'
import { answers, DAY, ID, object, page, pages, RULE, some, TEXT } from './schemas.ts'

const KINDS = [
  'deteccao',
  'correcao',
  'autoverificacao',
  'aprovacao',
  'rejeicao',
  'correcao_manual',
  'confirmacao',
  'adiamento',
  'encaminhamento',
  'comentario',
  'reabertura',
  'desfazimento',
  'reversao',
  'excecao',
  'configuracao',
  'regra',
  'padrao',
  'retencao',
  'sessao',
  'acesso',
  'exportacao',
  'externa',
]
const SESSION_STATUSES = [
  'agendada',
  'em_andamento',
  'concluida',
  'concluida_com_falhas',
  'falhou',
  'cancelada',
]

interface Period {
  de?: string
  ate?: string
  pagina: number
  por_pagina: number
}

interface Operations extends Period {
  tipo?: string[]
  status?: string
  regra?: string
  ator?: string
  sessao_id?: number
}

interface Sessions extends Period {
  id?: number
  modo?: string
  status?: string[]
}

export function auditoria(app: FastifyInstance, { text }: HttpContext): void {
  const { operation, parameter, answer } = text.rest
  const tags = ['auditoria']
  const day = { ...DAY, description: parameter.dia }
  const period = { de: day, ate: day, ...pages(text) }

  app.get<{ Querystring: Operations }>(
    '/auditoria/operacoes',
    {
      schema: {
        operationId: 'listarOperacoes',
        tags,
        summary: operation.operacoes,
        querystring: object({
          tipo: { ...some({ type: 'string', enum: KINDS }), description: parameter.tipo },
          status: { type: 'string', enum: ['em_andamento', 'concluida', 'falhou'] },
          regra: { ...RULE, description: parameter.umaRegra },
          ator: { ...TEXT, description: parameter.ator },
          sessao_id: { ...ID, description: parameter.sessao },
          ...period,
        }),
        response: answers(text, { 200: { description: answer.page, schema: page('Operacao') } }),
      },
    },
    (request, reply) => {
      const { query: q } = request
      return sendDocument(
        request,
        reply,
        (sql) => sql`
          select audit.consultar_operacoes(${q.tipo ?? null}::text[], ${q.status ?? null}, ${q.regra ?? null}, ${q.ator ?? null},
            ${q.sessao_id ?? null}, ${q.de ?? null}, ${q.ate ?? null}, ${q.pagina}, ${q.por_pagina})::text as documento`,
      )
    },
  )

  app.get<{ Querystring: Sessions }>(
    '/auditoria/sessoes',
    {
      schema: {
        operationId: 'listarSessoes',
        tags,
        summary: operation.sessoes,
        querystring: object({
          id: { ...ID, description: parameter.sessao },
          modo: { type: 'string', enum: ['manual', 'auto'], description: parameter.modo },
          status: { ...some({ type: 'string', enum: SESSION_STATUSES }), description: parameter.status },
          ...period,
        }),
        response: answers(text, { 200: { description: answer.page, schema: page('Sessao') } }),
      },
    },
    (request, reply) => {
      const { query: q } = request
      return sendDocument(
        request,
        reply,
        (sql) => sql`
          select audit.consultar_sessoes(${q.id ?? null}, ${q.modo ?? null}, ${q.status ?? null}::text[], ${q.de ?? null},
            ${q.ate ?? null}, ${q.pagina}, ${q.por_pagina})::text as documento`,
      )
    },
  )
}
