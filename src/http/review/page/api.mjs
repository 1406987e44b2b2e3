// The page's one way to the server, in the name of the person who has signed in: the browser sends the cookie, which no script
// sees.
import { API, BASE, t, WAITING } from './words.mjs'

/** After this long without an answer the page says so. */
const PATIENCE = 10_000
/** Longer than the server lets a statement run: only then is a decision given up, with everything it had begun. */
const DECISION_PATIENCE = 60_000
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** A refusal of the server, in its own words; `login` when one has to sign in (again). */
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

/** @type {{ name: string | undefined }} */
const meant = { name: undefined }

/**
 * Sets the name in which the page asks from now on: all tabs share the cookie, and nothing may be done in the name of somebody who signs in elsewhere.
 * @param {string | undefined} name
 */
export const actAs = (name) => {
  meant.name = name
}

/** Tells the other tabs that somebody signed in or out. */
export const tabs = new BroadcastChannel('conferente')

/** @typedef {(why: string) => Promise<void>} Door asks to sign in again; refuses when somebody else has signed in */

/** @type {{ door: Door | undefined, open: Promise<void> | undefined }} */
const access = { door: undefined, open: undefined }

/**
 * What to do when the sign-in expires while somebody works: every pending request waits for this, and is sent again.
 * @param {Door | undefined} door
 */
export const setDoor = (door) => {
  access.door = door
}

/**
 * Asks, or changes something.
 * @param {string} query
 * @param {Record<string, unknown>} [variables]
 * @param {{ slow?: () => void, alone?: boolean, signal?: AbortSignal }} [how] slow: called when an answer takes long; with it the request waits longer;
 *   alone: an expired sign-in is an error, and so is none;
 *   signal: aborted when nobody needs the answer any more; the server then stops its work
 * @returns {Promise<any>} the answer's data
 * @throws {Refusal}
 */
export const ask = (query, variables = {}, { slow, alone = false, signal } = {}) =>
  admitted(() => send(query, variables, slow, alone ? undefined : meant.name, signal), alone)

/** What waits, as a spreadsheet. @returns {Promise<Blob>} */
export const download = () =>
  admitted(async () => {
    const waiting = WAITING.map((status) => `&status=${status}`).join('')
    const { response, answer } = await exchange(
      `${BASE}/api/v1/relatorios/divergencias/export?formato=xlsx${waiting}`,
      {},
      (some) => (some.ok ? some.blob() : some.json()),
      { slow: () => {}, name: meant.name },
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
      `${BASE}/api/v1/divergencias/planilha?nome=${encodeURIComponent(file.name.slice(0, 200))}`,
      { method: 'POST', body: file, headers: { 'content-type': XLSX } },
      (some) => some.json(),
      { slow, name: meant.name },
    )
    return admit(response, answer)
  })

/**
 * Sends a request again once somebody has signed in again, if the sign-in had expired.
 * @template T
 * @param {() => Promise<T>} work
 * @param {boolean} [alone] whether an expired sign-in is an error
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
 * @param {string | undefined} name the person in whose name it is sent
 * @param {AbortSignal | undefined} signal
 */
async function send(query, variables, slow, name, signal) {
  const { response, answer } = await exchange(
    API,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    },
    (some) => some.json(),
    { slow, name, signal },
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
 * One request, with a time limit.
 * @param {string} url
 * @param {RequestInit} request
 * @param {(response: Response) => Promise<any>} read
 * @param {{ slow?: (() => void) | undefined, name?: string | undefined, signal?: AbortSignal | undefined }} how name: the person in whose name it is sent
 */
async function exchange(url, request, read, { slow, name, signal }) {
  const bell = slow && setTimeout(slow, PATIENCE)
  try {
    const response = await fetch(url, {
      ...request,
      headers: {
        ...request.headers,
        ...(name !== undefined && { 'x-conferente-pessoa': encodeURIComponent(name) }),
      },
      signal: AbortSignal.any([
        AbortSignal.timeout(slow ? DECISION_PATIENCE : PATIENCE),
        ...(signal ? [signal] : []),
      ]),
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
 * @param {any} answer a problem document if the response is an error
 * @throws {Refusal}
 */
function admit({ ok, status }, answer) {
  if (ok) return answer
  const { detail, sugestao } = answer
  throw new Refusal(detail ?? t.offline, { hint: sugestao, login: status === 401 })
}

/**
 * Signs in or out, or asks for a link.
 * @param {'entrar/convite' | 'entrar/pedido' | 'sair'} path
 * @param {Record<string, string>} body
 * @returns {Promise<{ fim?: string }>} fim: where to sign out of the company's login too
 * @throws {Refusal}
 */
export async function post(path, body) {
  let response
  try {
    response = await fetch(`${BASE}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    })
  } catch (error) {
    throw new Refusal(error instanceof DOMException && error.name === 'TimeoutError' ? t.silent : t.offline)
  }
  if (response.ok) return response.status === 200 ? response.json() : {}
  const { detail, sugestao } = await response.json().catch(() => ({}))
  throw new Refusal(detail ?? t.offline, { hint: sugestao })
}
