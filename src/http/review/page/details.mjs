// What is known of one finding, and what may be done with it.
import { EVENTS, history, record } from './api.mjs'
import { Facts, Value } from './facts.mjs'
import { moment, proposes, say } from './format.mjs'
import { html, useEffect, useState } from './preact.mjs'
import { t } from './words.mjs'

const FORBIDDEN = '42501'

/** What a person may do from each status; the database has the last word. */
const ACTIONS = {
  aberta: ['approve', 'reject', 'confirm', 'correct', 'except'],
  aguardando_segunda_aprovacao: ['approve', 'reject', 'confirm', 'correct'],
  falha: ['approve', 'reject', 'confirm', 'correct', 'except'],
  corrigida: ['revert'],
  rejeitada: ['reopen'],
  revertida: ['reopen'],
  resolvida: ['reopen'],
}

/** @param {{ finding: any, decide: import('./findings.mjs').Decide, refused: import('./findings.mjs').Refused }} props */
export function Details({ finding, decide, refused }) {
  const { id, tabela, registroId, evidencia, status } = finding
  const [row, setRow] = useState(/** @type {any[] | undefined} */ (undefined))
  const [past, setPast] = useState(/** @type {{ total: number, events: any[] } | undefined} */ (undefined))
  useEffect(() => {
    record(id).then(
      ({ verRegistro }) => setRow(verRegistro.nodes),
      // A reader may see findings, and not the warehouse behind them.
      (error) => error.code !== FORBIDDEN && refused(error),
    )
    history(finding).then(setPast, refused)
  }, [finding])
  const actions = ACTIONS[/** @type {keyof typeof ACTIONS} */ (status)] ?? []
  return html`
    <div class="actions">
      ${actions
        .filter((action) => action !== 'approve' || proposes(finding))
        .map(
          (action) =>
            html`<button type="button" class=${action === 'approve' ? '' : 'quiet'} onClick=${() => decide(action, [finding])}>${
              t.action[/** @type {keyof typeof t.action} */ (action)]
            }</button>`,
        )}
    </div>
    ${
      row !== undefined &&
      html`
        <section>
          <h2>${say(t.record, { id: registroId, table: tabela })}</h2>
          ${row.length === 0 ? html`<p>${t.recordGone}</p>` : html`<${Facts} facts=${Object.fromEntries(row.map(({ coluna, valor }) => [coluna, valor]))} />`}
        </section>
      `
    }
    <section>
      <h2>${t.evidence}</h2>
      <${Value} value=${evidencia} />
    </section>
    ${
      past !== undefined &&
      html`
        <section>
          <h2>${t.history}</h2>
          ${past.total > EVENTS && html`<p>${say(t.latest, { n: EVENTS, total: past.total })}</p>`}
          <table class="facts">
            <thead><tr><th scope="col">${t.when}</th><th scope="col">${t.event}</th><th scope="col">${t.who}</th><th scope="col">${t.reason}</th></tr></thead>
            <tbody>
              ${past.events.map(
                ({ quando, evento, ator, motivo }) => html`
                  <tr><td>${moment(quando)}</td><td>${t.events[/** @type {keyof typeof t.events} */ (evento)] ?? evento}</td><td>${ator}</td><td>${motivo}</td></tr>
                `,
              )}
            </tbody>
          </table>
        </section>
      `
    }
  `
}
