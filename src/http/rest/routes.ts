import type { onRequestAsyncHookHandler, RouteHandlerMethod } from 'fastify'
import { MOST_FILE_BYTES, XLSX_MIME } from '../../export/media.ts'
import type { HttpContext } from '../context.ts'
import { asks, DECISION_MS, decision, document, row, rows } from './ask.ts'
import { exportacao } from './exportacao.ts'
import { parameters } from './parameters.ts'
import { admitSheet, planilha } from './planilha.ts'
import { processar } from './processar.ts'
import {
  answers,
  CLOSED,
  DECIDED,
  files,
  list,
  type Members,
  object,
  PERFORMANCE,
  page,
  type Schema,
  SHEET_DECIDED,
} from './schemas.ts'

export interface Route {
  readonly id: string
  readonly tag: string
  readonly summary: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below /api/v1. */
  readonly path: string
  readonly params?: Members
  readonly querystring?: Members
  readonly body?: Schema
  readonly response: Schema
  readonly handler: RouteHandlerMethod
  /** A body that is not JSON. */
  readonly takes?: {
    readonly mediaTypes: readonly string[]
    readonly bytes: number
    /** Called before the body is read. */
    readonly admit: onRequestAsyncHookHandler
  }
  /** Whether the headers of GET may be requested alone. */
  readonly exposeHeadRoute?: boolean
}

/**
 * REST in one table: a path, what it takes, what it gives, and what answers it.
 * Longer than a screen, because whoever looks for a path searches one table.
 */
