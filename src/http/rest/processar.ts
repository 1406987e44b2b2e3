import type { RouteHandlerMethod } from 'fastify'
import type { HttpContext } from '../context.ts'
import { answered } from './answer.ts'

/** A simulation does everything that a session does. */
const SIMULATION_MS = 120_000

interface Session {
  modo: string
  data_inicio?: string | null
  data_fim?: string | null
  regras?: string[] | null
  simular: boolean
}

/** A queued session is answered at once, with where to follow it; a simulated one when it is over. */
export function processar({ settings }: HttpContext): RouteHandlerMethod {
  return (request, reply) => {
    const { modo, data_inicio = null, data_fim = null, regras = null, simular } = request.body as Session
    return answered(
      request,
      reply,
      (sql) => sql<{ documento: string }[]>`
        select to_jsonb(s)::text as documento
        from audit.solicitar_processamento(${modo}, ${data_inicio}, ${data_fim}, ${regras}::text[], ${simular}) as s`,
      SIMULATION_MS,
      (document) => {
        if (simular) return
        const { id } = JSON.parse(document) as { id: number }
        reply.code(202).header('location', `${settings.basePath}/api/v1/auditoria/sessoes?id=${id}`)
      },
    )
  }
}
