import type { FastifyRequest } from 'fastify'

/** Marks a request that may be sent again: it is carried out once, and its answer repeated. */
const HEADER = 'idempotency-key'
/** Marks an answer that was given before. */
export const REPLAYED = 'idempotency-replayed'

/** A request with a key: the key, and everything that makes it the same request. */
export interface Repeatable {
  readonly key: string
  readonly whole: string
}

/** Requests that only read are not kept: asked again, they give what is true then. */
export function repeatable({
  method,
  url,
  headers,
  body,
}: Pick<FastifyRequest, 'method' | 'url' | 'headers' | 'body'>): Repeatable | undefined {
  const key = headers[HEADER]
  if (typeof key !== 'string' || method === 'GET' || method === 'HEAD') return undefined
  const sent = Buffer.isBuffer(body) ? body.toString('base64') : JSON.stringify(body ?? null)
  return { key, whole: `${method} ${url} ${sent}` }
}

/**
 * Carries a request out, or returns the answer from when it was sent before.
 * @param query runs a statement in the transaction of `work`: the act and its answer are stored together or not at all
 * @param part which of several answers within the request
 */
export async function once(
  { key, whole }: Repeatable,
  query: (text: string, values: readonly string[]) => PromiseLike<readonly { resposta: string | null }[]>,
  work: () => Promise<string>,
  part = '',
): Promise<{ readonly answer: string; readonly again: boolean }> {
  const [before] = await query('select audit.repetir_pedido($1, $2, $3) as resposta', [key, whole, part])
  if (before?.resposta != null) return { answer: before.resposta, again: true }
  const answer = await work()
  await query('select audit.guardar_resposta($1, $2, $3)::text as resposta', [key, answer, part])
  return { answer, again: false }
}

/** The key in the API's document. */
export const KEY_HEADERS = (description: string) => ({
  type: 'object',
  properties: { [HEADER]: { type: 'string', minLength: 1, maxLength: 255, description } },
})
