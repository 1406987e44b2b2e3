// The page's one way to the server: GraphQL with the token of whoever sits here.
import { API, REST, t } from './words.mjs'

/** After so long without an answer it is said. */
const PATIENCE = 10_000
/** A decision may take longer than the server lets a statement run; only then it is given up, and with it what it had begun. */
const DECISION_PATIENCE = 60_000
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const WAITING = ['aberta', 'aguardando_segunda_aprovacao', 'falha']

/** What the server refused, in its own words; `login` when the token is no good (any more). */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {{ hint?: string | undefined, code?: string | undefined, login?: boolean }} [more]
   */
  constructor(message, { hint, code, login = false } = {}) {
    super(message)
    this.hint = hint
    this.code = code
    this.login = login
  }
}

// The token stays with this tab of the browser, as on the page of the REST document, and is forgotten when it closes.
export const token = {
  /** @returns {string | undefined} */
  get: () => sessionStorage['conferente'],
  /** @param {string | undefined} value */
  set(value) {
    if (value) sessionStorage['conferente'] = value
    else delete sessionStorage['conferente']
  },
}

/** @typedef {(why: string) => Promise<void>} Door asks for another token; refuses when whoever sits there is not the same person */

/** @type {{ door: Door | undefined, open: Promise<void> | undefined }} */
const access = { door: undefined, open: undefined }

/**
 * What to do when the token runs out while somebody works: everything that waits for an answer waits for this, and is sent again.
 * @param {Door | undefined} door
 */
export const setDoor = (door) => {
  access.door = door
}

/**
 * Asks, or changes something.
 * @param {string} query
 * @param {Record<string, unknown>} [variables]
 * @param {{ slow?: () => void, alone?: boolean }} [how] slow: called when there is no answer for long, and only then is it waited on;
 *   alone: a token that is no good is an error
 * @returns {Promise<any>} the answer's data
 * @throws {Refusal}
 */
export const ask = (query, variables = {}, { slow, alone = false } = {}) =>
  admitted(() => send(query, variables, slow), alone)

/** What waits, as a spreadsheet. @returns {Promise<Blob>} */
export const download = () =>
  admitted(async () => {
    const waiting = WAITING.map((status) => `&status=${status}`).join('')
    const { response, answer } = await exchange(
      `${REST}/relatorios/divergencias/export?formato=xlsx${waiting}`,
      {},
      (some) => (some.ok ? some.blob() : some.json()),
      () => {},
    )
    return admit(response, answer)
  })

/**
 * The decisions of a spreadsheet.
 * @param {File} file
 * @param {() => void} slow
 * @returns {Promise<{ itens: any[] }>}
 */
export const upload = (file, slow) =>
  admitted(async () => {
    const { response, answer } = await exchange(
      `${REST}/divergencias/planilha?nome=${encodeURIComponent(file.name.slice(0, 200))}`,
      { method: 'POST', body: file, headers: { 'content-type': XLSX } },
      (some) => some.json(),
      slow,
    )
    return admit(response, answer)
  })

/**
 * Asks again once somebody has entered again, where the token is no good any more.
 * @template T
 * @param {() => Promise<T>} work
 * @param {boolean} [alone] a token that is no good is an error
 * @returns {Promise<T>}
 */
async function admitted(work, alone = false) {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Refusal && error.login && access.door) || alone) throw error
      access.open ??= access.door(error.message).finally(() => {
        access.open = undefined
      })
      await access.open
    }
  }
}

/**
 * @param {string} query
 * @param {Record<string, unknown>} variables
 * @param {(() => void) | undefined} slow
 */
async function send(query, variables, slow) {
  const { response, answer } = await exchange(
    API,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    },
    (some) => some.json(),
    slow,
  )
  const { errors, data } = answer
  if (errors?.length > 0) {
    const [{ message, extensions }] = errors
    throw new Refusal(message, {
      code: extensions?.codigo,
      hint: [extensions?.detalhe, extensions?.sugestao].filter(Boolean).join(' ') || undefined,
    })
  }
  admit(response, answer)
  return data
}

/**
 * One request, with a limit to how long it is waited for.
 * @param {string} url
 * @param {RequestInit} request
 * @param {(response: Response) => Promise<any>} read
 * @param {(() => void) | undefined} slow
 */
async function exchange(url, request, read, slow) {
  const bell = slow && setTimeout(slow, PATIENCE)
  try {
    const response = await fetch(url, {
      ...request,
      headers: { authorization: `Bearer ${token.get()}`, ...request.headers },
      signal: AbortSignal.timeout(slow ? DECISION_PATIENCE : PATIENCE),
    })
    return { response, answer: await read(response) }
  } catch (error) {
    const silent = error instanceof DOMException && error.name === 'TimeoutError'
    throw new Refusal(silent ? (slow ? t.silentDecision : t.silent) : t.offline)
  } finally {
    clearTimeout(bell)
  }
}

/**
 * @param {Response} response
 * @param {any} answer a problem document where the response is none of success
 * @throws {Refusal}
 */
function admit({ ok, status }, answer) {
  if (ok) return answer
  const { detail, sugestao } = answer
  throw new Refusal(detail ?? t.offline, { hint: sugestao, login: status === 401 })
}
