import type { FastifyReply, FastifyRequest } from 'fastify'
import { lackingRole } from '../db/denied.ts'
import { isLost } from '../db/lost.ts'
import type { Catalogue } from '../i18n/index.ts'
import { createRedactor } from '../log/redact.ts'

interface ProblemDetails {
  readonly code?: string | undefined
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** A refusal, in the caller's words already. */
export class Problem extends Error {
  readonly status: number
  readonly details: ProblemDetails

  constructor(status: number, message: string, details: ProblemDetails = {}) {
    super(message)
    this.status = status
    this.details = details
  }
}

const STATUS: Readonly<Record<string, number>> = {
  NC004: 404,
  NC005: 409,
  NC007: 403,
  NC008: 404,
  NC010: 409,
  NC016: 409,
  NC017: 409,
  NC019: 409,
  NC020: 401,
  NC021: 409,
  NC022: 409,
  NC025: 403,
  NC026: 403,
  NC029: 422,
  '42501': 403,
  '57014': 503,
  '55P03': 503,
  '40001': 409,
  '40P01': 409,
}

/** The database is not there, or has no room. */
export const UNAVAILABLE =
  /^(08...|57P0[1-5]|53300|CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENOENT|ENOTFOUND|EPIPE|ETIMEDOUT)$/

const redact = createRedactor([])

/** What a caller may know about an error of the database: everything in ours, the meaning of a few others, otherwise nothing. */
export function publicDatabaseError(text: Catalogue, error: unknown): Problem | undefined {
  const {
    code = '',
    message = '',
    detail,
    hint,
    where = '',
  } = error as Partial<Record<'code' | 'message' | 'detail' | 'hint' | 'where', string>>
  // node-postgres reports only by its message that its pool had no connection to give, or that one was lost.
  if (
    UNAVAILABLE.test(code) ||
    isLost(error) ||
    message.startsWith('timeout exceeded when trying to connect')
  ) {
    return new Problem(503, text.http.unavailable, {
      hint: text.rest.unavailableHint,
      headers: { 'retry-after': '10' },
    })
  }
  if (/^NC\d{3}$/.test(code)) {
    // Ours, but some quote a rule or the warehouse.
    const said = (words?: string) => words && redact(words)
    return new Problem(STATUS[code] ?? 422, redact(message), { code, detail: said(detail), hint: said(hint) })
  }
  if (code === '42501') {
    const lacking = lackingRole({ message, where })
    if (lacking === undefined) return new Problem(403, text.http.forbidden, { code })
    return new Problem(503, text.error.lacking(lacking.role), {
      code,
      hint: text.error.lackingHint(lacking.grant),
    })
  }
  if (code === '57014') return new Problem(503, text.http.tooSlow, { code, hint: text.http.tooSlowHint })
  if (code === '55P03' || code === '40001' || code === '40P01') {
    return new Problem(STATUS[code] ?? 503, text.http.tryAgain, { code })
  }
  // Class 22: a value that cannot be what it should, such as a date that is not in the calendar.
  if (/^22/.test(code)) return new Problem(422, text.http.badValue, { code })
  return undefined
}

export function sendProblem(
  text: Catalogue,
  request: FastifyRequest,
  reply: FastifyReply,
  { status, message, details }: Problem,
) {
  const { code, detail, hint, headers = {} } = details
  return reply
    .code(status)
    .headers(headers)
    .type('application/problem+json; charset=utf-8')
    .send({
      type: code === undefined ? 'about:blank' : `urn:conferente:erro:${code}`,
      title: text.http.title[status as keyof Catalogue['http']['title']] ?? text.http.title[500],
      status,
      detail: detail === undefined ? message : `${message}: ${detail}`,
      instance: request.url.split('?')[0],
      codigo: code,
      sugestao: hint,
    })
}
