// Corrigidas hoje: what auto corrected, by operation and group, to look at and to roll back.
import { revert, revertOperation } from './acts.mjs'
import { clock, count, date, dayOf, money, number, say, shares } from './format.mjs'
import { describe } from './groups.mjs'
import { Items } from './items.mjs'
import { useKeys } from './keys.mjs'
import { Reasons } from './panel.mjs'
import { html, useEffect, useMemo, useRef, useState } from './preact.mjs'
import { CORRECTED, corrected, corrections } from './queries.mjs'
import { t } from './words.mjs'

/** This many rows of a group are drawn; the rest is counted. */
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

/** What was corrected on the latest day, asked for again after every act. @param {import('./office.mjs').Office} office */
function useLastDay(office) {
  const [found, setFound] = useState(
    /** @type {Awaited<ReturnType<typeof lastDay>> | undefined} */ (undefined),
  )
  const [failed, setFailed] = useState(false)
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
  const parts = useMemo(
    () => (found?.operations ?? []).flatMap((operation) => partsOf(operation, office.desk?.rules ?? [])),
    [found, office.desk],
  )
  return { found, failed, load, parts }
}

/**
 * @param {{ office: import('./office.mjs').Office, decides: boolean, reverts: boolean, address: URLSearchParams,
 *   go: (changes: Record<string, string | null>, how?: { push?: boolean }) => void }} props decides: may roll back a part of an operation
 */
export function Corrected({ office, decides, reverts, address, go }) {
  const { found, failed, load, parts } = useLastDay(office)
  // what is left out of a group stays so while one looks at others
  const [left, setLeft] = useState(/** @type {ReadonlySet<string>} */ (new Set()))
  const today = office.desk?.today ?? ''
  const asked = address.get('grupo')
  const index = Math.max(
    0,
    parts.findIndex(({ key }) => key === asked),
  )
  const part = parts[index]
  const choose = (/** @type {Part | undefined} */ next, push = false) =>
    next && go({ grupo: next.key }, { push })
  if (found === undefined || !office.desk) {
    return html`<main class="plain"><p role="status">${failed ? '' : t.loading}</p>${failed && html`<button type="button" onClick=${load}>${t.tryAgain}</button>`}</main>`
  }
  if (!part) return html`<main class="plain"><h2 id="hand">${t.corrected.never}</h2></main>`
  return html`
    <main class=${`desk ${asked === null ? 'at-list' : 'at-hand'}`}>
      <div class="side">
        ${found.day !== today && html`<p class="nohits" role="status">${say(t.corrected.notToday, { day: date(found.day ?? '', today) })}</p>`}
        <${Operations} operations=${found.operations} parts=${parts} part=${part} choose=${choose} />
      </div>
      <${InHand} key=${part.key} part=${part} office=${office} decides=${decides} reverts=${reverts} left=${left} setLeft=${setLeft}
        move=${(/** @type {number} */ by) => choose(parts[index + by])} back=${() => go({ grupo: null })} />
    </main>
  `
}

/**
 * @param {{ operations: readonly Operation[], parts: readonly Part[], part: Part, choose: (part: Part, push: boolean) => void }} props part: in hand
 */