export function routes(context: HttpContext): readonly Route[] {
  const { operation, answer } = context.text.rest
  const p = parameters(context.text)
  const gives = (description: string, schema: Schema) =>
    answers(context.text, { 200: { description, schema } })
  return [
    {
      id: 'listarDivergencias',
      tag: 'divergencias',
      summary: operation.divergencias,
      method: 'GET',
      path: '/divergencias',
      querystring: object({
        status: p.statuses,
        regra: p.rules,
        tabela: p.table,
        registro_id: p.row,
        sessao_id: p.session,
        ...p.share,
        ...p.amount,
        ...p.found,
        ordem: p.order,
        ...p.pages,
      }),
      response: gives(answer.page, page('Divergencia')),
      handler: document('audit.consultar_divergencias', { regra: 'regras' }),
    },
    {
      id: 'verDivergencia',
      tag: 'divergencias',
      summary: operation.divergencia,
      method: 'GET',
      path: '/divergencias/:id',
      params: object({ id: p.finding }, ['id']),
      response: gives(answer.finding, { $ref: 'Divergencia#' }),
      handler: document('audit.consultar_divergencia'),
    },
    {
      id: 'processarDivergencias',
      tag: 'divergencias',
      summary: operation.processar,
      method: 'POST',
      path: '/divergencias/processar',
      body: object({
        modo: { ...p.mode, default: 'manual' },
        data_inicio: p.dayOrNull,
        data_fim: p.dayOrNull,
        regras: p.rulesOrNull,
        simular: p.simulate,
      }),
      response: answers(context.text, {
        200: { description: answer.simulated, schema: { $ref: 'Sessao#' } },
        202: { description: answer.queued, schema: { $ref: 'Sessao#' } },
      }),
      handler: processar(context),
    },
    {
      id: 'aprovarDivergencias',
      tag: 'divergencias',
      summary: operation.aprovar,
      method: 'POST',
      path: '/divergencias/aprovar',
      body: object({ ids: p.findings, visto: p.seen, motivo: p.reason }, ['ids', 'visto', 'motivo']),
      response: gives(answer.decided, DECIDED),
      handler: decision('audit.aprovar_divergencias'),
    },
    {
      id: 'confirmarDivergencias',
      tag: 'divergencias',
      summary: operation.confirmar,
      method: 'POST',
      path: '/divergencias/confirmar',
      body: object({ ids: p.findings, motivo: p.reason }, ['ids', 'motivo']),
      response: gives(answer.decided, DECIDED),
      handler: decision('audit.confirmar_divergencias'),
    },
    {
      id: 'decidirPlanilha',
      tag: 'divergencias',
      summary: operation.planilha,
      method: 'POST',
      path: '/divergencias/planilha',
      querystring: object({ nome: p.fileName, simular: p.simulate }),
      body: p.sheet,
      response: gives(answer.sheet, SHEET_DECIDED),
      handler: planilha(context),
      takes: { mediaTypes: [XLSX_MIME], bytes: MOST_FILE_BYTES, admit: admitSheet(context) },
    },
    {
      id: 'adiarDivergencias',
      tag: 'divergencias',
      summary: operation.adiar,
      method: 'POST',
      path: '/divergencias/adiar',
      body: object({ ids: p.findings, ate: p.until, motivo: p.reason }, ['ids', 'ate', 'motivo']),
      response: gives(answer.decided, DECIDED),
      handler: decision('audit.adiar'),
    },
    {
      id: 'encaminharDivergencias',
      tag: 'divergencias',
      summary: operation.encaminhar,
      method: 'POST',
      path: '/divergencias/encaminhar',
      body: object({ ids: p.findings, para: p.forWhom, motivo: p.reason }, ['ids', 'para', 'motivo']),
      response: gives(answer.decided, DECIDED),
      handler: decision('audit.encaminhar'),
    },
    {
      id: 'comentarDivergencias',
      tag: 'divergencias',
      summary: operation.comentar,
      method: 'POST',
      path: '/divergencias/comentar',
      body: object({ ids: p.findings, comentario: p.comment }, ['ids', 'comentario']),
      response: gives(answer.decided, DECIDED),
      handler: decision('audit.comentar'),
    },
    {
      id: 'desfazerOperacao',
      tag: 'divergencias',
      summary: operation.desfazer,
      method: 'POST',
      path: '/auditoria/operacoes/:id/desfazer',
      params: object({ id: p.operation }, ['id']),
      body: object({ motivo: p.reason }, ['motivo']),
      response: gives(answer.decided, DECIDED),
      handler: decision('audit.desfazer', { id: 'operacao' }),
    },
    {
      id: 'rejeitarDivergencia',
      tag: 'divergencias',
      summary: operation.rejeitar,
      method: 'DELETE',
      path: '/divergencias/:id/rejeitar',
      params: object({ id: p.finding }, ['id']),
      // Not every client can send a body with DELETE.
      querystring: object({ motivo: p.reason }),
      body: { ...object({ motivo: p.reason }), type: ['object', 'null'] },
      response: gives(answer.decided, { $ref: 'ResultadoDecisao#' }),
      handler: asks(
        (sql, { id, motivo }) => sql`
          select to_jsonb(d)::text as documento
          from audit.rejeitar_divergencias(array[${id as number}::bigint], ${motivo as string | null}) as d`,
        DECISION_MS,
      ),
    },
    {
      id: 'listarOperacoes',
      tag: 'auditoria',
      summary: operation.operacoes,
      method: 'GET',
      path: '/auditoria/operacoes',
      querystring: object({
        tipo: p.operationKinds,
        status: p.operationStatus,
        regra: p.rule,
        ator: p.actor,
        sessao_id: p.session,
        ...p.period,
        ...p.pages,
      }),
      response: gives(answer.page, page('Operacao')),
      handler: document('audit.consultar_operacoes', { tipo: 'tipos' }),
    },
    {
      id: 'listarSessoes',
      tag: 'auditoria',
      summary: operation.sessoes,
      method: 'GET',
      path: '/auditoria/sessoes',
      querystring: object({
        id: p.session,
        modo: p.mode,
        status: p.sessionStatuses,
        ...p.period,
        ...p.pages,
      }),
      response: gives(answer.page, page('Sessao')),
      handler: document('audit.consultar_sessoes'),
    },
    {
      id: 'listarPeriodosFechados',
      tag: 'periodos',
      summary: operation.periodos,
      method: 'GET',
      path: '/periodos',
      response: gives(answer.rows, CLOSED),
      handler: rows('audit.periodos_fechados', 'r.mes, r.filial nulls first, r.origem'),
    },
    {
      id: 'fecharPeriodo',
      tag: 'periodos',
      summary: operation.fecharPeriodo,
      method: 'POST',
      path: '/periodos/fechar',
      body: object({ mes: p.month, ate: p.lastMonth, filial: p.branch, motivo: p.reason }, ['mes', 'motivo']),
      response: gives(answer.rows, list('Periodo')),
      handler: rows('audit.fechar_periodo', 'r.mes', DECISION_MS),
    },
    {
      id: 'reabrirPeriodo',
      tag: 'periodos',
      summary: operation.reabrirPeriodo,
      method: 'POST',
      path: '/periodos/reabrir',
      body: object({ mes: p.month, filial: p.branch, motivo: p.reason }, ['mes', 'motivo']),
      response: gives(answer.period, { $ref: 'Periodo#' }),
      handler: row('audit.reabrir_periodo'),
    },
    {
      id: 'exportarDivergencias',
      tag: 'relatorios',
      summary: operation.exportar,
      method: 'GET',
      path: '/relatorios/divergencias/export',
      querystring: object(
        {
          formato: p.format,
          dialeto: p.dialect,
          motivo: p.reason,
          status: p.statuses,
          regra: p.rule,
          sessao_id: p.session,
          ...p.found,
        },
        ['formato'],
      ),
      response: files(context.text),
      handler: exportacao(context),
      exposeHeadRoute: false, // a HEAD request would be recorded as an export
    },
    {
      id: 'resumirMetricas',
      tag: 'metricas',
      summary: operation.resumo,
      method: 'GET',
      path: '/metricas/resumo',
      querystring: object({ ...p.period, regra: p.rules, status: p.statuses }),
      response: gives(answer.rows, list('LinhaResumo')),
      handler: asks(
        (sql, { de, ate, regra, status }) => sql`
        select coalesce(jsonb_agg(to_jsonb(v) order by v.dia, v.regra, v.status), '[]')::text as documento
        from audit.vw_metricas_resumo v
        where (${de as string}::date is null or v.dia >= ${de as string}::date)
          and (${ate as string}::date is null or v.dia <= ${ate as string}::date)
          and (${regra as string[]}::text[] is null or v.regra = any (${regra as string[]}::text[]))
          and (${status as string[]}::text[] is null or v.status = any (${status as string[]}::text[]))`,
      ),
    },
    {
      id: 'relatarDesempenho',
      tag: 'relatorios',
      summary: operation.desempenho,
      method: 'GET',
      path: '/relatorios/metricas/performance',
      querystring: object(p.period),
      response: gives(answer.report, PERFORMANCE),
      handler: document('audit.relatorio_desempenho'),
    },
  ]
}
