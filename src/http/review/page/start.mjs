// Requests the content of the first screen while the rest of the page is still loading.
import { actAs } from './api.mjs'
import { desk, whoAmI } from './queries.mjs'

// Somebody who comes with a one-time link is not signed in yet.
const invited = new URLSearchParams(location.hash.slice(1)).has('convite')
const me = invited ? undefined : whoAmI()
const first = me?.then(({ nome }) => {
  actAs(nome)
  return desk(nome)
})
// Whoever takes the answer handles the refusal.
first?.catch(() => {})

/** @type {{ me: typeof me, desk: typeof first }} */
const begun = { me, desk: first }

/**
 * The answer to the request at the start, once; a second caller asks again.
 * @template {'me' | 'desk'} K
 * @param {K} what
 * @returns {typeof begun[K]}
 */
export function begin(what) {
  const asked = begun[what]
  begun[what] = undefined
  return asked
}
