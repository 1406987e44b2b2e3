import type { FastifyInstance } from 'fastify'
import type { Fragment, Transaction } from '../../db/connection.ts'
import { STATUSES } from '../../session/states.ts'
import type { HttpContext } from '../context.ts'
import { sendDocument } from './reply.ts'
import {
  answers,
  DAY,
  ID,
  list,
  object,
  page,
  pages,
  REASON,
  RULE,
  type Schema,
  some,
  TEXT,
} from './schemas.ts'

const COLUMNS = ['id', 'detectada_em', 'ultima_deteccao', 'valor_em_risco', 'confianca', 'vezes_detectada']
const AMOUNT = { type: 'number', minimum: 0, maximum: 1e15 }
const SHARE = { type: 'number', minimum: 0, maximum: 1 }
/** Corrections and their verification may take longer than a question. */
const DECISION_MS = 60_000
const SIMULATION_MS = 120_000

export interface Filters {
  status?: string[]
  regra?: string[]
  tabela?: string
  registro_id?: string
  sessao_id?: number
  confianca_minima?: number
  confianca_maxima?: number
  valor_minimo?: number
  valor_maximo?: number
  detectada_de?: string
  detectada_ate?: string
}

interface Session {
  modo: string
  data_inicio?: string | null
  data_fim?: string | null
  regras?: string[] | null
  simular: boolean
}

export function filters({ text: { rest } }: HttpContext): Record<string, Schema> {
  const { parameter } = rest
  const day = { ...DAY, description: parameter.dia }
  return {
    status: { ...some({ type: 'string', enum: STATUSES }), description: parameter.status },
    regra: { ...some(RULE), description: parameter.regra },
    tabela: { ...TEXT, description: parameter.tabela },
    registro_id: { ...TEXT, description: parameter.registro },
    sessao_id: { ...ID, description: parameter.sessao },
    confianca_minima: { ...SHARE, description: parameter.confianca },
    confianca_maxima: { ...SHARE, description: parameter.confianca },
    valor_minimo: { ...AMOUNT, description: parameter.valor },
    valor_maximo: { ...AMOUNT, description: parameter.valor },
    detectada_de: day,
    detectada_ate: day,
  }
}

