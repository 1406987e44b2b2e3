// Fila, Segunda aprovação and what is probably no error: the groups on the left, the current one on the right; on a phone one after
// the other.
import { groupsFor, ordered } from './groups.mjs'
import { Hand } from './hand.mjs'
import { useKeys } from './keys.mjs'
import { List } from './list.mjs'
import { html, useEffect, useMemo, useRef, useState } from './preact.mjs'
import { names } from './queries.mjs'
import { EVERYTHING, NoHits, Search, useSearch } from './search.mjs'
import { Sheet } from './sheet.mjs'
import { t } from './words.mjs'

/**
 * @param {{ screen: 'fila' | 'segunda' | 'improvaveis', office: import('./office.mjs').Office, decides: boolean, me: string, address: URLSearchParams,
 *   go: (changes: Record<string, string | null>, how?: { push?: boolean }) => void }} props
 */
export function Queue({ screen, office, decides, me, address, go }) {
  const { desk, pending, done } = office
  const [sheet, setSheet] = useState(false)
  const all = useGroups(screen, office)
  const search = useSearch(screen, all, address, office)
  const { groups, hits } = search
  // A group being decided disappears, and comes back if it was refused.
  const free = groups.filter(({ key }) => !pending.has(key))
  const { current, index, gone, choose, move, moveOn } = usePlace({
    free,
    narrowed: search.narrowed,
    address,
    go,
  })
  const opened = address.has('grupo')

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Escape: search.narrowed && (() => go(EVERYTHING)),
    ...(decides && {
      u: async () => {
        const key = await office.takeBack()
        if (key) choose(key)
      },
    }),
  })
  // The next groups are loaded before they are needed.
  useEffect(() => {
    for (const group of free.slice(index, index + 3)) office.itemsOf(group).catch(() => {})
  }, [current?.key, desk])

  if (!desk)
    return html`<main class="plain"><p role="status">${office.failed ? '' : t.loading}</p>${office.failed && html`<button type="button" onClick=${office.load}>${t.tryAgain}</button>`}</main>`
  const mine = done.filter(({ key, section }) => section !== '' && !all.some((group) => group.key === key))
  return html`
    <main class=${`desk ${opened ? 'at-hand' : 'at-list'}`}>
      <div class="side">
        <${Search} search=${search} go=${go} />
        ${groups.length === 0 && search.narrowed && !search.waiting && html`<${NoHits} search=${search} total=${all.reduce((sum, { count: n }) => sum + n, 0)} clear=${() => go(EVERYTHING)} />`}
        ${!search.mine && all.some(({ section }) => section === t.forMe) && html`<button type="button" class="quiet" onClick=${() => go({ para: 'mim', grupo: null })}>${t.onlyForMe}</button>`}
        <${List} groups=${groups} done=${mine} current=${current?.key} pending=${pending} choose=${(/** @type {string} */ key) => choose(key, true)} />
        ${screen === 'fila' && html`<button type="button" class="quiet" onClick=${() => setSheet(true)}>${t.sheet.title}</button>`}
      </div>
      ${
        current
          ? html`<${Hand} key=${current.key} group=${current} office=${office} decides=${decides} me=${me} hits=${hits} moveOn=${moveOn}
              back=${() => go({ grupo: null })} focused=${opened || !narrow()} />`
          : html`<section class="hand empty">
              <h2 id="hand" tabindex="-1">${gone && free.length > 0 ? t.gone : all.length === 0 ? t.nothingHere[screen] : pending.size > 0 ? t.deciding : ''}</h2>
              ${gone && free.length > 0 && html`<button type="button" class="first" onClick=${() => move(1)}>${t.goOn} <kbd>j</kbd></button>`}
            </section>`
      }
      ${sheet && html`<${Sheet} office=${office} decides=${decides} close=${() => setSheet(false)} />`}
    </main>
  `
}

/**
 * The groups of a screen in their order, with the names of their suppliers.
 * @param {'fila' | 'segunda' | 'improvaveis'} screen
 * @param {import('./office.mjs').Office} office
 */
function useGroups(screen, { desk, seen }) {
  const suppliers = useSuppliers(desk)
  return useMemo(() => {
    if (!desk) return []
    const named = groupsFor(desk, screen).map((group) => ({
      ...group,
      supplier: suppliers.get(group.sample) ?? group.supplier,
    }))
    return ordered(named, seen)
  }, [desk, screen, suppliers])
}

/**
 * Which of the groups is in hand, and how another comes.
 * @param {{ free: import('./groups.mjs').Group[], narrowed: boolean, address: URLSearchParams,
 *   go: (changes: Record<string, string | null>, how?: { push?: boolean }) => void }} of
 */
function usePlace({ free, narrowed, address, go }) {
  const asked = address.get('grupo')
  const place = useRef(0)
  const found = free.findIndex(({ key }) => key === asked)
  // When the current group is gone, the next one takes its place; but no key press meant for one may hit another.
  const gone = asked !== null && found < 0 && !narrowed
  const index = found >= 0 ? found : narrowed ? 0 : Math.min(place.current, free.length - 1)
  place.current = Math.max(0, index)
  const current = gone ? undefined : free[index]
  const choose = (/** @type {string} */ key, push = false) => go({ grupo: key }, { push })
  const move = (/** @type {number} */ by) => {
    const next = free[gone ? index : index + by]
    if (next) choose(next.key)
  }
  const moveOn = () => {
    const next = free[index + 1] ?? free[index - 1]
    go({ grupo: next?.key ?? null })
  }
  return { current, index, gone, choose, move, moveOn }
}

/** A phone, or a tablet held upright, shows either the groups or the current one. */
const narrow = () => matchMedia('(max-width: 60rem)').matches

/**
 * A group without a proposal belongs to one supplier, known by a code: the name comes from one of its findings.
 * @param {import('./office.mjs').Office['desk']} desk
 * @returns {ReadonlyMap<string, string>} from one of the group's findings to its supplier's name
 */
function useSuppliers(desk) {
  const [known, setKnown] = useState(/** @type {ReadonlyMap<string, string>} */ (new Map()))
  useEffect(() => {
    const ids = (desk?.groups ?? [])
      .filter(({ fornecedor, amostra }) => fornecedor !== null && !known.has(amostra[0]))
      .map(({ amostra }) => amostra[0])
      .slice(0, 1000)
    if (ids.length === 0) return
    names(ids).then(
      (found) =>
        setKnown((before) => {
          const next = new Map(before)
          for (const { id, resumo } of found) if (resumo?.fornecedor) next.set(id, resumo.fornecedor)
          return next
        }),
      () => {},
    )
  }, [desk])
  return known
}
