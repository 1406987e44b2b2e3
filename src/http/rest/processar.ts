import type { RouteHandlerMethod } from 'fastify'
import type { HttpContext } from '../context.ts'

/** A simulation does all that a session does. */
const SIMULATION_MS = 120_000

interface Session {
  modo: string
  data_inicio?: string | null
  data_fim?: string | null
  regras?: string[] | null
  simular: boolean
}

/** A session that is queued is answered at once, with where to follow it; one that is simulated, when it is over. */
export function processar({ settings }: HttpContext): RouteHandlerMethod {
  return async (request, reply) => {
    const { modo, data_inicio = null, data_fim = null, regras = null, simular } = request.body as Session
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
  }
}
