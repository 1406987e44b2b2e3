import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Transaction } from '../../db/connection.ts'
import { once, REPLAYED, repeatable } from '../repeat.ts'

/** A statement that returns one row with one column, the document as JSON text. */
export type Statement = (sql: Transaction) => PromiseLike<readonly { documento: string }[]>

/**
 * Answers with the document that a statement returns; with a key, the statement runs once however often the request is sent.
 * @param dress adds to the answer
 */
export async function answered(
  request: FastifyRequest,
  reply: FastifyReply,
  statement: Statement,
  timeoutMs?: number,
  dress: (document: string) => void = () => {},
): Promise<FastifyReply> {
  const marked = repeatable(request)
  const { answer, again } = await request.asCaller(async (sql) => {
    const work = async () => (await statement(sql))[0]?.documento ?? 'null'
    if (marked === undefined) return { answer: await work(), again: false }
    return once(marked, (text, values) => sql.unsafe(text, values as never, { prepare: true }), work)
  }, timeoutMs)
  if (again) reply.header(REPLAYED, 'true')
  dress(answer)
  return reply.type('application/json; charset=utf-8').send(answer)
}
