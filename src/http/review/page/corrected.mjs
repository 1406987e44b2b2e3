// Corrigidas hoje: what the machine did by itself, by operation and group, to look at and to take back.
import { revert, revertOperation } from './acts.mjs'
import { clock, count, date, dayOf, money, number, say, shares } from './format.mjs'
import { describe } from './groups.mjs'
import { Items } from './items.mjs'
import { useKeys } from './keys.mjs'
import { Reasons } from './panel.mjs'
import { html, useEffect, useMemo, useRef, useState } from './preact.mjs'
import { CORRECTED, corrected, corrections } from './queries.mjs'
import { t } from './words.mjs'

/** So many rows of a group are drawn; the rest is counted. */
const SAMPLE = 100

/**
 * @typedef {{ id: string, regra: string, sessaoId: string | null, iniciadaEm: string, linhas: string, total: number, rows: any[] }} Operation
 * @typedef {{ key: string, operation: Operation, title: string, sentence: string, rows: any[], value: number, from: number, to: number, stands: any[] }} Part
 */

/** @returns {Promise<{ day: string | undefined, operations: Operation[] }>} the operations of the latest day that had any */
async function lastDay() {
  const all = await corrections()
  const day = all[0] && dayOf(all[0].iniciadaEm)
  const some = all.filter((/** @type {any} */ { iniciadaEm }) => dayOf(iniciadaEm) === day)
  const operations = []
  for (const operation of some) operations.push({ ...operation, ...(await corrected(operation.id)) })
  return { day, operations }
}

/** @param {Operation} operation @param {readonly any[]} rules @returns {Part[]} */
function partsOf(operation, rules) {
  const parts = Map.groupBy(operation.rows, ({ especie, mudanca }) => JSON.stringify([especie, mudanca]))
  return [...parts]
    .map(([name, rows]) => {
      const values = rows.map(({ confianca }) => Number(confianca))
      const [from, to] = [Math.min(...values), Math.max(...values)]
      const { regra, especie, mudanca } = rows[0]
      return {
        key: `${operation.id} ${name}`,
        operation,
        ...describe(
          { regra, especie, mudanca, confiancaDe: from, confiancaAte: to },
          rules.find(({ nome }) => nome === regra)?.descricao ?? regra,
        ),
        rows,
        value: rows.reduce((sum, { valorEmRisco }) => sum + Number(valorEmRisco), 0),
        from,
        to,
        stands: rows.filter(({ status }) => status === 'corrigida'),
      }
    })
    .toSorted((a, b) => b.value - a.value)
}

/**
 * @param {{ office: import('./office.mjs').Office, decides: boolean, reverts: boolean, address: URLSearchParams,
 *   go: (changes: Record<string, string | null>, how?: { push?: boolean }) => void }} props decides: may take back a part of an operation
 */
