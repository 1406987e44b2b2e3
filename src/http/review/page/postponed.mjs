// Adiadas: what is postponed, until when, by whom and why, and one key that brings it back.
import { leave } from './acts.mjs'
import { count, date, money, number, say } from './format.mjs'
import { describe, has } from './groups.mjs'
import { Items } from './items.mjs'
import { useKeys } from './keys.mjs'
import { List } from './list.mjs'
import { html, useEffect, useMemo, useRef, useState } from './preact.mjs'
import { postponed } from './queries.mjs'
import { EVERYTHING, NoHits, Search, textOf, useSearch } from './search.mjs'
import { t } from './words.mjs'

const NONE = new Set()
/** @type {readonly import('./groups.mjs').Group[]} */
const NOTHING = []
/** A sorting place after every day: while the row does not change. */
const NEVER = '9999-99-99'

/** @param {readonly any[]} findings @param {readonly any[]} rules @param {string} today */
function partsOf(findings, rules, today) {
  return [...Map.groupBy(findings, ({ notaOperacaoId }) => notaOperacaoId)]
    .map(([key, some]) => {
      const [first] = some
      const values = some.map(({ confianca }) => Number(confianca))
      return {
        ...describe(
          { ...first, confiancaDe: Math.min(...values), confiancaAte: Math.max(...values) },
          rules.find(({ nome }) => nome === first.regra)?.descricao ?? first.regra,
        ),
        key: String(key),
        findings: some,
        until: first.adiadaAte ?? NEVER,
        section: first.adiadaAte
          ? say(t.postponed.until, { day: date(first.adiadaAte, today) })
          : t.postponed.changed,
        supplier: `${first.notaPor}: ${first.notaMotivo}`,
        count: some.length,
        value: some.reduce((sum, { valorEmRisco }) => sum + Number(valorEmRisco), 0),
        two: 0,
        status: first.status,
      }
    })
    .toSorted((a, b) => a.until.localeCompare(b.until) || b.value - a.value)
}

/** @typedef {{ total: number, items: any[], next: string | null }} Found */

/**
 * @param {{ office: import('./office.mjs').Office, decides: boolean, address: URLSearchParams,
 *   go: (changes: Record<string, string | null>, how?: { push?: boolean }) => void }} props
 */
export function Postponed({ office, decides, address, go }) {
  const { desk, pending } = office
  const [found, setFound] = useState(/** @type {Found | undefined} */ (undefined))
  const [at, setAt] = useState(0)
  const [moved, setMoved] = useState(0)
  const [open, setOpen] = useState(/** @type {string | undefined} */ (undefined))
  const search = useSearch('adiadas', NOTHING, address, office)
  const title = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => {
    let wanted = true
    if (desk)
      postponed(null).then(
        (page) => wanted && setFound(page),
        (error) => office.refused(error),
      )
    return () => {
      wanted = false
    }
  }, [desk])
  const more = () =>
    found?.next &&
    postponed(found.next).then(
      (page) => setFound({ ...page, items: [...found.items, ...page.items] }),
      (error) => office.refused(error),
    )
  const today = desk?.today ?? ''
  const { text, session, rule } = search
  const meant = useMemo(
    () =>
      (found?.items ?? []).filter(
        (one) =>
          (text === '' || has(textOf(one), text)) &&
          (session === null || [one.sessaoId, one.sessaoUltimaId].includes(session)) &&
          (rule === null || one.regra === rule),
      ),
    [found, text, session, rule],
  )
  const parts = useMemo(() => partsOf(meant, desk?.rules ?? [], today), [meant])
  const free = parts.filter(({ key }) => !pending.has(key))
  const index = Math.max(
    0,
    free.findIndex(({ key }) => key === address.get('grupo')),
  )
  const current = free[index]
  useEffect(() => {
    setAt(0)
    setMoved(0)
    setOpen(undefined)
    // Somebody who types a search goes on typing while it changes what is in hand.
    if (!document.activeElement?.matches('[type=search]')) title.current?.focus()
  }, [current?.key])
  const move = (/** @type {number} */ by) => {
    const next = free[index + by]
    if (next) go({ grupo: next.key })
  }
  const findings = current?.findings ?? []
  const here = Math.min(at, findings.length - 1)
  const step = (/** @type {number} */ by) => {
    setAt(Math.max(0, Math.min(here + by, findings.length - 1)))
    setMoved(moved + 1)
  }
  const look = (/** @type {string} */ id) => setOpen(open === id ? undefined : id)
  const back = () => {
    if (!current) return
    const { key, title: name, section, value, count: n } = current
    office.quiet()
    office.send(
      { key, title: name, section, value, count: n, word: 'postpone', became: 'devolvida' },
      (slow) =>
        leave(
          'postpone',
          findings.map(({ id }) => id),
          { motivo: t.reasonFor.back, ate: today },
          slow,
        ),
    )
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Escape: search.narrowed && (() => go(EVERYTHING)),
    o: findings[here] && (() => look(findings[here].id)),
    ...(decides && { x: back, u: () => office.takeBack() }),
  })
  if (found === undefined)
    return html`<main class="plain"><p role="status">${office.failed ? '' : t.loading}</p>${office.failed && html`<button type="button" onClick=${office.load}>${t.tryAgain}</button>`}</main>`
  return html`
    <main class=${`desk ${address.has('grupo') ? 'at-hand' : 'at-list'}`}>
      <div class="side">
        <${Search} search=${search} go=${go} />
        ${parts.length === 0 && search.narrowed && html`<${NoHits} search=${search} total=${found.total} clear=${() => go(EVERYTHING)} />`}
        ${
          found.next &&
          html`<p class="nohits">${say(t.postponed.partly, { n: number(found.items.length), total: number(found.total) })}
            <button type="button" onClick=${more}>${t.postponed.more}</button></p>`
        }
        <${List} groups=${free} done=${[]} current=${current?.key} pending=${pending} choose=${(/** @type {string} */ key) => go({ grupo: key }, { push: true })} />
      </div>
      ${
        current
          ? html`
              <section class="hand" aria-labelledby="hand">
                <button type="button" class="back" onClick=${() => go({ grupo: null })}>‹ ${t.groups}</button>
                <h2 id="hand" tabindex="-1" ref=${title}>${current.title}</h2>
                <p class="sentence">${current.section}, ${count(t.entries, current.count)}, ${money(current.value)}. <span lang="pt-BR">${current.supplier}</span></p>
                ${decides && html`<div class="acts"><button type="button" class="first" aria-keyshortcuts="x" onClick=${back}>${count(t.postponed.back, current.count)} <kbd>x</kbd></button></div>`}
                <${Items} findings=${findings} today=${today} at=${here} left=${NONE} hits=${NONE} open=${open} moved=${moved}
                  choose=${setAt} toggle=${undefined} look=${look} details=${() => undefined} />
              </section>
            `
          : html`<section class="hand empty"><h2 id="hand" tabindex="-1">${pending.size > 0 ? t.deciding : found.total === 0 ? t.postponed.none : ''}</h2></section>`
      }
    </main>
  `
}
