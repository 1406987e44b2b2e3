import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Transaction } from '../db/connection.ts'
import { releaseMigrations } from '../db/release.ts'
import { transaction } from '../db/transaction.ts'
import type { HttpContext } from './context.ts'
import type { Access } from './database.ts'

interface Part {
  parte: string
  pronta: boolean
  segundos?: number | null
  quantos?: number | null
}

/** The longest that the database may take to answer. */
const PATIENCE = 5_000
const PARTS = ['banco', 'migracoes', 'trabalhador', 'sessao', 'correio']

/**
 * /healthz: the process answers. /readyz: everything that the daily work needs is there, or which part is not. Both without a
 * token.
 */
export async function health(app: FastifyInstance, { text, access }: HttpContext): Promise<void> {
  const release = await releaseMigrations()

  app.get('/healthz', { config: { public: true, vital: true } }, (_, reply) => reply.send({ status: 'ok' }))

  app.get<{ Querystring: { partes?: string | string[] } }>(
    '/readyz',
    {
      config: { public: true },
      schema: {
        querystring: {
          type: 'object',
          properties: { partes: { type: 'array', items: { type: 'string', enum: PARTS } } },
        },
      },
    },
    async ({ query: { partes = PARTS } }, reply) => {
      const parts = (await look(access, release)).filter(({ parte }) => partes.includes(parte))
      const missing = parts.filter(({ pronta }) => !pronta).map(({ parte }) => parte)
      reply.header('cache-control', 'no-store')
      if (missing.length === 0) return reply.send({ status: 'pronto', partes: parts })
      return reply
        .code(503)
        .type('application/problem+json; charset=utf-8')
        .send({
          type: 'about:blank',
          title: text.http.title[503],
          status: 503,
          detail: text.rest.notReady(missing.map((part) => text.rest.part[part]).join('; ')),
          instance: '/readyz',
          partes: parts,
        })
    },
  )
}

async function look(access: Access, release: readonly string[]): Promise<Part[]> {
  const down = PARTS.map((parte) => ({ parte, pronta: false }))
  // While a lost connection is being restored, the answer is no.
  return Promise.race([ask(access, release).catch(() => down), sleep(PATIENCE, down, { ref: false })])
}

function ask(access: Access, release: readonly string[]): Promise<Part[]> {
  const read = async (sql: Transaction): Promise<Part[]> => {
    await sql`select set_config('statement_timeout', ${String(PATIENCE)}, true)`
    const rest = await sql
      .savepoint(
        (inner) => inner<Part[]>`select parte, pronta, segundos, quantos::int from audit_interno.prontidao()`,
      )
      // A database without our tables, or of another release.
      .catch(() => PARTS.slice(2).map((parte) => ({ parte, pronta: false })))
    const known = await sql
      .savepoint(
        (inner) => inner<{ nome: string }[]>`select filename as nome from graphile_migrate.migrations`,
      )
      .catch(() => undefined)
    // A standby can be read, but no session runs there.
    const [server] = await sql<{ primario: boolean }[]>`select not pg_is_in_recovery() as primario`
    const there = known?.map(({ nome }) => nome).sort()
    return [
      { parte: 'banco', pronta: server?.primario === true },
      { parte: 'migracoes', pronta: there?.join() === release.join() },
      ...rest,
    ]
  }
  return transaction(access.sql, read, 'read only')
}