export function divergencias(app: FastifyInstance, context: HttpContext): void {
  const { text, settings } = context
  const { operation, parameter, answer } = text.rest
  const tags = ['divergencias']
  const decided = {
    200: {
      description: answer.decided,
      schema: {
        type: 'object',
        required: ['por_resultado', 'por_status', 'itens'],
        properties: {
          por_resultado: { type: 'object', additionalProperties: { type: 'integer' } },
          por_status: { type: 'object', additionalProperties: { type: 'integer' } },
          itens: list('ResultadoDecisao'),
        },
      },
    },
  }

  app.get<{ Querystring: Filters & { ordem: string; pagina: number; por_pagina: number } }>(
    '/divergencias',
    {
      schema: {
        operationId: 'listarDivergencias',
        tags,
        summary: operation.divergencias,
        querystring: object({
          ...filters(context),
          ordem: {
            type: 'string',
            enum: COLUMNS.flatMap((name) => [name, `-${name}`]),
            default: '-id',
            description: parameter.ordem,
          },
          ...pages(text),
        }),
        response: answers(text, { 200: { description: answer.page, schema: page('Divergencia') } }),
      },
    },
    (request, reply) => {
      const { query: q } = request
      return sendDocument(
        request,
        reply,
        (sql) => sql`
          select audit.consultar_divergencias(${q.status ?? null}::text[], ${q.regra ?? null}::text[], ${q.tabela ?? null},
            ${q.registro_id ?? null}, ${q.sessao_id ?? null}, ${q.confianca_minima ?? null}, ${q.confianca_maxima ?? null},
            ${q.valor_minimo ?? null}, ${q.valor_maximo ?? null}, ${q.detectada_de ?? null}, ${q.detectada_ate ?? null},
            ${q.ordem}, ${q.pagina}, ${q.por_pagina})::text as documento`,
      )
    },
  )

  app.post<{ Body: Session }>(
    '/divergencias/processar',
    {
      schema: {
        operationId: 'processarDivergencias',
        tags,
        summary: operation.processar,
        body: object({
          modo: { type: 'string', enum: ['manual', 'auto'], default: 'manual', description: parameter.modo },
          data_inicio: { ...DAY, type: ['string', 'null'], description: parameter.dia },
          data_fim: { ...DAY, type: ['string', 'null'], description: parameter.dia },
          regras: { ...some(RULE), type: ['array', 'null'], description: parameter.regra },
          simular: { type: 'boolean', default: false, description: parameter.simular },
        }),
        response: answers(text, {
          200: { description: answer.simulated, schema: { $ref: 'Sessao#' } },
          202: { description: answer.queued, schema: { $ref: 'Sessao#' } },
        }),
      },
    },
    async (request, reply) => {
      const { modo, data_inicio = null, data_fim = null, regras = null, simular } = request.body
      const session = await request.asCaller(async (sql) => {
        const [row] = await sql<{ id: string; documento: string }[]>`
          select s.id::text, to_jsonb(s)::text as documento
          from audit.solicitar_processamento(${modo}, ${data_inicio}, ${data_fim}, ${regras}::text[], ${simular}) as s`
        return row
      }, SIMULATION_MS)
      if (!simular) {
        reply
          .code(202)
          .header('location', `${settings.basePath}/api/v1/auditoria/sessoes?id=${session?.id ?? ''}`)
      }
      return reply.type('application/json; charset=utf-8').send(session?.documento)
    },
  )

  const ids = { type: 'array', items: ID, minItems: 1, maxItems: 1000, description: parameter.ids }
  const motivo = { ...REASON, description: parameter.motivo }

  app.post<{ Body: { ids: number[]; motivo: string; visto: string[] } }>(
    '/divergencias/aprovar',
    {
      schema: {
        operationId: 'aprovarDivergencias',
        tags,
        summary: operation.aprovar,
        body: object(
          {
            ids,
            visto: {
              type: 'array',
              items: { type: 'string', minLength: 1, maxLength: 64 },
              minItems: 1,
              maxItems: 1000,
              description: parameter.visto,
            },
            motivo,
          },
          ['ids', 'visto', 'motivo'],
        ),
        response: answers(text, decided),
      },
    },
    (request, reply) => {
      const { body } = request
      return sendDocument(
        request,
        reply,
        (sql) =>
          results(
            sql,
            sql`audit.aprovar_divergencias(${body.ids}::bigint[], ${body.motivo}, ${body.visto}::text[])`,
          ),
        DECISION_MS,
      )
    },
  )

  app.post<{ Body: { ids: number[]; motivo: string } }>(
    '/divergencias/confirmar',
    {
      schema: {
        operationId: 'confirmarDivergencias',
        tags,
        summary: operation.confirmar,
        body: object({ ids, motivo }, ['ids', 'motivo']),
        response: answers(text, decided),
      },
    },
    (request, reply) => {
      const { body } = request
      return sendDocument(
        request,
        reply,
        (sql) => results(sql, sql`audit.confirmar_divergencias(${body.ids}::bigint[], ${body.motivo})`),
        DECISION_MS,
      )
    },
  )

  app.post<{ Body: { ids: number[]; ate: string | null; motivo: string } }>(
    '/divergencias/adiar',
    {
      schema: {
        operationId: 'adiarDivergencias',
        tags,
        summary: operation.adiar,
        body: object({ ids, ate: { ...DAY, type: ['string', 'null'], description: parameter.ate }, motivo }, [
          'ids',
          'ate',
          'motivo',
        ]),
        response: answers(text, decided),
      },
    },
    (request, reply) => {
      const { body } = request
      return sendDocument(
        request,
        reply,
        (sql) =>
          results(sql, sql`audit.adiar(${body.ids}::bigint[], ${body.ate}::text::date, ${body.motivo})`),
        DECISION_MS,
      )
    },
  )

  app.post<{ Body: { ids: number[]; para: string; motivo: string } }>(
    '/divergencias/encaminhar',
    {
      schema: {
        operationId: 'encaminharDivergencias',
        tags,
        summary: operation.encaminhar,
        body: object({ ids, para: { ...TEXT, description: parameter.para }, motivo }, [
          'ids',
          'para',
          'motivo',
        ]),
        response: answers(text, decided),
      },
    },
    (request, reply) => {
      const { body } = request
      return sendDocument(
        request,
        reply,
        (sql) => results(sql, sql`audit.encaminhar(${body.ids}::bigint[], ${body.para}, ${body.motivo})`),
        DECISION_MS,
      )
    },
  )

  app.post<{ Body: { ids: number[]; comentario: string } }>(
    '/divergencias/comentar',
    {
      schema: {
        operationId: 'comentarDivergencias',
        tags,
        summary: operation.comentar,
        body: object({ ids, comentario: { ...REASON, description: parameter.comentario } }, [
          'ids',
          'comentario',
        ]),
        response: answers(text, decided),
      },
    },
    (request, reply) => {
      const { body } = request
      return sendDocument(
        request,
        reply,
        (sql) => results(sql, sql`audit.comentar(${body.ids}::bigint[], ${body.comentario})`),
        DECISION_MS,
      )
    },
  )

  app.post<{ Params: { id: number }; Body: { motivo: string } }>(
    '/auditoria/operacoes/:id/desfazer',
    {
      schema: {
        operationId: 'desfazerOperacao',
        tags,
        summary: operation.desfazer,
        params: object({ id: { ...ID, description: parameter.operacao } }, ['id']),
        body: object({ motivo }, ['motivo']),
        response: answers(text, decided),
      },
    },
    (request, reply) =>
      sendDocument(
        request,
        reply,
        (sql) => results(sql, sql`audit.desfazer(${request.params.id}::bigint, ${request.body.motivo})`),
        DECISION_MS,
      ),
  )

  app.delete<{ Params: { id: number }; Querystring: { motivo?: string }; Body: { motivo?: string } | null }>(
    '/divergencias/:id/rejeitar',
    {
      schema: {
        operationId: 'rejeitarDivergencia',
        tags,
        summary: operation.rejeitar,
        params: object({ id: { ...ID, description: parameter.id } }, ['id']),
        querystring: object({ motivo: { ...REASON, description: parameter.motivo } }),
        body: {
          ...object({ motivo: { ...REASON, description: parameter.motivo } }),
          type: ['object', 'null'],
        },
        response: answers(text, {
          200: { description: answer.decided, schema: { $ref: 'ResultadoDecisao#' } },
        }),
      },
    },
    (request, reply) => {
      // Not every client can send a body with DELETE.
      const reason = request.body?.motivo ?? request.query.motivo ?? null
      return sendDocument(
        request,
        reply,
        (sql) => sql`
          select to_jsonb(d)::text as documento
          from audit.rejeitar_divergencias(array[${request.params.id}::bigint], ${reason}) as d`,
        DECISION_MS,
      )
    },
  )
}

/** What an act did, counted and one by one. Of findings that were left the status is not the act's. */
const results = (sql: Transaction, act: Fragment) => sql<{ documento: string }[]>`
  with d as materialized (select * from ${act})
  select jsonb_build_object(
    'por_resultado', (select jsonb_object_agg(s.resultado, s.n) from (select d.resultado, count(*) as n from d group by d.resultado) as s),
    'por_status', (select coalesce(jsonb_object_agg(s.status, s.n), '{}') from (
      select d.status, count(*) as n from d where d.resultado <> 'deixada' group by d.status) as s),
    'itens', (select jsonb_agg(to_jsonb(d) order by d.id) from d))::text as documento`
