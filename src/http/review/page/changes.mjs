// Changes to a rule, the patterns or the settings: what, by whom and why.
import { label, moment, month, number, plain, say, share } from './format.mjs'
import { html } from './preact.mjs'
import { CHANGES } from './ruling.mjs'
import { t } from './words.mjs'

/** What a rule counts by itself, as opposed to what people set. */
const COUNTED = [
  'aprovadas',
  'rejeitadas',
  'precisao',
  'prova',
  'respostas',
  'erro_observado',
  'evidencia_favor',
  'evidencia_contra',
  'certas_no_limiar',
  'erradas_no_limiar',
  'automaticas_revertidas',
  'concedida_em',
  'hash_autorizado',
  'hash_atual',
]

/** Shares, which people read in per cent. */
const SHARES = ['limiar', 'piso', 'confianca_base', 'limite_fracao']

/** A value as it stands in the trail. @param {unknown} value */
export const shown = (value) =>
  Array.isArray(value)
    ? value.length === 0
      ? t.ruling.empty
      : value.map((one) => (typeof one === 'object' ? Object.values(one).join(': ') : one)).join(', ')
    : value === null || value === undefined
      ? t.ruling.unset
      : typeof value === 'number'
        ? number(value)
        : plain(value)

/** @param {any} operation @returns {{ name: string, text: string }[]} */
function wordsOf({ tipo, detalhes }) {
  const { antes, depois } = detalhes
  if (tipo === 'configuracao')
    return [
      { name: detalhes.chave, text: say(t.ruling.arrow, { before: shown(antes), after: shown(depois) }) },
    ]
  if (tipo === 'regra') {
    if (!antes) return [{ name: '', text: t.ruling.registered }]
    const one = (/** @type {string} */ name, /** @type {unknown} */ value) =>
      SHARES.includes(name) && value !== null ? share(value) : shown(value)
    return Object.keys(depois ?? {})
      .filter(
        (name) => !COUNTED.includes(name) && JSON.stringify(antes[name]) !== JSON.stringify(depois[name]),
      )
      .map((name) => ({
        name: t.ruling.rule[/** @type {keyof typeof t.ruling.rule} */ (name)] ?? label(name),
        text: say(t.ruling.arrow, { before: one(name, antes[name]), after: one(name, depois[name]) }),
      }))
  }
  if (tipo === 'periodo') {
    const { fechados, reaberto } = detalhes
    const act = t.ruling.periods.act[fechados ? 'fechado' : 'reaberto']
    return (fechados ?? [reaberto]).map((/** @type {any} */ { mes, filial }) => ({
      name: '',
      text: say(act, { month: month(mes), branch: filial ?? t.ruling.periods.whole }),
    }))
  }
  const { padrao, campo, acao, ativo } = detalhes
  const where = t.ruling.field[/** @type {keyof typeof t.ruling.field} */ (campo)]
  const means = t.ruling.action[/** @type {keyof typeof t.ruling.action} */ (acao)]
  return [{ name: `“${padrao}”, ${where}`, text: ativo ? means : t.ruling.off }]
}

/**
 * @param {{ operations: readonly any[], all: number }} props operations: those of what is shown; all: how many were looked through
 */
export function Changes({ operations, all }) {
  return html`
    <section class="changes">
      <h3>${t.ruling.history}</h3>
      ${all >= CHANGES && html`<p class="soft">${say(t.ruling.historyFirst, { n: CHANGES })}</p>`}
      ${
        operations.length === 0
          ? html`<p class="soft">${t.ruling.noHistory}</p>`
          : html`
              <div class="wide" tabindex="0" role="region" aria-label=${t.ruling.history}>
                <table class="grid">
                  <thead><tr><th scope="col">${t.ruling.column.day}</th><th scope="col">${t.ruling.column.who}</th><th scope="col">${t.ruling.column.changes}</th><th scope="col">${t.ruling.column.reason}</th></tr></thead>
                  <tbody>${operations.map(
                    (one) => html`
                      <tr key=${one.id}><td>${moment(one.iniciadaEm)}</td><td>${one.ator}</td>
                        <td>${wordsOf(one).map(({ name, text }) => html`<span class="line">${[name, text].filter(Boolean).join(': ')}</span>`)}</td>
                        <td lang="pt-BR">${one.motivo}</td></tr>
                    `,
                  )}</tbody>
                </table>
              </div>
            `
      }
    </section>
  `
}
