// What is searched for: a text, or what the address asks for. It lives in the page's address, so that it can be kept and sent.
import { folded, say } from './format.mjs'
import { find } from './groups.mjs'
import { useKeys } from './keys.mjs'
import { html, useEffect, useMemo, useRef, useState } from './preact.mjs'
import { groupsOfSession, index, SEARCHED } from './queries.mjs'
import { t } from './words.mjs'

/**
 * @param {readonly import('./groups.mjs').Group[]} groups
 * @param {URLSearchParams} address
 * @param {import('./office.mjs').Office} office
 */
export function useSearch(groups, address, office) {
  const text = address.get('busca') ?? ''
  const session = /^\d+$/.test(address.get('sessao') ?? '') ? address.get('sessao') : null
  const rule = address.get('regra')
  const mine = address.get('para') === 'mim'
  const [all, setAll] = useState(/** @type {any[] | undefined} */ (undefined))
  const [ofSession, setOfSession] = useState(/** @type {any[] | undefined} */ (undefined))
  useEffect(() => {
    if (text !== '')
      index().then(
        (found) => setAll(found.map((one) => ({ ...one, text: textOf(one) }))),
        (error) => office.refused(error),
      )
  }, [text !== '', office.desk?.groups])
  useEffect(() => {
    setOfSession(undefined)
    if (session !== null) groupsOfSession(session).then(setOfSession, (error) => office.refused(error))
  }, [session, office.desk?.groups])
  return useMemo(() => {
    const wanted = ofSession && new Set(ofSession.map(({ grupo }) => grupo))
    const some = groups.filter(
      (group) =>
        (!rule || group.rule === rule) &&
        (!mine || group.section === t.forMe) &&
        (!wanted || wanted.has(group.grupo)),
    )
    const waiting = (text !== '' && all === undefined) || (session !== null && ofSession === undefined)
    const none = /** @type {ReadonlySet<string>} */ (new Set())
    const found = text === '' ? { groups: some, hits: none } : find(some, all ?? [], text)
    const hits = text === '' && ofSession ? new Set(ofSession.map(({ id }) => id)) : found.hits
    return {
      ...found,
      hits,
      text,
      session,
      rule,
      mine,
      waiting,
      partly: (all?.length ?? 0) >= SEARCHED,
      narrowed: text !== '' || session !== null || rule !== null || mine,
    }
  }, [groups, all, ofSession, text, session, rule, mine])
}

/** @param {any} finding */
const textOf = ({ id, registroId, justificativa, resumo }) =>
  folded([id, registroId, justificativa, ...Object.values(resumo ?? {})].join(' '))

/**
 * @param {{ search: ReturnType<typeof useSearch>, go: (changes: Record<string, string | null>) => void }} props
 */
export function Search({ search, go }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null))
  // At once, or the first letter would be a key of the page's.
  useKeys({ '/': () => field.current?.focus() })
  const leave = () => /** @type {HTMLElement | null} */ (document.querySelector('#hand'))?.focus()
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape') go({ busca: null })
    if (event.key === 'Escape' || event.key === 'Enter') {
      event.preventDefault()
      leave()
    }
  }
  const chip = (/** @type {string} */ text, /** @type {string} */ name) => html`
    <span class="chip">${text} <button type="button" aria-label=${say(t.search.drop, { what: text })} onClick=${() => go({ [name]: null })}>×</button></span>
  `
  return html`
    <div class="search" role="search">
      <label>
        <span class="unseen">${t.search.label}</span>
        <input ref=${field} type="search" name="busca" value=${search.text} placeholder=${t.search.hint} autocomplete="off" onKeyDown=${press}
          onInput=${(/** @type {any} */ event) => go({ busca: event.currentTarget.value || null })} />
      </label>
      ${search.session && chip(say(t.search.session, { id: search.session }), 'sessao')}
      ${search.mine && chip(t.forMe, 'para')}
      ${search.rule && chip(say(t.search.rule, { name: search.rule }), 'regra')}
      ${search.partly && html`<small>${say(t.search.partly, { n: SEARCHED })}</small>`}
    </div>
  `
}
