// A real HTTP server that plays somebody's webhook: it answers as told, and keeps what arrived.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecure, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { createResolve } from '../../src/channels/reach.ts'
import type { Sql } from '../../src/db/connection.ts'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** One for each request from now on, in order: a status, or a function that answers. */
  readonly answers: (number | ((answer: ServerResponse) => void))[]
  /** Cuts every connection. */
  closeAll(): void
}

export async function receptor(t: Test, tls?: ServerOptions): Promise<Receiver> {
  const received: Received[] = []
  const answers: Receiver['answers'] = []
  const listen = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      })
      const answer = answers.shift() ?? 200
      if (typeof answer === 'number') response.writeHead(answer).end(answer === 200 ? '' : 'não aqui')
      else answer(response)
    })
  }
  const server = tls ? createSecure(tls, listen) : createServer(listen)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    received,
    answers,
    closeAll: () => server.closeAllConnections(),
  }
}

/** Only this machine may be reached, as if the worker's operator had allowed it. */
export const post = { resolve: createResolve(['127.0.0.0/8']), timeout: 10_000 }

export const SEGREDO = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

export const KEY_PART = 'T0CHAVE/B0SECRETA/x9f2kq7w'

/** Saves a channel to the receiver, as the administrator. */
export const canal = (
  adelia: Sql,
  url: string,
  name: string,
  type = 'webhook',
  extra: Record<string, unknown> = {},
) =>
  adelia`select * from audit.salvar_canal(${name}, 'teste', ${type}, ${`${url}/${KEY_PART}`}, ${type === 'webhook' ? SEGREDO : null},
    ${(extra['eventos'] as string[] | undefined) ?? null}::text[], ${(extra['sem_valores'] as boolean | undefined) ?? null},
    ${(extra['idioma'] as string | undefined) ?? null})`
