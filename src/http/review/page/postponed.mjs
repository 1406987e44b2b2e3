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
/** Sorts after every day: postponed as long as the row does not change. */
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

/** What is postponed, page after page. @param {import('./office.mjs').Office} office */
function usePostponed(office) {
  const [found, setFound] = useState(/** @type {Found | undefined} */ (undefined))
  useEffect(() => {
    let wanted = true
    if (office.desk)
      postponed(null).then(
        (page) => wanted && setFound(page),
        (error) => office.refused(error),
      )
    return () => {
      wanted = false
    }
  }, [office.desk])
  const more = () =>
    found?.next &&
    postponed(found.next).then(
      (page) => setFound({ ...page, items: [...found.items, ...page.items] }),
      (error) => office.refused(error),
    )
  return { found, more }
}

/**
 * @param {{ office: import('./office.mjs').Office, decides: boolean, address: URLSearchParams,
 *   go: (changes: Record<string, string | null>, how?: { push?: boolean }) => void }} props
 */
export function Postponed({ office, decides, address, go }) {
  const { desk, pending } = office
  const { found, more } = usePostponed(office)
  const search = useSearch('adiadas', NOTHING, address, office)
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
  const parts = useMemo(() => partsOf(meant, desk?.rules ?? [], desk?.today ?? ''), [meant])
  const free = parts.filter(({ key }) => !pending.has(key))
  const index = Math.max(
    0,
    free.findIndex(({ key }) => key === address.get('grupo')),
  )
  const current = free[index]
  const move = (/** @type {number} */ by) => {
    const next = free[index + by]
    if (next) go({ grupo: next.key })
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Escape: search.narrowed && (() => go(EVERYTHING)),
    ...(decides && { u: () => office.takeBack() }),
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
          ? html`<${InHand} key=${current.key} group=${current} office=${office} decides=${decides} back=${() => go({ grupo: null })} />`
          : html`<section class="hand empty"><h2 id="hand" tabindex="-1">${pending.size > 0 ? t.deciding : found.total === 0 ? t.postponed.none : ''}</h2></section>`
      }
    </main>
  `
}

/**
 * What one act postponed, and the act that brings it back.
 * @param {{ group: ReturnType<typeof partsOf>[number], office: import('./office.mjs').Office, decides: boolean, back: () => void }} props
 */
function InHand({ group, office, decides, back }) {
  const [at, setAt] = useState({ row: 0, moved: 0 })
  const [open, setOpen] = useState(/** @type {string | undefined} */ (undefined))
  const heading = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => {
    // Somebody who types a search keeps typing while it changes the current group.
    if (!document.activeElement?.matches('[type=search]')) heading.current?.focus()
  }, [])
  const { key, title, section, supplier, value, count: n, findings } = group
  const today = office.desk?.today ?? ''
  const here = Math.min(at.row, findings.length - 1)
  const step = (/** @type {number} */ by) =>
    setAt({ row: Math.max(0, Math.min(here + by, findings.length - 1)), moved: at.moved + 1 })
  const look = (/** @type {string} */ id) => setOpen(open === id ? undefined : id)
  const bringBack = () => {
    const ids = findings.map(({ id }) => id)
    office.quiet()
    office.send({ key, title, section, value, count: n, word: 'postpone', became: 'devolvida' }, (slow) =>
      leave('postpone', ids, { motivo: t.reasonFor.back, ate: today }, slow),
    )
  }
  useKeys({
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    o: findings[here] && (() => look(findings[here].id)),
    x: decides && bringBack,
  })
  return html`
    <section class="hand" aria-labelledby="hand">
      <button type="button" class="back" onClick=${back}>‹ ${t.groups}</button>
      <h2 id="hand" tabindex="-1" ref=${heading}>${title}</h2>
      <p class="sentence">${section}, ${count(t.entries, n)}, ${money(value)}. <span lang="pt-BR">${supplier}</span></p>
      ${decides && html`<div class="acts"><button type="button" class="first" aria-keyshortcuts="x" onClick=${bringBack}>${count(t.postponed.back, n)} <kbd>x</kbd></button></div>`}
      <${Items} findings=${findings} today=${today} at=${here} left=${NONE} hits=${NONE} open=${open} moved=${at.moved}
        choose=${(/** @type {number} */ row) => setAt({ ...at, row })} toggle=${undefined} look=${look} details=${() => undefined} />
    </section>
  `
}
