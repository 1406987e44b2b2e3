import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Transaction } from '../../db/connection.ts'

/** Result of a statement with one row and one column, the document as JSON text. */
type Document = PromiseLike<readonly { documento: string }[]>

/** Answers with a document that the database wrote, untouched: its digits stay as they are. */
export async function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  query: (sql: Transaction) => Document,
  timeoutMs?: number,
) {
  const document = await request.asCaller(
    async (sql) => (await query(sql))[0]?.documento ?? 'null',
    timeoutMs,
  )
  return reply.type('application/json; charset=utf-8').send(document)
}
