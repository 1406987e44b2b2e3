// The page's one way to the server, in the name of the person who has signed in: the browser sends the cookie, which no script sees.
import { API, BASE, t } from './words.mjs'

/** After so long without an answer it is said. */
const PATIENCE = 10_000
/** A decision may take longer than the server lets a statement run; only then it is given up, and with it what it had begun. */
const DECISION_PATIENCE = 60_000
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
/** States in which a person is waited for. */
export const WAITING = ['aberta', 'aguardando_segunda_aprovacao', 'falha']

/** What the server refused, in its own words; `login` when one has to sign in (again). */
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
 * In whose name the page asks from now on: all tabs share the cookie, and when somebody else signs in nothing is done in theirs.
 * @param {string | undefined} name
 */
export const actAs = (name) => {
  meant.name = name
}

/** Tells the other tabs that somebody came in or left. */
export const tabs = new BroadcastChannel('conferente')

/** @typedef {(why: string) => Promise<void>} Door asks to sign in again; refuses when somebody else has signed in */

/** @type {{ door: Door | undefined, open: Promise<void> | undefined }} */
const access = { door: undefined, open: undefined }

/**
 * What to do when the sign-in runs out while somebody works: everything that waits for an answer waits for this, and is sent again.
 * @param {Door | undefined} door
 */
export const setDoor = (door) => {
  access.door = door
}

/**
 * Asks, or changes something.
 * @param {string} query
 * @param {Record<string, unknown>} [variables]
 * @param {{ slow?: () => void, alone?: boolean, signal?: AbortSignal }} [how] slow: called when there is no answer for long, and only then is it waited on;
 *   alone: a sign-in that is no good is an error, and so is none;
 *   signal: nobody waits for the answer any more, and the server stops its work
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
 * Asks again once somebody has signed in again, where the sign-in is no good any more.
 * @template T
 * @param {() => Promise<T>} work
 * @param {boolean} [alone] a sign-in that is no good is an error
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
 * @param {string | undefined} name in which it is asked
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
 * One request, with a limit to how long it is waited for.
 * @param {string} url
 * @param {RequestInit} request
 * @param {(response: Response) => Promise<any>} read
 * @param {{ slow?: (() => void) | undefined, name?: string | undefined, signal?: AbortSignal | undefined }} how name: in which it is asked
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
 * @param {any} answer a problem document where the response is none of success
 * @throws {Refusal}
 */
function admit({ ok, status }, answer) {
  if (ok) return answer
  const { detail, sugestao } = answer
  throw new Refusal(detail ?? t.offline, { hint: sugestao, login: status === 401 })
}

/**
 * Comes in or goes, or asks for a link.
 * @param {'entrar/convite' | 'entrar/pedido' | 'sair'} path
 * @param {Record<string, string>} body
 * @returns {Promise<{ fim?: string }>} fim: where one signs out of the company's login too
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