function Operations({ operations, parts, part, choose }) {
  return html`
    <nav class="list" aria-label=${t.screen.corrigidas}>
      ${operations.map(
        (one) => html`
          <h2>${say(t.operation, { id: one.id })}, ${one.regra}, ${clock(one.iniciadaEm)} <small>${number(one.total)}</small></h2>
          <ol>${parts
            .filter(({ operation }) => operation === one)
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
  `
}

/**
 * A part of an operation: its rows, and the acts that take back these rows or the whole operation.
 * Longer than a screen, so that each key stands beside what it acts on.
 * @param {{ part: Part, office: import('./office.mjs').Office, decides: boolean, reverts: boolean, left: ReadonlySet<string>,
 *   setLeft: (left: ReadonlySet<string>) => void, move: (by: number) => void, back: () => void }} props left: rows that stay as they are
 */
function InHand({ part, office, decides, reverts, left, setLeft, move, back }) {
  const [at, setAt] = useState({ row: 0, moved: 0 })
  const [open, setOpen] = useState(/** @type {string | undefined} */ (undefined))
  const [panel, setPanel] = useState(/** @type {'operation' | 'part' | undefined} */ (undefined))
  const heading = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => heading.current?.focus(), [])
  const { operation } = part
  const shown = part.rows.slice(0, SAMPLE)
  const row = shown[at.row]
  const rest = part.stands.filter(({ id }) => !left.has(id))
  const all = operation.total - operation.rows.filter(({ status }) => status !== 'corrigida').length
  const look = (/** @type {string} */ id) => setOpen(open === id ? undefined : id)
  const step = (/** @type {number} */ by) =>
    setAt({ row: Math.max(0, Math.min(at.row + by, shown.length - 1)), moved: at.moved + 1 })
  const toggle = (/** @type {string} */ id) => {
    const next = new Set(left)
    if (!next.delete(id)) next.add(id)
    setLeft(next)
  }
  const close = () => {
    setPanel(undefined)
    heading.current?.focus()
  }
  /** @param {string} reason @param {number} chosen */
  const takeBack = async (reason, chosen) => {
    const whole = panel === 'operation' ? all : undefined
    const ids = rest.map(({ id }) => id)
    close()
    await sendBack(office, { part, whole, ids, reason, wrong: chosen === 0 })
    setLeft(new Set())
  }
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    o: row && (() => look(row.id)),
    ' ': decides && row && (() => toggle(row.id)),
    x: reverts && all > 0 && (() => setPanel('operation')),
    g: decides && rest.length > 0 && (() => setPanel('part')),
    u: decides && office.takeBack,
  }
  useKeys(panel ? {} : keys)
  return html`
    <section class="hand" aria-labelledby="hand">
      <button type="button" class="back" onClick=${back}>‹ ${t.groups}</button>
      <h2 id="hand" tabindex="-1" ref=${heading} lang="pt-BR">${part.title}</h2>
      <p class="sentence">${say(t.corrected.sentence, { rule: operation.regra, id: operation.id, session: operation.sessaoId })}</p>
      <${Figures} part=${part} />
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
      <${Items} findings=${shown.map(shownAs)} today=${office.desk?.today ?? ''} at=${at.row} left=${left} hits=${NONE} open=${open} moved=${at.moved}
        choose=${(/** @type {number} */ next) => setAt({ row: next, moved: 0 })} toggle=${decides ? toggle : undefined} look=${look} details=${() => undefined} />
      ${shown.length < part.rows.length && html`<p class="soft">${say(t.corrected.sample, { n: shown.length, total: number(part.rows.length) })}</p>`}
    </section>
  `
}

/**
 * Takes back these rows of a part, or its whole operation.
 * @param {import('./office.mjs').Office} office
 * @param {{ part: Part, whole: number | undefined, ids: string[], reason: string, wrong: boolean }} what whole: how many rows the operation has
 */
function sendBack(office, { part, whole, ids, reason, wrong }) {
  const what = { key: part.key, section: '', value: 0, word: 'revert', part: true }
  const { id } = part.operation
  return whole === undefined
    ? office.send({ ...what, title: part.title, count: ids.length }, (slow) =>
        revert(ids, reason, wrong, slow),
      )
    : office.send({ ...what, title: say(t.operation, { id }), count: whole }, (slow) =>
        revertOperation(id, reason, wrong, slow),
      )
}

/** @param {{ part: Part }} props */
const Figures = ({ part: { rows, value, from, to, stands } }) => html`
  <dl class="tally">
    <div><dt>${rows.length === 1 ? t.tally.one : t.tally.many}</dt><dd>${number(rows.length)}</dd></div>
    <div><dt>${t.tally.value}</dt><dd>${money(value)}</dd></div>
    <div><dt>${t.tally.confidence}</dt><dd>${shares(from, to)}</dd></div>
    <div><dt>${t.corrected.stands}</dt><dd>${number(stands.length)}</dd></div>
  </dl>
`

const NONE = new Set()

/** A row before and after, in the form of a row and its proposal. @param {any} row */
const shownAs = ({ antes, depois, ...finding }) => ({
  ...finding,
  valoresOriginais: antes,
  valoresPropostos: depois,
  valoresDigitados: null,
})
