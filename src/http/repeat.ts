import type { FastifyRequest } from 'fastify'

/** Marks a request that may be sent again: what it asks for is done once, and the answer is given again. */
const HEADER = 'idempotency-key'
/** Says of an answer that it was given before. */
export const REPLAYED = 'idempotency-replayed'

/** A request that bears a key: the key, and all that makes it the same request. */
export interface Repeatable {
  readonly key: string
  readonly whole: string
}

/** Of requests that only ask nothing is kept: asked again, they give what is true then. */
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
 * What a request asks for, or the answer that was given when it was sent before.
 * @param query runs a statement in the transaction of `work`: what is done and the answer are kept together or not at all
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

/** Where the key stands in the document of the API. */
export const KEY_HEADERS = (description: string) => ({
  type: 'object',
  properties: { [HEADER]: { type: 'string', minLength: 1, maxLength: 255, description } },
})
