// An opened entry: the row as the warehouse holds it, its twin beside it, the evidence, and its history.
import { Alike } from './alike.mjs'
import { Refusal } from './api.mjs'
import { Facts, Value } from './facts.mjs'
import { held, label, moment, plain, say, statusName } from './format.mjs'
import { html, useEffect, useState } from './preact.mjs'
import { EVENTS, evidence, findingsOf, history, record, ruleCode } from './row.mjs'
import { t } from './words.mjs'

const FORBIDDEN = '42501'

/** @param {{ finding: any, actions: object | undefined, today: string }} props */
export function Details({ finding, actions, today }) {
  const { id, tabela, registroId } = finding
  const [row, setRow] = useState(/** @type {any[] | undefined} */ (undefined))
  const [facts, setFacts] = useState(/** @type {any} */ (finding.evidencia))
  const [refused, setRefused] = useState(/** @type {string | undefined} */ (undefined))
  const say1 = (/** @type {unknown} */ error) => {
    if (!(error instanceof Refusal)) throw error
    // A reader may see findings, but not the warehouse behind them.
    if (error.code !== FORBIDDEN) setRefused(error.message)
  }
  useEffect(() => {
    record(id).then(setRow, say1)
    if (finding.evidencia === undefined) evidence(id).then(setFacts, say1)
  }, [id])
  const twin = facts?.gemeo
  const { gemeo: _, ...others } = facts ?? {}
  return html`
    <div class="opened">
      ${actions && html`<div class="actions">${actions}</div>`}
      ${refused && html`<p role="alert" class="notice refused">${refused}</p>`}
      ${twin && html`<${Twin} finding=${finding} facts=${facts} row=${row} />`}
      ${
        row !== undefined &&
        html`
          <section>
            <h3>${say(t.record, { id: registroId, table: tabela })}</h3>
            ${row.length === 0 ? html`<p>${t.recordGone}</p>` : html`<${Facts} facts=${Object.fromEntries(row.map(({ coluna, valor, tipo }) => [coluna, typed(valor, tipo)]))} />`}
          </section>
        `
      }
      <section>
        <h3>${t.evidence}</h3>
        <p lang="pt-BR">${finding.justificativa}</p>
        ${facts && html`<div lang="pt-BR"><${Value} value=${others} /></div>`}
      </section>
      <${Alike} id=${id} today=${today} />
      <${Story} tabela=${tabela} registro=${registroId} title=${t.history} />
    </div>
  `
}

/**
 * A value of the row, which arrives as text; an amount with more digits than a number holds stays as it is.
 * @param {string | null} value
 * @param {string} type
 */
const typed = (value, type) =>
  /^numeric/.test(type) && value !== null && value.length < 16 ? held(Number(value)) : value

/**
 * The entry that was there before: its known columns, and those in which the two differ.
 * @param {{ finding: any, facts: any, row: readonly any[] | undefined }} props
 */
function Twin({ finding, facts, row }) {
  const { gemeo: twin } = facts
  const [others, setOthers] = useState(/** @type {any[]} */ ([]))
  const [story, setStory] = useState(false)
  useEffect(() => {
    findingsOf(finding.tabela, twin.id).then(setOthers, () => {})
  }, [twin.id])
  const now = new Map(row?.map(({ coluna, valor }) => [coluna, valor]))
  const here = (/** @type {string} */ column) => now.get(column) ?? facts[column] ?? finding.resumo?.[column]
  const columns = Object.keys(twin).filter((column) => column !== 'id')
  return html`
    <section>
      <h3>${say(t.twin, { id: twin.id })}</h3>
      <table class="facts twin">
        <thead><tr><th scope="col">${t.column.what}</th><th scope="col">${t.thisOne}</th><th scope="col">${t.theOther}</th><th scope="col">${t.compared}</th></tr></thead>
        <tbody>
          ${columns.map((column) => {
            const [mine, other] = [plain(here(column)), plain(twin[column])]
            return html`<tr class=${mine === other ? '' : 'differs'}><th scope="row">${label(column)}</th><td>${mine}</td><td>${other}</td><td>${mine === other ? t.same : t.differs}</td></tr>`
          })}
        </tbody>
      </table>
      <p>
        ${others.map(({ id, regra, status }) => html`<a href=${`?divergencia=${id}`}>${say(t.numbered, { id })}: ${regra}, ${statusName(status)}</a> `)}
        <button type="button" aria-expanded=${story} onClick=${() => setStory(!story)}>${t.twinStory}</button>
      </p>
      ${story && html`<${Story} tabela=${finding.tabela} registro=${twin.id} title=${say(t.storyOf, { id: twin.id })} />`}
    </section>
  `
}

/** @param {{ tabela: string, registro: string, title: string }} props */
function Story({ tabela, registro, title }) {
  const [past, setPast] = useState(/** @type {{ total: number, events: any[] } | undefined} */ (undefined))
  const [refused, setRefused] = useState(/** @type {string | undefined} */ (undefined))
  const [code, setCode] = useState(/** @type {string | undefined} */ (undefined))
  useEffect(() => {
    history(tabela, registro).then(setPast, (error) => setRefused(error.message))
  }, [tabela, registro])
  if (refused) return html`<p role="alert" class="notice refused">${refused}</p>`
  return (
    past !== undefined &&
    html`
      <section>
        <h3>${title}</h3>
        ${past.total > EVENTS && html`<p>${say(t.latest, { n: EVENTS, total: past.total })}</p>`}
        ${past.total === 0 && html`<p class="soft">${t.noStory}</p>`}
        ${
          past.total > 0 &&
          html`
            <table class="facts story">
              <thead><tr><th scope="col">${t.when}</th><th scope="col">${t.event}</th><th scope="col">${t.who}</th><th scope="col">${t.reason}</th></tr></thead>
              <tbody>
                ${past.events.map(
                  ({ quando, evento, ator, regra, motivo, hashRegra }) => html`
                    <tr><td>${moment(quando)}</td><td>${t.events[/** @type {keyof typeof t.events} */ (evento)] ?? evento}</td><td>${ator}</td><td lang="pt-BR">${motivo}
                      ${hashRegra && html` <button type="button" class="quiet code" aria-expanded=${code === hashRegra} onClick=${() => setCode(code === hashRegra ? undefined : hashRegra)}>${say(t.ruleThen, { rule: regra })}</button>`}</td></tr>
                  `,
                )}
              </tbody>
            </table>
            ${code !== undefined && html`<${Code} key=${code} hash=${code} />`}
          `
        }
      </section>
    `
  )
}

/** The code of a rule as it was when it found the row. @param {{ hash: string }} props */
function Code({ hash }) {
  const [text, setText] = useState(/** @type {string | undefined} */ (undefined))
  const [refused, setRefused] = useState('')
  useEffect(() => {
    ruleCode(hash).then(
      (code) => (code === undefined ? setRefused(t.codeGone) : setText(code)),
      (error) => setRefused(error.message),
    )
  }, [hash])
  if (refused) return html`<p role="alert" class="notice refused">${refused}</p>`
  return html`
    <figure class="source">
      <figcaption>${say(t.codeOf, { hash: hash.slice(0, 12) })}</figcaption>
      <pre tabindex="0" aria-label=${say(t.codeOf, { hash: hash.slice(0, 12) })}>${text ?? t.loading}</pre>
    </figure>
  `
}
