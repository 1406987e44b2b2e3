import type { FastifyRequest, RouteHandlerMethod } from 'fastify'
import type { Transaction } from '../../db/connection.ts'
import { answered, type Statement } from './answer.ts'
import type { Members } from './schemas.ts'

/** What a request brings, by the names of its route; null for what it leaves out. */
type Asked = Readonly<Record<string, unknown>>

/** A statement whose answer is one row of one column, the document as JSON text. */
type Ask = (sql: Transaction, asked: Asked) => ReturnType<Statement>

/** Corrections and their verification may take longer than a question. */
export const DECISION_MS = 60_000

/** Answers with a document that the database wrote, untouched: its digits stay as they are. */
export const asks =
  (ask: Ask, timeoutMs?: number): RouteHandlerMethod =>
  async (request, reply) => {
    const asked = brought(request)
    return answered(request, reply, (sql) => ask(sql, asked), timeoutMs)
  }

/**
 * A function of the database that gives the document. It takes what the request brings, by name.
 * @param names of its parameters, where they are not those of the request
 */
export const document = (name: string, names: Record<string, string> = {}): RouteHandlerMethod =>
  asks((sql, asked) => run(sql, `select ${call(name, asked, names)}::text as documento`, asked))

/** A function of the database that gives rows: all of them, in an order. */
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

/** A function of the database that gives one row. */
export const row = (name: string, timeoutMs?: number): RouteHandlerMethod =>
  asks(
    (sql, asked) => run(sql, `select to_jsonb(r)::text as documento from ${call(name, asked)} as r`, asked),
    timeoutMs,
  )

/** A decision: what it did, counted and one by one. Of findings that were left the status is not the decision's. */
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

/** The statement is the route's, never the request's, and is prepared once in each connection. */
const run = (sql: Transaction, statement: string, asked: Asked) =>
  sql.unsafe<{ documento: string }[]>(statement, Object.values(asked) as never, { prepare: true })

const call = (name: string, asked: Asked, names: Record<string, string> = {}) =>
  `${name}(${Object.keys(asked)
    .map((key, i) => `${names[key] ?? key} => $${i + 1}`)
    .join(', ')})`

/** A body goes before the query. */
function brought({ routeOptions: { schema }, query, body, params }: FastifyRequest): Asked {
  const names = [schema?.querystring, schema?.body, schema?.params].flatMap((members) =>
    Object.keys((members as Members | undefined)?.properties ?? {}),
  )
  const given: Asked = Object.assign({}, query, body, params)
  return Object.fromEntries(names.map((name) => [name, given[name] ?? null]))
}
