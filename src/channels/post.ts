import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Resolve } from './reach.ts'

export interface Reply {
  readonly status: number
  /** The beginning of the answer; empty where the message was taken. */
  readonly body: string
  /** The whole answer, if it was wanted and is a good one. */
  readonly content?: Buffer
}

export interface PostOptions {
  readonly resolve: Resolve
  /** Milliseconds for everything: name look-up, connection, sending, and the beginning of the answer. */
  readonly timeout?: number
  /** Certificates to trust besides the system's, PEM. */
  readonly ca?: string
  /** The most bytes of a good answer to read, where it is wanted. */
  readonly read?: number
}

/** Bytes that are read of any other answer. */
const MOST_BYTES = 2048

/**
 * Posts once, over a connection of its own. Follows no redirect: nobody configured where it leads. The host's addresses are looked
 * up once and the connection goes to one of those, so that a second answer of a name server cannot lead elsewhere.
 * @throws {AddressRefused} or the error of the connection
 */
export async function post(
  address: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
  { resolve, timeout = 15_000, ca, read }: PostOptions,
): Promise<Reply> {
  const url = new URL(address)
  const signal = AbortSignal.timeout(timeout)
  const [first] = await withSignal(resolve(url.hostname), signal)
  if (first === undefined) throw new Error(`${url.hostname} has no address`)
  return new Promise<Reply>((done, failed) => {
    const sent = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body), 'user-agent': 'Conferente' },
      agent: false,
      signal,
      ...(ca !== undefined && { ca }),
      lookup: (_host, options, answer) =>
        options.all ? answer(null, [first]) : answer(null, first.address, first.family),
    })
    // Once there is a status, a later error does not matter.
    let status: number | undefined
    let said = ''
    const end = () => {
      done({ status: status ?? 0, body: said })
      sent.destroy()
    }
    sent.on('error', (error) => (status === undefined ? failed(readable(error, timeout)) : end()))
    sent.on('response', (answer) => {
      status = answer.statusCode ?? 0
      if (status >= 200 && status < 300) {
        if (read === undefined) return end()
        return void whole(answer, read).then((content) => {
          done({ status: answer.statusCode ?? 0, body: '', content })
          sent.destroy()
        }, failed)
      }
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        said += chunk.slice(0, MOST_BYTES - said.length)
        if (said.length >= MOST_BYTES) end()
      })
      answer.on('end', end)
      answer.on('error', end)
    })
    sent.end(body)
  })
}

async function whole(answer: IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > most) throw new Error(`an answer of more than ${most} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
  stopped.catch(() => {})
  return Promise.race([work, stopped])
}

const readable = (error: Error, timeout: number) =>
  error.name === 'AbortError' || error.name === 'TimeoutError'
    ? new Error(`no answer within ${timeout / 1000} s`)
    : error
