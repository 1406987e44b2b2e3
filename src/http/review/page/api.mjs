// The page's one way to the server: GraphQL with the token of whoever sits here.
import { API, t } from './words.mjs'

/** After so long without an answer it is said. */
const PATIENCE = 10_000
/** A decision may take longer than the server lets a statement run; only then it is given up, and with it what it had begun. */
const DECISION_PATIENCE = 60_000

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
 * @param {{ slow?: () => void, alone?: boolean, signal?: AbortSignal }} [how] slow: called when there is no answer for long, and only then is
 *   it waited on; alone: a token that is no good is an error; signal: nobody waits for the answer any more, and the server stops its work
 * @returns {Promise<any>} the answer's data
 * @throws {Refusal}
 */
export async function ask(query, variables = {}, { slow, alone = false, signal } = {}) {
  for (;;) {
    try {
      return await send(query, variables, slow, signal)
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
 * @param {AbortSignal | undefined} signal
 */
async function send(query, variables, slow, signal) {
  const bell = slow && setTimeout(slow, PATIENCE)
  let response, answer
  try {
    response = await fetch(API, {
      method: 'POST',
      headers: { authorization: `Bearer ${token.get()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.any([
        AbortSignal.timeout(slow ? DECISION_PATIENCE : PATIENCE),
        ...(signal ? [signal] : []),
      ]),
    })
    answer = await response.json()
  } catch (error) {
    const silent = error instanceof DOMException && error.name === 'TimeoutError'
    throw new Refusal(silent ? (slow ? t.silentDecision : t.silent) : t.offline)
  } finally {
    clearTimeout(bell)
  }
  const { errors, data, detail, sugestao } = answer
  if (errors?.length > 0) {
    const [{ message, extensions }] = errors
    throw new Refusal(message, {
      code: extensions?.codigo,
      hint: [extensions?.detalhe, extensions?.sugestao].filter(Boolean).join(' ') || undefined,
    })
  }
  if (!response.ok) throw new Refusal(detail ?? t.offline, { hint: sugestao, login: response.status === 401 })
  return data
}
