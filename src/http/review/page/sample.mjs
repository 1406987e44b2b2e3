// The sample of automatic corrections: what is certain about the month, and what still has to be checked.
import { ask } from './api.mjs'
import { count, money, say } from './format.mjs'
import { Note } from './panel.mjs'
import { html, useState } from './preact.mjs'
import { t } from './words.mjs'

/** This many unchecked ones are shown, in the order in which they were drawn. */
const SHOWN = 10

/**
 * @param {string} id
 * @param {boolean} certa
 * @param {string} motivo
 * @param {() => void} slow
 */
const certify = (id, certa, motivo, slow) =>
  ask(
    `mutation ($id: BigInt!, $certa: Boolean!, $motivo: String!) {
      certificar(input: { id: $id, certa: $certa, motivo: $motivo }) { resultado { id explicacao aviso } }
    }`,
    { id, certa, motivo },
    { slow },
  ).then(({ certificar }) => certificar.resultado)

/**
 * @param {{ certificate: any, sample: readonly any[], office: import('./office.mjs').Office, reviews: boolean, again: () => unknown }} props
 */
export function Sample({ certificate, sample, office, reviews, again }) {
  const [asking, setAsking] = useState(/** @type {{ id: string, right: boolean } | undefined} */ (undefined))
  const [busy, setBusy] = useState(false)
  if (!certificate || Number(certificate.corrigidas) === 0) return null
  const { limite, valor, conferidas } = certificate
  const waiting = sample.filter(({ resposta }) => resposta === null)
  const answer = async (/** @type {string} */ reason) => {
    const { id, right } = /** @type {{ id: string, right: boolean }} */ (asking)
    setAsking(undefined)
    if (reason === '') return
    setBusy(true)
    await office.send(
      { key: `sample ${id}`, title: say(t.numbered, { id }), section: '', count: 1, word: 'sample' },
      async (slow) => {
        const [{ aviso }] = await certify(id, right, reason, slow)
        return [{ id, status: right ? 'conferida_certa' : 'conferida_errada', aviso }]
      },
    )
    await again()
    setBusy(false)
  }
  return html`
    <section class="sample">
      <h2>${t.over.sample}</h2>
      <p>${say(t.over.certified, { limit: money(limite), value: money(valor), n: count(t.over.lookedAt, Number(conferidas)) })}
        ${waiting.length > 0 && html` <span class="soft">${count(t.over.toLookAt, waiting.length)}</span>`}</p>
      ${
        waiting.length > 0 &&
        html`<div class="wide" tabindex="0" role="region" aria-label=${t.over.sample}>
          <table class="grid">
            <tbody>${waiting.slice(0, SHOWN).map(
              ({ divergenciaId: id, regra, justificativa, valor: amount }) => html`
                <tr key=${id}>
                  <th scope="row"><a href=${`?divergencia=${id}`}>${say(t.numbered, { id })}</a><small>${regra}</small></th>
                  <td lang="pt-BR">${justificativa}</td>
                  <td class="number">${money(amount)}</td>
                  <td>${
                    reviews &&
                    (asking?.id === id
                      ? html`<${Note} note="" keep=${answer} close=${() => setAsking(undefined)} />`
                      : [true, false].map(
                          (right) =>
                            html`<button type="button" disabled=${busy} onClick=${() => setAsking({ id, right })}>${right ? t.over.isRight : t.over.isWrong}</button> `,
                        ))
                  }</td>
                </tr>
              `,
            )}</tbody>
          </table>
        </div>`
      }
    </section>
  `
}
