import type { FastifyRequest, onRequestAsyncHookHandler, RouteHandlerMethod } from 'fastify'
import type { HttpContext } from '../context.ts'
import { Problem } from '../problem.ts'
import { answered } from './answer.ts'
import { DECISION_MS } from './ask.ts'

/** Each is held in memory as a whole. */
const AT_ONCE = 3

/** Before the file is sent: whether this person may decide at all, and whether there is room for it. */
export function admitSheet({ text }: HttpContext): onRequestAsyncHookHandler {
  let open = 0
  return async (request, reply) => {
    const [row] = await request.asCaller(
      (sql) => sql<{ may: boolean }[]>`
        select has_function_privilege('audit.decidir_planilha(jsonb, text, text, boolean)', 'execute') as may`,
    )
    if (row?.may !== true) throw new Problem(403, text.http.forbidden, { code: '42501' })
    if (open >= AT_ONCE) throw new Problem(503, text.http.busy, { headers: { 'retry-after': '10' } })
    open += 1
    reply.raw.once('close', () => {
      open -= 1
    })
  }
}

/** A returned spreadsheet: what became of each of its decisions. */
export function planilha({ text }: HttpContext): RouteHandlerMethod {
  return async (request: FastifyRequest, reply) => {
    const { readDecisions, SheetError } = await import('../../export/index.ts')
    const { nome = null, simular = false } = request.query as { nome?: string; simular?: boolean }
    const file = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const { lines, sha256 } = await readDecisions(file).catch((error) => {
      if (!(error instanceof SheetError)) throw error
      throw new Problem(422, text.planilha.problem[error.problem](error.what))
    })
    return answered(
      request,
      reply,
      (sql) => sql<{ documento: string }[]>`
        with d as materialized (select * from audit.decidir_planilha(${JSON.stringify(lines)}::text::jsonb, ${sha256}, ${nome}, ${simular}))
        select jsonb_build_object(
          'arquivo', ${sha256}::text,
          'por_resultado', (select jsonb_object_agg(s.resultado, s.n) from (select d.resultado, count(*) as n from d group by d.resultado) as s),
          'itens', (select jsonb_agg(to_jsonb(d) order by d.linha) from d))::text as documento`,
      DECISION_MS,
    )
  }
}
