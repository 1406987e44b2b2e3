// Asks for what the first screen is made of, while the rest of the page is still on its way.
import { actAs } from './api.mjs'
import { desk, whoAmI } from './queries.mjs'

// Somebody who comes with a one-time link is not signed in yet.
const invited = new URLSearchParams(location.hash.slice(1)).has('convite')
const me = invited ? undefined : whoAmI()
const first = me?.then(({ nome }) => {
  actAs(nome)
  return desk(nome)
})
// A refusal is for the taker of the answer.
first?.catch(() => {})

/** @type {{ me: typeof me, desk: typeof first }} */
const begun = { me, desk: first }

/**
 * What was asked at the start, once; a second caller asks again.
 * @template {'me' | 'desk'} K
 * @param {K} what
 * @returns {typeof begun[K]}
 */
export function begin(what) {
  const asked = begun[what]
  begun[what] = undefined
  return asked
}
