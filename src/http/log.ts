import { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'

/** Fastify's own lines would show the whole address of each request, so it logs only errors. */
export function logOptions(log: FastifyBaseLogger | undefined) {
  return (
    log && {
      loggerInstance: log.child({}, { level: 'warn' }),
      logController: new LogController({ disableRequestLogging: true }),
    }
  )
}

/** One line for each answered request: never its address as typed, its query, headers or body. */
export function installRequestLog(app: FastifyInstance, log: FastifyBaseLogger | undefined): void {
  if (log === undefined) return
  app.addHook('onResponse', async ({ id, method, caller, routeOptions }, reply) => {
    const { statusCode: status, elapsedTime } = reply
    // Probes of whether we are alive come every few seconds.
    const level = status >= 500 ? 'error' : routeOptions.config?.public === true ? 'debug' : 'info'
    log[level](
      {
        event: 'http.request',
        pedido: id,
        quem: caller?.name,
        papel: caller?.role,
        metodo: method,
        rota: routeOptions.url,
        status,
        ms: Math.round(elapsedTime),
      },
      `${method} ${routeOptions.url ?? '-'} ${status}`,
    )
  })
}
