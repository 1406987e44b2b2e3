import type { FastifyRequest, RouteHandlerMethod } from 'fastify'
import type { Transaction } from '../../db/connection.ts'
import { answered, type Statement } from './answer.ts'
import type { Members } from './schemas.ts'

/** The request's values by the names of its route; null for those left out. */
type Asked = Readonly<Record<string, unknown>>

/** A statement that returns one row with one column, the document as JSON text. */
type Ask = (sql: Transaction, asked: Asked) => ReturnType<Statement>

/** Corrections and their verification may take longer than a question. */
export const DECISION_MS = 60_000

/** Answers with a document of the database, untouched, so that its digits stay as they are. */
export const asks =
  (ask: Ask, timeoutMs?: number): RouteHandlerMethod =>
  async (request, reply) => {
    const asked = brought(request)
    return answered(request, reply, (sql) => ask(sql, asked), timeoutMs)
  }

/**
 * A function of the database that returns the document. It takes the request's values, by name.
 * @param names of its parameters, where they differ from the request's
 */
export const document = (name: string, names: Record<string, string> = {}): RouteHandlerMethod =>
  asks((sql, asked) => run(sql, `select ${call(name, asked, names)}::text as documento`, asked))

/** A function of the database that returns rows: all of them, sorted. */
export const rows = (name: string, order: string, timeoutMs?: number): RouteHandlerMethod =>
  asks(
    (sql, asked) =>
      run(
        sql,
        `
        select coalesce(jsonb_agg(to_jsonb(r) order by ${order}), '[]')::text as documento from ${call(name, asked)} as r`,
        asked,
      ),
    timeoutMs,
  )

/** A function of the database that returns one row. */
export const row = (name: string, timeoutMs?: number): RouteHandlerMethod =>
  asks(
    (sql, asked) => run(sql, `select to_jsonb(r)::text as documento from ${call(name, asked)} as r`, asked),
    timeoutMs,
  )

/** A decision's results, counted and one by one. Findings that were left do not have the decision's status. */
export const decision = (name: string, names: Record<string, string> = {}): RouteHandlerMethod =>
  asks(
    (sql, asked) =>
      run(
        sql,
        `
        with d as materialized (select * from ${call(name, asked, names)})
        select jsonb_build_object(
          'por_resultado', (select jsonb_object_agg(s.resultado, s.n) from (select d.resultado, count(*) as n from d group by d.resultado) as s),
          'por_status', (select coalesce(jsonb_object_agg(s.status, s.n), '{}') from (
            select d.status, count(*) as n from d where d.resultado <> 'deixada' group by d.status) as s),
          'itens', (select jsonb_agg(to_jsonb(d) order by d.id) from d))::text as documento`,
        asked,
      ),
    DECISION_MS,
  )

/** The statement belongs to the route, never to the request, and is prepared once in each connection. */
const run = (sql: Transaction, statement: string, asked: Asked) =>
  sql.unsafe<{ documento: string }[]>(statement, Object.values(asked) as never, { prepare: true })

const call = (name: string, asked: Asked, names: Record<string, string> = {}) =>
  `${name}(${Object.keys(asked)
    .map((key, i) => `${names[key] ?? key} => $${i + 1}`)
    .join(', ')})`

/** Values in the body take precedence over the query. */
function brought({ routeOptions: { schema }, query, body, params }: FastifyRequest): Asked {
  const names = [schema?.querystring, schema?.body, schema?.params].flatMap((members) =>
    Object.keys((members as Members | undefined)?.properties ?? {}),
  )
  const given: Asked = Object.assign({}, query, body, params)
  return Object.fromEntries(names.map((name) => [name, given[name] ?? null]))
}