export function Corrected({ office, decides, reverts, address, go }) {
  const [found, setFound] = useState(
    /** @type {{ day: string | undefined, operations: Operation[] } | undefined} */ (undefined),
  )
  const [failed, setFailed] = useState(false)
  const [left, setLeft] = useState(/** @type {ReadonlySet<string>} */ (new Set()))
  const [at, setAt] = useState({ row: 0, moved: 0 })
  const [open, setOpen] = useState(/** @type {string | undefined} */ (undefined))
  const [panel, setPanel] = useState(/** @type {'operation' | 'part' | undefined} */ (undefined))
  const heading = useRef(/** @type {HTMLElement | null} */ (null))
  const load = () => {
    setFailed(false)
    return lastDay().then(setFound, (error) => {
      setFailed(true)
      office.refused(error)
    })
  }
  useEffect(() => {
    load()
  }, [office.done])
  const today = office.desk?.today ?? ''
  const parts = useMemo(
    () => (found?.operations ?? []).flatMap((operation) => partsOf(operation, office.desk?.rules ?? [])),
    [found, office.desk],
  )
  const asked = address.get('grupo')
  const index = Math.max(
    0,
    parts.findIndex(({ key }) => key === asked),
  )
  const part = parts[index]
  const shown = part?.rows.slice(0, SAMPLE) ?? []
  useEffect(() => {
    setAt({ row: 0, moved: 0 })
    setOpen(undefined)
    setPanel(undefined)
    heading.current?.focus()
  }, [part?.key])

  const choose = (/** @type {Part | undefined} */ next, push = false) =>
    next && go({ grupo: next.key }, { push })
  const row = shown[at.row]
  const look = (/** @type {string} */ id) => setOpen(open === id ? undefined : id)
  const toggle = (/** @type {string} */ id) => {
    const next = new Set(left)
    if (!next.delete(id)) next.add(id)
    setLeft(next)
  }
  const rest = part?.stands.filter(({ id }) => !left.has(id)) ?? []
  const standing = part?.operation.rows.filter(({ status }) => status === 'corrigida').length ?? 0
  const all = (part?.operation.total ?? 0) - ((part?.operation.rows.length ?? 0) - standing)
  const close = () => {
    setPanel(undefined)
    heading.current?.focus()
  }
  /** @param {string} reason @param {number} chosen */
  const takeBack = async (reason, chosen) => {
    const whole = panel === 'operation'
    const wrong = chosen === 0
    close()
    if (!part) return
    const what = { key: part.key, section: '', value: 0, word: 'revert', part: true }
    const ids = rest.map(({ id }) => id)
    await (whole
      ? office.send({ ...what, title: say(t.operation, { id: part.operation.id }), count: all }, (slow) =>
          revertOperation(part.operation.id, reason, wrong, slow),
        )
      : office.send({ ...what, title: part.title, count: ids.length }, (slow) =>
          revert(ids, reason, wrong, slow),
        ))
    setLeft(new Set())
  }
  useKeys(
    panel
      ? {}
      : {
          j: () => choose(parts[index + 1]),
          k: () => choose(parts[index - 1]),
          ArrowDown: () => setAt({ row: Math.min(at.row + 1, shown.length - 1), moved: at.moved + 1 }),
          ArrowUp: () => setAt({ row: Math.max(at.row - 1, 0), moved: at.moved + 1 }),
          o: row && (() => look(row.id)),
          ' ': decides && row && (() => toggle(row.id)),
          x: reverts && all > 0 && (() => setPanel('operation')),
          g: decides && rest.length > 0 && (() => setPanel('part')),
          u: decides && office.takeBack,
        },
  )

  if (found === undefined || !office.desk) {
    return html`<main class="plain"><p role="status">${failed ? '' : t.loading}</p>${failed && html`<button type="button" onClick=${load}>${t.tryAgain}</button>`}</main>`
  }
  if (!part) return html`<main class="plain"><h2 id="hand">${t.corrected.never}</h2></main>`
  const { operation } = part
  return html`
    <main class=${`desk ${asked === null ? 'at-list' : 'at-hand'}`}>
      <div class="side">
        ${found.day !== today && html`<p class="nohits" role="status">${say(t.corrected.notToday, { day: date(found.day ?? '', today) })}</p>`}
        <nav class="list" aria-label=${t.screen.corrigidas}>
          ${found.operations.map(
            (one) => html`
              <h2>${say(t.operation, { id: one.id })}, ${one.regra}, ${clock(one.iniciadaEm)} <small>${number(one.total)}</small></h2>
              <ol>${parts
                .filter(({ operation: its }) => its === one)
                .map(
                  (
                    each,
                  ) => html`<li key=${each.key}><button type="button" class="line" aria-current=${each === part ? 'true' : undefined} onClick=${() => choose(each, true)}>
                    <span class="name" lang="pt-BR">${each.title}</span><span class="sum">${money(each.value)}</span>
                    <small>${count(t.entries, each.rows.length)}${each.stands.length < each.rows.length && html` · <span class="warn">${count(t.corrected.back, each.rows.length - each.stands.length)}</span>`}</small>
                  </button></li>`,
                )}</ol>
              ${one.rows.length < one.total && html`<p class="soft">${say(t.corrected.first, { n: CORRECTED, total: number(one.total) })}</p>`}
            `,
          )}
        </nav>
      </div>
      <section class="hand" aria-labelledby="hand">
        <button type="button" class="back" onClick=${() => go({ grupo: null })}>‹ ${t.groups}</button>
        <h2 id="hand" tabindex="-1" ref=${heading} lang="pt-BR">${part.title}</h2>
        <p class="sentence">${say(t.corrected.sentence, { rule: operation.regra, id: operation.id, session: operation.sessaoId })}</p>
        <dl class="tally">
          <div><dt>${part.rows.length === 1 ? t.tally.one : t.tally.many}</dt><dd>${number(part.rows.length)}</dd></div>
          <div><dt>${t.tally.value}</dt><dd>${money(part.value)}</dd></div>
          <div><dt>${t.tally.confidence}</dt><dd>${shares(part.from, part.to)}</dd></div>
          <div><dt>${t.corrected.stands}</dt><dd>${number(part.stands.length)}</dd></div>
        </dl>
        ${
          panel
            ? html`<${Reasons} title=${panel === 'operation' ? count(t.corrected.operation, all) : count(t.corrected.part, rest.length)}
                reasons=${t.reversals} other=${false} chosen=${takeBack} close=${close} />`
            : html`
                <div class="acts">
                  ${reverts && html`<button type="button" disabled=${all === 0} aria-keyshortcuts="x" onClick=${() => setPanel('operation')}>${count(t.corrected.operation, all)} <kbd>x</kbd></button>`}
                  ${decides && html`<button type="button" disabled=${rest.length === 0} aria-keyshortcuts="g" onClick=${() => setPanel('part')}>${count(t.corrected.part, rest.length)} <kbd>g</kbd></button>`}
                </div>
              `
        }
        ${row && html`<p class="why" lang="pt-BR"><strong>${say(t.numbered, { id: row.id })}</strong> ${row.justificativa}</p>`}
        <${Items} findings=${shown.map(shownAs)} today=${today} at=${at.row} left=${left} hits=${NONE} open=${open} moved=${at.moved}
          choose=${(/** @type {number} */ next) => setAt({ row: next, moved: 0 })} toggle=${decides ? toggle : undefined} look=${look} details=${() => undefined} />
        ${shown.length < part.rows.length && html`<p class="soft">${say(t.corrected.sample, { n: shown.length, total: number(part.rows.length) })}</p>`}
      </section>
    </main>
  `
}

const NONE = new Set()

/** What a row was and became, in the place of what it is and would become. @param {any} row */
const shownAs = ({ antes, depois, ...finding }) => ({
  ...finding,
  valoresOriginais: antes,
  valoresPropostos: depois,
  valoresDigitados: null,
})
