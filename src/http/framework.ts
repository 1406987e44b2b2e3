import { STATUS_CODES } from 'node:http'
import type { FastifyServerOptions } from 'fastify'
import type { Catalogue } from '../i18n/index.ts'
import { Problem, sendProblem } from './problem.ts'

type Options = Required<Pick<FastifyServerOptions, 'frameworkErrors' | 'clientErrorHandler'>>

// Errors of Node's parser, for requests that never became one.
const PARSER: Readonly<Record<string, 408 | 431>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
}

/** Refusals before any route or hook is reached: an unreadable address, a malformed request. */
export function frameworkOptions(text: Catalogue): Options {
  return {
    frameworkErrors: ({ code }, request, reply) => {
      const status = code === 'FST_ERR_MAX_PARAM_LENGTH' ? 414 : 400
      void sendProblem(text, request, reply, new Problem(status, text.http.malformed))
    },
    clientErrorHandler: ({ code = '' }, socket) => {
      if (code === 'ECONNRESET' || socket.destroyed || !socket.writable) return void socket.destroy()
      const status = PARSER[code] ?? 400
      const body = JSON.stringify({
        type: 'about:blank',
        title: text.http.title[status],
        status,
        detail: text.http.malformed,
        instance: '/',
      })
      socket.end(
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
          `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
      )
    },
  }
}
