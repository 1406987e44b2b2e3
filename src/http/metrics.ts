import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Catalogue } from '../i18n/index.ts'
import type { HttpContext } from './context.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What this process counts by itself. */
    processMetrics: Registry
  }
}

interface Sample {
  nome: string
  tipo: 'gauge' | 'counter'
  rotulos: Record<string, string>
  valor: number
}

/** However many requests come, the database is asked once in this time. */
const FRESH = 5_000

/** Measures every request; to be added before the routes. */
export function installHttpMetrics(app: FastifyInstance, { rest }: Catalogue): void {
  const register = new Registry()
  const seconds = new Histogram({
    name: 'conferente_http_segundos',
    help: rest.metric['conferente_http_segundos'] ?? '',
    labelNames: ['rota', 'metodo', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [register],
  })
  collectDefaultMetrics({ register })
  app.decorate('processMetrics', register)
  app.addHook('onResponse', async (request, reply) => {
    // The route's pattern, never the address: guessed paths must not fill the memory.
    const rota = request.routeOptions.url ?? ''
    seconds.observe(
      { rota, metodo: request.method, status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    )
  })
}

/** /metrics for Prometheus, with a token of any role. The facts are read from the database on request. */
export function metrics(app: FastifyInstance, { text }: HttpContext): void {
  let asked = 0
  let samples: Promise<readonly Sample[]> | undefined

  app.get('/metrics', async (request, reply) => {
    const lines = await request.asCaller(async (sql) => {
      if (samples === undefined || Date.now() - asked > FRESH) {
        asked = Date.now()
        const reading = sql<Sample[]>`select nome, tipo, rotulos, valor from audit.metricas()`.execute()
        samples = reading
        reading.catch(() => {
          if (samples === reading) samples = undefined
        })
      }
      return samples
    })
    const facts = new Registry()
    for (const [name, group] of Map.groupBy(lines, ({ nome }) => nome)) {
      publish(facts, text.rest.metric[name] ?? name, group as [Sample, ...Sample[]])
    }
    const all = Registry.merge([facts, app.processMetrics])
    return reply
      .type(all.contentType)
      .header('cache-control', 'no-store')
      .send(await all.metrics())
  })
}

function publish(register: Registry, help: string, group: readonly [Sample, ...Sample[]]): void {
  const [{ nome: name, tipo }] = group
  // Not every sample has every label: only a channel's message has a channel.
  const labelNames = [...new Set(group.flatMap(({ rotulos }) => Object.keys(rotulos)))]
  const about = { name, help, labelNames, registers: [register] }
  if (tipo === 'counter') {
    const counter = new Counter(about)
    for (const sample of group) counter.inc(sample.rotulos, sample.valor)
  } else {
    const gauge = new Gauge(about)
    for (const sample of group) gauge.set(sample.rotulos, sample.valor)
  }
}
