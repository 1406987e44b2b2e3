// The search: a text, or what the address asks for. It is kept in the page's address, so that it can be saved and sent.
import { count, folded, number, say } from './format.mjs'
import { find, groupsFor, has } from './groups.mjs'
import { useKeys } from './keys.mjs'
import { html, useEffect, useMemo, useRef, useState } from './preact.mjs'
import { foundBySession, index, SEARCHED } from './queries.mjs'
import { t } from './words.mjs'

/**
 * What a search leaves of a screen. Longer than a screen: what it finds elsewhere is counted by the same conditions.
 * @param {'fila' | 'segunda' | 'improvaveis' | 'adiadas'} screen
 * @param {readonly import('./groups.mjs').Group[]} groups of this screen
 * @param {URLSearchParams} address
 * @param {import('./office.mjs').Office} office
 */
export function useSearch(screen, groups, address, office) {
  const { desk } = office
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
  }, [text !== '', desk?.groups])
  useEffect(() => {
    setOfSession(undefined)
    if (session !== null) foundBySession(session).then(setOfSession, (error) => office.refused(error))
  }, [session, desk?.groups])
  return useMemo(() => {
    const wanted = ofSession && new Set(ofSession.map(({ grupo }) => grupo))
    const known = ofSession && new Set(ofSession.map(({ id }) => id))
    const waiting = (text !== '' && all === undefined) || (session !== null && ofSession === undefined)
    const none = /** @type {ReadonlySet<string>} */ (new Set())
    const within = (/** @type {readonly import('./groups.mjs').Group[]} */ some) => {
      const narrowed = some.filter(
        (group) =>
          (!rule || group.rule === rule) &&
          (!mine || group.section === t.forMe) &&
          (!wanted || wanted.has(group.grupo)),
      )
      return text === '' ? { groups: narrowed, hits: none } : find(narrowed, all ?? [], text)
    }
    const found = within(groups)
    const hits = text === '' && known ? known : found.hits
    const matching =
      text === ''
        ? (ofSession ?? [])
        : (all ?? []).filter(
            (one) => (!rule || one.regra === rule) && (!known || known.has(one.id)) && has(one.text, text),
          )
    const elsewhere =
      desk && !waiting && (text !== '' || session !== null)
        ? QUEUES.map((name) => ({
            screen: name,
            count: held(within(groupsFor(desk, /** @type {'fila'} */ (name))).groups, matching),
          }))
            .concat({ screen: 'adiadas', count: matching.filter(({ adiada }) => adiada).length })
            .filter((one) => one.screen !== screen && one.count > 0)
        : []
    return {
      ...found,
      hits,
      elsewhere,
      text,
      session,
      rule,
      mine,
      waiting,
      partly: (all?.length ?? 0) >= SEARCHED || (ofSession?.length ?? 0) >= SEARCHED,
      narrowed: text !== '' || session !== null || rule !== null || mine,
    }
  }, [screen, groups, desk, all, ofSession, text, session, rule, mine])
}

/** Screens that are made of groups. @type {('fila' | 'segunda' | 'improvaveis' | 'adiadas')[]} */
const QUEUES = ['fila', 'segunda', 'improvaveis']

/**
 * How many findings of these groups a search matches: single ones, or all of a group whose own name matches.
 * @param {readonly import('./groups.mjs').Group[]} groups
 * @param {readonly { grupo: string }[]} matching
 */
function held(groups, matching) {
  const names = new Set(groups.map(({ grupo }) => grupo))
  const named = matching.filter(({ grupo }) => names.has(grupo)).length
  return named > 0 ? named : groups.reduce((sum, group) => sum + group.count, 0)
}

/** @param {any} finding */
export const textOf = ({ id, registroId, justificativa, resumo }) =>
  folded([id, registroId, justificativa, ...Object.values(resumo ?? {})].join(' '))

/**
 * @param {{ search: ReturnType<typeof useSearch>, go: (changes: Record<string, string | null>) => void }} props
 */
export function Search({ search, go }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null))
  // At once, or the first letter would act as one of the page's keys.
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
      ${search.partly && html`<small>${say(t.search.partly, { n: number(SEARCHED) })}</small>`}
      ${search.elsewhere.map(
        ({ screen, count: n }) => html`
          <a class="elsewhere" href=${`?tela=${screen}`} onClick=${(/** @type {Event} */ event) => {
            event.preventDefault()
            go({ tela: screen === 'fila' ? null : screen, grupo: null })
          }}>${say(t.search.elsewhere, { n: number(n), screen: t.screen[screen] })}</a>
        `,
      )}
    </div>
  `
}

/** The parameters that narrow the view, all removed. */
export const EVERYTHING = { busca: null, sessao: null, regra: null, para: null }

/** @param {{ search: ReturnType<typeof useSearch>, total: number, clear: () => void }} props total: what waits here without it */
export function NoHits({ search, total, clear }) {
  const what =
    search.text !== ''
      ? `“${search.text}”`
      : search.session !== null
        ? say(t.search.session, { id: search.session })
        : search.mine
          ? t.forMe
          : String(search.rule)
  return html`
    <p class="nohits" role="status">${say(t.search.none, { what })} ${total > 0 && count(t.search.waiting, total)}
      <button type="button" onClick=${clear}>${t.search.clear} <kbd>esc</kbd></button></p>
  `
}
